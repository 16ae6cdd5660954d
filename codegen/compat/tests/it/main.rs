//! The crate from outside: schemas and contracts folders in, verdicts,
//! findings and texts out.

mod catalogue;
mod folder;
mod formats;
mod frozen;
mod gate;
mod java;
mod levels;
mod lint;
mod lint_cases;
mod lint_config;
mod pairs;
mod text;
