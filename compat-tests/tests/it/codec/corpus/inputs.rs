//! The corpus as what fuzz targets begin with.

use std::sync::Arc;

use accordant_schema::contract::UnknownFields;
use accordant_wire::{
    Limits,
    dynamic::{AvroJson, to_json},
};

use super::{pairs::pairs, schemas::schemas};

/// Data of a schema or pair.
const DATA: usize = 2;

/// An input of each writer, reader and datum of the writer.
pub(crate) fn pair_inputs(input: impl Fn(&[u8], &[u8], &[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for pair in pairs() {
        let (writer, reader) = (pair.writer.text.as_bytes(), pair.reader.text.as_bytes());
        for datum in pair.writer.plain_data().take(DATA) {
            inputs.push(input(writer, reader, &datum));
        }
    }
    inputs
}

/// An input of each schema and datum, in Avro and in both spellings of JSON.
pub(crate) fn schema_inputs(input: impl Fn(&[u8], &[u8]) -> Vec<u8>) -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for text in schemas() {
        let schema = Arc::new(text.schema.clone());
        let avro_json = AvroJson::new(Arc::clone(&schema), UnknownFields::Refuse);
        for datum in text.plain_data().take(DATA) {
            let spellings = [
                avro_json.decode(&datum, Limits::default()),
                to_json(&schema, &datum, Limits::default()),
            ];
            for json in spellings.into_iter().flatten() {
                inputs.push(input(text.text.as_bytes(), json.as_bytes()));
            }
            inputs.push(input(text.text.as_bytes(), &datum));
        }
    }
    inputs
}
