//! What Avro's resolution says about a writer's schema that is met at run time,
//! compiled once: one datum of the writer becomes one datum of the reader.

mod compile;
mod op;
mod run;
mod swift;

use accordant_schema::{Schema, resolution::NoResolution};

use crate::{Decode, DecodeError, DecodeRef, Limits, Reader};
use op::Program;

/// The way from one schema's data to another's.
///
/// Names, aliases, branches and promotions are matched as Avro Java 1.12.1
/// does. A logical type says nothing here: the raw value is what the reader's
/// logical type then means, so that milliseconds that are read as microseconds
/// are other instants. The gate finds such a change; a decoder does not.
///
/// ```
/// use accordant_wire::{Limits, dynamic::Plan};
///
/// let writer = accordant_schema::parse(r#""int""#).unwrap();
/// let reader = accordant_schema::parse(r#"["null", "double"]"#).unwrap();
/// let plan = Plan::new(&writer, &reader)?;
/// let mut out = Vec::new();
/// plan.apply(&[6], Limits::default(), &mut out).unwrap();
/// assert_eq!(out, [2, 0, 0, 0, 0, 0, 0, 8, 64]);
/// # Ok::<(), accordant_wire::dynamic::PlanError>(())
/// ```
#[derive(Debug)]
pub struct Plan {
    program: Program,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The reader's aliases give two of the writer's fields or branches one name.
    #[error("the reader's aliases are ambiguous")]
    Aliases,
    /// The schemas are too deep or too large to be planned.
    #[error("the schemas are too deep or too large to be planned")]
    TooLarge,
    /// No datum of the writer can be read.
    #[error("nothing can be read: {0}")]
    Incompatible(String),
}

impl From<NoResolution> for PlanError {
    fn from(why: NoResolution) -> PlanError {
        match why {
            NoResolution::Aliases => PlanError::Aliases,
            NoResolution::TooLarge => PlanError::TooLarge,
        }
    }
}

impl Plan {
    /// The plan of a writer and a reader.
    ///
    /// # Errors
    /// See [`PlanError`]. A plan may exist although some data cannot be read:
    /// those of a branch or symbol, for example, that the reader does not have.
    pub fn new(writer: &Schema, reader: &Schema) -> Result<Plan, PlanError> {
        compile::compile(writer, reader).map(|program| Plan { program })
    }

    /// Appends the reader's datum that one whole datum of the writer becomes.
    /// At most [`Limits::allocation_bytes_max`] bytes are appended.
    ///
    /// # Errors
    /// Bytes that are no datum of the writer, or that the reader has no use
    /// for, bytes after the datum, or a limit that is passed. `out` is then as
    /// it was.
    pub fn apply(
        &self,
        bytes: &[u8],
        limits: Limits,
        out: &mut Vec<u8>,
    ) -> Result<(), DecodeError> {
        let start = out.len();
        let result = run::run(&self.program, bytes, limits, out);
        if result.is_err() {
            out.truncate(start);
        }
        result
    }

    /// Reads a datum of the writer as the reader's type. The reader's datum
    /// stands in `buffer` afterwards, whose memory is used again.
    ///
    /// # Errors
    /// As [`Plan::apply`] and [`Decode::decode`].
    pub fn decode<T: Decode>(
        &self,
        bytes: &[u8],
        limits: Limits,
        buffer: &mut Vec<u8>,
    ) -> Result<T, DecodeError> {
        self.read(bytes, limits, buffer, T::decode)
    }

    /// The same as a view of the buffer.
    ///
    /// # Errors
    /// As [`Plan::apply`] and [`DecodeRef::decode_ref`].
    pub fn decode_ref<'b, T: DecodeRef<'b>>(
        &self,
        bytes: &[u8],
        limits: Limits,
        buffer: &'b mut Vec<u8>,
    ) -> Result<T, DecodeError> {
        self.read(bytes, limits, buffer, T::decode_ref)
    }

    /// What is read validates what the swift steps have passed over. Where it
    /// finds fault, the careful steps know the place in what was written.
    fn read<'b, T>(
        &self,
        bytes: &[u8],
        limits: Limits,
        buffer: &'b mut Vec<u8>,
        decode: impl FnOnce(&mut Reader<'b>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        buffer.clear();
        if swift::run(&self.program, bytes, limits, buffer).is_none() {
            buffer.clear();
            self.apply(bytes, limits, buffer)?;
        }
        let mut reader = Reader::new(buffer, limits);
        let read = decode(&mut reader).and_then(|value| reader.finish().map(|()| value));
        read.map_err(|error| match self.apply(bytes, limits, &mut Vec::new()) {
            Ok(()) => error,
            Err(error) => error,
        })
    }
}
