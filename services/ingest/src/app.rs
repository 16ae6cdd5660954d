//! The routes.

use accordant_kit::{health, http};
use accordant_schema::contract::ContractKind;
use axum::{
    Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use std::time::Duration;

use crate::{
    Entry, Ingest,
    accept::Metadata,
    batch,
    body::{self, BodyLimits},
    lines::{self, Wanted},
    problem::{Code, Problem},
};

/// The service as a router; tests call it without a port.
pub fn app(ingest: Ingest) -> Router {
    let health = health::routes(ingest.shared.readiness.clone());
    let routes = Router::new()
        .route("/v1/events/{contract}", post(post_events))
        .route("/v1/contracts", get(list_contracts))
        .route("/errors/{code}", get(error_page))
        .with_state(ingest)
        .merge(health)
        .fallback(async || Problem::new(Code::NotFound, "see /v1/contracts"))
        .method_not_allowed_fallback(async || {
            Problem::new(Code::MethodNotAllowed, "events are sent with POST")
        })
        // Limits of the body are ours: by the way in which it is read.
        .layer(DefaultBodyLimit::disable());
    http::observed(routes, "ingest")
}

async fn post_events(
    State(ingest): State<Ingest>,
    Path(contract): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let intake = ingest.intake(&contract)?;
    let media = Media::of(&headers)?;
    if !ingest.shared.producer.is_broker_reachable() {
        let detail = "nothing was written; send it again in a moment";
        return Err(Problem::new(Code::BrokerUnavailable, detail));
    }
    let wanted = wanted(&headers);
    let metadata = Metadata { headers };
    match media {
        Media::Json => {
            let limits = &ingest.shared.limits;
            let limits = BodyLimits {
                bytes_max: limits.batch_bytes_max,
                timeout: Duration::from_millis(limits.request_timeout_ms),
            };
            let bytes = body::whole(body, limits).await?;
            batch::take(&ingest, intake, &metadata, &bytes).await
        }
        Media::Lines => lines::take(&ingest, &contract, metadata, body, wanted).await,
    }
}

async fn list_contracts(State(ingest): State<Ingest>) -> impl IntoResponse {
    let described = ingest.shared.entries.values().map(|entry| match entry {
        Entry::Open(intake) => json!({
            "name": intake.name(),
            "kind": kind_text(intake.kind()),
            "topic": intake.topic(),
            "version": intake.version().0,
            "schema_id": intake.schema_id().0,
            "accepts_events": true,
        }),
        Entry::Closed(closed) => json!({
            "name": closed.name,
            "kind": kind_text(closed.kind),
            "topic": (!closed.topic.is_empty()).then_some(&closed.topic),
            "version": closed.version.map(|version| version.0),
            "schema_id": null,
            "accepts_events": false,
        }),
    });
    Json(json!({"contracts": described.collect::<Vec<_>>()}))
}

async fn error_page(Path(code): Path<String>) -> Result<Response, Problem> {
    match Code::ALL.into_iter().find(|it| it.as_str() == code) {
        Some(code) => {
            let content_type = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
            Ok((content_type, code.page()).into_response())
        }
        None => Err(Problem::new(Code::NotFound, "there is no such error code")),
    }
}

fn kind_text(kind: ContractKind) -> &'static str {
    match kind {
        ContractKind::Submission => "submission",
        ContractKind::Event => "event",
        ContractKind::Change => "change",
        ContractKind::Type => "type",
    }
}

/// What the body is.
enum Media {
    Json,
    Lines,
}

impl Media {
    fn of(headers: &HeaderMap) -> Result<Media, Problem> {
        let text = headers
            .get(header::CONTENT_TYPE)
            .and_then(|it| it.to_str().ok())
            .unwrap_or("");
        match essence(text).as_str() {
            "application/json" => Ok(Media::Json),
            lines::MEDIA_TYPE | "application/ndjson" | "application/jsonl" => Ok(Media::Lines),
            _ => {
                let short: String = text.chars().take(100).collect();
                let found = if short.is_empty() {
                    "no content type".to_owned()
                } else {
                    short
                };
                let detail = format!(
                    "{found}; send application/json (one event or an array) or {}",
                    lines::MEDIA_TYPE
                );
                Err(Problem::new(Code::UnsupportedMediaType, detail))
            }
        }
    }
}

fn wanted(headers: &HeaderMap) -> Wanted {
    let accepted = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|it| it.to_str().ok());
    let is_stream = accepted.flat_map(|it| it.split(',')).any(|it| {
        matches!(
            essence(it).as_str(),
            lines::MEDIA_TYPE | "application/ndjson"
        )
    });
    if is_stream {
        Wanted::Stream
    } else {
        Wanted::Whole
    }
}

/// A media type without its parameters.
fn essence(text: &str) -> String {
    text.split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase()
}
