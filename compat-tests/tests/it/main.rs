//! The promise, end to end.
#![expect(
    clippy::print_stdout,
    reason = "a test says what it skipped and how to repeat it"
)]

mod codec;
mod dependencies;
mod evolution;
mod fuzz;
mod generated;
mod pipeline;
