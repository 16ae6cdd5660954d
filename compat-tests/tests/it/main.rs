//! The promise, end to end.

mod dependencies;
mod pipeline;
