//! The names of ingest's metrics.

/// Events by contract and status (accepted, rejected, unknown).
pub(crate) const EVENTS: &str = "accordant_ingest_events_total";
