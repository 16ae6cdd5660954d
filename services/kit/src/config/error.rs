//! What can be wrong with the settings.

use std::path::PathBuf;

/// Why the settings could not be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the settings file {}: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is no TOML.
    #[error("{origin} is not valid TOML: {message}")]
    Syntax {
        /// Where it stands.
        origin: String,
        /// What the parser says.
        message: String,
    },
    /// A key that nobody reads.
    #[error("unknown setting {key:?} in {origin}\nfix: did you mean {nearest:?}?")]
    UnknownKey {
        /// The key as written.
        key: String,
        /// Where it stands.
        origin: String,
        /// The nearest known key.
        nearest: String,
    },
    /// A value of the wrong kind.
    #[error("setting {key:?} in {origin}: {message}")]
    Value {
        /// The key.
        key: String,
        /// Where it stands.
        origin: String,
        /// What is wrong with it.
        message: String,
    },
}
