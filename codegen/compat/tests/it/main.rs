//! The crate from outside: schemas and contracts folders in, verdicts,
//! findings and texts out.

mod java;
