//! The contracts folder as a value: contracts, versions, lock.

mod config;
mod load;
mod lock;

pub use config::{
    Cleanup, Compatibility, ContractConfig, ContractKind, IgnoreRule, SubjectNaming, UnknownFields,
};
pub use load::{Contract, ContractVersion, Contracts, Example, State};
pub use lock::{Lock, LockLine};

use std::fmt;

use crate::FullName;

/// A contract's name: the Avro full name of its event.
pub type ContractName = FullName;

/// A contract's version, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

/// A version of another contract, as pinned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The contract (kind `type`).
    pub name: ContractName,
    /// Its version.
    pub version: Version,
}
