//! Our decoder beside Avro Java's: random data of the writer, and the witness
//! where there is one. The gaps in Java's verdict are gaps in Java too.

use accordant_compat::witness::{ReadError, Value, decode, witness};
use accordant_schema::{Kind, Schema, json, parse};
use serde_json::Value as Json;

use super::{Judge, SHOWN_MAX, seeds};
use crate::generate::{Rng, datum, pair};

const DATA_A_PAIR: usize = 2;

/// What was compared.
#[derive(Debug, Default)]
struct Counts {
    encoded: usize,
    read: usize,
    failed: usize,
    witnesses: usize,
    not_utf8: usize,
    odd_defaults: usize,
    overflows: usize,
}

#[test]
fn java_reads_the_same() {
    let Some(mut judge) = Judge::start() else {
        return;
    };
    let mut counts = Counts::default();
    let mut differences = Vec::new();
    for seed in seeds() {
        let texts = pair(seed);
        let (Ok(reader), Ok(writer)) = (parse(&texts.reader), parse(&texts.writer)) else {
            continue;
        };
        if judge.refusal(&texts.reader).is_some() || judge.refusal(&texts.writer).is_some() {
            continue;
        }
        let mut side = Side {
            judge: &mut judge,
            counts: &mut counts,
            reader: (&texts.reader, &reader),
            writer: (&texts.writer, &writer),
        };
        if let Err(difference) = side.compare(seed) {
            differences.push(format!("{difference}\n  of seed {seed}: {texts:#?}"));
            if differences.len() >= SHOWN_MAX {
                break;
            }
        }
    }
    println!("{counts:?}");
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

struct Side<'a> {
    judge: &'a mut Judge,
    counts: &'a mut Counts,
    reader: (&'a str, &'a Schema),
    writer: (&'a str, &'a Schema),
}

impl Side<'_> {
    fn compare(&mut self, seed: u64) -> Result<(), String> {
        let mut rng = Rng::new(seed);
        for _ in 0..DATA_A_PAIR {
            if let Some(datum) = datum(&mut rng, self.writer.1) {
                self.encode(&datum)?;
                self.decode(&datum)?;
            }
        }
        let Some(witness) = witness(self.reader.1, self.writer.1) else {
            return Ok(());
        };
        self.encode(&witness.datum)?;
        let theirs = self
            .judge
            .decode(self.reader.0, self.writer.0, &witness.hex());
        if theirs.get("exception").is_none() {
            return Err(format!("Java reads the witness {}: {theirs}", witness.json));
        }
        self.counts.witnesses += 1;
        Ok(())
    }

    /// Java's own recursion does not end on a type without any datum.
    fn is_overflow(&mut self, theirs: &Json) -> bool {
        let is_one = theirs["exception"] == "java.lang.StackOverflowError";
        self.counts.overflows += usize::from(is_one);
        is_one
    }

    /// Java takes our JSON text and makes the same bytes of it.
    fn encode(&mut self, datum: &Value) -> Result<(), String> {
        let (text, schema) = self.writer;
        let json = datum.to_json(schema).map_err(|it| it.to_string())?;
        if json.contains("\"NaN\"") || json.contains("Infinity\"") {
            // Java writes these texts and does not read them.
            return Ok(());
        }
        let theirs = self.judge.encode(text, &json);
        if self.is_overflow(&theirs) {
            return Ok(());
        }
        self.counts.encoded += 1;
        let again = theirs["hex"].as_str().map(|it| plain(schema, it));
        if again.as_deref() == Some(&bytes(schema, datum)) {
            Ok(())
        } else {
            Err(format!("Java encodes {json} otherwise: {theirs}"))
        }
    }

    /// Java reads the same from the same bytes, or nothing either.
    fn decode(&mut self, datum: &Value) -> Result<(), String> {
        let (reader_text, reader) = self.reader;
        let (writer_text, writer) = self.writer;
        let written = datum.encode(writer).map_err(|it| it.to_string())?;
        let hex: String = written.iter().map(|it| format!("{it:02x}")).collect();
        let theirs = self.judge.decode(reader_text, writer_text, &hex);
        if self.is_overflow(&theirs) {
            return Ok(());
        }
        let ours = decode(reader, writer, &written);
        crate::plan::compare(reader, writer, &written)?;
        let value = match (ours, theirs.get("exception")) {
            (Ok(value), None) => value,
            (Err(ReadError::NotUtf8), None) => {
                self.counts.not_utf8 += 1;
                return Ok(());
            }
            (Err(_), Some(_)) => {
                self.counts.failed += 1;
                return Ok(());
            }
            _ if has_odd_default(reader) => {
                self.counts.odd_defaults += 1;
                return Ok(());
            }
            (ours, _) => return Err(format!("{hex}: ours {ours:?}\n  theirs {theirs}")),
        };
        let again = plain(reader, theirs["hex"].as_str().unwrap_or_default());
        let json = value.to_json(reader).map_err(|it| it.to_string())?;
        let same_json = same_json(&json, theirs["json"].as_str().unwrap_or_default());
        if again == bytes(reader, &value) && same_json {
            self.counts.read += 1;
            Ok(())
        } else if has_odd_default(reader) {
            self.counts.odd_defaults += 1;
            Ok(())
        } else {
            Err(format!("{hex}: ours {json}\n  theirs {theirs}"))
        }
    }
}

