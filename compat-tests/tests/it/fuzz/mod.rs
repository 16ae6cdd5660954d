//! A short run of the fuzz targets that are about the codec: what `ci/fuzz` has
//! kept, what the corpus gives, and what comes of it when it is damaged.
//! `ci/fuzz/run.sh` has the long ones.

mod decode;
mod generator;
mod json;
mod plan_vs_static;

use std::{fs, path::Path};

use crate::codec::{Rng, fresh_seed, pair_inputs, schema_inputs};

const FIXED_SEED: u64 = 7;
const CHANGES_MAX: usize = 4;
/// So many inputs at least are kept of each target.
const KEPT_MIN: usize = 20;

type Target = fn(&[u8]);

/// Everything that there is of a target, then so many damaged inputs.
fn run(name: &str, target: Target, mut inputs: Vec<Vec<u8>>, damaged_count: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ci/fuzz/corpus");
    let kept = fs::read_dir(folder.join(name)).expect("the target has a corpus");
    let kept = kept.map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let begin = inputs.len();
    inputs.extend(kept);
    assert!(inputs.len() - begin >= KEPT_MIN, "{}", inputs.len() - begin);
    inputs.iter().for_each(|input| hold(target, input));
    for seed in [FIXED_SEED, fresh_seed()] {
        let mut rng = Rng::new(seed);
        for _ in 0..damaged_count / 2 {
            let base = rng.pick(&inputs).clone();
            let input = damaged(&mut rng, base, &inputs);
            hold(target, &input);
        }
    }
}

/// Shows the input that does not.
fn hold(target: Target, input: &[u8]) {
    if let Err(panic) = std::panic::catch_unwind(|| target(input)) {
        println!("{}", input.escape_ascii());
        std::panic::resume_unwind(panic);
    }
}

/// A few small changes, as a fuzzer makes them.
fn damaged(rng: &mut Rng, mut bytes: Vec<u8>, others: &[Vec<u8>]) -> Vec<u8> {
    for _ in 0..=rng.below(CHANGES_MAX) {
        let (start, end) = stretch(rng, bytes.len());
        match rng.below(5) {
            0 | 1 if !bytes.is_empty() => {
                let at = rng.below(bytes.len());
                bytes[at] ^= 1 << rng.below(8);
            }
            2 => drop(bytes.drain(start..end)),
            3 => {
                let copy = bytes[start..end].to_vec();
                bytes.splice(end..end, copy);
            }
            _ => {
                let other = rng.pick(others);
                let (from, to) = stretch(rng, other.len());
                bytes.splice(start..end, other[from..to].iter().copied());
            }
        }
    }
    bytes
}

/// A place and a later one, not far from it.
fn stretch(rng: &mut Rng, length: usize) -> (usize, usize) {
    let start = rng.below(length + 1);
    let most = (length - start).min(64);
    (start, start + rng.below(most + 1))
}

#[test]
fn any_bytes_through_any_plan() {
    let inputs =
        pair_inputs(|writer, reader, datum| [writer, b"\0", reader, b"\0", datum].concat());
    run("decode", decode::check, inputs, 4_000);
}

#[test]
fn json_comes_back() {
    let inputs = schema_inputs(|schema, datum| [schema, b"\0", datum].concat());
    run("json", json::check, inputs, 4_000);
}

#[test]
fn generated_decoders_read_what_plans_read() {
    run("plan_vs_static", plan_vs_static::check, Vec::new(), 6_000);
}

#[test]
fn generated_code_is_rust() {
    let inputs = pair_inputs(|writer, reader, _| [writer, b"\0", reader].concat());
    run("generator", generator::check, inputs, 100);
}
