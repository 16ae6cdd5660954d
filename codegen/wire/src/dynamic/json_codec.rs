//! Plain JSON to Avro, with everything that is wrong at once.

use std::sync::Arc;

use accordant_schema::{Schema, contract::UnknownFields, json::Json};

use super::{
    errors::{self, FieldError, Spelt},
    one_pass,
    program::{Program, Spelling},
};

/// Encodes plain JSON by one schema.
#[derive(Debug, Clone)]
pub struct JsonCodec {
    schema: Arc<Schema>,
    unknown: UnknownFields,
    program: Arc<Program>,
}

impl JsonCodec {
    /// A codec for a schema.
    pub fn new(schema: Arc<Schema>, unknown: UnknownFields) -> JsonCodec {
        let program = Program::new(&schema, Spelling::Plain);
        JsonCodec {
            schema,
            unknown,
            program: Arc::new(program),
        }
    }

    /// Appends the datum to `out`.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use accordant_schema::{contract::UnknownFields, parse};
    /// use accordant_wire::dynamic::JsonCodec;
    ///
    /// let schema = r#"{"type": "record", "name": "Point", "fields": [
    ///     {"name": "x", "type": "int"}, {"name": "y", "type": "int", "default": 0}]}"#;
    /// let codec = JsonCodec::new(Arc::new(parse(schema).unwrap()), UnknownFields::Refuse);
    /// let mut out = Vec::new();
    /// codec.encode(br#"{"x": 1}"#, &mut out).unwrap();
    /// assert_eq!(out, [2, 0]);
    /// let errors = codec.encode(br#"{"x": "1", "z": 2}"#, &mut out).unwrap_err();
    /// let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
    /// assert_eq!(pointers, ["/z", "/x"]);
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong with the datum; `out` is then as it was.
    pub fn encode(&self, json: &[u8], out: &mut Vec<u8>) -> Result<(), Vec<FieldError>> {
        one_pass::encode_or_explain(self.spelt(), errors::text(json)?, out)
    }

    /// Appends the datum to `out`.
    ///
    /// # Errors
    /// Everything that is wrong with the datum; `out` is then as it was.
    pub fn encode_value(&self, json: &Json, out: &mut Vec<u8>) -> Result<(), Vec<FieldError>> {
        self.spelt().encode_value(json, out)
    }

    fn spelt(&self) -> Spelt<'_> {
        Spelt {
            schema: &self.schema,
            program: &self.program,
            unknown: self.unknown,
        }
    }
}
