//! What must hold for any schema and text: a schema, a zero byte, a datum. The
//! datum is tried as JSON, in either spelling, and as Avro.
//!
//! `ci/fuzz` compiles this file too.

use std::sync::Arc;

use accordant_schema::{Schema, contract::UnknownFields, parse};
use accordant_wire::{
    DecodeError, Limits,
    dynamic::{AvroJson, JsonCodec, to_json},
};

/// # Panics
/// Something does not hold.
pub(crate) fn check(input: &[u8]) {
    let Some(at) = input.iter().position(|byte| *byte == 0) else {
        return;
    };
    let (text, datum) = (&input[..at], &input[at + 1..]);
    let Some(schema) = std::str::from_utf8(text).ok().and_then(|it| parse(it).ok()) else {
        return;
    };
    let schema = Arc::new(schema);
    let spellings = [Spelling::plain(&schema), Spelling::avro(&schema)];
    for spelling in &spellings {
        if let Some(avro) = spelling.encode(datum) {
            spelling.comes_back(&avro);
        }
        // What was read can be written, unless it is beyond its logical type.
        if let Ok(json) = spelling.decode(datum)
            && let Some(avro) = spelling.encode(json.as_bytes())
        {
            spelling.comes_back(&avro);
        }
    }
}

/// One spelling of JSON.
enum Spelling {
    Plain(Arc<Schema>, JsonCodec),
    Avro(AvroJson),
}

impl Spelling {
    fn plain(schema: &Arc<Schema>) -> Spelling {
        let codec = JsonCodec::new(Arc::clone(schema), UnknownFields::Refuse);
        Spelling::Plain(Arc::clone(schema), codec)
    }

    fn avro(schema: &Arc<Schema>) -> Spelling {
        Spelling::Avro(AvroJson::new(Arc::clone(schema), UnknownFields::Refuse))
    }

    /// An error leaves nothing behind.
    fn encode(&self, json: &[u8]) -> Option<Vec<u8>> {
        let mut out = vec![7];
        let is_encoded = match self {
            Spelling::Plain(_, codec) => codec.encode(json, &mut out).is_ok(),
            Spelling::Avro(codec) => codec.encode(json, &mut out).is_ok(),
        };
        if !is_encoded {
            assert_eq!(out, [7]);
        }
        is_encoded.then(|| out.split_off(1))
    }

    fn decode(&self, avro: &[u8]) -> Result<String, DecodeError> {
        match self {
            Spelling::Plain(schema, _) => to_json(schema, avro, Limits::default()),
            Spelling::Avro(codec) => codec.decode(avro, Limits::default()),
        }
    }

    /// What was written is read, and gives the same bytes again.
    fn comes_back(&self, avro: &[u8]) {
        let json = self.decode(avro).expect("what was written can be read");
        let again = self.encode(json.as_bytes());
        assert_eq!(again.as_deref(), Some(avro), "{json}");
    }
}
