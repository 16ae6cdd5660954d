//! `contracts.lock`: one sorted line a released version, append-only.

use super::{ContractName, Reference, Version};

/// The released versions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// Lines, sorted by name and version.
    pub lines: Vec<LockLine>,
}

/// What is frozen of one released version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockLine {
    /// Contract.
    pub name: ContractName,
    /// Version.
    pub version: Version,
    /// SHA-256 of the file's bytes, hexadecimal.
    pub sha256: String,
    /// SHA-256 of the canonical form, hexadecimal.
    pub fingerprint: String,
    /// Topic; empty for a type.
    pub topic: String,
    /// Key paths.
    pub key: Vec<String>,
    /// Partition paths.
    pub partition_by: Vec<String>,
    /// Partition count.
    pub partitions: u32,
    /// Registry subject.
    pub subject: String,
    /// Pinned references, direct ones, sorted.
    pub references: Vec<Reference>,
}

impl Lock {
    /// The line of a version.
    pub fn line(&self, name: &ContractName, version: Version) -> Option<&LockLine> {
        self.lines
            .iter()
            .find(|line| line.name == *name && line.version == version)
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        todo!()
    }
}
