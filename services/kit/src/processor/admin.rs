//! The admin port's view of the applications.

use axum::{Json, Router, routing::get};
use serde::Serialize;

use super::{ApplicationStatus, Status};

/// `GET /v1/applications`: every application of the process with its guarantee,
/// partitions, positions and lag.
pub fn admin_routes(status: Status) -> Router {
    Router::new().route(
        "/v1/applications",
        get(async move || {
            Json(Applications {
                applications: status.applications().await,
            })
        }),
    )
}

#[derive(Debug, Serialize)]
struct Applications {
    applications: Vec<ApplicationStatus>,
}
