//! What every service shares: configuration, telemetry, HTTP, Kafka, the
//! registry client, the processor runtime and its stores. Knows no contract by
//! name but the one that it brings along (`accordant.Outcome`).

pub mod config;
pub mod contracts;
pub mod health;
pub mod http;
pub mod kafka;
pub mod outcome;
pub mod processor;
pub mod push;
pub mod registry_client;
pub mod store;
pub mod telemetry;
pub mod tls;
pub mod verify;
