//! For whoever runs the registry: is it alive, is it ready, what has it done.

use std::time::Duration;

use accordant_kit::telemetry;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde_json::json;

use crate::ops::Registry;

/// How long the database has to answer.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(2);

/// The process answers; nothing else is looked at.
pub(crate) async fn live() -> impl IntoResponse {
    axum::Json(json!({"healthy": true}))
}

/// The database answers too.
pub(crate) async fn ready(State(registry): State<Registry>) -> impl IntoResponse {
    let looked = tokio::time::timeout(DATABASE_TIMEOUT, registry.look()).await;
    let missing = match looked {
        Ok(Ok(())) => return (StatusCode::OK, axum::Json(json!({"ready": true}))),
        Ok(Err(error)) => error.to_string(),
        Err(_elapsed) => "the database does not answer".to_owned(),
    };
    let body = json!({"ready": false, "missing": {"database": missing}});
    (StatusCode::SERVICE_UNAVAILABLE, axum::Json(body))
}

/// Prometheus' text format.
pub(crate) async fn metrics(State(registry): State<Registry>) -> impl IntoResponse {
    registry.gauge();
    let content_type = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (content_type, telemetry::metrics_text())
}
