//! From a result to a response.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;
use serde_json::json;

use crate::error::Error;

/// Seconds after which a client may try again while the database is away.
const RETRY_AFTER_S: &str = "1";

/// The body of a good answer; the content type is the client's choice.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) body: Bytes,
    status: StatusCode,
}

impl Reply {
    pub(crate) fn json(value: &impl Serialize) -> Result<Reply, Error> {
        let body = serde_json::to_vec(value)
            .map_err(|error| Error::Internal(format!("an answer cannot be written: {error}")))?;
        Ok(Reply::of(body.into()))
    }

    pub(crate) fn raw(text: &str) -> Reply {
        Reply::of(Bytes::copy_from_slice(text.as_bytes()))
    }

    pub(crate) fn of(body: Bytes) -> Reply {
        Reply {
            body,
            status: StatusCode::OK,
        }
    }

    /// It is done, and there is nothing to say.
    pub(crate) fn nothing() -> Reply {
        Reply {
            body: Bytes::new(),
            status: StatusCode::NO_CONTENT,
        }
    }

    pub(crate) fn response(self, content_type: &'static str) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        if self.status == StatusCode::NO_CONTENT {
            return response;
        }
        let content_type = HeaderValue::from_static(content_type);
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        response
    }
}

/// An error's response. What was not matched to a resource has no content
/// type, as Confluent answers; the others have the client's choice.
pub(crate) fn refusal(error: &Error, content_type: &'static str) -> Response {
    let (status, code) = error.row();
    report(error, status);
    let body = json!({"error_code": code, "message": error.to_string()});
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if !before_resource(error) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if let Error::MethodNotAllowed { allow } = error {
        headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
    }
    response
}

/// Refused before the path was matched to a resource.
fn before_resource(error: &Error) -> bool {
    matches!(
        error,
        Error::PathNotFound | Error::NotAcceptable | Error::MethodNotAllowed { .. }
    )
}

/// Clients' mistakes are theirs; ours go to the log.
fn report(error: &Error, status: StatusCode) {
    if let Error::Database(source) = error {
        tracing::error!(status = status.as_u16(), error = %source, "database failed");
    } else if let Error::Internal(what) = error {
        tracing::error!(error = %what, "internal error");
    }
}
