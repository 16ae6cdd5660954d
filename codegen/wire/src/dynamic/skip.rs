//! Passing over encoded values.

use accordant_schema::{Kind, NodeId, Schema};

use crate::{DecodeError, Reader};

/// Passes over one value.
pub(super) fn skip(
    schema: &Schema,
    id: NodeId,
    reader: &mut Reader<'_>,
) -> Result<(), DecodeError> {
    match &schema.node(id).kind {
        Kind::Null => Ok(()),
        Kind::Boolean => reader.skip(1),
        Kind::Int | Kind::Long | Kind::Enum(_) => reader.skip_long(),
        Kind::Float => reader.skip(4),
        Kind::Double => reader.skip(8),
        Kind::Bytes | Kind::String => reader.skip_bytes(),
        Kind::Fixed(fixed) => reader.skip(fixed.size),
        Kind::Record(record) => {
            reader.enter()?;
            for field in &record.fields {
                skip(schema, field.ty, reader)?;
            }
            reader.leave();
            Ok(())
        }
        Kind::Array(items) => {
            let bytes_min = bytes_min(schema, *items, 0);
            reader.skip_blocks(bytes_min, |reader| skip(schema, *items, reader))
        }
        Kind::Map(values) => reader.skip_blocks(1, |reader| {
            reader.skip_bytes()?;
            skip(schema, *values, reader)
        }),
        Kind::Union(branches) => {
            let branch = reader.branch(branches.len())?;
            skip(schema, branches[branch], reader)
        }
    }
}

/// Records inside records that are looked into.
const DEPTH_MAX: usize = 8;

/// 0 where a value may take no bytes, else 1.
pub(super) fn bytes_min(schema: &Schema, id: NodeId, depth: usize) -> usize {
    match &schema.node(id).kind {
        Kind::Null => 0,
        Kind::Fixed(fixed) => fixed.size.min(1),
        Kind::Record(record) if depth < DEPTH_MAX => {
            let bytes = |field: &accordant_schema::Field| bytes_min(schema, field.ty, depth + 1);
            usize::from(record.fields.iter().any(|field| bytes(field) > 0))
        }
        Kind::Record(_) => 0,
        Kind::Boolean
        | Kind::Int
        | Kind::Long
        | Kind::Float
        | Kind::Double
        | Kind::Bytes
        | Kind::String
        | Kind::Enum(_)
        | Kind::Array(_)
        | Kind::Map(_)
        | Kind::Union(_) => 1,
    }
}
