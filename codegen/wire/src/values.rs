//! The Rust types of Avro's logical types, and how they are read.
//!
//! Generated code names them through this module, so that it needs no
//! dependency but this crate.

pub use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
pub use rust_decimal::Decimal;
pub use uuid::Uuid;

use crate::{DecodeError, DecodeErrorKind, Reader};

/// Avro's `duration`: three counts that are not convertible into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration {
    /// Months.
    pub months: u32,
    /// Days.
    pub days: u32,
    /// Milliseconds.
    pub millis: u32,
}

/// Digits that a [`Decimal`] holds for every value; decimals of more are read
/// as the bytes of their unscaled value.
pub const DECIMAL_DIGITS_MAX: u32 = 28;

/// The day from which dates and timestamps are counted.
pub(crate) const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(1970, 1, 1)
    .expect("the first of January 1970 is a day of the calendar");

type Result<T> = std::result::Result<T, DecodeError>;

impl Reader<'_> {
    /// `uuid` on `string`.
    ///
    /// # Errors
    /// The string cannot be read, or is not a hyphenated UUID.
    pub fn uuid(&mut self) -> Result<Uuid> {
        let text = self.str_ref()?;
        self.uuid_from(text)
    }

    /// A UUID's hyphenated text.
    ///
    /// # Errors
    /// It is none.
    pub fn uuid_from(&self, text: &str) -> Result<Uuid> {
        match Uuid::try_parse(text) {
            Ok(uuid) if text.len() == 36 => Ok(uuid),
            _ => Err(self.invalid("uuid", format!("{text:?}"))),
        }
    }

    /// `uuid` on `fixed(16)`.
    ///
    /// # Errors
    /// The input ends.
    pub fn uuid_fixed(&mut self) -> Result<Uuid> {
        Ok(Uuid::from_bytes(self.fixed()?))
    }

    /// `decimal` on `bytes`.
    ///
    /// # Errors
    /// The bytes cannot be read, or hold more than 96 bits.
    pub fn decimal(&mut self, scale: u32) -> Result<Decimal> {
        let bytes = self.bytes_ref()?;
        self.decimal_from(bytes, scale)
    }

    /// `decimal` on `fixed`.
    ///
    /// # Errors
    /// The input ends, or the value has more than 96 bits.
    pub fn decimal_fixed(&mut self, size: usize, scale: u32) -> Result<Decimal> {
        let bytes = self.take(size)?;
        self.decimal_from(bytes, scale)
    }

    /// A decimal of an unscaled value, big-endian two's complement.
    ///
    /// # Errors
    /// It is empty, or has more than 96 bits.
    pub fn decimal_from(&self, unscaled: &[u8], scale: u32) -> Result<Decimal> {
        unscaled_value(unscaled)
            .and_then(|value| Decimal::try_from_i128_with_scale(value, scale).ok())
            .ok_or_else(|| self.invalid("decimal", format!("{} bytes", unscaled.len())))
    }

    /// `date`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn date(&mut self) -> Result<NaiveDate> {
        let days = self.int()?;
        self.date_from(days)
    }

    /// The date of a number of days since 1970-01-01.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn date_from(&self, days: i32) -> Result<NaiveDate> {
        EPOCH
            .checked_add_signed(chrono::TimeDelta::days(i64::from(days)))
            .ok_or_else(|| self.invalid("date", days.to_string()))
    }

    /// `time-millis`
    ///
    /// # Errors
    /// The number cannot be read, or is not within a day.
    pub fn time_millis(&mut self) -> Result<NaiveTime> {
        let millis = self.int()?;
        self.time_millis_from(millis)
    }

    /// The time of a number of milliseconds since midnight.
    ///
    /// # Errors
    /// It is not within a day.
    pub fn time_millis_from(&self, millis: i32) -> Result<NaiveTime> {
        time_of_day(i64::from(millis), 1_000)
            .ok_or_else(|| self.invalid("time-millis", millis.to_string()))
    }

    /// `time-micros`
    ///
    /// # Errors
    /// The number cannot be read, or is not within a day.
    pub fn time_micros(&mut self) -> Result<NaiveTime> {
        let micros = self.long()?;
        self.time_micros_from(micros)
    }

    /// The time of a number of microseconds since midnight.
    ///
    /// # Errors
    /// It is not within a day.
    pub fn time_micros_from(&self, micros: i64) -> Result<NaiveTime> {
        time_of_day(micros, 1_000_000)
            .ok_or_else(|| self.invalid("time-micros", micros.to_string()))
    }

    /// `timestamp-millis`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn timestamp_millis(&mut self) -> Result<DateTime<Utc>> {
        let millis = self.long()?;
        self.timestamp_millis_from(millis)
    }

    /// The instant of a number of milliseconds since 1970-01-01T00:00Z.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn timestamp_millis_from(&self, millis: i64) -> Result<DateTime<Utc>> {
        DateTime::from_timestamp_millis(millis)
            .ok_or_else(|| self.invalid("timestamp-millis", millis.to_string()))
    }

    /// `timestamp-micros`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn timestamp_micros(&mut self) -> Result<DateTime<Utc>> {
        let micros = self.long()?;
        self.timestamp_micros_from(micros)
    }

    /// The instant of a number of microseconds since 1970-01-01T00:00Z.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn timestamp_micros_from(&self, micros: i64) -> Result<DateTime<Utc>> {
        DateTime::from_timestamp_micros(micros)
            .ok_or_else(|| self.invalid("timestamp-micros", micros.to_string()))
    }

    /// `timestamp-nanos`
    ///
    /// # Errors
    /// The number cannot be read.
    pub fn timestamp_nanos(&mut self) -> Result<DateTime<Utc>> {
        let nanos = self.long()?;
        self.timestamp_nanos_from(nanos)
    }

    /// The instant of a number of nanoseconds since 1970-01-01T00:00Z.
    ///
    /// # Errors
    /// Never; the result is that of its siblings.
    pub fn timestamp_nanos_from(&self, nanos: i64) -> Result<DateTime<Utc>> {
        Ok(DateTime::from_timestamp_nanos(nanos))
    }

    /// `local-timestamp-millis`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn local_timestamp_millis(&mut self) -> Result<NaiveDateTime> {
        Ok(self.timestamp_millis()?.naive_utc())
    }

    /// As [`Reader::timestamp_millis_from`], without a zone.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn local_timestamp_millis_from(&self, millis: i64) -> Result<NaiveDateTime> {
        Ok(self.timestamp_millis_from(millis)?.naive_utc())
    }

    /// `local-timestamp-micros`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn local_timestamp_micros(&mut self) -> Result<NaiveDateTime> {
        Ok(self.timestamp_micros()?.naive_utc())
    }

    /// As [`Reader::timestamp_micros_from`], without a zone.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn local_timestamp_micros_from(&self, micros: i64) -> Result<NaiveDateTime> {
        Ok(self.timestamp_micros_from(micros)?.naive_utc())
    }

    /// `local-timestamp-nanos`
    ///
    /// # Errors
    /// The number cannot be read.
    pub fn local_timestamp_nanos(&mut self) -> Result<NaiveDateTime> {
        Ok(self.timestamp_nanos()?.naive_utc())
    }

    /// As [`Reader::timestamp_nanos_from`], without a zone.
    ///
    /// # Errors
    /// Never; the result is that of its siblings.
    pub fn local_timestamp_nanos_from(&self, nanos: i64) -> Result<NaiveDateTime> {
        Ok(self.timestamp_nanos_from(nanos)?.naive_utc())
    }

    /// `duration`
    ///
    /// # Errors
    /// The input ends.
    pub fn duration(&mut self) -> Result<Duration> {
        Ok(Duration::from_bytes(self.fixed()?))
    }

    #[cold]
    fn invalid(&self, logical: &'static str, found: String) -> DecodeError {
        self.error(DecodeErrorKind::InvalidLogical { logical, found })
    }
}

