//! The whole pipeline as a user runs it, on the embedded broker and, where the
//! environment names one, on a real Kafka and a real PostgreSQL.

mod crash;
mod documents;
mod flow;
mod harness;
mod live;
mod registry;
mod sample;
mod stock_client;
