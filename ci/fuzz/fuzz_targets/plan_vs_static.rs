//! Bytes through generated decoders and the plans of the same pairs.
#![no_main]

#[expect(dead_code, reason = "the tests ask it more")]
#[path = "../../../compat-tests/tests/it/generated.rs"]
mod generated;
#[path = "../../../compat-tests/tests/it/fuzz/plan_vs_static.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target::check(bytes));