impl Duration {
    /// Three little-endian counts: months, days, milliseconds.
    pub fn from_bytes(bytes: [u8; 12]) -> Duration {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = bytes;
        Duration {
            months: u32::from_le_bytes([a, b, c, d]),
            days: u32::from_le_bytes([e, f, g, h]),
            millis: u32::from_le_bytes([i, j, k, l]),
        }
    }
}

/// A big-endian two's complement number, `None` when it is empty or has more
/// than 128 bits.
fn unscaled_value(bytes: &[u8]) -> Option<i128> {
    let negative = bytes.first()? & 0x80 != 0;
    let sign: u8 = if negative { 0xff } else { 0 };
    let padding = bytes.len().saturating_sub(16);
    let (padding, digits) = bytes.split_at(padding);
    if padding.iter().any(|byte| *byte != sign)
        || (!padding.is_empty() && digits.first().is_some_and(|byte| (byte ^ sign) & 0x80 != 0))
    {
        return None;
    }
    let start = if negative { -1i128 } else { 0 };
    Some(
        digits
            .iter()
            .fold(start, |value, byte| (value << 8) | i128::from(*byte)),
    )
}

fn time_of_day(units: i64, units_per_second: i64) -> Option<NaiveTime> {
    let seconds = u32::try_from(units.div_euclid(units_per_second)).ok()?;
    let rest = units.rem_euclid(units_per_second);
    let nanos = u32::try_from(rest * (1_000_000_000 / units_per_second)).ok()?;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EncodeError, Limits, write};

    #[track_caller]
    fn check_decimal(text: &str, expected: &[u8]) {
        let value: Decimal = text.parse().unwrap();
        let mut out = Vec::new();
        write::decimal(&value, 18, 2, &mut out).unwrap();
        assert_eq!(out[1..], *expected, "{text}");
        let mut reader = Reader::new(&out, Limits::default());
        assert_eq!(reader.decimal(2).unwrap(), value);
        reader.finish().unwrap();
    }

    #[test]
    fn a_decimal_has_the_fewest_bytes() {
        check_decimal("0", &[0]);
        check_decimal("1.27", &[0x7f]);
        check_decimal("1.28", &[0, 0x80]);
        check_decimal("-1.28", &[0x80]);
        check_decimal("-1.29", &[0xff, 0x7f]);
        check_decimal("12.990", &[0x05, 0x13]);
        check_decimal(
            "9999999999999999.99",
            &[0x0d, 0xe0, 0xb6, 0xb3, 0xa7, 0x63, 0xff, 0xff],
        );
    }

    #[track_caller]
    fn check_refused(result: Result<(), EncodeError>, expected: &str) {
        assert_eq!(
            result.map_err(|error| error.to_string()),
            Err(expected.to_owned())
        );
    }

    type Result<T, E> = std::result::Result<T, E>;

    #[test]
    fn a_decimal_is_exact_or_refused() {
        let mut out = Vec::new();
        check_refused(
            write::decimal(&"1.234".parse().unwrap(), 18, 2, &mut out),
            "1.234 does not fit a decimal of 18 digits, 2 of them after the point",
        );
        check_refused(
            write::decimal(&"1000.00".parse().unwrap(), 5, 2, &mut out),
            "1000.00 does not fit a decimal of 5 digits, 2 of them after the point",
        );
        check_refused(
            write::decimal_fixed::<1>(&"1.28".parse().unwrap(), 18, 2, &mut out),
            "1.28 does not fit 1 bytes",
        );
        assert!(out.is_empty());
    }

    #[test]
    fn a_fixed_decimal_is_sign_extended() {
        let mut out = Vec::new();
        write::decimal_fixed::<4>(&"-1.28".parse().unwrap(), 9, 2, &mut out).unwrap();
        assert_eq!(out, [0xff, 0xff, 0xff, 0x80]);
        let mut reader = Reader::new(&out, Limits::default());
        assert_eq!(reader.decimal_fixed(4, 2).unwrap().to_string(), "-1.28");
    }

    #[test]
    fn an_unscaled_value_may_be_padded_but_not_longer() {
        assert_eq!(unscaled_value(&[]), None);
        assert_eq!(unscaled_value(&[0xff; 20]), Some(-1));
        assert_eq!(unscaled_value(&[0; 20]), Some(0));
        let mut long = [0u8; 17];
        long[1] = 0x80;
        assert_eq!(unscaled_value(&long), None);
        long[0] = 1;
        assert_eq!(unscaled_value(&long), None);
    }

    #[test]
    fn times_are_within_a_day() {
        let reader = Reader::new(&[], Limits::default());
        assert_eq!(
            reader.time_millis_from(86_399_999).unwrap().to_string(),
            "23:59:59.999"
        );
        assert!(reader.time_millis_from(86_400_000).is_err());
        assert!(reader.time_micros_from(-1).is_err());
    }
}
