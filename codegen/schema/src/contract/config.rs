//! `contract.toml`.

use std::{collections::BTreeMap, time::Duration};

use super::config_value::{CLEANUPS, KINDS, LEVELS};
use crate::Span;

/// What a contract describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractKind {
    /// Taken in over HTTP, decided by a processor.
    Submission,
    /// Taken in over HTTP, decided by nobody.
    Event,
    /// Published by its processor after every completed change.
    Change,
    /// A shared named type: no topic.
    Type,
}

/// A compatibility level, Confluent's seven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compatibility {
    /// No check.
    None,
    /// The new schema reads what the last one wrote.
    Backward,
    /// The new schema reads what every earlier one wrote.
    BackwardTransitive,
    /// The last schema reads what the new one writes.
    Forward,
    /// Every earlier schema reads what the new one writes.
    ForwardTransitive,
    /// Both, with the last one.
    Full,
    /// Both, with every earlier one.
    #[default]
    FullTransitive,
}

/// How a topic is cleaned up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cleanup {
    /// By age.
    #[default]
    Delete,
    /// The newest record a key.
    Compact,
    /// Both.
    CompactDelete,
}

/// What a field of JSON input that the schema does not know does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownFields {
    /// It is an error.
    #[default]
    Refuse,
    /// It is passed over.
    Ignore,
}

/// How the registry subject is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SubjectNaming {
    /// `<topic>-value`
    #[default]
    Topic,
    /// The record's full name.
    Record,
    /// `<topic>-<full name>`
    TopicRecord,
}

/// A suppressed finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreRule {
    /// Why.
    pub reason: String,
    /// Last day, `YYYY-MM-DD`.
    pub until: String,
    /// Its code's place in `contract.toml`.
    pub span: Span,
}

/// The values of a `contract.toml`, defaults filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractConfig {
    /// Kind.
    pub kind: ContractKind,
    /// One sentence.
    pub description: String,
    /// The owning team.
    pub owner: String,
    /// Who may read it.
    pub audience: String,
    /// The topic; empty for a type.
    pub topic: String,
    /// Field paths of the Kafka key, each a dotted path.
    pub key: Vec<String>,
    /// Field paths of the partition text; the key when the file has none.
    pub partition_by: Vec<String>,
    /// Changes only: the field that counts an entity's changes.
    pub version: Option<String>,
    /// Changes only: the boolean that says the entity is gone.
    pub deleted: Option<String>,
    /// Partition count.
    pub partitions: u32,
    /// Clean-up.
    pub cleanup: Cleanup,
    /// Retention; `None` is for ever.
    pub retention: Option<Duration>,
    /// Level.
    pub compatibility: Compatibility,
    /// Why there is no level.
    pub compatibility_reason: Option<String>,
    /// JSON input.
    pub unknown_fields: UnknownFields,
    /// Subject naming.
    pub subject: SubjectNaming,
    /// Versions that nobody writes any more.
    pub retired: Vec<u32>,
    /// Suppressed findings by code.
    pub ignore: BTreeMap<String, IgnoreRule>,
}

impl ContractKind {
    /// Its word in `contract.toml`.
    pub fn as_str(self) -> &'static str {
        word(&KINDS, &self)
    }
}

impl Compatibility {
    /// Its word in `contract.toml`, such as `full-transitive`.
    pub fn as_str(self) -> &'static str {
        word(&LEVELS, &self)
    }
}

impl Cleanup {
    /// Its word in `contract.toml`, which is Kafka's `cleanup.policy` too.
    pub fn as_str(self) -> &'static str {
        word(&CLEANUPS, &self)
    }
}

fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    let found = words.iter().find(|(_, it)| it == value);
    found
        .map(|(word, _)| *word)
        .expect("every value has its word in the table")
}
