//! Generates the types of the contract that the kit brings along.

fn main() {
    accordant_build::Config::new()
        .compile("contracts")
        .unwrap_or_else(|error| error.exit());
}
