//! Writing Avro binary: what generated encoders are made of.

use std::{collections::BTreeMap, convert::Infallible};

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{EncodeError, EncodeErrorKind, Segment, values::Duration};

type Result = std::result::Result<(), EncodeError>;

/// `null`: nothing.
#[inline]
pub fn null(_value: &(), _out: &mut Vec<u8>) {}

/// A union without branches: it has no values.
#[inline]
pub fn never(value: &Infallible, _out: &mut Vec<u8>) {
    match *value {}
}

/// `boolean`
#[inline]
pub fn boolean(value: bool, out: &mut Vec<u8>) {
    out.push(u8::from(value));
}

/// `int`
#[inline]
pub fn int(value: i32, out: &mut Vec<u8>) {
    long(i64::from(value), out);
}

/// `long`
#[inline]
pub fn long(value: i64, out: &mut Vec<u8>) {
    let mut rest = ((value << 1) ^ (value >> 63)) as u64;
    while rest >= 0x80 {
        out.push((rest as u8) | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// `float`
#[inline]
pub fn float(value: f32, out: &mut Vec<u8>) {
    out.extend_from_slice(&value.to_le_bytes());
}

/// `double`
#[inline]
pub fn double(value: f64, out: &mut Vec<u8>) {
    out.extend_from_slice(&value.to_le_bytes());
}

/// `bytes`
#[inline]
pub fn bytes(value: &[u8], out: &mut Vec<u8>) {
    // A slice is never longer than isize::MAX.
    long(value.len() as i64, out);
    out.extend_from_slice(value);
}

/// `string`
#[inline]
pub fn string(value: &str, out: &mut Vec<u8>) {
    bytes(value.as_bytes(), out);
}

/// `fixed`
#[inline]
pub fn fixed(value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(value);
}

/// `array`
///
/// # Errors
/// Those of `write`, with the item's index.
pub fn array<T>(
    items: &[T],
    out: &mut Vec<u8>,
    mut write: impl FnMut(&T, &mut Vec<u8>) -> Result,
) -> Result {
    if !items.is_empty() {
        long(items.len() as i64, out);
        for (index, item) in items.iter().enumerate() {
            write(item, out).map_err(|error| error.within(Segment::Index(index)))?;
        }
    }
    long(0, out);
    Ok(())
}

/// `map`
///
/// # Errors
/// Those of `write`, with the entry's key.
pub fn map<T>(
    entries: &BTreeMap<String, T>,
    out: &mut Vec<u8>,
    mut write: impl FnMut(&T, &mut Vec<u8>) -> Result,
) -> Result {
    if !entries.is_empty() {
        long(entries.len() as i64, out);
        for (key, value) in entries {
            string(key, out);
            write(value, out).map_err(|error| error.within(Segment::Key(key.clone())))?;
        }
    }
    long(0, out);
    Ok(())
}

/// `uuid` on `string`
pub fn uuid(value: &Uuid, out: &mut Vec<u8>) {
    let mut buffer = Uuid::encode_buffer();
    string(value.hyphenated().encode_lower(&mut buffer), out);
}

/// `uuid` on `fixed(16)`
pub fn uuid_fixed(value: &Uuid, out: &mut Vec<u8>) {
    out.extend_from_slice(value.as_bytes());
}

/// `decimal` on `bytes`
///
/// # Errors
/// The value does not fit precision and scale exactly.
pub fn decimal(value: &Decimal, precision: u32, scale: u32, out: &mut Vec<u8>) -> Result {
    let unscaled = unscaled(value, precision, scale)?.to_be_bytes();
    bytes(shortest(&unscaled), out);
    Ok(())
}

/// `decimal` on `fixed`
///
/// # Errors
/// The value does not fit precision, scale and size exactly.
pub fn decimal_fixed<const N: usize>(
    value: &Decimal,
    precision: u32,
    scale: u32,
    out: &mut Vec<u8>,
) -> Result {
    let unscaled = unscaled(value, precision, scale)?;
    let whole = unscaled.to_be_bytes();
    let digits = shortest(&whole);
    let padding = N.checked_sub(digits.len()).ok_or_else(|| {
        EncodeError::new(EncodeErrorKind::DecimalSize {
            value: value.to_string(),
            size: N,
        })
    })?;
    out.resize(out.len() + padding, if unscaled < 0 { 0xff } else { 0 });
    out.extend_from_slice(digits);
    Ok(())
}

/// `date`
pub fn date(value: &NaiveDate, out: &mut Vec<u8>) {
    long(
        value.signed_duration_since(crate::values::EPOCH).num_days(),
        out,
    );
}

/// `time-millis`; what is finer is cut off.
///
/// # Errors
/// A leap second: it is beyond the day.
pub fn time_millis(value: &NaiveTime, out: &mut Vec<u8>) -> Result {
    time(value, "time-millis", 1_000, out)
}

/// `time-micros`; what is finer is cut off.
///
/// # Errors
/// A leap second: it is beyond the day.
pub fn time_micros(value: &NaiveTime, out: &mut Vec<u8>) -> Result {
    time(value, "time-micros", 1_000_000, out)
}

/// `timestamp-millis`; what is finer is cut off.
pub fn timestamp_millis(value: &DateTime<Utc>, out: &mut Vec<u8>) {
    long(value.timestamp_millis(), out);
}

/// `timestamp-micros`; what is finer is cut off.
pub fn timestamp_micros(value: &DateTime<Utc>, out: &mut Vec<u8>) {
    long(value.timestamp_micros(), out);
}

/// `timestamp-nanos`
///
/// # Errors
/// An instant before 1677 or after 2262.
pub fn timestamp_nanos(value: &DateTime<Utc>, out: &mut Vec<u8>) -> Result {
    let nanos = value.timestamp_nanos_opt().ok_or_else(|| {
        let logical = "timestamp-nanos";
        EncodeError::new(EncodeErrorKind::OutOfRange {
            logical,
            value: value.to_rfc3339(),
        })
    })?;
    long(nanos, out);
    Ok(())
}

/// `local-timestamp-millis`; what is finer is cut off.
pub fn local_timestamp_millis(value: &NaiveDateTime, out: &mut Vec<u8>) {
    timestamp_millis(&value.and_utc(), out);
}

/// `local-timestamp-micros`; what is finer is cut off.
pub fn local_timestamp_micros(value: &NaiveDateTime, out: &mut Vec<u8>) {
    timestamp_micros(&value.and_utc(), out);
}

/// `local-timestamp-nanos`
///
/// # Errors
/// A time before 1677 or after 2262.
pub fn local_timestamp_nanos(value: &NaiveDateTime, out: &mut Vec<u8>) -> Result {
    timestamp_nanos(&value.and_utc(), out)
}

/// `duration`
pub fn duration(value: &Duration, out: &mut Vec<u8>) {
    for count in [value.months, value.days, value.millis] {
        out.extend_from_slice(&count.to_le_bytes());
    }
}

fn time(value: &NaiveTime, logical: &'static str, per_second: u32, out: &mut Vec<u8>) -> Result {
    if value.nanosecond() >= 1_000_000_000 {
        let value = value.to_string();
        return Err(EncodeError::new(EncodeErrorKind::OutOfRange {
            logical,
            value,
        }));
    }
    let fraction = value.nanosecond() / (1_000_000_000 / per_second);
    let seconds = i64::from(value.num_seconds_from_midnight());
    long(seconds * i64::from(per_second) + i64::from(fraction), out);
    Ok(())
}

/// The value times ten to the scale, if that is whole and has no more digits
/// than the precision.
fn unscaled(value: &Decimal, precision: u32, scale: u32) -> std::result::Result<i128, EncodeError> {
    let exact = || {
        let mut unscaled = value.mantissa();
        for _ in scale..value.scale() {
            if unscaled % 10 != 0 {
                return None;
            }
            unscaled /= 10;
        }
        for _ in value.scale()..scale {
            unscaled = unscaled.checked_mul(10)?;
        }
        match 10i128.checked_pow(precision) {
            Some(bound) if unscaled.unsigned_abs() >= bound.unsigned_abs() => None,
            _ => Some(unscaled),
        }
    };
    exact().ok_or_else(|| {
        let value = value.to_string();
        EncodeError::new(EncodeErrorKind::Decimal {
            value,
            precision,
            scale,
        })
    })
}

/// Without the leading bytes that only repeat the sign.
fn shortest(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let [first, second, ..] = rest {
        let repeats = matches!((first, second), (0, 0..=0x7f) | (0xff, 0x80..=0xff));
        if !repeats {
            break;
        }
        rest = &rest[1..];
    }
    rest
}
