//! Writing Avro binary: what generated encoders are made of.

mod logical;

use std::convert::Infallible;

use crate::{EncodeError, Segment, values::MapValue};

pub use logical::*;

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
pub fn map<M: MapValue>(
    entries: &M,
    out: &mut Vec<u8>,
    mut write: impl FnMut(&M::Value, &mut Vec<u8>) -> Result,
) -> Result {
    let count = entries.count();
    if count > 0 {
        long(count as i64, out);
        for (key, value) in entries.entries() {
            string(key, out);
            write(value, out).map_err(|error| error.within(Segment::Key(key.clone())))?;
        }
    }
    long(0, out);
    Ok(())
}
