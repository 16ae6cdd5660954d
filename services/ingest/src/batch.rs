//! One event or an array: read whole, all or nothing in validation, answered
//! whole.

use accordant_schema::json::{self, Value};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::{
    Ingest, Intake,
    accept::{Metadata, Pending, Prepared, prepare},
    answer::{self, Fate, Item, Shape},
    event_id::EventIds,
    problem::{Code, Problem},
};

/// Takes a JSON body in and answers when all of it is durable.
pub(crate) async fn take(
    ingest: &Ingest,
    intake: &Intake,
    metadata: &Metadata,
    body: &Bytes,
) -> Result<Response, Problem> {
    let shape = match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return Err(Problem::new(Code::EmptyBatch, "the body is empty")),
        Some(b'[') => Shape::Array,
        Some(_) => Shape::Single,
    };
    let ids = EventIds::of(&metadata.headers, shape)?;
    let texts = match shape {
        Shape::Single => vec![body.clone()],
        Shape::Array | Shape::Lines => elements(ingest, body)?,
    };
    let limits = &ingest.shared.limits;
    let prepared: Vec<Prepared> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let envelope = metadata.envelope(ids.id(index));
            prepare(intake, index, text, envelope, limits.event_bytes_max)
        })
        .collect();
    let items = match prepared
        .iter()
        .any(|it| matches!(it, Prepared::Rejected(_)))
    {
        true => prepared.into_iter().map(Prepared::unwritten).collect(),
        false => write(ingest, prepared).await,
    };
    answer::count(&items, intake.name());
    Ok(answer::whole(items, shape).into_response())
}

async fn write(ingest: &Ingest, prepared: Vec<Prepared>) -> Vec<Item> {
    let mut pending = Vec::with_capacity(prepared.len());
    for it in prepared {
        pending.push(it.send(ingest.shared.producer.reserve().await));
    }
    let mut items = Vec::with_capacity(pending.len());
    for it in pending {
        items.push(Pending::settle(it).await);
    }
    items
}

/// The texts of an array's elements.
fn elements(ingest: &Ingest, body: &Bytes) -> Result<Vec<Bytes>, Problem> {
    let limits = &ingest.shared.limits;
    let invalid = |message: String| Problem::new(Code::InvalidJson, message);
    let text = std::str::from_utf8(body).map_err(|error| invalid(error.to_string()))?;
    // One level more than an event: the array around it.
    let parsed = json::parse(text, limits.json_depth_max + 1).map_err(|problem| {
        let at = problem
            .span
            .map(|span| accordant_schema::position(text, span.start));
        let place = at.map_or_else(String::new, |at| {
            format!(" (line {}, column {})", at.line, at.column)
        });
        invalid(format!("{}{place}", problem.message))
    })?;
    let Value::Array(elements) = parsed.value else {
        return Err(invalid("not an array".to_owned()));
    };
    if elements.is_empty() {
        return Err(Problem::new(Code::EmptyBatch, "the array is empty"));
    }
    if elements.len() > limits.batch_events_max {
        let (found, max) = (elements.len(), limits.batch_events_max);
        let detail = format!("{found} events, at most {max}; send more as application/x-ndjson");
        return Err(Problem::new(Code::BatchTooLarge, detail));
    }
    Ok(elements
        .iter()
        .map(|it| body.slice(it.span.start..it.span.end))
        .collect())
}

impl Prepared {
    /// The item of a batch that is not written.
    fn unwritten(self) -> Item {
        match self {
            Prepared::Rejected(item) => item,
            // Valid itself: rejected with its batch, without an error of its own.
            Prepared::Valid {
                index,
                event_id,
                record,
            } => Item {
                index,
                event_id,
                topic: record.topic,
                fate: Fate::Rejected(Vec::new()),
            },
        }
    }
}
