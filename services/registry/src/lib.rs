//! The schema registry: Confluent's REST API for Avro on SQLite or PostgreSQL.
//! Knows no Kafka.
//!
//! [`app`] is the whole API without a port, over a [`Registry`]; [`run`]
//! serves it.

mod compatibility;
mod content;
mod equivalence;
mod error;
mod http;
mod library;
mod normalize;
mod ops;
mod run;
mod settings;
mod store;
mod subject;

pub use http::app;
pub use ops::Registry;
pub use run::run;
pub use settings::{IncompatibleCode, Settings};
pub use store::{OpenError, Store};
