//! Parse, canonical form, layout, compatibility, diff and witness on any bytes.
#![no_main]

#[path = "../../../codegen/compat/tests/it/fuzz/target.rs"]
mod target;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| target::schema(bytes));
