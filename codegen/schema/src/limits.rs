//! How large a schema may be.

/// Limits that hold before the work that they bound.
///
/// Beside these, which a caller may set, some are fixed: 512 bytes of a full
/// name, 128 levels of a schema, 1,000 references with 16 times the bytes of
/// one schema, 64 contracts that one version of a contract reaches, 64 defaults
/// within each other, 100 problems of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one schema text.
    pub schema_bytes_max: usize,
    /// Nesting depth of one schema, JSON levels.
    pub depth_max: usize,
    /// Nodes of one schema, references resolved once.
    pub nodes_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            schema_bytes_max: 1_000_000,
            depth_max: 64,
            nodes_max: 50_000,
        }
    }
}
