//! Compiles the contracts, as any user's build script does.

fn main() {
    accordant_build::Config::new()
        .compile("contracts")
        .unwrap_or_else(|error| error.exit());
}
