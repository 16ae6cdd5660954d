//! Confluent's REST API over a [`Registry`](crate::Registry).
//!
//! The router is ours: subjects may be empty, hold slashes and come with a
//! context before the path, and each of Confluent's own refusals (404, 405,
//! 406, 415) has its body. A path is taken apart as it came and decoded after.

mod app;
mod batch;
mod body;
mod caller;
mod clients;
mod compatibility;
mod docs;
mod feed;
mod media;
mod metrics;
mod probes;
mod query;
mod reply;
mod route;
mod schemas;
mod settings;
mod shown;
mod subjects;

pub use app::app;
