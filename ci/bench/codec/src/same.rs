//! Encoding, and decoding what the same version wrote.

use std::hint::black_box;

use accordant_wire::{DecodeRef, Encode, Event, EventRef, Limits};
use anyhow::ensure;
use serde_avro_fast::ser::SerializerConfig;

use crate::{
    case::{Case, Sample},
    peers::{apache, fast},
    report::{Ratio, ratios, table},
    rounds::{Measured, Operation, Rounds},
};

const FAILS: &str = "what was tried once works again";

/// The latest version's bytes, which all sides agree on.
pub(crate) fn encoded<C: Case>(samples: &[Sample<C>]) -> anyhow::Result<Vec<Vec<u8>>> {
    let fast = fast::schema(C::Latest::SCHEMA)?;
    let mut config = SerializerConfig::new(&fast);
    let apache = apache::schema(C::Latest::SCHEMA)?;
    let writer = apache::Writer::new(&apache)?;
    let reader = apache::Reader::new(&apache)?;
    let mut encoded = Vec::new();
    for sample in samples {
        let mut ours = Vec::new();
        sample.latest.encode(&mut ours)?;
        let mut out = Vec::new();
        fast::encode(&sample.owned, &mut config, &mut out)?;
        ensure!(out == ours, "serde_avro_fast writes other bytes");
        writer.direct(&sample.owned, &mut out)?;
        ensure!(out == ours, "apache-avro writes other bytes");
        writer.by_value(&sample.owned, &mut out)?;
        // Its maps are in no order.
        ensure!(
            out.len() == ours.len(),
            "apache-avro's Value is written differently"
        );
        let read = C::Latest::from_avro(C::Latest::VERSION, &ours, Limits::default())?;
        ensure!(
            read == sample.latest,
            "what was written is read differently"
        );
        let view = C::View::from_avro(C::Latest::VERSION, &ours, Limits::default())?;
        ensure!(view.into_owned() == sample.latest, "the view differs");
        ensure!(fast::decode::<C::Owned>(&ours, &fast)? == sample.owned);
        fast::decode::<C::Borrowed<'_>>(&ours, &fast)?;
        ensure!(reader.direct::<C::Owned>(&ours)? == sample.owned);
        ensure!(reader.by_value::<C::Owned>(&ours)? == sample.owned);
        encoded.push(ours);
    }
    Ok(encoded)
}

pub(crate) fn run<C: Case>(
    rounds: &Rounds,
    samples: &[Sample<C>],
    encoded: &[Vec<u8>],
) -> anyhow::Result<()> {
    let encode = encode(rounds, samples, encoded)?;
    let decode = decode::<C>(rounds, encoded)?;
    if let Some(java) = rounds.measure_java(C::Latest::SCHEMA, encoded)? {
        let measured = |name, ns| Measured {
            name,
            ns,
            bytes: encode.bytes,
            allocations: f64::NAN,
        };
        let slow = [
            measured("encode, Avro Java", java.encode),
            measured("decode, Avro Java's fast reader", java.decode),
        ];
        table(&slow);
        let ratio = |what, slow, fast| Ratio {
            what,
            slow,
            fast,
            wanted: "",
        };
        ratios(&[
            ratio("encode, Avro Java by ours", &slow[0], &encode),
            ratio("decode owned, Avro Java by ours", &slow[1], &decode),
        ]);
    }
    Ok(())
}

