//! The codec beside Avro Java: `ci/java.sh`, then `ACCORDANT_TEST_JAVA` is the
//! command that it prints. Without it these tests hold their own expectations
//! only, and say so.

mod cases;
mod contracts;
mod corpus;
#[path = "../../../../codegen/compat/tests/it/generate/datum.rs"]
mod datum;
mod folder;
mod frozen;
#[expect(dead_code, reason = "the other tests ask it more")]
#[path = "../../../../codegen/compat/tests/it/live/judge.rs"]
mod judge;
#[expect(dead_code, reason = "the other generators need more of it")]
#[path = "../../../../codegen/compat/tests/it/generate/rng.rs"]
mod rng;

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use accordant_schema::{Schema, contract::UnknownFields};
use accordant_wire::dynamic::AvroJson;

pub(crate) use corpus::{pair_inputs, schema_inputs};
pub(crate) use rng::Rng;

use datum::datum;
use judge::Judge;

/// The one judge of all these tests, for one of them at a time: the start of a
/// Java is dear. It ends with the process.
fn judge() -> Option<MutexGuard<'static, Judge>> {
    static JUDGE: LazyLock<Option<Mutex<Judge>>> = LazyLock::new(|| Judge::start().map(Mutex::new));
    let judge = JUDGE.as_ref()?;
    // Another test's failure is its own: a judge that was asked has answered.
    Some(judge.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Bytes as the judge has them.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}

fn from_hex(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs
        .map(|it| u8::from_str_radix(it, 16).unwrap())
        .collect()
}

/// Java's text of a datum stands for the bytes. Compared so because Java
/// escapes what need not be, and writes more digits of a float than it needs.
#[track_caller]
fn check_java_s_json(schema: &Schema, json: &str, bytes: &[u8]) {
    // Java writes nothing where nothing but records without fields is.
    if json.is_empty() {
        return;
    }
    let codec = AvroJson::new(Arc::new(schema.clone()), UnknownFields::Refuse);
    let mut again = Vec::new();
    assert_eq!(codec.encode(json.as_bytes(), &mut again), Ok(()), "{json}");
    assert_eq!(hex(&again), hex(bytes), "{json}");
}

/// A seed that nobody has had before, or the one that is to be repeated.
pub(crate) fn fresh_seed() -> u64 {
    let seed = std::env::var("ACCORDANT_TEST_SEED").ok();
    let seed = seed.filter(|it| !it.is_empty());
    let seed = seed.map_or_else(Rng::fresh_seed, |it| {
        it.parse().expect("ACCORDANT_TEST_SEED is a number")
    });
    println!("ACCORDANT_TEST_SEED={seed}");
    seed
}
