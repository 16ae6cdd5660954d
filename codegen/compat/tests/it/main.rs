//! The crate from outside: schemas and contracts folders in, verdicts,
//! findings and texts out.

mod against;
mod catalogue;
mod diff;
mod folder;
mod formats;
mod formats_corners;
mod frozen;
mod fuzz;
mod gaps;
mod gate;
mod generate;
mod hostile;
mod java;
mod law;
mod levels;
mod lint;
mod lint_cases;
mod lint_config;
mod live;
mod pairs;
mod part;
mod plan;
mod proof;
mod text;
mod values;
mod witness;
