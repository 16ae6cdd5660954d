//! Every version of every contract with every other one of its own: the
//! generated decoder, the plan and Avro Java give the same datum.

use accordant_compat::witness::decode;
use accordant_events::{catalog, pricing, shop};
use accordant_schema::{Schema, java_text, parse_with};
use accordant_wire::{Event, Limits, WriterVersion, dynamic::Plan};

use super::{Rng, datum, hex, judge, tame};

const DATA_A_PAIR: usize = 100;
/// So many data at least are read.
const READ_MIN: usize = 50;

/// Every version that the type can decode.
#[track_caller]
fn check<E: Event>() {
    let mut judge = judge();
    let own = E::VERSIONS.iter().find(|it| it.version == E::VERSION);
    let reader = schema(own.unwrap());
    for version in E::VERSIONS {
        let writer = schema(version);
        let plan = Plan::new(&writer, &reader).unwrap();
        let mut rng = Rng::new(1);
        let mut read = 0;
        for _ in 0..DATA_A_PAIR {
            let Some(mut value) = datum(&mut rng, &writer) else {
                continue;
            };
            tame(&mut rng, &writer, writer.root, &mut value);
            let bytes = value.encode(&writer).unwrap();
            let mut planned = Vec::new();
            plan.apply(&bytes, Limits::default(), &mut planned).unwrap();
            if let Some(judge) = &mut judge {
                let texts = (java_text(&reader, true), java_text(&writer, true));
                let theirs = judge.decode(&texts.0, &texts.1, &hex(&bytes));
                // Java's own order of a map's entries is none.
                assert_eq!(
                    json(&reader, &from_hex(theirs["hex"].as_str().unwrap())),
                    json(&reader, &planned),
                    "{theirs}"
                );
            }
            let generated = E::from_avro(version.version, &bytes, Limits::default());
            let by_plan = E::from_avro(E::VERSION, &planned, Limits::default());
            // Compared as texts, where NaN is NaN.
            let texts = (
                generated.as_ref().ok().map(|it| format!("{it:?}")),
                by_plan.as_ref().ok().map(|it| format!("{it:?}")),
            );
            assert_eq!(texts.0, texts.1, "{bytes:x?} {generated:?} {by_plan:?}");
            read += usize::from(texts.0.is_some());
        }
        let pair = (E::CONTRACT, version.version, E::VERSION);
        assert!(read > READ_MIN, "{pair:?}: {read}");
    }
}

fn schema(version: &WriterVersion) -> Schema {
    let references: Vec<&str> = version.references.iter().map(|it| it.schema).collect();
    let limits = accordant_schema::Limits::default();
    parse_with(version.schema, &references, &limits).unwrap()
}

/// The datum, equal to another one whatever the order of a map's entries.
fn json(schema: &Schema, bytes: &[u8]) -> serde_json::Value {
    let value = decode(schema, schema, bytes).unwrap();
    let json = value.to_json(schema).unwrap();
    serde_json::from_str(&json).unwrap()
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digits = (0..hex.len()).step_by(2).map(|at| &hex[at..at + 2]);
    digits
        .map(|it| u8::from_str_radix(it, 16).unwrap())
        .collect()
}

#[test]
fn every_version_reads_every_other() {
    check::<catalog::article_changed::v1::ArticleChanged>();
    check::<catalog::article_changed::v2::ArticleChanged>();
    check::<catalog::article_submitted::v1::ArticleSubmitted>();
    check::<pricing::price_changed::v1::PriceChanged>();
    check::<pricing::price_submitted::v1::PriceSubmitted>();
    check::<shop::offer_changed::v1::OfferChanged>();
    // The next version of a contract goes here.
}
