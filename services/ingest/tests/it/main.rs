//! Ingest without a port, over librdkafka's mock cluster: a broker over real
//! sockets, which fails when it is told to.

mod answers;
mod broker;
mod lines;
mod records;
mod setup;
mod start;
