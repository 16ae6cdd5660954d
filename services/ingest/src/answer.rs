//! What is said about each event, and about all of them together.

use accordant_kit::kafka::Delivery;
use accordant_wire::dynamic::FieldError;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::json;

use crate::{
    intake::RULE_EVENT_BYTES,
    metric,
    problem::{Code, Problem},
};

/// The rule of an event that the broker refused.
const RULE_BROKER: &str = "broker";

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// Its place in the request, from 0; blank lines do not count.
    pub(crate) index: usize,
    pub(crate) event_id: String,
    pub(crate) topic: String,
    pub(crate) fate: Fate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    Accepted { partition: i32, offset: Option<i64> },
    Rejected(Vec<FieldError>),
    NotWritten { reason: String },
    Unknown { partition: i32, reason: String },
}

impl Item {
    pub(crate) fn status(&self) -> &'static str {
        match &self.fate {
            Fate::Accepted { .. } => "accepted",
            Fate::Rejected(_) | Fate::NotWritten { .. } => "rejected",
            Fate::Unknown { .. } => "unknown",
        }
    }

    fn place(&self) -> (Option<i32>, Option<i64>) {
        match &self.fate {
            Fate::Accepted { partition, offset } => (Some(*partition), *offset),
            Fate::Unknown { partition, .. } => (Some(*partition), None),
            Fate::Rejected(_) | Fate::NotWritten { .. } => (None, None),
        }
    }

    /// As a line of NDJSON.
    pub(crate) fn to_line(&self) -> String {
        let mut line = serde_json::to_string(self).expect("an item has only texts and numbers");
        line.push('\n');
        line
    }
}

impl Fate {
    pub(crate) fn of(delivery: Delivery, partition: i32) -> Fate {
        match delivery {
            Delivery::Durable { partition, offset } => Fate::Accepted { partition, offset },
            Delivery::Refused(reason) => Fate::NotWritten { reason },
            Delivery::Unknown(reason) => Fate::Unknown { partition, reason },
        }
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (partition, offset) = self.place();
        let error = |pointer: &str, rule: &str, expected: &str, found: &str| json!({"pointer": pointer, "rule": rule, "expected": expected, "found": found});
        let errors: Vec<_> = match &self.fate {
            Fate::Accepted { .. } => Vec::new(),
            Fate::Rejected(errors) => errors
                .iter()
                .map(|it| error(&it.pointer, it.rule, &it.expected, &it.found))
                .collect(),
            Fate::NotWritten { reason } => {
                vec![error(
                    "",
                    RULE_BROKER,
                    "a record that the broker takes",
                    reason,
                )]
            }
            Fate::Unknown { reason, .. } => {
                vec![error(
                    "",
                    Code::DeliveryUnknown.as_str(),
                    "an answer of the broker",
                    reason,
                )]
            }
        };
        let mut item = serializer.serialize_struct("Item", 7)?;
        item.serialize_field("index", &self.index)?;
        item.serialize_field("event_id", &self.event_id)?;
        item.serialize_field("status", self.status())?;
        item.serialize_field("topic", &self.topic)?;
        item.serialize_field("partition", &partition)?;
        item.serialize_field("offset", &offset)?;
        item.serialize_field("errors", &errors)?;
        item.end()
    }
}

/// How the events came, which decides what the answer's status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One event: all or nothing.
    Single,
    /// An array: all or nothing in validation.
    Array,
    /// Lines: item by item.
    Lines,
}

/// The answer about all items of a request.
pub(crate) fn whole(items: Vec<Item>, shape: Shape) -> Response {
    let count = |status: &str| items.iter().filter(|item| item.status() == status).count();
    let (accepted, unknown) = (count("accepted"), count("unknown"));
    if accepted == items.len() {
        return listed(StatusCode::ACCEPTED, &items);
    }
    if unknown > 0 {
        return match shape {
            Shape::Single => {
                let detail =
                    "the event may be written; sending it again with the same event id is safe";
                Problem::new(Code::DeliveryUnknown, detail)
                    .with_items(items)
                    .into_response()
            }
            Shape::Array | Shape::Lines => listed(StatusCode::MULTI_STATUS, &items),
        };
    }
    if accepted > 0 {
        return listed(StatusCode::MULTI_STATUS, &items);
    }
    nothing_written(items, shape).into_response()
}

/// Counts items where they are final.
pub(crate) fn count(items: &[Item], contract: &str) {
    for item in items {
        let labels = [
            ("contract", contract.to_owned()),
            ("status", item.status().to_owned()),
        ];
        metrics::counter!(metric::EVENTS, &labels).increment(1);
    }
}

fn listed(status: StatusCode, items: &[Item]) -> Response {
    (status, Json(json!({"items": items}))).into_response()
}

fn nothing_written(items: Vec<Item>, shape: Shape) -> Problem {
    let has_errors =
        |item: &&Item| matches!(&item.fate, Fate::Rejected(errors) if !errors.is_empty());
    let invalid = items.iter().filter(has_errors).count();
    if invalid == 0 {
        let detail = "the broker refused every event; each item has the reason";
        return Problem::new(Code::NotWritten, detail).with_items(items);
    }
    let is_too_large = |item: &Item| match &item.fate {
        Fate::Rejected(errors) => errors.iter().any(|it| it.rule == RULE_EVENT_BYTES),
        Fate::Accepted { .. } | Fate::NotWritten { .. } | Fate::Unknown { .. } => false,
    };
    if shape == Shape::Single && items.iter().any(is_too_large) {
        return Problem::new(Code::EventTooLarge, "the item has the limit").with_items(items);
    }
    let detail = format!("{invalid} of {} events break the contract", items.len());
    Problem::new(Code::InvalidEvents, detail).with_items(items)
}
