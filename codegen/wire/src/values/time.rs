//! Dates and times of the crate `time`.

use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::{DateValue, LocalTimestampValue, TimeValue, TimestampValue};

/// The day from which dates and timestamps are counted, as a Julian day.
const EPOCH: i32 = OffsetDateTime::UNIX_EPOCH.to_julian_day();

const NANOS_PER_DAY: u64 = 86_400_000_000_000;

impl DateValue for Date {
    #[inline]
    fn from_days(days: i32) -> Option<Date> {
        Date::from_julian_day(days.checked_add(EPOCH)?).ok()
    }

    #[inline]
    fn days(&self) -> i64 {
        i64::from(self.to_julian_day()) - i64::from(EPOCH)
    }
}

impl TimeValue for Time {
    #[inline]
    fn from_nanos(nanos: u64) -> Option<Time> {
        let nanos = i64::try_from(nanos)
            .ok()
            .filter(|_| nanos < NANOS_PER_DAY)?;
        Some(Time::MIDNIGHT + Duration::nanoseconds(nanos))
    }

    #[inline]
    fn nanos(&self) -> Option<u64> {
        let since_midnight = *self - Time::MIDNIGHT;
        u64::try_from(since_midnight.whole_nanoseconds()).ok()
    }
}

impl TimestampValue for OffsetDateTime {
    #[inline]
    fn from_seconds(seconds: i64, nanos: u32) -> Option<OffsetDateTime> {
        let whole = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
        whole.replace_nanosecond(nanos).ok()
    }

    #[inline]
    fn seconds(&self) -> (i64, u32) {
        // A local date keeps the fraction of a second; offsets are whole seconds.
        (self.unix_timestamp(), self.nanosecond())
    }
}

impl LocalTimestampValue for PrimitiveDateTime {
    #[inline]
    fn from_seconds(seconds: i64, nanos: u32) -> Option<PrimitiveDateTime> {
        let instant = <OffsetDateTime as TimestampValue>::from_seconds(seconds, nanos)?;
        Some(PrimitiveDateTime::new(instant.date(), instant.time()))
    }

    #[inline]
    fn seconds(&self) -> (i64, u32) {
        TimestampValue::seconds(&self.assume_offset(UtcOffset::UTC))
    }
}
