//! What every service shares: configuration, telemetry, HTTP, Kafka, the registry client, the processor runtime and its stores.
