//! The promise, end to end.

mod dependencies;
