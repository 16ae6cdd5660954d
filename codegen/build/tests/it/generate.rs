//! Random data, by the generator that the compatibility engine is tested with.

#[expect(dead_code, reason = "not all of it is needed here")]
#[path = "../../../compat/tests/it/generate/rng.rs"]
mod rng;

#[path = "../../../compat/tests/it/generate/datum.rs"]
mod datum;

#[path = "tame.rs"]
mod tame;

pub(crate) use datum::datum;
pub(crate) use rng::Rng;
pub(crate) use tame::tame;
