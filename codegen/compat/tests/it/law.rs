//! The law: where Java's verdict is "compatible", every datum of the writer is
//! read; where it is "incompatible", the witness is not. The exceptions are
//! Java's own, and each stands in `gaps`.

use std::collections::BTreeMap;

use accordant_compat::{
    java,
    witness::{decode, witness},
};
use accordant_schema::{Schema, parse};

use crate::{
    gaps::{self, Gap},
    generate::{Rng, datum, pair},
};

const PAIRS: usize = 4_000;
const DATA_A_PAIR: usize = 4;

/// What was tried, by verdict and by the gap that it fell into.
type Counts = BTreeMap<(&'static str, Option<Gap>), usize>;

#[test]
fn compatible_reads_and_incompatible_does_not() {
    let mut rng = Rng::new(2);
    let mut counts = Counts::new();
    let mut broken = Vec::new();
    for _ in 0..PAIRS {
        let texts = pair(rng.next());
        let (Ok(reader), Ok(writer)) = (parse(&texts.reader), parse(&texts.writer)) else {
            continue;
        };
        if let Err(how) = check(&mut rng, &reader, &writer, &mut counts) {
            broken.push(format!("{how}\n{texts:#?}"));
        }
    }
    assert!(
        broken.is_empty(),
        "{}",
        broken[..broken.len().min(5)].join("\n")
    );
    let count = |what, gap| counts.get(&(what, gap)).copied().unwrap_or_default();
    assert!(count("compatible", None) > PAIRS, "{counts:?}");
    assert!(count("incompatible", None) > PAIRS / 4, "{counts:?}");
    // Every line of the table is met, and none is met often.
    for (what, gap) in gaps::ALL {
        let met = count(what, Some(*gap));
        assert!((1..PAIRS / 20).contains(&met), "{gap:?}: {counts:?}");
    }
}

fn check(
    rng: &mut Rng,
    reader: &Schema,
    writer: &Schema,
    counts: &mut Counts,
) -> Result<(), String> {
    let found = java::check(reader, writer);
    let proof = witness(reader, writer);
    if !found.is_empty() {
        let gap = match proof {
            Some(_) => None,
            None => Some(
                gaps::nothing_fails(reader, writer, &found)
                    .ok_or_else(|| format!("incompatible, and no datum fails: {found:#?}"))?,
            ),
        };
        *counts.entry(("incompatible", gap)).or_default() += 1;
        return Ok(());
    }
    // The search for a witness must not find what random data would not.
    if let Some(witness) = &proof {
        gaps::something_fails(reader, writer, &witness.error)
            .ok_or_else(|| format!("compatible, and {} fails", witness.json))?;
    }
    for _ in 0..DATA_A_PAIR {
        let Some(datum) = datum(rng, writer) else {
            break;
        };
        let bytes = datum.encode(writer).expect("the datum is the writer's");
        let gap = match decode(reader, writer, &bytes) {
            Ok(value) => {
                // What is read is a datum of the reader.
                value.encode(reader).map_err(|it| it.to_string())?;
                None
            }
            Err(error) => Some(
                gaps::something_fails(reader, writer, &error)
                    .ok_or_else(|| format!("compatible, and {datum:?} fails: {error}"))?,
            ),
        };
        *counts.entry(("compatible", gap)).or_default() += 1;
    }
    Ok(())
}
