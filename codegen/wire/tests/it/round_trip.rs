//! Avro to JSON to Avro is the same bytes, for any schema and datum.

use std::sync::Arc;

use accordant_schema::{Schema, contract::UnknownFields, parse};
use accordant_wire::{
    Limits,
    dynamic::{JsonCodec, to_json},
};
use proptest::{collection::vec, prelude::*};

use crate::choices::{Choices, datum, schema};

fn any_datum(bytes: &[u8]) -> (String, Arc<Schema>, Vec<u8>) {
    let mut choices = Choices::new(bytes);
    let text = schema(&mut choices);
    let schema = parse(&text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    let mut avro = Vec::new();
    datum(&schema, schema.root, &mut choices, 0, &mut avro);
    (text, Arc::new(schema), avro)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_and_back_is_the_same_datum(bytes in vec(any::<u8>(), 0..300)) {
        let (text, schema, avro) = any_datum(&bytes);
        let json = to_json(&schema, &avro, Limits::default());
        prop_assert!(json.is_ok(), "{}: {:?}", text, json);
        let json = json.unwrap();
        let codec = JsonCodec::new(Arc::clone(&schema), UnknownFields::Refuse);
        let mut again = vec![7];
        let encoded = codec.encode(json.as_bytes(), &mut again);
        prop_assert_eq!(encoded, Ok(()), "{}: {}", text, json);
        prop_assert_eq!(&again[1..], &avro[..], "{}: {}", text, json);
        prop_assert_eq!(to_json(&schema, &again[1..], Limits::default()), Ok(json));
    }

    /// Whatever the bytes are, there is an answer, and a datum that is read has
    /// one JSON.
    #[test]
    fn bytes_of_anybody_are_read_or_refused(
        bytes in vec(any::<u8>(), 0..120),
        hostile in vec(any::<u8>(), 0..60),
    ) {
        let (text, schema, _) = any_datum(&bytes);
        if let Ok(json) = to_json(&schema, &hostile, Limits::default()) {
            let codec = JsonCodec::new(Arc::clone(&schema), UnknownFields::Refuse);
            let mut avro = Vec::new();
            // A decimal of more digits than its precision is read and not written.
            if codec.encode(json.as_bytes(), &mut avro).is_ok() {
                prop_assert_eq!(to_json(&schema, &avro, Limits::default()), Ok(json), "{}", text);
            }
        }
    }
}
