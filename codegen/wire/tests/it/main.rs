//! The dynamic codec over schemas and data that nobody chose, and over cases
//! that somebody did.

mod choices;
mod hostile;
mod json;
mod keys;
mod plan;
mod round_trip;
