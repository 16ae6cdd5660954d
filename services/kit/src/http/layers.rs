//! What is around every service's routes: a panic is a 500 and no broken
//! connection, and each request is counted and timed by its route.

use std::time::Instant;

use axum::{
    Router,
    extract::{MatchedPath, Request},
    middleware::{self, Next},
    response::Response,
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::telemetry::metric;

/// Counts and times every request of `app` under the service's name; a panic
/// becomes a 500.
pub fn observed(app: Router, service: &'static str) -> Router {
    app.layer(CatchPanicLayer::new()).layer(middleware::from_fn(
        move |request: Request, next: Next| observe(service, request, next),
    ))
}

async fn observe(service: &'static str, request: Request, next: Next) -> Response {
    // The route and never the path: labels must be few.
    let route = match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str().to_owned(),
        None => "unmatched".to_owned(),
    };
    let method = request.method().as_str().to_owned();
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let labels = [
        ("service", service.to_owned()),
        ("method", method),
        ("route", route),
        ("status", status),
    ];
    metrics::counter!(metric::HTTP_REQUESTS, &labels).increment(1);
    metrics::histogram!(metric::HTTP_REQUEST_SECONDS, &labels)
        .record(started.elapsed().as_secs_f64());
    response
}
