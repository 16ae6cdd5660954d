//! Values that the generator has found to be in range when it wrote the code:
//! the defaults of logical types. Only generated code calls this.

use super::{DateValue, DecimalValue, LocalTimestampValue, TimeValue, TimestampValue};

const IN_RANGE: &str = "the generator has checked the range";
const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// A date by its days since 1970-01-01.
pub fn date<T: DateValue>(days: i32) -> T {
    T::from_days(days).expect(IN_RANGE)
}

/// A time by its nanoseconds since midnight.
pub fn time<T: TimeValue>(nanos: u64) -> T {
    T::from_nanos(nanos).expect(IN_RANGE)
}

/// An instant by a number of units since 1970-01-01T00:00Z.
pub fn timestamp<T: TimestampValue>(count: i64, units_per_second: i64) -> T {
    let (seconds, nanos) = split(count, units_per_second);
    T::from_seconds(seconds, nanos).expect(IN_RANGE)
}

/// As [`timestamp`], without a zone.
pub fn local_timestamp<T: LocalTimestampValue>(count: i64, units_per_second: i64) -> T {
    let (seconds, nanos) = split(count, units_per_second);
    T::from_seconds(seconds, nanos).expect(IN_RANGE)
}

/// A decimal by its unscaled value, big-endian two's complement.
pub fn decimal<T: DecimalValue>(unscaled: &[u8], scale: u32) -> T {
    T::from_unscaled(unscaled, scale).expect(IN_RANGE)
}

/// Whole seconds, rounded down, and the nanoseconds from there.
pub(crate) fn split(count: i64, units_per_second: i64) -> (i64, u32) {
    let rest = count.rem_euclid(units_per_second) * (NANOS_PER_SECOND / units_per_second);
    (count.div_euclid(units_per_second), rest as u32)
}
