//! The one binary: gate, release, push, services, and the whole pipeline with `up`.
fn main() {}
