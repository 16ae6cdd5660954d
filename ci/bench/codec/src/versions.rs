//! Decoding what an older released version wrote into the latest type.

use std::hint::black_box;

use accordant_wire::{Encode, Event, EventRef, Limits};
use anyhow::ensure;

use crate::{
    case::{Case, Sample},
    peers::apache,
    report::{Ratio, ratios, table},
    rounds::{Operation, Rounds},
};

const FAILS: &str = "what was tried once works again";

pub(crate) fn run<C: Case>(
    rounds: &Rounds,
    samples: &[Sample<C>],
    encoded: &[Vec<u8>],
) -> anyhow::Result<()> {
    let (first, latest) = (
        apache::schema(C::First::SCHEMA)?,
        apache::schema(C::Latest::SCHEMA)?,
    );
    let reader = apache::Reader::resolving(&first, &latest)?;
    let same = apache::Reader::new(&latest)?;
    let mut older = Vec::new();
    for sample in samples {
        let mut bytes = Vec::new();
        sample.first.encode(&mut bytes)?;
        let read = C::Latest::from_avro(C::First::VERSION, &bytes, Limits::default())?;
        let mut written = Vec::new();
        read.encode(&mut written)?;
        let peer: C::Owned = reader.by_value(&bytes)?;
        ensure!(
            peer == same.direct::<C::Owned>(&written)?,
            "apache-avro resolves differently"
        );
        older.push(bytes);
    }
    let decode = |version: u32| {
        move |bytes: &[u8]| {
            let read = C::Latest::from_avro(version, bytes, Limits::default());
            black_box(&read.expect(FAILS));
        }
    };
    let borrow = |bytes: &[u8], version: u32| {
        let read = C::View::from_avro(version, bytes, Limits::default());
        black_box(&read.expect(FAILS));
    };
    let measured = rounds.measure(vec![
        Operation::on_bytes("v2 into v2, owned, accordant", encoded, decode(2)),
        Operation::on_bytes("v1 into v2, owned, accordant", &older, decode(1)),
        Operation::on_bytes("v2 into v2, borrowed, accordant", encoded, |bytes| {
            borrow(bytes, 2)
        }),
        Operation::on_bytes("v1 into v2, borrowed, accordant", &older, |bytes| {
            borrow(bytes, 1)
        }),
        Operation::on_bytes(
            "v1 into v2, apache-avro with reader schema",
            &older,
            |bytes| {
                black_box(&reader.by_value::<C::Owned>(bytes).expect(FAILS));
            },
        ),
    ]);
    table(&measured);
    let [same, older, same_view, older_view, resolved] = measured.as_slice() else {
        unreachable!("five operations give five measurements")
    };
    ratios(&[
        Ratio {
            what: "older version by same version, owned",
            slow: older,
            fast: same,
            wanted: "≤ 1.15",
        },
        Ratio {
            what: "older version by same version, borrowed",
            slow: older_view,
            fast: same_view,
            wanted: "≤ 1.15",
        },
        Ratio {
            what: "older version, apache-avro by ours, owned",
            slow: resolved,
            fast: older,
            wanted: "≥ 10",
        },
    ]);
    Ok(())
}
