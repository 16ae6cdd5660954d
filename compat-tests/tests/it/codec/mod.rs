//! The codec beside Avro Java: `ci/java.sh`, then `ACCORDANT_TEST_JAVA` is the
//! command that it prints. Without it these tests hold their own expectations
//! only, and say so.

mod cases;
mod contracts;
mod corpus;
#[path = "../../../../codegen/compat/tests/it/generate/datum.rs"]
mod datum;
#[expect(dead_code, reason = "the other tests ask it more")]
#[path = "../../../../codegen/compat/tests/it/live/judge.rs"]
mod judge;
#[expect(dead_code, reason = "the other generators need more of it")]
#[path = "../../../../codegen/compat/tests/it/generate/rng.rs"]
mod rng;
#[path = "../../../../codegen/build/tests/it/tame.rs"]
mod tame;

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use datum::datum;
use judge::Judge;
use rng::Rng;
use tame::tame;

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
