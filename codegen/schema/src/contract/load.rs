//! From a map of files to contracts, all problems at once.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    ContractConfig, ContractKind, ContractName, Lock, LockLine, Reference, SubjectNaming, Version,
    references::reached,
};
use crate::{Limits, Problem, Schema};

/// Every contract of a folder.
#[derive(Debug, Clone, Default)]
pub struct Contracts {
    /// By name.
    pub contracts: BTreeMap<ContractName, Contract>,
    /// The lock as it stands in the folder.
    pub lock: Lock,
}

/// One contract.
#[derive(Debug, Clone)]
pub struct Contract {
    /// The Avro full name.
    pub name: ContractName,
    /// `contract.toml`.
    pub config: ContractConfig,
    /// Versions, ascending; without gaps unless a problem says so.
    pub versions: Vec<ContractVersion>,
    /// `examples/*.json`, sorted by file name.
    pub examples: Vec<Example>,
}

/// One version of a contract.
#[derive(Debug, Clone)]
pub struct ContractVersion {
    /// Number.
    pub version: Version,
    /// State.
    pub state: State,
    /// File, relative to the contracts folder.
    pub file: String,
    /// The file's text, as it is.
    pub text: String,
    /// Resolved, with the versions of its references that are pinned (or, in a
    /// draft, the latest).
    pub schema: Arc<Schema>,
    /// The references that its text uses directly, sorted.
    pub references: Vec<Reference>,
    /// SHA-256 of the file's bytes, hexadecimal.
    pub sha256: String,
    /// SHA-256 of the canonical form, hexadecimal.
    pub fingerprint: String,
}

/// Where a version stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Freely editable, not in the lock.
    Draft,
    /// In the lock: its bytes are frozen.
    Released,
    /// Released, and no longer written.
    Retired,
}

/// An example event in plain JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// File, relative to the contracts folder.
    pub file: String,
    /// Its text.
    pub text: String,
}

impl Contracts {
    /// Loads a folder given as paths (relative, `/` between) and bytes. What
    /// loads comes back even when there are problems, so that all are found; a
    /// contract or version that cannot be understood is left out. One that can
    /// (a second draft, a released file that changed) is there all the same.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use accordant_schema::{Limits, contract::Contracts};
    ///
    /// let files = BTreeMap::from([
    ///     (
    ///         "common.Money/contract.toml".to_owned(),
    ///         b"kind = \"type\"\ndescription = \"An amount.\"\nowner = \"platform\"".to_vec(),
    ///     ),
    ///     (
    ///         "common.Money/v1.avsc".to_owned(),
    ///         br#"{"type": "record", "name": "common.Money", "fields": []}"#.to_vec(),
    ///     ),
    /// ]);
    /// let (contracts, problems) = Contracts::load(&files, &Limits::default());
    /// assert_eq!(problems, []);
    /// assert_eq!(contracts.get("common.Money").unwrap().subject(), "common.Money");
    /// ```
    pub fn load(files: &BTreeMap<String, Vec<u8>>, limits: &Limits) -> (Contracts, Vec<Problem>) {
        super::assemble::assemble(files, limits)
    }

    /// A contract by its full name.
    pub fn get(&self, name: &str) -> Option<&Contract> {
        self.contracts
            .values()
            .find(|contract| contract.name.as_str() == name)
    }

    /// The texts that a version's schema needs before its own, in an order in
    /// which each may use those before it (transitive).
    pub fn reference_texts(&self, version: &ContractVersion) -> Vec<&str> {
        self.reached(version)
            .iter()
            .map(|(_, reached)| reached.text.as_str())
            .collect()
    }

    /// The versions that a version refers to directly, with their contracts;
    /// what a registry needs beside the version's own text.
    pub fn references_of(&self, version: &ContractVersion) -> Vec<(&Contract, &ContractVersion)> {
        version
            .references
            .iter()
            .filter_map(|reference| self.referred(reference))
            .collect()
    }

    /// All versions that a version refers to, directly or not, each after
    /// those that it refers to itself.
    pub fn reached(&self, version: &ContractVersion) -> Vec<(&Contract, &ContractVersion)> {
        let direct_of =
            |reference: &Reference| self.referred(reference).map(|(_, it)| &it.references[..]);
        // What loaded has been walked before, so there is no problem.
        let order = reached(&version.references, &direct_of).unwrap_or_default();
        order
            .into_iter()
            .filter_map(|reference| self.referred(reference))
            .collect()
    }

    fn referred(&self, reference: &Reference) -> Option<(&Contract, &ContractVersion)> {
        let contract = self.contracts.get(&reference.name)?;
        Some((contract, contract.version(reference.version)?))
    }
}

impl Contract {
    /// The highest version, draft or not.
    ///
    /// # Panics
    /// Never: a contract without a version is a problem and is not loaded.
    pub fn latest(&self) -> &ContractVersion {
        self.versions
            .last()
            .expect("a loaded contract has a version")
    }

    /// The highest released version that is not retired.
    pub fn latest_released(&self) -> Option<&ContractVersion> {
        self.versions
            .iter()
            .rev()
            .find(|version| version.state == State::Released)
    }

    /// A version by number.
    pub fn version(&self, version: Version) -> Option<&ContractVersion> {
        self.versions.iter().find(|it| it.version == version)
    }

    /// The registry subject.
    pub fn subject(&self) -> String {
        if self.config.kind == ContractKind::Type {
            return self.name.to_string();
        }
        match self.config.subject {
            SubjectNaming::Topic => format!("{}-value", self.config.topic),
            SubjectNaming::Record => self.name.to_string(),
            SubjectNaming::TopicRecord => format!("{}-{}", self.config.topic, self.name),
        }
    }

    /// What the lock says of a version when it is released as it is now.
    pub fn lock_line(&self, version: &ContractVersion) -> LockLine {
        LockLine {
            name: self.name.clone(),
            version: version.version,
            sha256: version.sha256.clone(),
            fingerprint: version.fingerprint.clone(),
            topic: self.config.topic.clone(),
            key: self.config.key.clone(),
            partition_by: self.config.partition_by.clone(),
            partitions: self.config.partitions,
            subject: self.subject(),
            references: version.references.clone(),
        }
    }
}
