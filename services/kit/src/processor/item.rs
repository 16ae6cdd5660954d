//! A source event on its way to a decision.

use super::{Position, Reason, Record, outgoing};
use crate::store::DedupKey;

/// Where an event comes from and what it is called.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) position: Position,
    /// Its contract.
    pub(crate) contract: &'static str,
    /// Its id, or its position's text.
    pub(crate) event_id: String,
    /// The submission's event id that all of this goes back to.
    pub(crate) cause: String,
    /// Its key as text.
    pub(crate) key: String,
    /// As it was read.
    pub(crate) record: Record,
}

/// An event that is to be decided.
#[derive(Debug)]
pub(crate) struct Item<I> {
    pub(crate) origin: Origin,
    /// The decoded event, or why it is none.
    pub(crate) input: Result<I, Reason>,
}

impl Origin {
    pub(crate) fn of(record: Record, contract: &'static str) -> Origin {
        let position = record.position.clone();
        let event_id = match record.header("ce_id") {
            Some(id) if !id.is_empty() => id.to_owned(),
            Some(_) | None => position.to_string(),
        };
        let cause = record
            .header(outgoing::CAUSE)
            .unwrap_or(&event_id)
            .to_owned();
        let key = record
            .key
            .as_deref()
            .map(String::from_utf8_lossy)
            .unwrap_or_default();
        Origin {
            position,
            contract,
            event_id,
            cause,
            key: key.into_owned(),
            record,
        }
    }

    /// What tells its duplicates.
    pub(crate) fn dedup_key(&self) -> DedupKey {
        DedupKey {
            contract: self.contract.to_owned(),
            key: self.key.clone(),
            event_id: self.event_id.clone(),
        }
    }
}
