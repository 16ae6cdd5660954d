//! The Avro schema model: a parser that keeps positions, names, defaults,
//! canonical form, fingerprints, and the contracts folder as a value.
//!
//! Nothing here reads a file, prints or knows of tokio: texts come in as a map
//! of paths, problems go out as data.

#![expect(
    clippy::result_large_err,
    reason = "a problem is made once a text, for a person: its size costs nothing"
)]

pub mod contract;
pub mod export;
mod format;
mod infer;
pub mod json;
mod limits;
mod model;
mod name;
mod parse;
mod problem;
pub mod resolution;
mod span;
mod text;

pub use format::format;
pub use infer::{InferError, Inference, Inferred};
pub use limits::Limits;
pub use model::{Enum, Field, Fixed, Kind, Logical, Named, Node, NodeId, Order, Record, Schema};
pub use name::{FullName, NameError};
pub use parse::{parse, parse_with};
pub use problem::{Problem, ProblemCode, explain, likely, nearest, pages};
pub use span::{Position, Span, position};
pub use text::{Fingerprint, canonical_form, java_text, md5, rabin};
