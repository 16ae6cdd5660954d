//! A client of any Confluent-compatible schema registry: looks schemas up by
//! text and by id, and registers them. Only `push` may register.

mod client;
mod error;
mod subjects;
mod versions;

pub use client::{Reference, Registered, RegisteredSchema, RegistryClient};
pub use error::RegistryError;
pub use subjects::SubjectVersion;
