//! What every request shares.

use std::{collections::BTreeMap, sync::Arc};

use accordant_kit::{config::Limits, health::Readiness, kafka::OrderedProducer};
use accordant_schema::contract::{Contract, ContractKind, ContractVersion, Contracts, Version};

use crate::{
    Intake,
    problem::{Code, Problem},
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) entries: BTreeMap<String, Entry>,
    pub(crate) producer: OrderedProducer,
    pub(crate) limits: Limits,
    pub(crate) readiness: Readiness,
}

/// A contract, as seen from outside.
pub enum Entry {
    /// Its events are taken in.
    Open(Box<Intake>),
    /// They are not.
    Closed(Closed),
}

/// A contract whose events are not taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: ContractKind,
    /// Its topic; empty for a type.
    pub topic: String,
    /// Its latest released version.
    pub version: Option<Version>,
}

impl Ingest {
    /// The service over these contracts, by name.
    pub fn new(
        entries: BTreeMap<String, Entry>,
        producer: OrderedProducer,
        limits: Limits,
        readiness: Readiness,
    ) -> Ingest {
        Ingest {
            shared: Arc::new(Shared {
                entries,
                producer,
                limits,
                readiness,
            }),
        }
    }

    /// The open contract of a name, or what to answer instead.
    pub(crate) fn intake(&self, name: &str) -> Result<&Intake, Problem> {
        match self.shared.entries.get(name) {
            Some(Entry::Open(intake)) => Ok(intake),
            Some(Entry::Closed(closed)) => Err(closed.problem()),
            None => Err(self.unknown(name)),
        }
    }

    fn unknown(&self, name: &str) -> Problem {
        let known = self.shared.entries.keys();
        let nearest = known.min_by_key(|known| strsim::damerau_levenshtein(name, known));
        let hint = nearest.map_or_else(String::new, |nearest| {
            format!("; the nearest is {nearest:?}")
        });
        let short: String = name.chars().take(200).collect();
        Problem::new(
            Code::UnknownContract,
            format!("there is no contract {short:?}{hint}"),
        )
    }
}

impl Closed {
    /// Of a contract.
    pub fn new(contract: &Contract) -> Closed {
        Closed {
            name: contract.name.as_str().to_owned(),
            kind: contract.config.kind,
            topic: contract.config.topic.clone(),
            version: contract.latest_released().map(|version| version.version),
        }
    }

    fn problem(&self) -> Problem {
        let name = &self.name;
        match self.kind {
            ContractKind::Change => Problem::new(
                Code::NotASubmission,
                format!("{name} is a change: only its processor writes it; send a submission"),
            ),
            ContractKind::Type => Problem::new(
                Code::NotASubmission,
                format!("{name} is a shared type: it has no topic"),
            ),
            ContractKind::Submission | ContractKind::Event => Problem::new(
                Code::NoReleasedVersion,
                format!(
                    "{name} has no released version; release it with `accordant release {name}`"
                ),
            ),
        }
    }
}

/// The version that is written: the latest released one, or with drafts the
/// latest of all; `None` where the contract is closed.
pub(crate) fn written_version(contract: &Contract, drafts: bool) -> Option<&ContractVersion> {
    match contract.config.kind {
        ContractKind::Change | ContractKind::Type => None,
        ContractKind::Submission | ContractKind::Event if drafts => Some(contract.latest()),
        ContractKind::Submission | ContractKind::Event => contract.latest_released(),
    }
}

/// Every contract with the version that is written.
pub(crate) fn all_versions(
    contracts: &Contracts,
    drafts: bool,
) -> impl Iterator<Item = (&Contract, Option<&ContractVersion>)> {
    contracts
        .contracts
        .values()
        .map(move |it| (it, written_version(it, drafts)))
}
