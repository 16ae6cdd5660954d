//! Writing logical types.

#[cfg(feature = "uuid")]
use uuid::Uuid;

use super::{Result, bytes, long};
use crate::{
    EncodeError, EncodeErrorKind,
    values::{DateValue, DecimalValue, Duration, LocalTimestampValue, TimeValue, TimestampValue},
};

const UNITS_MILLIS: u32 = 1_000;
const UNITS_MICROS: u32 = 1_000_000;
const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// `uuid` on `string`
#[cfg(feature = "uuid")]
pub fn uuid(value: &Uuid, out: &mut Vec<u8>) {
    let mut buffer = Uuid::encode_buffer();
    super::string(value.hyphenated().encode_lower(&mut buffer), out);
}

/// `uuid` on `fixed(16)`
#[cfg(feature = "uuid")]
pub fn uuid_fixed(value: &Uuid, out: &mut Vec<u8>) {
    out.extend_from_slice(value.as_bytes());
}

/// `decimal` on `bytes`
///
/// # Errors
/// The value does not fit precision and scale exactly.
pub fn decimal<T: DecimalValue>(
    value: &T,
    precision: u32,
    scale: u32,
    out: &mut Vec<u8>,
) -> Result {
    value
        .with_unscaled(precision, scale, |unscaled| bytes(unscaled, out))
        .ok_or_else(|| not_exact(value, precision, scale))
}

/// `decimal` on `fixed`
///
/// # Errors
/// The value does not fit precision, scale and size exactly.
pub fn decimal_fixed<const N: usize>(
    value: &impl DecimalValue,
    precision: u32,
    scale: u32,
    out: &mut Vec<u8>,
) -> Result {
    let write = |unscaled: &[u8]| {
        let padding = N.checked_sub(unscaled.len())?;
        let is_negative = unscaled.first().is_some_and(|byte| byte & 0x80 != 0);
        out.resize(out.len() + padding, if is_negative { 0xff } else { 0 });
        out.extend_from_slice(unscaled);
        Some(())
    };
    match value.with_unscaled(precision, scale, write) {
        None => Err(not_exact(value, precision, scale)),
        Some(None) => Err(EncodeError::new(EncodeErrorKind::DecimalSize {
            value: value.text(),
            size: N,
        })),
        Some(Some(())) => Ok(()),
    }
}

/// `date`
pub fn date<T: DateValue>(value: &T, out: &mut Vec<u8>) {
    long(value.days(), out);
}

/// `time-millis`; what is finer is cut off.
///
/// # Errors
/// A leap second: it is beyond the day.
pub fn time_millis<T: TimeValue>(value: &T, out: &mut Vec<u8>) -> Result {
    time(value, "time-millis", UNITS_MILLIS, out)
}

/// `time-micros`; what is finer is cut off.
///
/// # Errors
/// A leap second: it is beyond the day.
pub fn time_micros<T: TimeValue>(value: &T, out: &mut Vec<u8>) -> Result {
    time(value, "time-micros", UNITS_MICROS, out)
}

/// `timestamp-millis`; what is finer is cut off.
pub fn timestamp_millis<T: TimestampValue>(value: &T, out: &mut Vec<u8>) {
    instant(value.seconds(), UNITS_MILLIS, out);
}

/// `timestamp-micros`; what is finer is cut off.
pub fn timestamp_micros<T: TimestampValue>(value: &T, out: &mut Vec<u8>) {
    instant(value.seconds(), UNITS_MICROS, out);
}

/// `timestamp-nanos`
///
/// # Errors
/// An instant before 1677 or after 2262.
pub fn timestamp_nanos<T: TimestampValue>(value: &T, out: &mut Vec<u8>) -> Result {
    let nanos = nanos(value.seconds());
    long(
        nanos.ok_or_else(|| out_of_range("timestamp-nanos", value))?,
        out,
    );
    Ok(())
}

/// `local-timestamp-millis`; what is finer is cut off.
pub fn local_timestamp_millis<T: LocalTimestampValue>(value: &T, out: &mut Vec<u8>) {
    instant(value.seconds(), UNITS_MILLIS, out);
}

/// `local-timestamp-micros`; what is finer is cut off.
pub fn local_timestamp_micros<T: LocalTimestampValue>(value: &T, out: &mut Vec<u8>) {
    instant(value.seconds(), UNITS_MICROS, out);
}

/// `local-timestamp-nanos`
///
/// # Errors
/// A time before 1677 or after 2262.
pub fn local_timestamp_nanos<T: LocalTimestampValue>(value: &T, out: &mut Vec<u8>) -> Result {
    let nanos = nanos(value.seconds());
    long(
        nanos.ok_or_else(|| out_of_range("local-timestamp-nanos", value))?,
        out,
    );
    Ok(())
}

/// `duration`
pub fn duration(value: &Duration, out: &mut Vec<u8>) {
    for count in [value.months, value.days, value.millis] {
        out.extend_from_slice(&count.to_le_bytes());
    }
}

fn time<T: TimeValue>(
    value: &T,
    logical: &'static str,
    per_second: u32,
    out: &mut Vec<u8>,
) -> Result {
    let nanos = value.nanos().ok_or_else(|| out_of_range(logical, value))?;
    // Less than a day of nanoseconds.
    long(
        (nanos / u64::from(NANOS_PER_SECOND / per_second)) as i64,
        out,
    );
    Ok(())
}

/// Calendars end long before their microseconds pass 64 bits; what a type of
/// somebody's own has beyond that saturates.
fn instant((seconds, nanos): (i64, u32), per_second: u32, out: &mut Vec<u8>) {
    let fraction = i64::from(nanos / (NANOS_PER_SECOND / per_second));
    let whole = seconds.saturating_mul(i64::from(per_second));
    long(whole.saturating_add(fraction), out);
}

fn nanos((seconds, nanos): (i64, u32)) -> Option<i64> {
    let total = i128::from(seconds) * i128::from(NANOS_PER_SECOND) + i128::from(nanos);
    i64::try_from(total).ok()
}

#[cold]
fn out_of_range(logical: &'static str, value: &impl std::fmt::Debug) -> EncodeError {
    EncodeError::new(EncodeErrorKind::OutOfRange {
        logical,
        value: format!("{value:?}"),
    })
}

#[cold]
fn not_exact(value: &impl DecimalValue, precision: u32, scale: u32) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Decimal {
        value: value.text(),
        precision,
        scale,
    })
}
