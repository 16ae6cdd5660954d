//! Plain JSON to Avro and back, by a schema known at run time only.
//!
//! accordant-schema asks serde_json for `preserve_order`, and Cargo then gives
//! it to all of the process: a tree takes longer to build here than without.

use std::{hint::black_box, sync::Arc};

use accordant_schema::{Schema, contract::UnknownFields};
use accordant_wire::{
    Event, Limits,
    dynamic::{AvroJson, JsonCodec, to_json},
};
use anyhow::{anyhow, ensure};
use serde_json::Value;

use crate::{
    case::{Case, Sample},
    dynamic,
    peers::apache,
    report::{Ratio, ratios, table},
    rounds::{Operation, Rounds},
};

const FAILS: &str = "what was tried once works again";

/// What is prepared once.
struct Codecs<'s> {
    schema: Arc<Schema>,
    plain: JsonCodec,
    tagged: AvroJson,
    writer: apache::Writer<'s>,
    reader: apache::Reader<'s>,
}

/// One event in its forms.
struct Forms {
    /// As serde_json writes the peers' type.
    text: Vec<u8>,
    tree: Value,
}

pub(crate) fn run<C: Case>(
    rounds: &Rounds,
    samples: &[Sample<C>],
    encoded: &[Vec<u8>],
) -> anyhow::Result<()> {
    let apache = apache::schema(C::Latest::SCHEMA)?;
    let schema = Arc::new(dynamic::schema(C::Latest::SCHEMA)?);
    let codecs = Codecs {
        plain: JsonCodec::new(Arc::clone(&schema), UnknownFields::Refuse),
        tagged: AvroJson::new(Arc::clone(&schema), UnknownFields::Refuse),
        schema,
        writer: apache::Writer::new(&apache)?,
        reader: apache::Reader::new(&apache)?,
    };
    let forms = equal(&codecs, samples, encoded)?;
    let (texts, trees): (Vec<Vec<u8>>, Vec<Value>) =
        forms.into_iter().map(|it| (it.text, it.tree)).unzip();
    encode(rounds, &codecs, &texts);
    decode(rounds, &codecs, encoded, &trees);
    Ok(())
}

/// The texts, of which all sides make the same events, and back.
fn equal<C: Case>(
    codecs: &Codecs<'_>,
    samples: &[Sample<C>],
    encoded: &[Vec<u8>],
) -> anyhow::Result<Vec<Forms>> {
    let mut forms = Vec::new();
    for (sample, avro) in samples.iter().zip(encoded) {
        let text = serde_json::to_vec(&sample.owned)?;
        let tree: Value = serde_json::from_slice(&text)?;
        let mut out = Vec::new();
        let encode = |codec: &JsonCodec, out: &mut Vec<u8>| {
            let result = codec.encode(&text, out);
            result.map_err(|errors| anyhow!("JSON is refused: {errors:?}"))
        };
        encode(&codecs.plain, &mut out)?;
        ensure!(out == *avro, "JSON becomes other bytes");
        codecs.writer.json(&text, &mut out)?;
        // Its maps are in no order.
        ensure!(
            codecs.reader.direct::<C::Owned>(&out)? == sample.owned,
            "the way through values writes another event"
        );
        let plain = to_json(&codecs.schema, avro, Limits::default())?;
        ensure!(
            serde_json::from_str::<C::Owned>(&plain)? == sample.owned,
            "Avro becomes the JSON of another event"
        );
        let tagged = codecs.tagged.decode(avro, Limits::default())?;
        out.clear();
        let result = codecs.tagged.encode(tagged.as_bytes(), &mut out);
        result.map_err(|error| anyhow!("Avro's JSON encoding is refused: {error:?}"))?;
        ensure!(out == *avro, "Avro's JSON encoding is read differently");
        let through = codecs.reader.json(avro)?;
        ensure!(
            serde_json::from_str::<C::Owned>(&through)? == sample.owned,
            "the way back through values gives the JSON of another event"
        );
        forms.push(Forms { text, tree });
    }
    Ok(forms)
}

fn encode(rounds: &Rounds, codecs: &Codecs<'_>, texts: &[Vec<u8>]) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    let measured = rounds.measure(vec![
        Operation::on_bytes("JSON to Avro, accordant", texts, |text| {
            a.clear();
            codecs.plain.encode(black_box(text), &mut a).expect(FAILS);
            black_box(a.as_slice());
        }),
        Operation::on_bytes("JSON to a tree, serde_json", texts, |text| {
            let tree = serde_json::from_slice::<Value>(black_box(text));
            black_box(&tree.expect(FAILS));
        }),
        Operation::on_bytes("JSON to Avro, through values", texts, |text| {
            codecs.writer.json(black_box(text), &mut b).expect(FAILS);
            black_box(b.as_slice());
        }),
    ]);
    table(&measured);
    let [ours, tree, through] = measured.as_slice() else {
        unreachable!("three operations give three measurements")
    };
    let ratio = |what, slow, wanted| Ratio {
        what,
        slow,
        fast: ours,
        wanted,
    };
    ratios(&[
        ratio("JSON to Avro, serde_json's tree by ours", tree, "≥ 1"),
        ratio("JSON to Avro, through values by ours", through, "≥ 8"),
    ]);
}

fn decode(rounds: &Rounds, codecs: &Codecs<'_>, encoded: &[Vec<u8>], trees: &[Value]) {
    let measured = rounds.measure(vec![
        Operation::on_bytes("Avro to JSON, accordant", encoded, |bytes| {
            let text = to_json(&codecs.schema, black_box(bytes), Limits::default());
            black_box(&text.expect(FAILS));
        }),
        Operation::on_bytes(
            "Avro to Avro's JSON encoding, accordant",
            encoded,
            |bytes| {
                let text = codecs.tagged.decode(black_box(bytes), Limits::default());
                black_box(&text.expect(FAILS));
            },
        ),
        Operation {
            name: "a tree to JSON, serde_json",
            data: trees.len(),
            bytes: encoded.iter().map(Vec::len).sum(),
            pass: Box::new(|| {
                for tree in trees {
                    black_box(&serde_json::to_string(black_box(tree)).expect(FAILS));
                }
            }),
        },
        Operation::on_bytes("Avro to JSON, through values", encoded, |bytes| {
            black_box(&codecs.reader.json(black_box(bytes)).expect(FAILS));
        }),
    ]);
    table(&measured);
    let [ours, _, tree, through] = measured.as_slice() else {
        unreachable!("four operations give four measurements")
    };
    let ratio = |what, slow| Ratio {
        what,
        slow,
        fast: ours,
        wanted: "",
    };
    ratios(&[
        ratio("Avro to JSON, serde_json's text of a tree by ours", tree),
        ratio("Avro to JSON, through values by ours", through),
    ]);
}
