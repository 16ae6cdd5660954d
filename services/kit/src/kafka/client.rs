//! What every client of the cluster has in common.

use rdkafka::ClientConfig;

/// Why Kafka could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KafkaError {
    /// A client could not be made from its settings.
    #[error("cannot make a Kafka client for {bootstrap}: {message}")]
    Client {
        /// The bootstrap servers.
        bootstrap: String,
        /// What librdkafka says.
        message: String,
    },
    /// A thread could not be started.
    #[error("cannot start the producer's thread: {0}")]
    Thread(#[source] std::io::Error),
}

/// Settings for any client of the cluster: quick to come back after a broker
/// was away, and no topic is ever made by asking for it.
pub fn client_config(bootstrap: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", bootstrap)
        .set("client.id", "accordant")
        .set("socket.keepalive.enable", "true")
        .set("socket.nagle.disable", "true")
        .set("reconnect.backoff.ms", "20")
        .set("reconnect.backoff.max.ms", "500")
        .set("retry.backoff.ms", "10")
        .set("allow.auto.create.topics", "false");
    config
}
