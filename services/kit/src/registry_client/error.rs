//! What a registry can answer instead of a schema.

use std::error::Error;

use schema_registry_converter::{error::SRCError, schema_registry_common::RawError};

/// Confluent's codes for a subject, version or schema that is not there.
const NOT_FOUND_CODES: [u32; 5] = [404, 40401, 40402, 40403, 40406];

/// Why a registry gave no schema.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// It does not answer, or is not ready. Trying again may help.
    #[error("the schema registry at {url} does not answer: {message}")]
    Unreachable {
        /// Its URL.
        url: String,
        /// What happened.
        message: String,
    },
    /// There is no such schema, subject or version.
    #[error("{what} is not registered in the schema registry at {url}")]
    NotFound {
        /// Its URL.
        url: String,
        /// What was asked for.
        what: String,
    },
    /// It says no. Trying again does not help.
    #[error("the schema registry at {url} refused {what}: {message} (code {code})")]
    Refused {
        /// Its URL.
        url: String,
        /// What was asked for.
        what: String,
        /// The registry's error code, 0 when it gave none.
        code: u32,
        /// The registry's words.
        message: String,
    },
    /// It answered with a schema that cannot be parsed.
    #[error("the schema registry at {url} has no valid Avro schema as {what}: {message}")]
    Schema {
        /// Its URL.
        url: String,
        /// What was asked for.
        what: String,
        /// What is wrong.
        message: String,
    },
}

impl RegistryError {
    /// Whether trying again may help.
    pub fn is_retryable(&self) -> bool {
        match self {
            RegistryError::Unreachable { .. } => true,
            RegistryError::NotFound { .. }
            | RegistryError::Refused { .. }
            | RegistryError::Schema { .. } => false,
        }
    }

    pub(super) fn of(error: &SRCError, url: &str, what: &str) -> RegistryError {
        let (url, what) = (url.to_owned(), what.to_owned());
        let answered = error
            .source()
            .and_then(|source| source.downcast_ref::<RawError>());
        match answered {
            Some(_) | None if error.retriable => {
                let message = error.cause.clone().unwrap_or_else(|| error.error.clone());
                RegistryError::Unreachable { url, message }
            }
            Some(raw) if NOT_FOUND_CODES.contains(&raw.error_code) => {
                RegistryError::NotFound { url, what }
            }
            Some(raw) => RegistryError::Refused {
                url,
                what,
                code: raw.error_code,
                message: match raw.error_code {
                    // No error of the registry's: a proxy's page, for example.
                    0 => error.error.clone(),
                    _ => raw.message.clone(),
                },
            },
            None => RegistryError::Refused {
                url,
                what,
                code: 0,
                message: error.to_string(),
            },
        }
    }
}
