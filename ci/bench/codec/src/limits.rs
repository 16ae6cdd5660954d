//! What the machine takes for the parts that no codec can do without.

use std::hint::black_box;

use crate::{
    case::{Case, Sample},
    report::table,
    rounds::{Operation, Rounds},
};

pub(crate) fn run<C: Case>(
    rounds: &Rounds,
    samples: &[Sample<C>],
    encoded: &[Vec<u8>],
) -> anyhow::Result<()> {
    let strings: Vec<Vec<&str>> = (samples.iter())
        .map(|sample| C::strings(&sample.owned))
        .collect();
    let bytes = encoded.iter().map(Vec::len).sum();
    let each = |name, pass| Operation {
        name,
        data: samples.len(),
        bytes,
        pass,
    };
    let mut buffer = Vec::new();
    let measured = rounds.measure(vec![
        Operation::on_bytes("limit: memcpy of the bytes", encoded, |bytes| {
            buffer.clear();
            buffer.extend_from_slice(black_box(bytes));
            black_box(buffer.as_slice());
        }),
        each(
            "limit: UTF-8 validation of the strings",
            Box::new(|| {
                for text in strings.iter().flatten() {
                    black_box(std::str::from_utf8(black_box(text.as_bytes())).is_ok());
                }
            }),
        ),
        each(
            "limit: the strings, allocated, copied and freed",
            Box::new(|| {
                for strings in &strings {
                    // Together until all are there, as in an event.
                    let mut owned: [Option<String>; 32] = [const { None }; 32];
                    for (text, place) in strings.iter().zip(&mut owned) {
                        *place = Some(black_box(*text).to_owned());
                    }
                    black_box(&owned);
                }
            }),
        ),
        each(
            "limit: one allocation of 32 bytes",
            Box::new(|| {
                for _ in &strings {
                    black_box(Vec::<u8>::with_capacity(black_box(32)));
                }
            }),
        ),
    ]);
    table(&measured);
    Ok(())
}
