//! Which types take the values of which.

use crate::Kind;

/// A value of the writer's type that becomes one of the reader's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promotion {
    /// Written as int, read as long.
    IntToLong,
    /// Written as int, read as float: digits beyond 2^24 are lost.
    IntToFloat,
    /// Written as int, read as double.
    IntToDouble,
    /// Written as long, read as float: digits beyond 2^24 are lost.
    LongToFloat,
    /// Written as long, read as double: digits beyond 2^53 are lost.
    LongToDouble,
    /// Written as float, read as double.
    FloatToDouble,
    /// Written as string, read as bytes.
    StringToBytes,
    /// Written as bytes, read as string: they may be no UTF-8.
    BytesToString,
}

impl Promotion {
    /// How a reader of the one type takes values of the other; `None` where it
    /// does not, or where there is nothing to do.
    pub fn of(reader: &Kind, writer: &Kind) -> Option<Promotion> {
        Some(match (reader, writer) {
            (Kind::Long, Kind::Int) => Promotion::IntToLong,
            (Kind::Float, Kind::Int) => Promotion::IntToFloat,
            (Kind::Double, Kind::Int) => Promotion::IntToDouble,
            (Kind::Float, Kind::Long) => Promotion::LongToFloat,
            (Kind::Double, Kind::Long) => Promotion::LongToDouble,
            (Kind::Double, Kind::Float) => Promotion::FloatToDouble,
            (Kind::Bytes, Kind::String) => Promotion::StringToBytes,
            (Kind::String, Kind::Bytes) => Promotion::BytesToString,
            _ => return None,
        })
    }
}

/// The same Avro type, whatever its name or parts.
pub fn same_type(one: &Kind, other: &Kind) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

/// A reader of the one type takes values of the other.
pub fn promotes(reader: &Kind, writer: &Kind) -> bool {
    Promotion::of(reader, writer).is_some()
}
