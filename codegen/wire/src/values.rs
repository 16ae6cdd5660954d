//! The Rust types of Avro's logical types and maps.
//!
//! Generated code names them through this module, so that it needs no
//! dependency but this crate. Which library a type is from is a choice of the
//! generated code, and a feature of this crate: what nobody asks for is not
//! linked. The traits say what such a type must be able to do; how its bytes
//! are read and written stands in [`crate::Reader`] and [`crate::write`].

#[cfg(feature = "chrono")]
mod chrono;
mod decimal;
#[doc(hidden)]
pub mod known;
mod large_fixed;
mod map;
mod moment;
mod read;
#[cfg(test)]
mod tests;
#[cfg(feature = "time")]
mod time;

#[cfg(feature = "chrono")]
pub use ::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
#[cfg(feature = "time")]
pub use ::time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
#[cfg(feature = "bigdecimal")]
pub use bigdecimal::BigDecimal;
#[cfg(feature = "rust_decimal")]
pub use rust_decimal::Decimal;
#[cfg(feature = "uuid")]
pub use uuid::Uuid;

#[cfg(feature = "dynamic")]
pub(crate) use self::chrono::EPOCH;
pub use self::{
    decimal::DecimalValue,
    large_fixed::{LargeFixed, WrongSize},
    map::MapValue,
    moment::{DateValue, LocalTimestampValue, TimeValue, TimestampValue},
};

/// Digits that a decimal of 96 bits holds for every value.
pub const DECIMAL_DIGITS_MAX: u32 = 28;

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
