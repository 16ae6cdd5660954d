//! Plain JSON to Avro.

use std::sync::Arc;

use accordant_schema::{Schema, contract::UnknownFields, json::Json};

/// Encodes plain JSON by one schema.
#[derive(Debug, Clone)]
pub struct JsonCodec {
    #[expect(dead_code, reason = "filled in by the next commit")]
    schema: Arc<Schema>,
    #[expect(dead_code, reason = "filled in by the next commit")]
    unknown: UnknownFields,
}

/// One thing that is wrong with a datum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer to it.
    pub pointer: String,
    /// The rule that it breaks, a stable word.
    pub rule: &'static str,
    /// What the schema expects there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl JsonCodec {
    /// A codec for a schema.
    pub fn new(schema: Arc<Schema>, unknown: UnknownFields) -> JsonCodec {
        JsonCodec { schema, unknown }
    }

    /// Appends the datum to `out`.
    ///
    /// # Errors
    /// Everything that is wrong with the datum; `out` is then as it was.
    pub fn encode(&self, _json: &[u8], _out: &mut Vec<u8>) -> Result<(), Vec<FieldError>> {
        todo!()
    }

    /// Appends the datum to `out`.
    ///
    /// # Errors
    /// Everything that is wrong with the datum; `out` is then as it was.
    pub fn encode_value(&self, _json: &Json, _out: &mut Vec<u8>) -> Result<(), Vec<FieldError>> {
        todo!()
    }
}
