//! What the gate says.

use accordant_schema::{
    Problem,
    contract::{ContractName, State, Version},
};

use crate::{Finding, Severity};

/// The gate's answer for a contracts folder.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// What is wrong with the files themselves.
    pub problems: Vec<Problem>,
    /// What the rules found, by contract and version.
    pub findings: Vec<Finding>,
    /// What the rules found and a `contract.toml` ignores.
    pub ignored: Vec<Ignored>,
    /// Every version that loaded.
    pub versions: Vec<VersionReport>,
    /// Whether the lock was checked against its history; the gate is pure, so
    /// whoever can read the history says so here.
    pub history: History,
}

/// A suppressed finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// What was found.
    pub finding: Finding,
    /// Why it is ignored.
    pub reason: String,
    /// The last day, `YYYY-MM-DD`.
    pub until: String,
}

/// One version and its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionReport {
    /// Contract.
    pub contract: ContractName,
    /// Version.
    pub version: Version,
    /// Its state.
    pub state: State,
    /// Its verdict.
    pub status: Status,
}

/// A version's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing refuses it.
    Fresh,
    /// A problem or an error.
    Failed,
    /// Retired: nothing is compared with it.
    Retired,
}

/// Whether the lock's history was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum History {
    /// Nobody asked.
    #[default]
    NotAsked,
    /// It was.
    Checked,
    /// It cannot be.
    NotChecked {
        /// Why: a lowercase fragment.
        reason: String,
        /// Whether that fails the check.
        refused: bool,
    },
}

impl Report {
    /// Something refuses: a problem, an error, or a history that had to be read.
    pub fn failed(&self) -> bool {
        let refused = matches!(&self.history, History::NotChecked { refused: true, .. });
        refused || !self.problems.is_empty() || self.errors().next().is_some()
    }

    /// Adds a finding from outside of the gate; its version fails with it.
    pub fn add(&mut self, finding: Finding) {
        if finding.severity == Severity::Error {
            for version in &mut self.versions {
                if version.contract == finding.contract && version.version == finding.version {
                    version.status = Status::Failed;
                }
            }
        }
        self.findings.push(finding);
    }

    /// The findings that refuse.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
    }
}
