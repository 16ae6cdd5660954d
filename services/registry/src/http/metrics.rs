//! What is counted. Labels are few: an operation and never a path.

use std::time::Duration;

use axum::http::{Method, StatusCode};

/// Requests by operation, method and status.
const REQUESTS: &str = "accordant_registry_requests_total";
/// Seconds from a request's header to its answer, by operation.
const SECONDS: &str = "accordant_registry_request_seconds";

/// Counts a request and its time.
pub(crate) fn count(
    operation: &'static str,
    method: &Method,
    status: StatusCode,
    elapsed: Duration,
) {
    let method = match *method {
        Method::GET | Method::HEAD => "read",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    };
    let status = match (status.as_u16(), status.as_u16() / 100) {
        (200, _) => "200",
        (204, _) => "204",
        (400, _) => "400",
        (404, _) => "404",
        (409, _) => "409",
        (422, _) => "422",
        (503, _) => "503",
        (_, 4) => "4xx",
        (_, 5) => "5xx",
        _ => "other",
    };
    metrics::counter!(REQUESTS, "operation" => operation, "method" => method, "status" => status)
        .increment(1);
    metrics::histogram!(SECONDS, "operation" => operation).record(elapsed.as_secs_f64());
}
