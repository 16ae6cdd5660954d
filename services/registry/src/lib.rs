//! The schema registry: Confluent's REST API for Avro on SQLite or PostgreSQL.
//! Knows no Kafka.
//!
//! [`app`] is the whole API without a port, over a [`Registry`]; [`run`]
//! serves it. One line gives another service or a test a registry of its own:
//! `app(Registry::in_memory(Settings::default()).await?)`.

mod compatibility;
mod content;
mod equivalence;
mod error;
mod feed;
mod fetches;
mod http;
mod library;
mod normalize;
mod ops;
mod run;
mod settings;
mod store;
mod subject;
mod tags;
mod transfer;

pub use http::app;
pub use ops::Registry;
pub use run::run;
pub use settings::{IncompatibleCode, Settings, SettingsError};
pub use store::{OpenError, Store};
pub use transfer::{DumpError, ImportError, Imported, LiveError, Snapshot, Unusable};
