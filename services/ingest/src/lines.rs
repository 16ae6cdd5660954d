//! NDJSON: item by item, in bounded memory. Up to the batch limits it is
//! answered whole; beyond them, or when the client asks for it, one item a line
//! as they become durable.

use std::{collections::VecDeque, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{FutureExt, Stream, StreamExt, future::BoxFuture, stream};

use accordant_wire::dynamic::FieldError;

use crate::{
    Ingest,
    accept::{Metadata, Prepared, prepare},
    answer::{self, Fate, Item, Shape},
    body::{BodyLimits, Line, Lines},
    event_id::EventIds,
    problem::{Code, Problem},
};

/// The media type of NDJSON.
pub(crate) const MEDIA_TYPE: &str = "application/x-ndjson";
/// Events of one upload that may be on their way at the same time.
const IN_FLIGHT_MAX: usize = 1_000;
/// Bytes of them, about.
const IN_FLIGHT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of answered lines that are put together before they are sent.
const CHUNK_BYTES_MAX: usize = 64 * 1024;

/// How the client wants its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Whole, up to the batch limits.
    Whole,
    /// As a stream, from the first line.
    Stream,
}

/// One upload while it is taken in.
struct Upload {
    ingest: Ingest,
    contract: String,
    metadata: Metadata,
    ids: EventIds,
    lines: Lines,
    next_index: usize,
    /// Read and valid, waiting for a place in the producer's queue.
    waiting: Option<Prepared>,
    in_flight: VecDeque<InFlight>,
    in_flight_bytes: usize,
    is_ended: bool,
    /// Why the body ended early, until the client was told.
    broken: Option<Problem>,
}

/// An event on its way, and how much memory it may hold.
struct InFlight {
    bytes: usize,
    item: BoxFuture<'static, Item>,
}

/// Takes an NDJSON body in.
pub(crate) async fn take(
    ingest: &Ingest,
    contract: &str,
    metadata: Metadata,
    body: Body,
    wanted: Wanted,
) -> Result<Response, Problem> {
    let limits = &ingest.shared.limits;
    let body_limits = BodyLimits {
        bytes_max: limits.batch_bytes_max,
        timeout: Duration::from_millis(limits.request_timeout_ms),
    };
    let (events_max, bytes_max) = (limits.batch_events_max, limits.batch_bytes_max);
    let mut upload = Upload {
        ids: EventIds::of(&metadata.headers, Shape::Lines)?,
        ingest: ingest.clone(),
        contract: contract.to_owned(),
        metadata,
        lines: Lines::new(body, body_limits),
        next_index: 0,
        waiting: None,
        in_flight: VecDeque::new(),
        in_flight_bytes: 0,
        is_ended: false,
        broken: None,
    };
    if wanted == Wanted::Stream {
        return Ok(streamed(upload, &[]));
    }
    let mut items = Vec::new();
    while let Some(item) = upload.next().await {
        items.push(item);
        if upload.next_index > events_max || upload.lines.bytes_read() > bytes_max {
            return Ok(streamed(upload, &items));
        }
    }
    match upload.broken {
        Some(problem) => Err(problem.with_items(items)),
        None if items.is_empty() => Err(Problem::new(Code::EmptyBatch, "there is no line")),
        None => Ok(answer::whole(items, Shape::Lines)),
    }
}

/// The answer as a stream, beginning with what is known already.
fn streamed(upload: Upload, known: &[Item]) -> Response {
    let known = known.iter().map(Item::to_line).collect::<String>();
    let first = stream::iter((!known.is_empty()).then(|| Bytes::from(known)));
    let body = Body::from_stream(first.chain(chunks(upload)).map(Ok::<Bytes, std::io::Error>));
    (StatusCode::OK, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response()
}

/// The lines of the answer, those that are ready together in one chunk.
fn chunks(upload: Upload) -> impl Stream<Item = Bytes> + Send {
    stream::unfold(upload, |mut upload| async move {
        let Some(item) = upload.next().await else {
            // The last line, where the body ended early, says so.
            let problem = upload.broken.take()?;
            return Some((Bytes::from(format!("{}\n", problem.to_json())), upload));
        };
        let mut chunk = item.to_line();
        while chunk.len() < CHUNK_BYTES_MAX {
            let Some(Some(item)) = upload.next().now_or_never() else {
                break;
            };
            chunk.push_str(&item.to_line());
        }
        Some((Bytes::from(chunk), upload))
    })
}

impl Upload {
    /// The next item, in the order of the lines; meanwhile further lines are
    /// taken in, a bounded number. `None` after the last. Can be dropped and
    /// called again without losing anything.
    async fn next(&mut self) -> Option<Item> {
        loop {
            self.write_waiting().await;
            let is_full = self.in_flight.len() >= IN_FLIGHT_MAX
                || self.in_flight_bytes >= IN_FLIGHT_BYTES_MAX;
            let line = match self.in_flight.front_mut() {
                None if self.is_ended => return None,
                None => self.lines.next().await,
                Some(oldest) if self.is_ended || is_full => {
                    let item = (&mut oldest.item).await;
                    return Some(self.settled(item));
                }
                Some(oldest) => {
                    tokio::select! {
                        biased;
                        item = &mut oldest.item => return Some(self.settled(item)),
                        line = self.lines.next() => line,
                    }
                }
            };
            match line {
                Ok(Some(line)) => self.read(&line),
                Ok(None) => self.is_ended = true,
                Err(problem) => {
                    self.is_ended = true;
                    self.broken = Some(problem);
                }
            }
        }
    }

    /// Validates and encodes a line; it waits to be written.
    fn read(&mut self, line: &Line) {
        let index = self.next_index;
        self.next_index += 1;
        let event_id = self.ids.id(index);
        let limits = &self.ingest.shared.limits;
        let Ok(intake) = self.ingest.intake(&self.contract) else {
            // It was open when the upload began, and entries never change.
            return;
        };
        self.waiting = Some(match line {
            Line::Text(text) => {
                let envelope = self.metadata.envelope(event_id);
                prepare(intake, index, text, envelope, limits.event_bytes_max)
            }
            Line::TooLong => Prepared::Rejected(Item {
                index,
                event_id,
                topic: intake.topic().to_owned(),
                fate: Fate::Rejected(vec![FieldError {
                    pointer: String::new(),
                    rule: "line_bytes_max",
                    expected: format!("at most {} bytes a line", limits.batch_bytes_max),
                    found: "a longer line".to_owned(),
                }]),
            }),
        });
    }

    /// Hands the waiting event over, in the order of the lines.
    async fn write_waiting(&mut self) {
        if self.waiting.is_none() {
            return;
        }
        let slot = self.ingest.shared.producer.reserve().await;
        let Some(prepared) = self.waiting.take() else {
            return;
        };
        let bytes = prepared.bytes();
        self.in_flight_bytes += bytes;
        let item = prepared.send(slot).settle().boxed();
        self.in_flight.push_back(InFlight { bytes, item });
    }

    fn settled(&mut self, item: Item) -> Item {
        if let Some(oldest) = self.in_flight.pop_front() {
            self.in_flight_bytes -= oldest.bytes;
        }
        answer::count(std::slice::from_ref(&item), &self.contract);
        item
    }
}
