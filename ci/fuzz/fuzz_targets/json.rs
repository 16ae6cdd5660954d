//! JSON to Avro to JSON to Avro, by any schema.
#![no_main]

#[path = "../../../compat-tests/tests/it/fuzz/json.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target::check(bytes));
