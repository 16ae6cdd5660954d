//! Generates the types of every contract in the repository's `contracts/`.

use std::path::PathBuf;

fn main() {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let contracts = PathBuf::from(here).join("../../contracts");
    accordant_build::Config::new()
        .compile(contracts)
        .unwrap_or_else(|error| error.exit());
}
