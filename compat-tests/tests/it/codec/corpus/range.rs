//! Values that their logical types mean something by, in the one spelling that
//! we write: decimals of as many digits as there may be in the fewest bytes,
//! UUIDs, days and instants that a calendar has.

use accordant_compat::witness::Value;
use accordant_schema::{Kind, Logical, NodeId, Schema};

use super::Rng;

/// Digits that a random decimal has at most.
const DIGITS_MAX: u32 = 18;
/// Some 2,700 years.
const DAYS_MAX: i32 = 1_000_000;
const MILLIS_A_DAY: i32 = 86_400_000;
const MICROS_A_DAY: i64 = 86_400_000_000;
/// Of milliseconds, some 2,700 years.
const INSTANT_MAX: i64 = 86_400_000_000_000;

/// Recursive on the datum, which its generator bounds.
pub(in crate::codec) fn in_range(rng: &mut Rng, schema: &Schema, id: NodeId, value: &mut Value) {
    let node = schema.node(id);
    match (&node.kind, &mut *value) {
        (Kind::Record(record), Value::Record(values)) => {
            for (field, value) in record.fields.iter().zip(values) {
                in_range(rng, schema, field.ty, value);
            }
        }
        (Kind::Array(items), Value::Array(values)) => {
            for value in values {
                in_range(rng, schema, *items, value);
            }
        }
        (Kind::Map(inner), Value::Map(entries)) => {
            for (_, value) in entries {
                in_range(rng, schema, *inner, value);
            }
        }
        (Kind::Union(branches), Value::Union(at, value)) => {
            in_range(rng, schema, branches[*at], value);
        }
        _ => {
            if let Some(logical) = node.logical {
                leaf(rng, logical, value);
            }
        }
    }
}

fn leaf(rng: &mut Rng, logical: Logical, value: &mut Value) {
    match (logical, value) {
        (Logical::Uuid, Value::String(text)) => {
            let (high, low) = (rng.next(), rng.next());
            let digits = format!("{high:016x}{low:016x}");
            let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
            *text = parts.map(|(from, to)| &digits[from..to]).join("-");
        }
        (Logical::Decimal { precision, .. }, Value::Bytes(bytes)) => {
            *bytes = fewest_bytes(unscaled(rng, precision));
        }
        (Logical::Decimal { precision, .. }, Value::Fixed(bytes)) => {
            let fewest = fewest_bytes(unscaled(rng, precision));
            let sign = if fewest[0] & 0x80 == 0 { 0 } else { 0xff };
            bytes.fill(sign);
            let at = bytes.len() - fewest.len();
            bytes[at..].copy_from_slice(&fewest);
        }
        (Logical::Date, Value::Int(it)) => *it %= DAYS_MAX,
        (Logical::TimeMillis, Value::Int(it)) => *it = it.rem_euclid(MILLIS_A_DAY),
        (Logical::TimeMicros, Value::Long(it)) => *it = it.rem_euclid(MICROS_A_DAY),
        (
            Logical::TimestampMillis
            | Logical::TimestampMicros
            | Logical::TimestampNanos
            | Logical::LocalTimestampMillis
            | Logical::LocalTimestampMicros
            | Logical::LocalTimestampNanos,
            Value::Long(it),
        ) => *it %= INSTANT_MAX,
        // Of the rest every value means something.
        _ => {}
    }
}

/// A number of at most so many digits.
fn unscaled(rng: &mut Rng, precision: u32) -> i64 {
    let bound = 10_i64.pow(1 + rng.below(precision.min(DIGITS_MAX) as usize) as u32);
    rng.next() as i64 % bound
}

/// Two's complement, its first byte not only a sign, unless it is the only one.
fn fewest_bytes(number: i64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let is_sign = |at: &usize| {
        let sign = if bytes[at + 1] & 0x80 == 0 { 0 } else { 0xff };
        bytes[*at] == sign
    };
    let signs = (0..bytes.len() - 1).take_while(is_sign).count();
    bytes[signs..].to_vec()
}
