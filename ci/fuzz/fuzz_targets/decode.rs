//! A writer, a reader and bytes through the plan.
#![no_main]

#[path = "../../../compat-tests/tests/it/fuzz/decode.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target::check(bytes));
