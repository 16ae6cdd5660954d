//! The change feed: a list, or a stream of server-sent events that goes on
//! where a client left it.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::Stream;
use serde_json::Value;

use super::{
    app::Call,
    media,
    query::Query,
    reply::{Reply, refusal},
};
use crate::{
    error::Error,
    ops::{Registry, shown_change},
    subject::{SubjectName, VersionSelector},
};

/// Changes of one answer.
const CHANGES_MAX: usize = 1_000;
/// A comment in the stream when nothing happens, so that nobody in between
/// takes it for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a stream waits before it asks a database again that was away.
const RETRY: Duration = Duration::from_secs(1);

/// `GET /changes?since=N`: what came after change `N`, oldest first. With
/// `Accept: text/event-stream` it goes on with what happens, each event's id
/// being the change's number; `Last-Event-ID` comes before `since`.
pub(crate) async fn changes(State(registry): State<Registry>, request: Request) -> Response {
    registry.feed().watch(&registry);
    let query = Query::of(request.uri().query());
    match since(&query, request.headers()) {
        Err(error) => refusal(&error, media::DEFAULT),
        Ok(since) if wants_stream(request.headers()) => {
            let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
            Sse::new(stream(registry, since))
                .keep_alive(keep_alive)
                .into_response()
        }
        Ok(since) => match page(&registry, &query, since).await {
            Ok(reply) => reply.response("application/json"),
            Err(error) => refusal(&error, media::DEFAULT),
        },
    }
}

/// The changes of a subject, or of one of its versions.
pub(crate) async fn of_subject(
    call: &Call,
    subject: &SubjectName,
    version: Option<&str>,
) -> Result<Reply, Error> {
    let selector = version.map(VersionSelector::parse).transpose()?;
    let since = since(&call.query, &call.headers)?;
    let limit = call.query.page(CHANGES_MAX)?.limit;
    let changes = call
        .registry
        .changes_of(subject, selector, since, limit)
        .await?;
    if changes.is_empty() && since == 0 {
        return Err(Error::SubjectNotFound(subject.to_string()));
    }
    let shown: Vec<Value> = changes.iter().map(shown_change).collect();
    Reply::json(&shown)
}

async fn page(registry: &Registry, query: &Query, since: i64) -> Result<Reply, Error> {
    let limit = query.page(CHANGES_MAX)?.limit;
    let changes = registry.changes_after(since, limit).await?;
    let shown: Vec<Value> = changes.iter().map(shown_change).collect();
    Reply::json(&shown)
}

/// Where a stream stands.
struct Follower {
    registry: Registry,
    seen: i64,
    /// Read and not sent yet, the next one last.
    read: Vec<Event>,
    woken: tokio::sync::watch::Receiver<i64>,
}

fn stream(registry: Registry, since: i64) -> impl Stream<Item = Result<Event, Infallible>> {
    let woken = registry.feed().subscribe();
    let follower = Follower {
        registry,
        seen: since,
        read: vec![],
        woken,
    };
    futures::stream::unfold(follower, async |mut follower| {
        loop {
            if let Some(event) = follower.read.pop() {
                return Some((Ok(event), follower));
            }
            // Marked as seen before the look, so that what comes after it wakes.
            follower.woken.borrow_and_update();
            let limit = CHANGES_MAX as i64;
            let found = follower.registry.changes_after(follower.seen, limit).await;
            match found {
                Ok(changes) if changes.is_empty() => {
                    if follower.woken.changed().await.is_err() {
                        return None;
                    }
                }
                Ok(changes) => {
                    follower.seen = changes.last().map_or(follower.seen, |it| it.seq);
                    for change in changes.iter().rev() {
                        let event = Event::default()
                            .id(change.seq.to_string())
                            .event(change.kind.as_str())
                            .data(shown_change(change).to_string());
                        follower.read.push(event);
                    }
                }
                Err(error) if error.may_pass() => tokio::time::sleep(RETRY).await,
                Err(_) => return None,
            }
        }
    })
}

fn since(query: &Query, headers: &HeaderMap) -> Result<i64, Error> {
    let last = headers.get("last-event-id").map(|it| it.to_str().ok());
    let text = match last {
        Some(text) => text,
        None => query.text("since").or(Some("0")),
    };
    let number = text.and_then(|text| text.parse::<i64>().ok());
    number.filter(|it| *it >= 0).ok_or(Error::ParameterInvalid)
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok());
    accept.is_some_and(|it| it.contains("text/event-stream"))
}
