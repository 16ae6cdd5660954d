//! CloudEvents attributes as Kafka headers (the Kafka protocol binding's binary
//! mode): `ce_` before each attribute, the value as text.

use std::collections::BTreeMap;

use chrono::{SecondsFormat, Utc};
use rdkafka::message::{Header, Headers, OwnedHeaders};

/// The media type of a value: an Avro datum in Confluent framing.
pub const AVRO_CONTENT_TYPE: &str = "application/vnd.accordant.avro";

/// The W3C trace context's header.
pub const TRACEPARENT: &str = "traceparent";

const CONTENT_TYPE: &str = "content-type";
const SPEC_VERSION: &str = "1.0";

/// The CloudEvents attributes of a record, and every other header of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CloudEvent {
    /// `ce_id`: the event id.
    pub id: String,
    /// `ce_type`: the contract's name.
    pub ty: String,
    /// `ce_source`: who wrote it, a URI reference.
    pub source: String,
    /// `ce_time`: RFC 3339.
    pub time: String,
    /// `ce_subject`: the record's key.
    pub subject: Option<String>,
    /// Other headers by their full name, such as `traceparent` and `accordant_source`.
    pub extra: BTreeMap<String, String>,
}

impl CloudEvent {
    /// As headers, `content-type` included.
    pub fn to_headers(&self) -> OwnedHeaders {
        let attributes = [
            ("ce_specversion", Some(SPEC_VERSION)),
            ("ce_id", Some(self.id.as_str())),
            ("ce_type", Some(self.ty.as_str())),
            ("ce_source", Some(self.source.as_str())),
            ("ce_time", Some(self.time.as_str())),
            ("ce_subject", self.subject.as_deref()),
            (CONTENT_TYPE, Some(AVRO_CONTENT_TYPE)),
        ];
        let extra = self
            .extra
            .iter()
            .map(|(key, value)| (key.as_str(), Some(value.as_str())));
        let mut headers = OwnedHeaders::new_with_capacity(attributes.len() + self.extra.len());
        for (key, value) in attributes.into_iter().chain(extra) {
            if value.is_some() {
                headers = headers.insert(Header { key, value });
            }
        }
        headers
    }

    /// The event id alone, from a record's headers.
    pub fn id_of<H: Headers>(headers: &H) -> Option<String> {
        let last = headers
            .iter()
            .filter(|header| header.key == "ce_id")
            .last()?;
        std::str::from_utf8(last.value?).ok().map(str::to_owned)
    }

    /// From a record's headers. An absent attribute is empty; a header that is
    /// no text is left out; of two headers with one name the last one counts.
    pub fn from_headers<H: Headers>(headers: &H) -> CloudEvent {
        let mut event = CloudEvent::default();
        for header in headers.iter() {
            let Some(text) = header
                .value
                .and_then(|bytes| std::str::from_utf8(bytes).ok())
            else {
                continue;
            };
            let text = text.to_owned();
            match header.key {
                "ce_id" => event.id = text,
                "ce_type" => event.ty = text,
                "ce_source" => event.source = text,
                "ce_time" => event.time = text,
                "ce_subject" => event.subject = Some(text),
                "ce_specversion" | CONTENT_TYPE => {}
                other => {
                    event.extra.insert(other.to_owned(), text);
                }
            }
        }
        event
    }
}

/// The time now as `ce_time` has it: RFC 3339, UTC, milliseconds.
pub fn now_rfc3339() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}
