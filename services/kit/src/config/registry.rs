//! Settings of the registry that this program runs.

use serde::{Deserialize, Serialize};

/// The `[registry]` table of `accordant.toml`, and `ACCORDANT_REGISTRY_<NAME>`
/// in the environment. Sizes of single schemas stand in `[limits]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistryConfig {
    /// The level of every subject until a client sets another, such as
    /// `full-transitive`.
    pub compatibility: String,
    /// The `error_code` of an incompatible schema: 409, or 40901 as Confluent's
    /// registry has it since 8.2.
    pub incompatible_code: u32,
    /// Whether it begins empty and is gone with the process.
    pub in_memory: bool,
    /// Bytes of one request's body.
    pub body_bytes_max: usize,
    /// Bytes of memory for schemas that were read.
    pub cache_bytes_max: u64,
    /// References of one schema, those of references included.
    pub references_max: usize,
    /// Versions of one subject, deleted ones included.
    pub versions_max: usize,
    /// Entries of one list of subjects, versions or contexts.
    pub page_max: usize,
    /// Entries of one list of schemas.
    pub schemas_page_max: usize,
    /// Schemas of one request that checks many.
    pub batch_max: usize,
}

impl Default for RegistryConfig {
    fn default() -> RegistryConfig {
        RegistryConfig {
            compatibility: "backward".to_owned(),
            incompatible_code: 409,
            in_memory: false,
            body_bytes_max: 4 * 1024 * 1024,
            cache_bytes_max: 64 * 1024 * 1024,
            references_max: 1_000,
            versions_max: 10_000,
            page_max: 100_000,
            schemas_page_max: 1_000,
            batch_max: 1_000,
        }
    }
}
