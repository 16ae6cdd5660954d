//! The crate from outside: schemas and contracts folders in, verdicts,
//! findings and texts out.

mod catalogue;
mod diff;
mod folder;
mod formats;
mod frozen;
mod gate;
mod java;
mod levels;
mod pairs;
mod text;
