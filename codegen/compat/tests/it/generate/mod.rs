//! Random schemas and pairs of them that almost agree. The same seed gives the
//! same pair, whatever else has run.
//!
//! A schema is built as JSON with full names everywhere (`schema`), changed
//! (`mutate`), made whole again (`repair`) and only then spelt as people do
//! (`spell`): namespaces split off, inherited or left out.

mod damage;
mod datum;
mod mutate;
mod repair;
mod rng;
mod schema;
mod spell;

pub(crate) use damage::damage;
pub(crate) use datum::datum;
pub(crate) use rng::Rng;

use mutate::mutate;
use repair::repair;
use schema::schema;
use spell::spell;

/// Two schema texts.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) reader: String,
    pub(crate) writer: String,
}

/// The pair of a seed. A few have a text that no parser takes.
pub(crate) fn pair(seed: u64) -> Pair {
    let mut rng = Rng::new(seed);
    let one = schema(&mut rng);
    let mut other = if rng.one_in(12) {
        schema(&mut rng)
    } else {
        one.clone()
    };
    for _ in 0..rng.below(4) {
        other = mutate(&mut rng, &other);
    }
    if !rng.one_in(12) {
        other = repair(&other, &one);
    }
    let (one, other) = (spell(&mut rng, &one), spell(&mut rng, &other));
    if rng.coin() {
        Pair {
            reader: one,
            writer: other,
        }
    } else {
        Pair {
            reader: other,
            writer: one,
        }
    }
}
