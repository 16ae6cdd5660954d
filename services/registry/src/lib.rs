//! The schema registry: Confluent's REST API for Avro on SQLite or PostgreSQL. Knows no Kafka.
