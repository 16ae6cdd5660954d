//! Every schema of `corpus/` with random data: what our encoders make of it is
//! what Java makes of it, and what Java makes of it we read.

use std::sync::Arc;

use accordant_schema::contract::{UnknownFields, Version};
use accordant_wire::{
    Limits,
    dynamic::{AvroJson, JsonCodec, Plan, to_json},
};

use super::{Datum, FIXED_SEED, Range, Text, folder, fresh_seed, hex, judge, names, types::Types};
use crate::codec::{Judge, check_java_s_json};

/// So many schemas at least.
const SCHEMAS_MIN: usize = 150;

pub(super) fn schemas() -> impl Iterator<Item = Text> {
    let names = names(&folder()).into_iter();
    names.filter_map(|file| {
        let name = file.strip_suffix(".avsc")?;
        Some(Text::read(&folder().join(&file), name))
    })
}

/// One schema with everything that reads and writes it.
struct Case<'a> {
    text: &'a Text,
    avro_json: AvroJson,
    json: JsonCodec,
    plan: Plan,
}

impl Case<'_> {
    fn new(text: &Text) -> Case<'_> {
        let schema = Arc::new(text.schema.clone());
        Case {
            text,
            avro_json: AvroJson::new(Arc::clone(&schema), UnknownFields::Refuse),
            json: JsonCodec::new(Arc::clone(&schema), UnknownFields::Refuse),
            plan: Plan::new(&schema, &schema).unwrap(),
        }
    }

    /// Both spellings of JSON, and the plan, give the same bytes again; the
    /// text in Avro's JSON encoding. Plain JSON has the one spelling of a
    /// decimal that fits.
    #[track_caller]
    fn check_ours(&self, datum: &Datum) -> String {
        let bytes = &*datum.bytes;
        let (name, schema) = (&self.text.name, &self.text.schema);
        let limits = Limits::default();
        let avro_json = self.avro_json.decode(bytes, limits).unwrap();
        let mut again = Vec::new();
        let encoded = self.avro_json.encode(avro_json.as_bytes(), &mut again);
        assert_eq!(encoded, Ok(()), "{name}: {avro_json}");
        assert_eq!(hex(&again), hex(bytes), "{name}: {avro_json}");
        if datum.range == Range::Meant {
            let plain = to_json(schema, bytes, limits).unwrap();
            again.clear();
            let encoded = self.json.encode(plain.as_bytes(), &mut again);
            assert_eq!(encoded, Ok(()), "{name}: {plain}");
            assert_eq!(hex(&again), hex(bytes), "{name}: {plain}");
        }
        again.clear();
        let planned = self.plan.apply(bytes, limits, &mut again);
        assert_eq!(planned, Ok(()), "{name}: {avro_json}");
        assert_eq!(hex(&again), hex(bytes), "{name}: {avro_json}");
        avro_json
    }

    /// Java writes the same bytes from our text, reads them, and we read its
    /// text.
    #[track_caller]
    fn check_java(&self, judge: &mut Judge, bytes: &[u8], avro_json: &str) {
        let Text { name, text, .. } = self.text;
        let hex_text = hex(bytes);
        // Java writes these numbers as texts and does not read them.
        if !["\"NaN\"", "Infinity\""]
            .iter()
            .any(|it| avro_json.contains(it))
        {
            let theirs = judge.encode(text, avro_json);
            assert_eq!(theirs["hex"], hex_text, "{name}: {avro_json} {theirs}");
        }
        let theirs = judge.decode(text, text, &hex_text);
        assert_eq!(theirs["hex"], hex_text, "{name}: {avro_json} {theirs}");
        check_java_s_json(&self.text.schema, theirs["json"].as_str().unwrap(), bytes);
    }
}

/// The generated type gives the bytes again; beyond a logical type's range it
/// may refuse them.
#[track_caller]
fn check_type(types: &Types, name: &str, datum: &Datum) {
    let again = types.read(name, Version(1), &datum.bytes);
    if datum.range == Range::Meant {
        let again = again.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(hex(&again), hex(&datum.bytes), "{name}");
    }
}

#[test]
fn every_schema_writes_java_s_bytes_and_reads_them() {
    let mut judge = judge();
    let types = Types::new();
    let fresh = fresh_seed();
    let (mut schemas_read, mut data_read) = (0, 0);
    for text in schemas() {
        let case = Case::new(&text);
        let data = [text.data(FIXED_SEED), text.data(fresh)].concat();
        assert!(!data.is_empty(), "{} has no datum", text.name);
        for datum in &data {
            let avro_json = case.check_ours(datum);
            check_type(&types, &text.name, datum);
            if let Some(judge) = &mut judge {
                case.check_java(judge, &datum.bytes, &avro_json);
            }
        }
        schemas_read += 1;
        data_read += data.len();
    }
    println!("{schemas_read} schemas, {data_read} data");
    assert!(schemas_read >= SCHEMAS_MIN, "{schemas_read}");
}
