//! Why no code came out.

use std::path::PathBuf;

/// Why no code came out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The output could not be written.
    #[error("cannot write {path}")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The contracts are refused by the gate.
    #[error("the contracts are refused\n{text}")]
    Refused {
        /// The gate's findings, as `accordant check` prints them.
        text: String,
    },
    /// A contract that is valid and has no Rust form.
    #[error("{contract}: {path}: {reason}")]
    Unsupported {
        /// Contract and version.
        contract: String,
        /// Path in words.
        path: String,
        /// What stands in the way.
        reason: String,
    },
    /// An option that means nothing for the contracts.
    #[error("{call}: {reason}")]
    Option {
        /// The option as the build script has it, path and text included.
        call: String,
        /// What stands in the way.
        reason: String,
    },
    /// The environment is not that of a build script.
    #[error("{0} is not set: call this from a build script, or name a folder with `out_dir`")]
    NotABuildScript(&'static str),
    /// The emitted tokens are not Rust: a defect of this crate.
    #[error("the generated code does not parse: a defect of accordant-build")]
    Emission(#[source] syn::Error),
}
