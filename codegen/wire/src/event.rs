//! The traits that generated types implement.

use std::fmt::{self, Debug};

use crate::{DecodeError, EncodeError, Reader};

/// Writes itself as Avro binary.
pub trait Encode {
    /// Appends the datum to `out`.
    ///
    /// # Errors
    /// A value that its schema cannot hold, such as a decimal with too many
    /// digits; `out` may then end with a part of the datum.
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

/// Reads itself from Avro binary that was written with its own schema.
pub trait Decode: Sized {
    /// Reads one datum and leaves the reader behind it.
    ///
    /// # Errors
    /// Bytes that are no datum of the schema, or a limit that is passed.
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

/// A registry's number for a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaId(pub i32);

impl fmt::Display for SchemaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A version of a contract whose bytes a type can decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterVersion {
    /// The contract's version, from 1.
    pub version: u32,
    /// The schema's text, as the contract's file has it.
    pub schema: &'static str,
    /// The types of other contracts that the text needs, those that others
    /// need first.
    pub references: &'static [SchemaReference],
    /// SHA-256 of the parsing canonical form.
    pub fingerprint: [u8; 32],
    /// The 64-bit Rabin fingerprint (CRC-64-AVRO) of the same text, which
    /// single-object encoding names a schema by.
    pub rabin: u64,
    /// MD5 of the same text: the 16-byte fingerprint of the specification, for
    /// tools that know a schema by it. It does not withstand forgery.
    pub md5: [u8; 16],
}

/// A shared type that a schema's text refers to by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaReference {
    /// Full name of the type.
    pub name: &'static str,
    /// Its registry subject.
    pub subject: &'static str,
    /// The version of its contract.
    pub version: u32,
    /// Its schema's text.
    pub schema: &'static str,
}

/// An event of a contract, at one version of it.
///
/// Every version of a contract has a type of its own; each decodes every
/// version of the contract that Avro's resolution allows.
pub trait Event: Encode + Clone + Debug + Send + Sync + Sized + 'static {
    /// The contract's name.
    const CONTRACT: &'static str;
    /// The version whose schema this type is.
    const VERSION: u32;
    /// The Kafka topic.
    const TOPIC: &'static str;
    /// The registry subject.
    const SUBJECT: &'static str;
    /// The schema's text, as the contract's file has it.
    const SCHEMA: &'static str;
    /// Every version that this type can decode, its own included, ascending.
    const VERSIONS: &'static [WriterVersion];

    /// Reads a datum that was written with a version of [`Event::VERSIONS`].
    ///
    /// # Errors
    /// Bytes that are no datum of that version, a limit that is passed, or a
    /// version that this type cannot decode.
    fn decode_version(version: u32, reader: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The Kafka key: the text of the contract's key fields.
    fn key(&self) -> String;

    /// The text that chooses the partition.
    fn partition_text(&self) -> String;

    /// How many changes the entity has seen, for contracts that count them.
    fn entity_version(&self) -> Option<i64>;

    /// Whether the entity is gone, for contracts that say so.
    fn is_deleted(&self) -> bool;

    /// Reads one whole datum and refuses bytes after it.
    ///
    /// # Errors
    /// As [`Event::decode_version`], and trailing bytes.
    fn from_avro(version: u32, bytes: &[u8], limits: crate::Limits) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes, limits);
        // The result is passed on as it lies: a large event is not moved.
        let event = Self::decode_version(version, &mut reader);
        if event.is_ok() {
            reader.finish()?;
        }
        event
    }
}
