//! Dates and times of chrono.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use super::{DateValue, LocalTimestampValue, TimeValue, TimestampValue};

/// The day from which dates and timestamps are counted.
pub(crate) const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1)
    .expect("the first of January 1970 is a day of the calendar");

const NANOS_PER_SECOND: u32 = 1_000_000_000;

impl DateValue for NaiveDate {
    #[inline]
    fn from_days(days: i32) -> Option<NaiveDate> {
        EPOCH.checked_add_signed(TimeDelta::days(i64::from(days)))
    }

    #[inline]
    fn days(&self) -> i64 {
        self.signed_duration_since(EPOCH).num_days()
    }
}

impl TimeValue for NaiveTime {
    #[inline]
    fn from_nanos(nanos: u64) -> Option<NaiveTime> {
        let seconds = u32::try_from(nanos / u64::from(NANOS_PER_SECOND)).ok()?;
        let fraction = (nanos % u64::from(NANOS_PER_SECOND)) as u32;
        NaiveTime::from_num_seconds_from_midnight_opt(seconds, fraction)
    }

    #[inline]
    fn nanos(&self) -> Option<u64> {
        let seconds = u64::from(self.num_seconds_from_midnight());
        let fraction = Some(self.nanosecond()).filter(|nanos| *nanos < NANOS_PER_SECOND)?;
        Some(seconds * u64::from(NANOS_PER_SECOND) + u64::from(fraction))
    }
}

impl TimestampValue for DateTime<Utc> {
    #[inline]
    fn from_seconds(seconds: i64, nanos: u32) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(seconds, nanos)
    }

    #[inline]
    fn seconds(&self) -> (i64, u32) {
        // In a leap second there are more nanoseconds than a second has: they
        // run into the next one.
        let nanos = self.timestamp_subsec_nanos();
        let whole = nanos / NANOS_PER_SECOND;
        (
            self.timestamp() + i64::from(whole),
            nanos - whole * NANOS_PER_SECOND,
        )
    }
}

impl LocalTimestampValue for NaiveDateTime {
    #[inline]
    fn from_seconds(seconds: i64, nanos: u32) -> Option<NaiveDateTime> {
        DateTime::from_timestamp(seconds, nanos).map(|instant| instant.naive_utc())
    }

    #[inline]
    fn seconds(&self) -> (i64, u32) {
        TimestampValue::seconds(&self.and_utc())
    }
}
