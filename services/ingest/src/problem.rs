//! Errors as RFC 9457 problem details. Every code is stable and has a page,
//! which `GET /errors/<code>` serves.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::answer::Item;

/// Seconds after which a client may try again when the broker is away.
const RETRY_AFTER_S: &str = "1";

/// A stable error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Code {
    /// An array of more events than one answer may have.
    BatchTooLarge,
    /// The body ended before it was whole.
    BodyBroken,
    /// The body did not come in time.
    BodyTimeout,
    /// More bytes than one request may have.
    BodyTooLarge,
    /// The broker cannot be reached; nothing was written.
    BrokerUnavailable,
    /// The broker did not say whether the event was written.
    DeliveryUnknown,
    /// No event in the body.
    EmptyBatch,
    /// One event is too large.
    EventTooLarge,
    /// An event id that cannot be one.
    InvalidEventId,
    /// An event breaks its contract; nothing was written.
    InvalidEvents,
    /// The body is no JSON.
    InvalidJson,
    /// A method that the path does not know.
    MethodNotAllowed,
    /// The contract has only a draft.
    NoReleasedVersion,
    /// The contract takes no events from outside.
    NotASubmission,
    /// No such path.
    NotFound,
    /// The service is starting.
    NotReady,
    /// The broker refused the event; nothing was written.
    NotWritten,
    /// No contract of this name.
    UnknownContract,
    /// A content type that is not taken.
    UnsupportedMediaType,
}

/// An error answer.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    code: Code,
    detail: String,
    items: Option<Vec<Item>>,
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<&'a [Item]>,
}

impl Code {
    /// Every code, sorted by name.
    //
    // The next one goes here, into the four tables below, and gets a page.
    pub const ALL: [Code; 19] = [
        Code::BatchTooLarge,
        Code::BodyBroken,
        Code::BodyTimeout,
        Code::BodyTooLarge,
        Code::BrokerUnavailable,
        Code::DeliveryUnknown,
        Code::EmptyBatch,
        Code::EventTooLarge,
        Code::InvalidEventId,
        Code::InvalidEvents,
        Code::InvalidJson,
        Code::MethodNotAllowed,
        Code::NoReleasedVersion,
        Code::NotASubmission,
        Code::NotFound,
        Code::NotReady,
        Code::NotWritten,
        Code::UnknownContract,
        Code::UnsupportedMediaType,
    ];

