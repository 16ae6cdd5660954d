//! Avro to plain JSON.

use accordant_schema::Schema;

use crate::{DecodeError, Limits};

/// A datum as compact plain JSON.
///
/// # Errors
/// Bytes that are no datum of the schema, or a limit that is passed.
pub fn to_json(_schema: &Schema, _avro: &[u8], _limits: Limits) -> Result<String, DecodeError> {
    todo!()
}
