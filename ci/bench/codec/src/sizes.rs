//! The cost of a byte, from small data to large ones.

use std::hint::black_box;

use accordant_wire::{Encode, Event, EventRef, Limits};

use crate::{
    case::{Case, Sample},
    data::Random,
    nested::{Nested, sample},
    rounds::{Operation, Rounds},
};

type Latest = <Nested as Case>::Latest;
type View<'a> = <Nested as Case>::View<'a>;

/// Items of the nested event: about 100 bytes to 1 MB.
const ITEMS: [u64; 5] = [0, 40, 440, 4_400, 44_000];

pub(crate) fn run(rounds: &Rounds) -> anyhow::Result<()> {
    println!("\n## The cost of a byte: the nested event with more and more items\n");
    println!(
        "| bytes | encode, ns/B | decode owned, ns/B | decode borrowed, ns/B | memcpy, ns/B |\n|---:|---:|---:|---:|---:|"
    );
    for items in ITEMS {
        let mut random = Random::new(3);
        let sample: Sample<Nested> = sample(&mut random, items);
        let mut encoded = Vec::new();
        sample.latest.encode(&mut encoded)?;
        let encoded = [encoded];
        let latest = &sample.latest;
        let (mut out, mut copy) = (Vec::new(), Vec::new());
        let measured = rounds.fewer(items).measure(vec![
            Operation::on_bytes("encode", &encoded, |_| {
                out.clear();
                black_box(latest)
                    .encode(&mut out)
                    .expect("it was encoded before");
                black_box(out.as_slice());
            }),
            Operation::on_bytes("decode owned", &encoded, |bytes| {
                let read = Latest::from_avro(Latest::VERSION, bytes, Limits::default());
                black_box(&read.expect("it was just encoded"));
            }),
            Operation::on_bytes("decode borrowed", &encoded, |bytes| {
                let read = View::from_avro(Latest::VERSION, bytes, Limits::default());
                black_box(&read.expect("it was just encoded"));
            }),
            Operation::on_bytes("memcpy", &encoded, |bytes| {
                copy.clear();
                copy.extend_from_slice(black_box(bytes));
                black_box(copy.as_slice());
            }),
        ]);
        print!("| {}", encoded[0].len());
        for it in &measured {
            print!(" | {:.3}", it.ns / it.bytes);
        }
        println!(" |");
    }
    Ok(())
}
