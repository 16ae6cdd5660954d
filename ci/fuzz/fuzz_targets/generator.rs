//! The code that any schema gives.
#![no_main]

#[path = "../../../compat-tests/tests/it/fuzz/generator.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target::check(bytes));
