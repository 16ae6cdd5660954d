//! What the operator of a registry decides.

use accordant_schema::contract::Compatibility;

/// Settings of one registry.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The level of every subject until `PUT /config` says otherwise.
    pub compatibility: Compatibility,
    /// The `error_code` of an incompatible schema.
    pub incompatible_code: IncompatibleCode,
    /// Bytes of one request's body.
    pub body_bytes_max: usize,
    /// Bytes of memory for schemas that were read.
    pub cache_bytes_max: u64,
    /// References of one schema, those of references included.
    pub references_max: usize,
    /// Limits of one schema's text.
    pub schema_limits: accordant_schema::Limits,
}

/// The `error_code` in the body of a 409.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncompatibleCode {
    /// 409, as before Confluent's 8.2; clients' tests want it.
    Plain,
    /// 40901, as since 8.2.
    Extended,
}

impl IncompatibleCode {
    /// The number in the body.
    pub fn number(self) -> i32 {
        match self {
            IncompatibleCode::Plain => 409,
            IncompatibleCode::Extended => 40901,
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            compatibility: Compatibility::Backward,
            incompatible_code: IncompatibleCode::Plain,
            body_bytes_max: 4 << 20,
            cache_bytes_max: 64 << 20,
            references_max: 1_000,
            schema_limits: accordant_schema::Limits::default(),
        }
    }
}
