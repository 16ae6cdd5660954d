//! Everything that a client can be told, in Confluent's words, with one table
//! of status and code.

use axum::http::StatusCode;

use crate::settings::IncompatibleCode;

/// A refusal, or a failure of ours.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("HTTP 404 Not Found")]
    PathNotFound,
    #[error("HTTP 405 Method Not Allowed")]
    MethodNotAllowed { allow: &'static str },
    #[error("HTTP 406 Not Acceptable")]
    NotAcceptable,
    #[error("HTTP 415 Unsupported Media Type")]
    UnsupportedMediaType,
    /// A parameter of the wrong type: Confluent takes it for another path.
    #[error("HTTP 404 Not Found")]
    ParameterInvalid,
    #[error("{0}")]
    BodyInvalid(String),
    #[error("request body exceeds {bytes_max} bytes")]
    BodyTooLarge { bytes_max: usize },

    #[error("Subject '{0}' not found.")]
    SubjectNotFound(String),
    #[error("Version {0} not found.")]
    VersionNotFound(String),
    #[error("Schema not found")]
    SchemaNotFound,
    #[error("Schema {0} not found")]
    SchemaIdNotFound(String),
    #[error("Subject '{0}' was soft deleted.Set permanent=true to delete permanently")]
    SubjectSoftDeleted(String),
    #[error("Subject '{0}' was not deleted first before being permanently deleted")]
    SubjectNotSoftDeleted(String),
    #[error(
        "Subject '{subject}' Version {version} was soft deleted.Set permanent=true to delete permanently"
    )]
    VersionSoftDeleted { subject: String, version: String },
    #[error(
        "Subject '{subject}' Version {version} was not deleted first before being permanently deleted"
    )]
    VersionNotSoftDeleted { subject: String, version: String },
    #[error("Subject '{0}' does not have subject-level compatibility configured")]
    ConfigNotFound(String),
    #[error("Subject '{0}' does not have subject-level mode configured")]
    ModeNotFound(String),

    #[error("{message}")]
    Incompatible {
        message: String,
        code: IncompatibleCode,
    },

    #[error("{0}")]
    SchemaInvalid(String),
    #[error(
        "The specified version '{0}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""
    )]
    VersionInvalid(String),
    #[error(
        "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive"
    )]
    CompatibilityInvalid,
    #[error("Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.")]
    ModeInvalid,
    #[error("{0}")]
    OperationNotPermitted(String),
    #[error(
        "One or more references exist to the schema {{magic=1,keytype=SCHEMA,subject={subject},version={version}}}."
    )]
    ReferenceExists { subject: String, version: String },
    #[error("The specified subject '{0}' is not a valid.")]
    SubjectInvalid(String),
    #[error("The specified context '{0}' is not empty.")]
    ContextNotEmpty(String),

    /// The database refused or is away; what it said goes to the log only.
    #[error("Error while accessing the registry's database")]
    Database(#[source] sqlx::Error),
    /// Something that cannot be; what it was goes to the log only.
    #[error("Internal Server Error")]
    Internal(String),
}

impl Error {
    /// The table: HTTP status and `error_code`.
    pub(crate) fn row(&self) -> (StatusCode, i32) {
        match self {
            Error::PathNotFound | Error::ParameterInvalid => (StatusCode::NOT_FOUND, 404),
            Error::MethodNotAllowed { .. } => (StatusCode::METHOD_NOT_ALLOWED, 405),
            Error::NotAcceptable => (StatusCode::NOT_ACCEPTABLE, 406),
            Error::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, 415),
            Error::BodyInvalid(_) => (StatusCode::BAD_REQUEST, 400),
            Error::BodyTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, 413),
            Error::SubjectNotFound(_) => (StatusCode::NOT_FOUND, 40401),
            Error::VersionNotFound(_) => (StatusCode::NOT_FOUND, 40402),
            Error::SchemaNotFound | Error::SchemaIdNotFound(_) => (StatusCode::NOT_FOUND, 40403),
            Error::SubjectSoftDeleted(_) => (StatusCode::NOT_FOUND, 40404),
            Error::SubjectNotSoftDeleted(_) => (StatusCode::NOT_FOUND, 40405),
            Error::VersionSoftDeleted { .. } => (StatusCode::NOT_FOUND, 40406),
            Error::VersionNotSoftDeleted { .. } => (StatusCode::NOT_FOUND, 40407),
            Error::ConfigNotFound(_) => (StatusCode::NOT_FOUND, 40408),
            Error::ModeNotFound(_) => (StatusCode::NOT_FOUND, 40409),
            Error::Incompatible { code, .. } => (StatusCode::CONFLICT, code.number()),
            Error::SchemaInvalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, 42201),
            Error::VersionInvalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, 42202),
            Error::CompatibilityInvalid => (StatusCode::UNPROCESSABLE_ENTITY, 42203),
            Error::ModeInvalid => (StatusCode::UNPROCESSABLE_ENTITY, 42204),
            Error::OperationNotPermitted(_) => (StatusCode::UNPROCESSABLE_ENTITY, 42205),
            Error::ReferenceExists { .. } => (StatusCode::UNPROCESSABLE_ENTITY, 42206),
            Error::SubjectInvalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, 42208),
            Error::ContextNotEmpty(_) => (StatusCode::UNPROCESSABLE_ENTITY, 42211),
            Error::Database(source) if is_away(source) => (StatusCode::SERVICE_UNAVAILABLE, 50001),
            Error::Database(_) => (StatusCode::INTERNAL_SERVER_ERROR, 50001),
            Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, 500),
        }
    }

    /// Whether the same may succeed later.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Error::Database(source) if is_away(source))
    }

    /// A schema that cannot be used, with what is wrong with it.
    pub(crate) fn schema_invalid(details: &str) -> Error {
        Error::SchemaInvalid(format!("Invalid schema of type AVRO, details: {details}"))
    }
}

impl From<sqlx::Error> for Error {
    fn from(source: sqlx::Error) -> Error {
        Error::Database(source)
    }
}

/// Whether the same request may succeed later.
pub(crate) fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| passes(&code)),
        // Not ours: an open set of kinds.
        _ => false,
    }
}

/// Whether what a database's code says may be over later: an operator can do
/// something about it, and nothing is wrong with the request.
fn passes(code: &str) -> bool {
    // PostgreSQL: connection lost, out of resources (disk, memory,
    // connections), shutting down, a deadlock or a serialisation failure; and
    // a row that an import, which locks no subject, was quicker with.
    const POSTGRES_CLASSES: [&str; 5] = ["08", "53", "57P", "40", "23505"];
    // SQLite: busy, locked, read-only, input or output failed, disk full,
    // cannot open.
    const SQLITE: [u32; 6] = [5, 6, 8, 10, 13, 14];
    match code.parse::<u32>() {
        // The extended code has the plain one in its lowest byte.
        Ok(number) if code.len() < 5 => SQLITE.contains(&(number & 0xff)),
        Ok(_) | Err(_) => POSTGRES_CLASSES.iter().any(|class| code.starts_with(class)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_cannot_now_is_told_from_one_that_never_can() {
        // Busy, disk full, a failed write; PostgreSQL's shutdown and full disk.
        for code in [
            "5", "517", "13", "778", "57P01", "53100", "08006", "40001", "23505",
        ] {
            assert!(passes(code), "{code}");
        }
        // Constraints and mistakes in the text.
        for code in ["1", "19", "1555", "2067", "23503", "42601", "22021", ""] {
            assert!(!passes(code), "{code}");
        }
    }
}
