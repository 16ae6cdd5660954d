//! Event ids: the client's where it gives them, so that sending again is safe;
//! else a UUIDv7.
//!
//! One event: `ce-id`, or `Idempotency-Key`. Several: `Accordant-Event-Id-Prefix`
//! (or `Idempotency-Key`), to which `-<index>` is added.

use axum::http::HeaderMap;
use uuid::Uuid;

use crate::{
    answer::Shape,
    problem::{Code, Problem},
};

/// Bytes of an event id, or of a prefix of one.
const EVENT_ID_BYTES_MAX: usize = 256;

const CE_ID: &str = "ce-id";
const IDEMPOTENCY_KEY: &str = "idempotency-key";
const PREFIX: &str = "accordant-event-id-prefix";

/// Where a request's event ids come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EventIds {
    Given(String),
    Prefixed(String),
    Made,
}

impl EventIds {
    pub(crate) fn of(headers: &HeaderMap, shape: Shape) -> Result<EventIds, Problem> {
        let ids = match shape {
            Shape::Single => {
                let given = text(headers, CE_ID)?.or(text(headers, IDEMPOTENCY_KEY)?);
                let prefix = text(headers, PREFIX)?;
                given
                    .map(EventIds::Given)
                    .or(prefix.map(EventIds::Prefixed))
            }
            Shape::Array | Shape::Lines => {
                if headers.contains_key(CE_ID) {
                    let detail =
                        "ce-id names one event; for several send Accordant-Event-Id-Prefix";
                    return Err(Problem::new(Code::InvalidEventId, detail));
                }
                let prefix = text(headers, PREFIX)?.or(text(headers, IDEMPOTENCY_KEY)?);
                prefix.map(EventIds::Prefixed)
            }
        };
        Ok(ids.unwrap_or(EventIds::Made))
    }

    pub(crate) fn id(&self, index: usize) -> String {
        match self {
            EventIds::Given(id) => id.clone(),
            EventIds::Prefixed(prefix) => format!("{prefix}-{index}"),
            EventIds::Made => Uuid::now_v7().to_string(),
        }
    }
}

/// A header's text; present, it must be able to be an event id.
fn text(headers: &HeaderMap, name: &str) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let text = value.to_str().ok().map(str::trim);
    match text.filter(|text| !text.is_empty() && text.len() <= EVENT_ID_BYTES_MAX) {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(Problem::new(
            Code::InvalidEventId,
            format!("{name} must be 1 to {EVENT_ID_BYTES_MAX} visible ASCII characters"),
        )),
    }
}
