//! How large a schema may be.

/// Limits that hold before the work that they bound.
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
