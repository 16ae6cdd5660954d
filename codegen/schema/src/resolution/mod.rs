//! Avro's schema resolution, as Avro Java 1.12.1 does it: what a reader does
//! with each type of a writer. The proofs of findings and the run-time plan of
//! the codec follow the same one.

mod promote;
mod rename;
mod resolve;

pub use promote::{Promotion, promotes, same_type};
pub use resolve::{Action, ActionId, Do, NoResolution, Resolution};