    /// The code as answers have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::BatchTooLarge => "batch_too_large",
            Code::BodyBroken => "body_broken",
            Code::BodyTimeout => "body_timeout",
            Code::BodyTooLarge => "body_too_large",
            Code::BrokerUnavailable => "broker_unavailable",
            Code::DeliveryUnknown => "delivery_unknown",
            Code::EmptyBatch => "empty_batch",
            Code::EventTooLarge => "event_too_large",
            Code::InvalidEventId => "invalid_event_id",
            Code::InvalidEvents => "invalid_events",
            Code::InvalidJson => "invalid_json",
            Code::MethodNotAllowed => "method_not_allowed",
            Code::NoReleasedVersion => "no_released_version",
            Code::NotASubmission => "not_a_submission",
            Code::NotFound => "not_found",
            Code::NotReady => "not_ready",
            Code::NotWritten => "not_written",
            Code::UnknownContract => "unknown_contract",
            Code::UnsupportedMediaType => "unsupported_media_type",
        }
    }

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        match self {
            Code::BodyBroken | Code::EmptyBatch | Code::InvalidEventId | Code::InvalidJson => {
                StatusCode::BAD_REQUEST
            }
            Code::NotASubmission => StatusCode::FORBIDDEN,
            Code::NoReleasedVersion | Code::NotFound | Code::UnknownContract => {
                StatusCode::NOT_FOUND
            }
            Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Code::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
            Code::BatchTooLarge | Code::BodyTooLarge | Code::EventTooLarge => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Code::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::InvalidEvents => StatusCode::UNPROCESSABLE_ENTITY,
            Code::BrokerUnavailable | Code::NotReady | Code::NotWritten => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Code::DeliveryUnknown => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// The same words in every answer with this code.
    pub fn title(self) -> &'static str {
        match self {
            Code::BatchTooLarge => "too many events in one array",
            Code::BodyBroken => "the body ended early",
            Code::BodyTimeout => "the body did not come in time",
            Code::BodyTooLarge => "the body is too large",
            Code::BrokerUnavailable => "the broker is away; nothing was written",
            Code::DeliveryUnknown => "the broker did not say whether the event was written",
            Code::EmptyBatch => "there is no event in the body",
            Code::EventTooLarge => "the event is too large",
            Code::InvalidEventId => "the event id cannot be used",
            Code::InvalidEvents => "an event breaks its contract; nothing was written",
            Code::InvalidJson => "the body is not JSON",
            Code::MethodNotAllowed => "the method is not allowed here",
            Code::NoReleasedVersion => "the contract has no released version",
            Code::NotASubmission => "the contract takes no events from outside",
            Code::NotFound => "there is nothing at this path",
            Code::NotReady => "ingest is starting",
            Code::NotWritten => "the broker refused the event; nothing was written",
            Code::UnknownContract => "there is no such contract",
            Code::UnsupportedMediaType => "the content type is not taken",
        }
    }

    /// The page that explains the code, in Markdown.
    pub fn page(self) -> &'static str {
        match self {
            Code::BatchTooLarge => include_str!("errors/batch_too_large.md"),
            Code::BodyBroken => include_str!("errors/body_broken.md"),
            Code::BodyTimeout => include_str!("errors/body_timeout.md"),
            Code::BodyTooLarge => include_str!("errors/body_too_large.md"),
            Code::BrokerUnavailable => include_str!("errors/broker_unavailable.md"),
            Code::DeliveryUnknown => include_str!("errors/delivery_unknown.md"),
            Code::EmptyBatch => include_str!("errors/empty_batch.md"),
            Code::EventTooLarge => include_str!("errors/event_too_large.md"),
            Code::InvalidEventId => include_str!("errors/invalid_event_id.md"),
            Code::InvalidEvents => include_str!("errors/invalid_events.md"),
            Code::InvalidJson => include_str!("errors/invalid_json.md"),
            Code::MethodNotAllowed => include_str!("errors/method_not_allowed.md"),
            Code::NoReleasedVersion => include_str!("errors/no_released_version.md"),
            Code::NotASubmission => include_str!("errors/not_a_submission.md"),
            Code::NotFound => include_str!("errors/not_found.md"),
            Code::NotReady => include_str!("errors/not_ready.md"),
            Code::NotWritten => include_str!("errors/not_written.md"),
            Code::UnknownContract => include_str!("errors/unknown_contract.md"),
            Code::UnsupportedMediaType => include_str!("errors/unsupported_media_type.md"),
        }
    }

    /// Whether a client may send the same request again soon.
    fn is_worth_a_retry(self) -> bool {
        self.status() == StatusCode::SERVICE_UNAVAILABLE
    }
}

impl Problem {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Problem {
        Problem {
            code,
            detail: detail.into(),
            items: None,
        }
    }

    /// With what became of each event.
    pub(crate) fn with_items(self, items: Vec<Item>) -> Problem {
        Problem {
            items: Some(items),
            ..self
        }
    }

    /// As one JSON text without a line break.
    pub(crate) fn to_json(&self) -> String {
        let document = Document {
            r#type: format!("/errors/{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            code: self.code.as_str(),
            detail: &self.detail,
            items: self.items.as_deref(),
        };
        serde_json::to_string(&document).expect("a problem has only texts and numbers")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let content_type = (header::CONTENT_TYPE, "application/problem+json");
        let mut response = (self.code.status(), [content_type], self.to_json()).into_response();
        if self.code.is_worth_a_retry() {
            let retry_after = HeaderValue::from_static(RETRY_AFTER_S);
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, retry_after);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_page_and_they_are_sorted() {
        assert!(Code::ALL.is_sorted());
        for code in Code::ALL {
            let heading = format!("# {}\n", code.as_str());
            assert!(
                code.page().starts_with(&heading),
                "{} starts otherwise",
                code.as_str()
            );
            for part in ["\n## What\n", "\n## Why\n", "\n## What to do\n"] {
                assert!(
                    code.page().contains(part),
                    "{} has no {part:?}",
                    code.as_str()
                );
            }
        }
    }

    #[test]
    fn every_page_belongs_to_a_code() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/errors");
        let files = std::fs::read_dir(folder).expect("the folder is there");
        let mut pages: Vec<String> = files
            .map(|file| {
                file.expect("it can be listed")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        pages.sort();
        let codes = Code::ALL.map(|code| format!("{}.md", code.as_str()));
        assert_eq!(pages, codes);
    }

    #[test]
    fn a_problem_is_one_line_of_json() {
        let problem = Problem::new(Code::UnknownContract, "there is no contract \"a\nb\"");
        let expected = concat!(
            r#"{"type":"/errors/unknown_contract","title":"there is no such contract","#,
            r#""status":404,"code":"unknown_contract","#,
            r#""detail":"there is no contract \"a\nb\""}"#,
        );
        assert_eq!(problem.to_json(), expected);
    }
}
