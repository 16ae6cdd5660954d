//! The registry over its HTTP API, without a port, on SQLite and (where
//! `ACCORDANT_TEST_POSTGRES` names a server) on PostgreSQL.

mod batch;
mod compatibility;
mod config;
mod delete;
mod harness;
mod hostile;
mod lifecycle;
mod model;
mod operations;
mod protocol;
mod race;
mod reads;
mod references;
mod register;
mod scoped;
mod storage;
mod tags;
mod transfer;
