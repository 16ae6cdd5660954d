//! The contracts folder as a value: contracts, versions, lock.

mod assemble;
mod config;
mod config_reader;
mod config_text;
mod config_value;
mod folder;
mod load;
mod lock;
mod outline;
mod part;
mod paths;
mod references;

pub use config::{
    Cleanup, Compatibility, ContractConfig, ContractKind, IgnoreRule, SubjectNaming, UnknownFields,
};
pub use config_value::is_date;
pub use load::{Contract, ContractVersion, Contracts, Example, State};
pub use lock::{LOCK_FILE, Lock, LockLine};
pub use outline::Outline;
pub use part::part;

use std::fmt;

use crate::FullName;

/// A contract's name: the Avro full name of its event.
pub type ContractName = FullName;

/// A contract's version, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u32);

impl Version {
    /// A version from its digits: from 1, no zero in front.
    pub fn from_digits(text: &str) -> Option<Version> {
        let is_plain = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_plain).map(Version)
    }
}

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
