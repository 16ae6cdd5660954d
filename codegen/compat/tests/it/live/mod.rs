//! Against Avro Java: `ci/java.sh`, then `ACCORDANT_TEST_JAVA` is the command
//! that it prints. Without it these tests say that they were skipped.
//!
//! `ACCORDANT_TEST_SEED` repeats the run that printed it, and
//! `ACCORDANT_TEST_PAIRS` makes it longer or shorter.

#![expect(
    clippy::print_stdout,
    reason = "what was skipped, and the seed that repeats a run"
)]

mod decode;
mod java;
mod judge;
mod parse;

use crate::generate::Rng;
use judge::Judge;

/// The pairs that every run has; about one in eight has a text that is refused.
const FIXED_SEED: u64 = 1;
const FIXED_PAIRS: usize = 3_600;
/// The pairs that no run has had before.
const FRESH_PAIRS: usize = 1_200;
/// Differences that one test shows.
const SHOWN_MAX: usize = 10;

/// Seeds of the pairs of one test.
fn seeds() -> impl Iterator<Item = u64> {
    let number = |name: &str| {
        let text = std::env::var(name).ok().filter(|it| !it.is_empty())?;
        Some(text.parse::<u64>().expect("the variable is a number"))
    };
    let fresh_seed = number("ACCORDANT_TEST_SEED").unwrap_or_else(Rng::fresh_seed);
    let fresh_pairs = number("ACCORDANT_TEST_PAIRS").map_or(FRESH_PAIRS, |it| it as usize);
    println!("ACCORDANT_TEST_SEED={fresh_seed} ACCORDANT_TEST_PAIRS={fresh_pairs}");
    run_of(FIXED_SEED, FIXED_PAIRS).chain(run_of(fresh_seed, fresh_pairs))
}

fn run_of(seed: u64, many: usize) -> impl Iterator<Item = u64> {
    let mut rng = Rng::new(seed);
    (0..many).map(move |_| rng.next())
}
