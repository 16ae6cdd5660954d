//! The key of an encoded datum.

use accordant_schema::Schema;

use crate::DecodeError;

/// Where in a datum the fields of its key stand.
#[derive(Debug, Clone)]
pub struct KeyPlan {}

/// A path that is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct KeyError {
    /// The path.
    pub path: String,
    /// Why not.
    pub reason: String,
}

impl KeyPlan {
    /// A plan for the dotted paths of a contract's `key` or `partition_by`.
    ///
    /// # Errors
    /// A path that leads nowhere, or to a field that cannot be a key.
    pub fn new(_schema: &Schema, _paths: &[String]) -> Result<KeyPlan, KeyError> {
        todo!()
    }

    /// The joined text, equal to that of the generated type.
    ///
    /// # Errors
    /// Bytes that are no datum of the schema.
    pub fn text(&self, _schema: &Schema, _avro: &[u8]) -> Result<String, DecodeError> {
        todo!()
    }
}
