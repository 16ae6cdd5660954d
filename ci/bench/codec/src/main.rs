//! The codec against its peers, in one process and in turns:
//!
//! ```sh
//! cargo run --release --manifest-path ci/bench/codec/Cargo.toml
//! ```
//!
//! Every figure is the least of many rounds, and the rounds of all that is
//! compared are interleaved, so that a slow moment of the machine hurts all
//! alike. `--quick` takes few rounds: it tells whether everything still works.
//! With what `ci/java.sh` prints as an argument, Avro Java is a peer too.

mod case;
mod contracts;
mod data;
mod dynamic;
mod flat;
mod json;
mod limits;
mod nested;
mod peers;
mod plan;
mod report;
mod rounds;
mod same;
mod sizes;
mod versions;

use crate::{case::Case, flat::Flat, nested::Nested, rounds::Rounds};

fn main() -> anyhow::Result<()> {
    let rounds = Rounds::from_args(std::env::args().skip(1))?;
    all::<Flat>(&rounds)?;
    all::<Nested>(&rounds)?;
    sizes::run(&rounds)
}

/// Everything that is measured of one kind of event. A new part is a module
/// with a `run` and a line here.
fn all<C: Case>(rounds: &Rounds) -> anyhow::Result<()> {
    let samples = C::samples();
    let encoded = same::encoded::<C>(&samples)?;
    report::heading(C::NAME, &encoded);
    same::run::<C>(rounds, &samples, &encoded)?;
    versions::run::<C>(rounds, &samples, &encoded)?;
    plan::run::<C>(rounds, &samples)?;
    json::run::<C>(rounds, &samples, &encoded)?;
    limits::run::<C>(rounds, &samples, &encoded)?;
    Ok(())
}
