//! `accordant.Outcome`, the one contract that the kit brings along: what became
//! of a source event. Its files are here too, so that `push` can register it.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde::{Deserialize, Serialize};

use crate::processor::{Reason, item::Origin};

/// The generated types of the contract.
#[expect(unreachable_pub, reason = "generated: what is used is exported below")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
}

pub use generated::accordant::{
    Outcome,
    outcome::{OutcomeReason, OutcomeResult, OutcomeSource},
};

/// The contract's name.
pub(crate) const OUTCOME_CONTRACT: &str = "accordant.Outcome";

/// The contract's files, as a contracts folder has them.
pub fn contract_files() -> BTreeMap<String, Vec<u8>> {
    macro_rules! files {
        ($($path:literal),* $(,)?) => {
            [$(($path, include_bytes!(concat!("../contracts/", $path)).as_slice())),*]
        };
    }
    let files = files![
        "accordant.Outcome/contract.toml",
        "accordant.Outcome/v1.avsc",
        "accordant.Outcome/examples/applied.json",
        "accordant.Outcome/examples/rejected.json",
        "contracts.lock",
    ];
    files
        .into_iter()
        .map(|(path, bytes)| (path.to_owned(), bytes.to_vec()))
        .collect()
}

/// How an event ended, as its duplicates are answered too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ruling {
    result: RulingResult,
    pub(crate) version: Option<i64>,
    pub(crate) reasons: Vec<Reason>,
    /// Of duplicates: where the first event with the id is.
    #[serde(skip)]
    pub(crate) duplicate_of: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RulingResult {
    Applied,
    Rejected,
    Failed,
}

impl Ruling {
    /// It is applied; without a version it changed nothing.
    pub(crate) fn applied(version: Option<i64>) -> Ruling {
        Ruling {
            version,
            ..Ruling::new(RulingResult::Applied, Vec::new())
        }
    }

    /// A rule refuses it.
    pub(crate) fn rejected(reasons: Vec<Reason>) -> Ruling {
        Ruling::new(RulingResult::Rejected, reasons)
    }

    /// It is in the dead-letter topic.
    pub(crate) fn failed(reason: Reason) -> Ruling {
        Ruling::new(RulingResult::Failed, vec![reason])
    }

    fn new(result: RulingResult, reasons: Vec<Reason>) -> Ruling {
        Ruling {
            result,
            version: None,
            reasons,
            duplicate_of: None,
        }
    }

    /// As the outcome of an event.
    pub(crate) fn outcome_of(&self, origin: &Origin, application: &str) -> Outcome {
        let reason = |reason: &Reason| OutcomeReason {
            code: reason.code.clone(),
            message: reason.message.clone(),
            pointer: reason.pointer.clone(),
        };
        Outcome {
            event_id: origin.event_id.clone(),
            application: application.to_owned(),
            contract: origin.contract.to_owned(),
            key: origin.key.clone(),
            result: match self.result {
                RulingResult::Applied => OutcomeResult::Applied,
                RulingResult::Rejected => OutcomeResult::Rejected,
                RulingResult::Failed => OutcomeResult::Failed,
            },
            version: self.version,
            reasons: self.reasons.iter().map(reason).collect(),
            source: OutcomeSource {
                topic: origin.position.topic.to_string(),
                partition: origin.position.partition,
                offset: origin.position.offset,
            },
            duplicate_of: self.duplicate_of.clone(),
            decided_at: DateTime::from_timestamp_millis(origin.record.timestamp_ms)
                .unwrap_or_default(),
        }
    }

    /// From an outcome in the log; `None` for a result of a later version.
    pub(crate) fn of_outcome(outcome: &Outcome) -> Option<Ruling> {
        let result = match outcome.result {
            OutcomeResult::Applied => RulingResult::Applied,
            OutcomeResult::Rejected => RulingResult::Rejected,
            OutcomeResult::Failed => RulingResult::Failed,
            OutcomeResult::Unknown => return None,
        };
        let reason = |reason: &OutcomeReason| Reason {
            code: reason.code.clone(),
            message: reason.message.clone(),
            pointer: reason.pointer.clone(),
        };
        Some(Ruling {
            result,
            version: outcome.version,
            reasons: outcome.reasons.iter().map(reason).collect(),
            duplicate_of: outcome.duplicate_of.clone(),
        })
    }

    /// As the dedup table keeps it.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a ruling has only string keys")
    }

    /// From the dedup table; `None` for what this program did not write.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Ruling> {
        serde_json::from_slice(bytes).ok()
    }
}
