//! HTTP to Kafka: events validated by their contract and durable before the answer. Knows no contract by name.
