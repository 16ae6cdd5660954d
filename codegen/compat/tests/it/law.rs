//! The law: where Java's verdict is "compatible", every datum of the writer is
//! read; where it is "incompatible", the witness is not.

use std::collections::BTreeMap;

use accordant_compat::{
    java,
    witness::{ReadError, decode, witness},
};
use accordant_schema::{Schema, parse};

use crate::generate::{Pair, Rng, datum, pair};

const PAIRS: usize = 4_000;
const DATA_A_PAIR: usize = 4;

#[test]
fn compatible_reads_and_incompatible_does_not() {
    let mut rng = Rng::new(2);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut shown: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..PAIRS {
        let texts = pair(rng.next());
        let (Ok(reader), Ok(writer)) = (parse(&texts.reader), parse(&texts.writer)) else {
            continue;
        };
        let found = java::check(&reader, &writer);
        let mut note = |what: String| {
            *counts.entry(what.clone()).or_default() += 1;
            let n = shown.entry(what.clone()).or_default();
            *n += 1;
            if *n <= 3 && !what.contains(" ok") {
                println!("{what}\n  R {}\n  W {}", texts.reader, texts.writer);
                for it in &found { println!("   {} {} {}", it.kind, it.location, it.message); }
            }
        };
        if found.is_empty() {
            for _ in 0..DATA_A_PAIR {
                let Some(datum) = datum(&mut rng, &writer) else { note("no datum ok".into()); continue };
                let bytes = datum.encode(&writer).unwrap();
                match decode(&reader, &writer, &bytes) {
                    Ok(_) => note("compatible ok".into()),
                    Err(ReadError::Incompatible(_)) => note("compatible fails".into()),
                    Err(error) => note(format!("compatible {error:?}")),
                }
            }
        } else {
            let kinds: std::collections::BTreeSet<_> = found.iter().map(|it| it.kind.as_str()).collect();
            match witness(&reader, &writer) {
                Some(_) => note("incompatible ok".into()),
                None => note(format!("incompatible reads {kinds:?}")),
            }
        }
    }
    println!("{counts:#?}");
}
