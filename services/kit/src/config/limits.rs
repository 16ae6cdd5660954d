//! The one table of limits. Every limit holds before the work that it bounds.

use serde::{Deserialize, Serialize};

use crate::http::HttpLimits;

/// Every limit, with its default. Keys of `[limits]` in `accordant.toml`, and
/// `ACCORDANT_LIMITS_<NAME>` in the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Encoded bytes of one event.
    pub event_bytes_max: usize,
    /// Events of one batch that is answered whole.
    pub batch_events_max: usize,
    /// Body bytes of one batch that is answered whole, and of one NDJSON line.
    pub batch_bytes_max: usize,
    /// JSON nesting depth of one event.
    pub json_depth_max: usize,
    /// Bytes of one schema text.
    pub schema_bytes_max: usize,
    /// Nesting depth of one schema.
    pub schema_depth_max: usize,
    /// Nodes of one schema.
    pub schema_nodes_max: usize,
    /// Bytes of one datum that is decoded.
    pub decode_bytes_max: usize,
    /// Nesting depth of one datum that is decoded.
    pub decode_depth_max: usize,
    /// Milliseconds for a request's header, once its first byte is there.
    pub header_read_timeout_ms: u64,
    /// Milliseconds for the first byte on a new connection.
    pub first_byte_timeout_ms: u64,
    /// Milliseconds for a request from its header to its answer.
    pub request_timeout_ms: u64,
    /// Milliseconds that a stopping server waits for requests in flight.
    pub drain_timeout_ms: u64,
    /// Open connections; the next one waits to be taken.
    pub connections_max: usize,
    /// Milliseconds until a record without an answer is called unknown.
    pub delivery_timeout_ms: u64,
    /// Records that wait to be enqueued in the producer.
    pub producer_queue_max: usize,
    /// Entries of one page of a listing.
    pub page_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            event_bytes_max: 1_000_000,
            batch_events_max: 1_000,
            batch_bytes_max: 10_000_000,
            json_depth_max: 256,
            schema_bytes_max: 1_000_000,
            schema_depth_max: 64,
            schema_nodes_max: 50_000,
            decode_bytes_max: 16 * 1024 * 1024,
            decode_depth_max: 256,
            header_read_timeout_ms: 10_000,
            first_byte_timeout_ms: 10_000,
            request_timeout_ms: 30_000,
            drain_timeout_ms: 5_000,
            connections_max: 4_096,
            delivery_timeout_ms: 10_000,
            producer_queue_max: 1_000,
            page_max: 1_000,
        }
    }
}

impl Limits {
    /// Those of the HTTP server.
    pub fn http(&self) -> HttpLimits {
        HttpLimits {
            header_read_timeout_ms: self.header_read_timeout_ms,
            first_byte_timeout_ms: self.first_byte_timeout_ms,
            drain_timeout_ms: self.drain_timeout_ms,
            connections_max: self.connections_max,
        }
    }

    /// Those of a schema.
    pub fn schema(&self) -> accordant_schema::Limits {
        accordant_schema::Limits {
            schema_bytes_max: self.schema_bytes_max,
            depth_max: self.schema_depth_max,
            nodes_max: self.schema_nodes_max,
        }
    }
}
