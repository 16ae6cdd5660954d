//! Proof by doing: a datum is written and read, as Avro Java's generic decoder
//! reads it. For findings and for tests; nothing here is quick, nothing of the
//! services runs on it.
//!
//! Depth, sizes and steps are bounded, so that no schema and no bytes exhaust
//! the stack or the memory: beyond the bounds there is an error, or no witness.

mod binary;
mod default;
mod prove;
mod read;
mod smallest;
mod value;

pub use prove::{Witness, witness};
pub use read::{ReadError, decode};
pub use value::{Mismatch, Value};

pub(crate) use prove::{Hop, Leaf, Proof, Prover};

/// How deep a datum, or a schema on the way to one, is followed.
const DEPTH_MAX: usize = 128;
