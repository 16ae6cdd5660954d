//! The embedded broker.
fn main() {}