/// Java's text, which is empty where nothing but records without fields is
/// written, and which has a float's digits as those of a double.
fn same_json(ours: &str, theirs: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<Json>(text).expect("JSON");
    if theirs.is_empty() {
        return has_no_value(&parse(ours));
    }
    same_value(&parse(ours), &parse(theirs))
}

/// Records in records, and no field that is none.
fn has_no_value(json: &Json) -> bool {
    match json {
        Json::Object(fields) => fields.values().all(has_no_value),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => false,
    }
}

fn same_value(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(one), Json::Number(other)) => {
            let float = |it: &serde_json::Number| it.as_f64().map(|it| it as f32);
            one == other || float(one) == float(other)
        }
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| same_value(a, b))
        }
        (Json::Object(one), Json::Object(other)) => {
            let same = |(key, value): (&String, &Json)| {
                other.get(key).is_some_and(|it| same_value(value, it))
            };
            one.len() == other.len() && one.iter().all(same)
        }
        _ => one == other,
    }
}

/// Java's bytes with its maps in order: they have none of their own.
fn plain(schema: &Schema, hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = (0..hex.len() / 2)
        .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("Java's hexadecimal"))
        .collect();
    let value = decode(schema, schema, &digits).expect("Java's bytes are of its schema");
    bytes(schema, &value)
}

fn bytes(schema: &Schema, value: &Value) -> Vec<u8> {
    let mut value = value.clone();
    sort_maps(&mut value);
    value.encode(schema).expect("the value is of the schema")
}

fn sort_maps(value: &mut Value) {
    match value {
        Value::Array(list) | Value::Record(list) => list.iter_mut().for_each(sort_maps),
        Value::Map(entries) => {
            entries.iter_mut().for_each(|(_, value)| sort_maps(value));
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
        Value::Union(_, inner) => sort_maps(inner),
        _ => {}
    }
}

/// A default that Java's decoder takes otherwise than its parser and than the
/// specification: of a union, it takes the first branch that could hold JSON of
/// this sort (every array, map, record and enum may), and fails or errs.
fn has_odd_default(schema: &Schema) -> bool {
    schema.nodes.iter().any(|node| {
        let Kind::Record(record) = &node.kind else {
            return false;
        };
        record.fields.iter().any(|field| {
            let default = field.default.as_ref();
            default.is_some_and(|it| it.value != json::Value::Null)
                && has_union(schema, field.ty, 0)
        })
    })
}

fn has_union(schema: &Schema, id: accordant_schema::NodeId, depth: usize) -> bool {
    match &schema.node(id).kind {
        Kind::Union(_) => true,
        Kind::Array(inner) | Kind::Map(inner) => has_union(schema, *inner, depth + 1),
        Kind::Record(it) => {
            let fields = &mut it.fields.iter();
            depth < 8 && fields.any(|field| has_union(schema, field.ty, depth + 1))
        }
        _ => false,
    }
}
