//! Plain JSON to Avro, with everything that is wrong at once.

use std::sync::Arc;

use accordant_schema::{Schema, contract::UnknownFields};

use super::{encode::Encoder, program::Program};

/// Encodes plain JSON by one schema.
#[derive(Debug, Clone)]
pub struct JsonCodec {
    schema: Arc<Schema>,
    program: Arc<Program>,
    unknown: UnknownFields,
}

/// One thing that is wrong with a datum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer to it.
    pub pointer: String,
    /// The rule that it breaks: `json`, `type`, `required`, `unknown_field`,
    /// `duplicate_key`, `range`, `format`, `decimal`, `length`, `enum`,
    /// `union`, `ambiguous` or `depth`.
    pub rule: &'static str,
    /// What the schema expects there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl JsonCodec {
    /// A codec for a schema.
    pub fn new(schema: Arc<Schema>, unknown: UnknownFields) -> JsonCodec {
        JsonCodec {
            program: Arc::new(Program::new(&schema)),
            schema,
            unknown,
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
        let syntax = |found: String| {
            let expected = "a JSON text".to_owned();
            vec![FieldError {
                pointer: String::new(),
                rule: "json",
                expected,
                found,
            }]
        };
        let text = std::str::from_utf8(json).map_err(|error| {
            syntax(format!(
                "bytes that are not UTF-8, from byte {}",
                error.valid_up_to()
            ))
        })?;
        let start = out.len();
        let mut encoder = Encoder::new(&self.schema, &self.program, self.unknown, text);
        let read = encoder.value(self.schema.root, out);
        if read.is_err() || encoder.scan.end().is_err() {
            out.truncate(start);
            return Err(syntax(encoder.scan.fault()));
        }
        let errors = encoder.report.errors();
        if errors.is_empty() {
            return Ok(());
        }
        out.truncate(start);
        Err(errors)
    }
}
