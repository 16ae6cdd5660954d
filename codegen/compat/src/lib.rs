//! Compatibility rules over two schemas, the frozen facts of the lock, lint rules
//! over one version, the gate that applies them to a whole contracts folder, and
//! the difference of two schemas in words.
//!
//! Everything here is total and pure: bad news is data. Nothing reads a file,
//! prints or knows of tokio.

pub mod diff;
mod finding;
pub mod gate;
pub mod java;
pub mod levels;
pub mod lint;
pub mod render;
pub mod rules;
mod walk;
pub mod witness;

pub use diff::diff;
pub use finding::{Category, Finding, Place, Severity};
pub use gate::{History, Report};
pub use levels::Direction;
pub use rules::explain;
