//! Decoding what a schema met at run time wrote into the latest type: by a plan
//! that is compiled once, then by the type's own decoder. The schema is that of
//! version 1, so that the generated decoder tells what is right.

use std::hint::black_box;

use accordant_wire::{DecodeRef, Encode, Event, EventRef, Limits, dynamic::Plan};
use anyhow::ensure;

use crate::{
    case::{Case, Sample},
    dynamic,
    peers::apache,
    report::{Ratio, ratios, table},
    rounds::{Operation, Rounds},
};

const FAILS: &str = "what was tried once works again";

/// The same events as both versions write them.
struct Bytes {
    first: Vec<Vec<u8>>,
    latest: Vec<Vec<u8>>,
}

pub(crate) fn run<C: Case>(rounds: &Rounds, samples: &[Sample<C>]) -> anyhow::Result<()> {
    let plan = Plan::new(
        &dynamic::schema(C::First::SCHEMA)?,
        &dynamic::schema(C::Latest::SCHEMA)?,
    )?;
    let (first, latest) = (
        apache::schema(C::First::SCHEMA)?,
        apache::schema(C::Latest::SCHEMA)?,
    );
    let resolving = apache::Reader::resolving(&first, &latest)?;
    let same = apache::Reader::new(&latest)?;
    let bytes = equal::<C>(&plan, &resolving, &same, samples)?;
    measure::<C>(rounds, &plan, &resolving, &bytes);
    Ok(())
}

/// The bytes, of which all sides make the same event.
fn equal<C: Case>(
    plan: &Plan,
    resolving: &apache::Reader<'_>,
    same: &apache::Reader<'_>,
    samples: &[Sample<C>],
) -> anyhow::Result<Bytes> {
    let mut bytes = Bytes {
        first: Vec::new(),
        latest: Vec::new(),
    };
    let mut out = Vec::new();
    for sample in samples {
        let mut first = Vec::new();
        sample.first.encode(&mut first)?;
        let read = C::Latest::from_avro(C::First::VERSION, &first, Limits::default())?;
        let mut latest = Vec::new();
        read.encode(&mut latest)?;
        let planned: C::Latest = plan.decode(&first, Limits::default(), &mut out)?;
        ensure!(planned == read, "a plan resolves differently");
        ensure!(out == latest, "a plan writes other bytes");
        let view = C::View::from_avro(C::Latest::VERSION, &out, Limits::default())?;
        ensure!(
            view.into_owned() == read,
            "the view of a plan's bytes differs"
        );
        ensure!(
            resolving.by_value::<C::Owned>(&first)? == same.direct::<C::Owned>(&latest)?,
            "apache-avro resolves differently"
        );
        bytes.first.push(first);
        bytes.latest.push(latest);
    }
    Ok(bytes)
}

fn measure<C: Case>(rounds: &Rounds, plan: &Plan, resolving: &apache::Reader<'_>, bytes: &Bytes) {
    let (first, latest) = (bytes.first.as_slice(), bytes.latest.as_slice());
    let (mut a, mut b, mut c) = (Vec::new(), Vec::new(), Vec::new());
    let measured = rounds.measure(vec![
        Operation::on_bytes("v2 into v2, owned", latest, |bytes| {
            let read = C::Latest::from_avro(C::Latest::VERSION, bytes, Limits::default());
            black_box(&read.expect(FAILS));
        }),
        Operation::on_bytes("v1 into v2 by plan, owned", first, |bytes| {
            let read = plan.decode::<C::Latest>(bytes, Limits::default(), &mut a);
            black_box(&read.expect(FAILS));
        }),
        Operation::on_bytes("v2 into v2, borrowed", latest, |bytes| {
            let read = C::View::from_avro(C::Latest::VERSION, bytes, Limits::default());
            black_box(&read.expect(FAILS));
        }),
        Operation::on_bytes("v1 into v2 by plan, borrowed", first, |bytes| {
            let read = plan.decode_ref::<C::View<'_>>(bytes, Limits::default(), &mut b);
            black_box(&read.expect(FAILS));
        }),
        Operation::on_bytes("v1 into v2 by plan, the bytes alone", first, |bytes| {
            c.clear();
            plan.apply(bytes, Limits::default(), &mut c).expect(FAILS);
            black_box(c.as_slice());
        }),
        Operation::on_bytes(
            "v1 into v2, apache-avro with reader schema",
            first,
            |bytes| {
                black_box(&resolving.by_value::<C::Owned>(bytes).expect(FAILS));
            },
        ),
    ]);
    table(&measured);
    let [same, planned, same_view, planned_view, _, resolved] = measured.as_slice() else {
        unreachable!("six operations give six measurements")
    };
    let ratio = |what, slow, fast, wanted| Ratio {
        what,
        slow,
        fast,
        wanted,
    };
    ratios(&[
        ratio("plan by same version, owned", planned, same, "≤ 2"),
        ratio(
            "plan by same version, borrowed",
            planned_view,
            same_view,
            "≤ 2",
        ),
        ratio("apache-avro by plan, owned", resolved, planned, "≥ 10"),
        ratio(
            "apache-avro by plan, borrowed",
            resolved,
            planned_view,
            "≥ 10",
        ),
    ]);
}
