//! What the kit promises, tried from outside, one binary for all of it.

mod config;
mod http;
mod kafka;
mod live;
mod push;
mod registry_client;
