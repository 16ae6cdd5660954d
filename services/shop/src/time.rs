//! Log time as the contracts write it.

use accordant_kit::processor::Context;
use chrono::{DateTime, Utc};

/// When the log took the event: the only clock that a decision may read.
pub(crate) fn log_time(ctx: &Context) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ctx.log_time_ms).unwrap_or_default()
}
