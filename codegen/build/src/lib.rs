//! Generates Rust types with their own Avro codec from a contracts folder, for build scripts.
