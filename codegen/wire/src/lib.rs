//! What generated code links to: Avro encode and decode, Confluent framing and
//! single-object encoding, events, keys and partitions.
//!
//! The default features know no schema: generated code is its own schema. With
//! the feature `dynamic` there is also plain JSON to Avro and back, and keys,
//! by a schema that is known at run time only.

mod blocks;
pub mod confluent;
#[cfg(feature = "dynamic")]
pub mod dynamic;
mod error;
mod event;
mod frame;
pub mod key;
pub mod partition;
mod reader;
pub mod single_object;
pub mod values;
mod view;
pub mod write;

pub use error::{
    DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind, MissingField, Segment,
};
pub use event::{Decode, Encode, Event, SchemaId, SchemaReference, WriterVersion};
pub use reader::{Limits, Reader};
pub use view::{DecodeRef, Entries, EventRef};
