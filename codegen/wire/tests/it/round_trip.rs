//! Avro to JSON to Avro is the same bytes, for any schema and datum.

use std::sync::Arc;

use accordant_schema::{Schema, contract::UnknownFields, parse};
use accordant_wire::{
    Limits,
    dynamic::{AvroJson, JsonCodec, to_json},
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

    #[test]
    fn avro_json_and_back_is_the_same_datum(bytes in vec(any::<u8>(), 0..300)) {
        let (text, schema, avro) = any_datum(&bytes);
        let codec = AvroJson::new(schema, UnknownFields::Refuse);
        let json = codec.decode(&avro, Limits::default());
        prop_assert!(json.is_ok(), "{}: {:?}", text, json);
        let json = json.unwrap();
        let mut again = vec![7];
        prop_assert_eq!(codec.encode(json.as_bytes(), &mut again), Ok(()), "{}: {}", text, json);
        prop_assert_eq!(&again[1..], &avro[..], "{}: {}", text, json);
    }

    /// One pass says what the way through a tree says, of texts that are
    /// damaged too.
    #[test]
    fn one_pass_and_a_tree_say_the_same(
        bytes in vec(any::<u8>(), 0..200),
        damage in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..3),
        ignore in any::<bool>(),
    ) {
        let (text, schema, avro) = any_datum(&bytes);
        let mut json = to_json(&schema, &avro, Limits::default()).unwrap().into_bytes();
        for (to, from) in damage {
            let byte = json[from.index(json.len())];
            let to = to.index(json.len());
            json[to] = byte;
        }
        let unknown = if ignore { UnknownFields::Ignore } else { UnknownFields::Refuse };
        let codec = JsonCodec::new(Arc::clone(&schema), unknown);
        let mut one = Vec::new();
        let one_pass = codec.encode(&json, &mut one);
        let tree = std::str::from_utf8(&json).ok();
        let tree = tree.and_then(|text| accordant_schema::json::parse(text, 512).ok());
        match tree {
            Some(tree) => {
                let mut other = Vec::new();
                prop_assert_eq!(one_pass, codec.encode_value(&tree, &mut other), "{}", text);
                prop_assert_eq!(one, other, "{}", text);
            }
            None => prop_assert_eq!(one_pass.map_err(|errors| errors[0].rule), Err("json")),
        }
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