fn encode<C: Case>(
    rounds: &Rounds,
    samples: &[Sample<C>],
    encoded: &[Vec<u8>],
) -> anyhow::Result<Measured> {
    let fast = fast::schema(C::Latest::SCHEMA)?;
    let mut config = SerializerConfig::new(&fast);
    let apache = apache::schema(C::Latest::SCHEMA)?;
    let writer = apache::Writer::new(&apache)?;
    let bytes = encoded.iter().map(Vec::len).sum();
    let operation = |name, pass| Operation {
        name,
        data: samples.len(),
        bytes,
        pass,
    };
    let (mut a, mut b, mut c, mut d) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let measured = rounds.measure(vec![
        operation(
            "encode, accordant",
            Box::new(|| {
                for sample in samples {
                    a.clear();
                    black_box(&sample.latest).encode(&mut a).expect(FAILS);
                    black_box(a.as_slice());
                }
            }),
        ),
        operation(
            "encode, serde_avro_fast",
            Box::new(|| {
                for sample in samples {
                    fast::encode(black_box(&sample.owned), &mut config, &mut b).expect(FAILS);
                    black_box(b.as_slice());
                }
            }),
        ),
        operation(
            "encode, apache-avro direct",
            Box::new(|| {
                for sample in samples {
                    writer
                        .direct(black_box(&sample.owned), &mut c)
                        .expect(FAILS);
                    black_box(c.as_slice());
                }
            }),
        ),
        operation(
            "encode, apache-avro Value",
            Box::new(|| {
                for sample in samples {
                    writer
                        .by_value(black_box(&sample.owned), &mut d)
                        .expect(FAILS);
                    black_box(d.as_slice());
                }
            }),
        ),
    ]);
    table(&measured);
    let [ours, fast, direct, by_value] = measured.as_slice() else {
        unreachable!("four operations give four measurements")
    };
    let ratio = |what, slow, wanted| Ratio {
        what,
        slow,
        fast: ours,
        wanted,
    };
    ratios(&[
        ratio("encode, serde_avro_fast by ours", fast, "≥ 5"),
        ratio("encode, apache-avro direct by ours", direct, "≥ 8"),
        ratio("encode, apache-avro Value by ours", by_value, ""),
    ]);
    Ok(ours.clone())
}

fn decode<C: Case>(rounds: &Rounds, encoded: &[Vec<u8>]) -> anyhow::Result<Measured> {
    let fast = fast::schema(C::Latest::SCHEMA)?;
    let apache = apache::schema(C::Latest::SCHEMA)?;
    let reader = apache::Reader::new(&apache)?;
    let measured = rounds.measure(vec![
        Operation::on_bytes("decode owned, accordant", encoded, |bytes| {
            let read = C::Latest::from_avro(C::Latest::VERSION, bytes, Limits::default());
            black_box(&read.expect(FAILS));
        }),
        Operation::on_bytes("decode borrowed, accordant", encoded, |bytes| {
            let read = C::View::from_avro(C::Latest::VERSION, bytes, Limits::default());
            black_box(&read.expect(FAILS));
        }),
        Operation::on_bytes("decode owned, serde_avro_fast", encoded, |bytes| {
            black_box(&fast::decode::<C::Owned>(bytes, &fast).expect(FAILS));
        }),
        Operation::on_bytes("decode borrowed, serde_avro_fast", encoded, |bytes| {
            black_box(&fast::decode::<C::Borrowed<'_>>(bytes, &fast).expect(FAILS));
        }),
        Operation::on_bytes("decode owned, apache-avro direct", encoded, |bytes| {
            black_box(&reader.direct::<C::Owned>(bytes).expect(FAILS));
        }),
        Operation::on_bytes("decode owned, apache-avro Value", encoded, |bytes| {
            black_box(&reader.by_value::<C::Owned>(bytes).expect(FAILS));
        }),
    ]);
    table(&measured);
    let [ours, view, fast, borrowed, direct, by_value] = measured.as_slice() else {
        unreachable!("six operations give six measurements")
    };
    let ratio = |what, slow, wanted| Ratio {
        what,
        slow,
        fast: ours,
        wanted,
    };
    ratios(&[
        ratio("decode owned, serde_avro_fast by ours", fast, "≥ 1.5"),
        Ratio {
            what: "decode borrowed, serde_avro_fast by ours",
            slow: borrowed,
            fast: view,
            wanted: "≥ 2.2",
        },
        ratio("decode owned, apache-avro direct by ours", direct, ""),
        ratio("decode owned, apache-avro Value by ours", by_value, ""),
    ]);
    Ok(ours.clone())
}
