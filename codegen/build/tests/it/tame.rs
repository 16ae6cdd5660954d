//! Random data that generated types take: what has a logical type is in its
//! range.

use accordant_compat::witness::Value;
use accordant_schema::{Kind, Logical, NodeId, Schema};

use super::Rng;

/// Brings what has a logical type into its range.
pub(crate) fn tame(rng: &mut Rng, schema: &Schema, id: NodeId, value: &mut Value) {
    let node = schema.node(id);
    match (&node.logical, &mut *value) {
        (Some(Logical::Uuid), Value::String(text)) => {
            *text = "3f8a1c52-6b0e-4f0e-9d3c-0a4b1c9d7e21".to_owned();
        }
        (Some(Logical::Decimal { .. }), Value::Bytes(bytes)) => {
            *bytes = vec![rng.below(256) as u8, 0];
        }
        (Some(Logical::Decimal { .. }), Value::Fixed(bytes)) => bytes.fill(0),
        (Some(_), Value::Int(it)) => *it = rng.below(86_400_000) as i32 % 1_000_000,
        (Some(_), Value::Long(it)) => *it = rng.below(86_400_000) as i64,
        _ => {}
    }
    match (&node.kind, value) {
        (Kind::Record(record), Value::Record(values)) => {
            for (field, value) in record.fields.iter().zip(values) {
                tame(rng, schema, field.ty, value);
            }
        }
        (Kind::Array(items), Value::Array(values)) => {
            values
                .iter_mut()
                .for_each(|it| tame(rng, schema, *items, it));
        }
        (Kind::Map(inner), Value::Map(entries)) => {
            for (_, value) in entries {
                tame(rng, schema, *inner, value);
            }
        }
        (Kind::Union(branches), Value::Union(at, value)) => {
            tame(rng, schema, branches[*at], value);
        }
        _ => {}
    }
}
