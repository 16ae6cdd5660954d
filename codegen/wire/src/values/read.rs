//! Reading logical types.

#[cfg(feature = "uuid")]
use uuid::Uuid;

use super::{
    DateValue, DecimalValue, Duration, LocalTimestampValue, TimeValue, TimestampValue, known::split,
};
use crate::{DecodeError, DecodeErrorKind, Reader};

const UNITS_MILLIS: i64 = 1_000;
const UNITS_MICROS: i64 = 1_000_000;
const UNITS_NANOS: i64 = 1_000_000_000;

type Result<T> = std::result::Result<T, DecodeError>;

impl Reader<'_> {
    /// `uuid` on `string`.
    ///
    /// # Errors
    /// The string cannot be read, or is not a hyphenated UUID.
    #[cfg(feature = "uuid")]
    pub fn uuid(&mut self) -> Result<Uuid> {
        let text = self.str_ref()?;
        self.uuid_from(text)
    }

    /// A UUID's hyphenated text.
    ///
    /// # Errors
    /// It is none.
    #[cfg(feature = "uuid")]
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
    #[cfg(feature = "uuid")]
    pub fn uuid_fixed(&mut self) -> Result<Uuid> {
        Ok(Uuid::from_bytes(self.fixed()?))
    }

    /// `decimal` on `bytes`
    ///
    /// # Errors
    /// The bytes cannot be read, or are more than the type holds.
    pub fn decimal<T: DecimalValue>(&mut self, scale: u32) -> Result<T> {
        let bytes = self.bytes_ref()?;
        self.allocate(T::heap_bytes(bytes.len()))?;
        self.decimal_from(bytes, scale)
    }

    /// `decimal` on `fixed`
    ///
    /// # Errors
    /// The input ends, or the value is more than the type holds.
    pub fn decimal_fixed<T: DecimalValue>(&mut self, size: usize, scale: u32) -> Result<T> {
        let bytes = self.take(size)?;
        self.allocate(T::heap_bytes(bytes.len()))?;
        self.decimal_from(bytes, scale)
    }

    /// A decimal of an unscaled value, big-endian two's complement.
    ///
    /// # Errors
    /// It is empty, or more than the type holds.
    pub fn decimal_from<T: DecimalValue>(&self, unscaled: &[u8], scale: u32) -> Result<T> {
        T::from_unscaled(unscaled, scale)
            .ok_or_else(|| self.invalid("decimal", format!("{} bytes", unscaled.len())))
    }

    /// `date`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn date<T: DateValue>(&mut self) -> Result<T> {
        let days = self.int()?;
        self.date_from(days)
    }

    /// The date of a number of days since 1970-01-01.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn date_from<T: DateValue>(&self, days: i32) -> Result<T> {
        T::from_days(days).ok_or_else(|| self.invalid("date", days.to_string()))
    }

    /// `time-millis`
    ///
    /// # Errors
    /// The number cannot be read, or is not within a day.
    pub fn time_millis<T: TimeValue>(&mut self) -> Result<T> {
        let millis = self.int()?;
        self.time_millis_from(millis)
    }

    /// The time of a number of milliseconds since midnight.
    ///
    /// # Errors
    /// It is not within a day.
    pub fn time_millis_from<T: TimeValue>(&self, millis: i32) -> Result<T> {
        time_of_day(i64::from(millis), UNITS_MILLIS)
            .ok_or_else(|| self.invalid("time-millis", millis.to_string()))
    }

    /// `time-micros`
    ///
    /// # Errors
    /// The number cannot be read, or is not within a day.
    pub fn time_micros<T: TimeValue>(&mut self) -> Result<T> {
        let micros = self.long()?;
        self.time_micros_from(micros)
    }

    /// The time of a number of microseconds since midnight.
    ///
    /// # Errors
    /// It is not within a day.
    pub fn time_micros_from<T: TimeValue>(&self, micros: i64) -> Result<T> {
        time_of_day(micros, UNITS_MICROS)
            .ok_or_else(|| self.invalid("time-micros", micros.to_string()))
    }

    /// `timestamp-millis`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn timestamp_millis<T: TimestampValue>(&mut self) -> Result<T> {
        let millis = self.long()?;
        self.timestamp_millis_from(millis)
    }

    /// The instant of a number of milliseconds since 1970-01-01T00:00Z.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn timestamp_millis_from<T: TimestampValue>(&self, millis: i64) -> Result<T> {
        let (seconds, nanos) = split(millis, UNITS_MILLIS);
        T::from_seconds(seconds, nanos)
            .ok_or_else(|| self.invalid("timestamp-millis", millis.to_string()))
    }

    /// `timestamp-micros`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn timestamp_micros<T: TimestampValue>(&mut self) -> Result<T> {
        let micros = self.long()?;
        self.timestamp_micros_from(micros)
    }

    /// The instant of a number of microseconds since 1970-01-01T00:00Z.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn timestamp_micros_from<T: TimestampValue>(&self, micros: i64) -> Result<T> {
        let (seconds, nanos) = split(micros, UNITS_MICROS);
        T::from_seconds(seconds, nanos)
            .ok_or_else(|| self.invalid("timestamp-micros", micros.to_string()))
    }

    /// `timestamp-nanos`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn timestamp_nanos<T: TimestampValue>(&mut self) -> Result<T> {
        let nanos = self.long()?;
        self.timestamp_nanos_from(nanos)
    }

    /// The instant of a number of nanoseconds since 1970-01-01T00:00Z.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn timestamp_nanos_from<T: TimestampValue>(&self, nanos: i64) -> Result<T> {
        let (seconds, fraction) = split(nanos, UNITS_NANOS);
        T::from_seconds(seconds, fraction)
            .ok_or_else(|| self.invalid("timestamp-nanos", nanos.to_string()))
    }

    /// `local-timestamp-millis`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn local_timestamp_millis<T: LocalTimestampValue>(&mut self) -> Result<T> {
        let millis = self.long()?;
        self.local_timestamp_millis_from(millis)
    }

    /// As [`Reader::timestamp_millis_from`], without a zone.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn local_timestamp_millis_from<T: LocalTimestampValue>(&self, millis: i64) -> Result<T> {
        let (seconds, nanos) = split(millis, UNITS_MILLIS);
        T::from_seconds(seconds, nanos)
            .ok_or_else(|| self.invalid("local-timestamp-millis", millis.to_string()))
    }

    /// `local-timestamp-micros`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn local_timestamp_micros<T: LocalTimestampValue>(&mut self) -> Result<T> {
        let micros = self.long()?;
        self.local_timestamp_micros_from(micros)
    }

    /// As [`Reader::timestamp_micros_from`], without a zone.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn local_timestamp_micros_from<T: LocalTimestampValue>(&self, micros: i64) -> Result<T> {
        let (seconds, nanos) = split(micros, UNITS_MICROS);
        T::from_seconds(seconds, nanos)
            .ok_or_else(|| self.invalid("local-timestamp-micros", micros.to_string()))
    }

    /// `local-timestamp-nanos`
    ///
    /// # Errors
    /// The number cannot be read, or is beyond the calendar.
    pub fn local_timestamp_nanos<T: LocalTimestampValue>(&mut self) -> Result<T> {
        let nanos = self.long()?;
        self.local_timestamp_nanos_from(nanos)
    }

    /// As [`Reader::timestamp_nanos_from`], without a zone.
    ///
    /// # Errors
    /// It is beyond the calendar.
    pub fn local_timestamp_nanos_from<T: LocalTimestampValue>(&self, nanos: i64) -> Result<T> {
        let (seconds, fraction) = split(nanos, UNITS_NANOS);
        T::from_seconds(seconds, fraction)
            .ok_or_else(|| self.invalid("local-timestamp-nanos", nanos.to_string()))
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

fn time_of_day<T: TimeValue>(units: i64, units_per_second: i64) -> Option<T> {
    let units = u64::try_from(units).ok()?;
    let nanos_per_unit = UNITS_NANOS.unsigned_abs() / units_per_second.unsigned_abs();
    T::from_nanos(units.checked_mul(nanos_per_unit)?)
}
