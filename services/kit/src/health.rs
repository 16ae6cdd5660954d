//! Whether a service is alive, whether it is ready, and its metrics.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use serde_json::json;
use tokio::sync::watch;

use crate::telemetry;

/// Named checks that must all hold before a service is ready. Cheap to clone;
/// clones share the checks.
#[derive(Debug, Clone)]
pub struct Readiness {
    checks: Arc<watch::Sender<BTreeMap<String, Check>>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Check {
    Ready,
    Missing(String),
}

impl Readiness {
    /// With these checks, none of which holds yet.
    pub fn new(names: &[&str]) -> Readiness {
        let starting = |name: &&str| ((*name).to_owned(), Check::Missing("starting".to_owned()));
        let checks = names.iter().map(starting).collect();
        Readiness {
            checks: Arc::new(watch::Sender::new(checks)),
        }
    }

    /// A check holds; a name that is new is added.
    pub fn set_ready(&self, name: &str) {
        self.set(name, &Check::Ready);
    }

    /// A check does not hold, and why.
    pub fn set_missing(&self, name: &str, reason: &str) {
        self.set(name, &Check::Missing(reason.to_owned()));
    }

    /// Whether every check holds.
    pub fn is_ready(&self) -> bool {
        all_ready(&self.checks.borrow())
    }

    /// What is missing, by name.
    pub fn missing(&self) -> BTreeMap<String, String> {
        let checks = self.checks.borrow();
        let missing = checks.iter().filter_map(|(name, check)| match check {
            Check::Ready => None,
            Check::Missing(reason) => Some((name.clone(), reason.clone())),
        });
        missing.collect()
    }

    /// Waits until every check holds. Has no bound of its own: the caller's.
    pub async fn wait_ready(&self) {
        let mut checks = self.checks.subscribe();
        // The sender lives as long as `self`, so this cannot fail.
        let _closed = checks.wait_for(all_ready).await;
    }

    fn set(&self, name: &str, check: &Check) {
        self.checks.send_if_modified(|checks| {
            let before = checks.insert(name.to_owned(), check.clone());
            before.as_ref() != Some(check)
        });
    }
}

/// `/healthz` (the process answers), `/readyz` (200, or 503 with what is
/// missing) and `/metrics` (Prometheus' text format).
pub fn routes(readiness: Readiness) -> Router {
    telemetry::install_recorder();
    Router::new()
        .route("/healthz", get(async || Json(json!({"healthy": true}))))
        .route("/readyz", get(async move || ready(&readiness)))
        .route("/metrics", get(metrics))
}

fn all_ready(checks: &BTreeMap<String, Check>) -> bool {
    checks.values().all(|check| *check == Check::Ready)
}

fn ready(readiness: &Readiness) -> impl IntoResponse + use<> {
    let missing = readiness.missing();
    match missing.is_empty() {
        true => (StatusCode::OK, Json(json!({"ready": true}))),
        false => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({"ready": false, "missing": missing})),
        ),
    }
}

async fn metrics() -> impl IntoResponse {
    let content_type = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (content_type, telemetry::metrics_text())
}
