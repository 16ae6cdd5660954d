//! What a type of a date, a time of day or an instant must be able to do,
//! whichever library it is from.

use std::fmt::Debug;

/// A day of the calendar.
pub trait DateValue: Sized + Debug {
    /// The day that is so many days after 1970-01-01; `None` beyond the calendar.
    fn from_days(days: i32) -> Option<Self>;

    /// Days since 1970-01-01.
    fn days(&self) -> i64;
}

/// A time of day.
pub trait TimeValue: Sized + Debug {
    /// The time that is so many nanoseconds after midnight; `None` beyond the day.
    fn from_nanos(nanos: u64) -> Option<Self>;

    /// Nanoseconds since midnight; `None` for a leap second, which is beyond the day.
    fn nanos(&self) -> Option<u64>;
}

/// An instant.
pub trait TimestampValue: Sized + Debug {
    /// The instant that is so many seconds after 1970-01-01T00:00Z, and so many
    /// nanoseconds (less than a second) later; `None` beyond the calendar.
    fn from_seconds(seconds: i64, nanos: u32) -> Option<Self>;

    /// Whole seconds since 1970-01-01T00:00Z, rounded down, and the nanoseconds
    /// from there.
    fn seconds(&self) -> (i64, u32);
}

/// A date and time of day that is not tied to a zone.
pub trait LocalTimestampValue: Sized + Debug {
    /// As [`TimestampValue::from_seconds`], read off a clock that shows UTC.
    fn from_seconds(seconds: i64, nanos: u32) -> Option<Self>;

    /// As [`TimestampValue::seconds`], for a clock that shows UTC.
    fn seconds(&self) -> (i64, u32);
}
