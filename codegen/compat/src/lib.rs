//! Compatibility rules over two schemas, the frozen facts of the lock, and the
//! gate that applies them to a whole contracts folder.
//!
//! Everything here is total and pure: bad news is data. Nothing reads a file,
//! prints or knows of tokio.

mod finding;
pub mod java;
pub mod levels;
mod walk;

pub use finding::{Category, Finding, Place, Severity};
pub use levels::Direction;
