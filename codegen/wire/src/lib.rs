//! What generated code links to: Avro encode and decode, Confluent framing, events, partitions; with feature dynamic also plain JSON.
