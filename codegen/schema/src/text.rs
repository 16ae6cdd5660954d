//! Texts made from the model: Avro Java's `toString`, the parsing canonical
//! form, fingerprints.

use std::fmt;

use crate::Schema;

/// SHA-256 over a text, shown as hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of any text.
    pub fn of(_text: &str) -> Fingerprint {
        todo!()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The parsing canonical form of the specification.
pub fn canonical_form(_schema: &Schema) -> String {
    todo!()
}

/// The text of Avro Java's `Schema.toString(references, false)`: types that
/// came from a reference stay short names when `inline_references` is false.
pub fn java_text(_schema: &Schema, _inline_references: bool) -> String {
    todo!()
}

/// CRC-64-AVRO (Rabin) over a text: the fingerprint of single-object encoding.
pub fn rabin(_text: &str) -> u64 {
    todo!()
}
