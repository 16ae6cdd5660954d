//! Kafka as every service uses it: client settings, topics, headers, a producer
//! that keeps order, logs. Knows nothing of what a record holds.

mod client;
pub mod headers;
pub mod log_bridge;
mod producer;
mod producer_thread;
pub mod topics;

pub use client::{KafkaError, client_config};
pub use producer::{Delivery, DeliveryFuture, OrderedProducer, ProducerSettings, Record, Slot};
