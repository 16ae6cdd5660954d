//! From a map of files to contracts, all problems at once.

use std::{collections::BTreeMap, sync::Arc};

use super::{ContractConfig, ContractName, Lock, Reference, Version};
use crate::{Limits, Problem, Schema};

/// Every contract of a folder.
#[derive(Debug, Clone)]
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
    /// Versions, ascending, without gaps.
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
    /// loads comes back even when there are problems, so that all are found;
    /// a contract or version with a problem of its own is left out.
    pub fn load(_files: &BTreeMap<String, Vec<u8>>, _limits: &Limits) -> (Contracts, Vec<Problem>) {
        todo!()
    }

    /// A contract by its full name.
    pub fn get(&self, name: &str) -> Option<&Contract> {
        self.contracts
            .values()
            .find(|contract| contract.name.as_str() == name)
    }

    /// The texts that a version's schema needs before its own, in an order in
    /// which each may use those before it (transitive).
    pub fn reference_texts(&self, _version: &ContractVersion) -> Vec<&str> {
        todo!()
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
        todo!()
    }
}
