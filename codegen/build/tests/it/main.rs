//! The generator over a corpus of troubles: each folder of `tests/corpus` is
//! named after one. What it makes of them is `tests/golden/corpus.rs`, which is
//! compiled here and used. A record of a thousand fields has a folder and a file
//! of its own, `tests/large`: nobody reads them.
#![deny(warnings)]

#[allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    reason = "nobody outside of this test sees it, and nobody uses all of it"
)]
mod golden {
    include!("../golden/corpus.rs");
}

#[allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "nobody outside of this test sees it, and nobody uses all of it"
)]
mod large {
    include!("../golden/large.rs");
}

#[allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    reason = "nobody outside of this test sees it, and nobody uses all of it"
)]
mod chosen {
    include!("../golden/options.rs");
}

mod agreement;
mod choice;
mod contracts;
mod evolution;
mod generate;
mod generated;
mod heavy;
mod hostile;
mod making;
mod options;
mod random;
mod refused;
mod round_trip;
mod upgrade;
mod views;
