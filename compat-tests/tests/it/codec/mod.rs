//! The codec beside Avro Java: `ci/java.sh`, then `ACCORDANT_TEST_JAVA` is the
//! command that it prints. Without it these tests hold their own expectations
//! only, and say so.

mod cases;
mod contracts;
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

use datum::datum;
use judge::Judge;
use rng::Rng;
use tame::tame;

/// Bytes as the judge has them.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}
