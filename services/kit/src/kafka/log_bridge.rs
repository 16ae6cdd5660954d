//! librdkafka's own log lines, through `tracing`.

use rdkafka::{ClientContext, config::RDKafkaLogLevel};

/// A client context that only logs.
#[derive(Debug, Clone, Copy, Default)]
pub struct LoggingContext;

impl ClientContext for LoggingContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: rdkafka::error::KafkaError, reason: &str) {
        client_error(&error, reason);
    }
}

/// Passes one line on; for contexts that do more than log.
pub fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error
        | RDKafkaLogLevel::Warning => {
            tracing::warn!(target: "librdkafka", facility, message, "librdkafka")
        }
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
            tracing::info!(target: "librdkafka", facility, message, "librdkafka")
        }
        RDKafkaLogLevel::Debug => {
            tracing::debug!(target: "librdkafka", facility, message, "librdkafka")
        }
    }
}

/// Passes a client's error on. A broker that is away shows itself in readiness
/// and in answers, so the many lines about it are no warnings.
pub fn client_error(error: &rdkafka::error::KafkaError, reason: &str) {
    tracing::debug!(target: "librdkafka", %error, reason, "librdkafka");
}
