//! The records that an application writes, and their headers.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat};
use rdkafka::message::{Header, OwnedHeaders};
use uuid::Uuid;

use super::{Names, Position, Reason, item::Origin};
use crate::kafka::headers::{CloudEvent, TRACEPARENT};

/// Header: the source event's position, `topic/partition/offset`.
pub(crate) const SOURCE: &str = "accordant_source";
/// Header: the entity's version.
pub(crate) const VERSION: &str = "accordant_version";
/// Header: the epoch of the worker that decided.
pub(crate) const EPOCH: &str = "accordant_epoch";
/// Header: the submission's event id.
pub(crate) const CAUSE: &str = "accordant_cause";
/// Header of a dead letter: the application that gave up.
const DEAD_APPLICATION: &str = "accordant_dead_application";
/// Header of a dead letter: the reason's code.
const DEAD_CODE: &str = "accordant_dead_code";
/// Header of a dead letter: the reason's message.
const DEAD_MESSAGE: &str = "accordant_dead_message";
/// The longest message of a dead letter's header: headers count towards the
/// record's size, which the original record may have used up.
const DEAD_MESSAGE_BYTES_MAX: usize = 1_000;

/// The namespace of deterministic event ids.
const EVENT_IDS: Uuid = Uuid::from_u128(0x6c0d_52b7_94d3_4d6c_8a5e_61b0_2f0f_9a11);

/// A record to append.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) topic: String,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Option<Vec<u8>>,
    pub(crate) headers: OwnedHeaders,
}

/// Who writes: a worker in one epoch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) names: &'a Names,
    pub(crate) epoch: i64,
}

impl Writer<'_> {
    /// A change: the `index`-th that the event causes.
    pub(crate) fn outbound(
        &self,
        origin: &Origin,
        contract: &str,
        key: &str,
        version: i64,
        index: usize,
        value: Vec<u8>,
    ) -> Outgoing {
        let id = self.event_id(&origin.position, &index.to_string());
        let mut event = self.event(origin, id, contract, key);
        event.extra.insert(VERSION.to_owned(), version.to_string());
        Outgoing {
            topic: self.names.outbound.to_string(),
            key: Some(key.as_bytes().to_vec()),
            value: Some(value),
            headers: event.to_headers(),
        }
    }

    /// An outcome.
    pub(crate) fn outcome(&self, origin: &Origin, contract: &str, value: Vec<u8>) -> Outgoing {
        let id = self.event_id(&origin.position, "outcome");
        Outgoing {
            topic: self.names.outcomes.to_string(),
            key: Some(origin.event_id.as_bytes().to_vec()),
            value: Some(value),
            headers: self
                .event(origin, id, contract, &origin.event_id)
                .to_headers(),
        }
    }

    /// A dead letter: the original bytes and headers, and why.
    pub(crate) fn dead(&self, origin: &Origin, reason: &Reason) -> Outgoing {
        let record = &origin.record;
        let mut message = reason.message.clone();
        message.truncate(message.floor_char_boundary(DEAD_MESSAGE_BYTES_MAX));
        let mut headers = OwnedHeaders::new_with_capacity(record.headers.len() + 5);
        for (key, value) in &record.headers {
            headers = headers.insert(Header {
                key,
                value: Some(value),
            });
        }
        for (key, value) in [
            (SOURCE, origin.position.to_string()),
            (EPOCH, self.epoch.to_string()),
            (DEAD_APPLICATION, self.names.application.clone()),
            (DEAD_CODE, reason.code.clone()),
            (DEAD_MESSAGE, message),
        ] {
            headers = headers.insert(Header {
                key,
                value: Some(&value),
            });
        }
        Outgoing {
            topic: self.names.dead(&origin.position.topic),
            key: record.key.clone(),
            value: record.value.clone(),
            headers,
        }
    }

    fn event(&self, origin: &Origin, id: Uuid, contract: &str, key: &str) -> CloudEvent {
        let mut extra = BTreeMap::from([
            (SOURCE.to_owned(), origin.position.to_string()),
            (EPOCH.to_owned(), self.epoch.to_string()),
            (CAUSE.to_owned(), origin.cause.clone()),
        ]);
        if let Some(parent) = origin.record.header(TRACEPARENT) {
            extra.insert(TRACEPARENT.to_owned(), parent.to_owned());
        }
        CloudEvent {
            id: id.to_string(),
            ty: contract.to_owned(),
            source: format!("/applications/{}", self.names.application),
            time: rfc3339(origin.record.timestamp_ms),
            subject: Some(key.to_owned()),
            extra,
        }
    }

    fn event_id(&self, position: &Position, part: &str) -> Uuid {
        let name = format!("{}|{position}|{part}", self.names.application);
        Uuid::new_v5(&EVENT_IDS, name.as_bytes())
    }
}

/// A log time as text; 1970 for what no calendar has.
fn rfc3339(at_ms: i64) -> String {
    DateTime::from_timestamp_millis(at_ms)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}
