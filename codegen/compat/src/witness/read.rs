//! Reading what another schema wrote.

use accordant_schema::{
    Kind, NodeId, Schema,
    resolution::{ActionId, Do, NoResolution, Promotion, Resolution},
};

use super::{Value, binary::Input, default};

/// Why bytes are no datum of the reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The reader has no use for what is written here.
    #[error("{0}")]
    Incompatible(String),
    /// Java throws before it reads anything: the reader's aliases give two of
    /// the writer's fields or branches one name.
    #[error("the reader's aliases are ambiguous")]
    Aliases,
    /// A string is no UTF-8. Java puts replacement characters in its place.
    #[error("a string is no UTF-8")]
    NotUtf8,
    /// The bytes are none that the writer writes.
    #[error("{0}")]
    Malformed(&'static str),
    /// The schemas or the datum are beyond this module's bounds.
    #[error("too deep or too large")]
    TooLarge,
}

/// Reads bytes of `writer` as a datum of `reader`, as Avro Java 1.12.1 does with
/// its generic reader; a union's default follows the specification.
///
/// ```
/// use accordant_compat::witness::{Value, decode};
///
/// let writer = accordant_schema::parse(r#""int""#).unwrap();
/// let reader = accordant_schema::parse(r#"["null", "double"]"#).unwrap();
/// let value = decode(&reader, &writer, &[6]).unwrap();
/// assert_eq!(value, Value::Union(1, Box::new(Value::Double(3.0))));
/// ```
///
/// # Errors
/// See [`ReadError`].
pub fn decode(reader: &Schema, writer: &Schema, bytes: &[u8]) -> Result<Value, ReadError> {
    let plan = Resolution::new(reader, writer).map_err(ReadError::from)?;
    decode_with(&plan, reader, writer, bytes)
}

/// The same with a plan that is there already.
pub(super) fn decode_with(
    plan: &Resolution,
    reader: &Schema,
    writer: &Schema,
    bytes: &[u8],
) -> Result<Value, ReadError> {
    let mut reading = Reading {
        plan,
        reader,
        writer,
        input: Input::new(bytes),
    };
    let value = reading.value(plan.root)?;
    if !reading.input.is_empty() {
        return Err(ReadError::Malformed("bytes are left over"));
    }
    Ok(value)
}

impl From<NoResolution> for ReadError {
    fn from(why: NoResolution) -> ReadError {
        match why {
            NoResolution::Aliases => ReadError::Aliases,
            NoResolution::TooLarge => ReadError::TooLarge,
        }
    }
}

struct Reading<'a, 'b> {
    plan: &'a Resolution,
    reader: &'a Schema,
    writer: &'a Schema,
    input: Input<'b>,
}

impl Reading<'_, '_> {
    fn value(&mut self, id: ActionId) -> Result<Value, ReadError> {
        self.input.enter()?;
        let plan = self.plan;
        let action = &plan.actions[id];
        let value = match &action.what {
            Do::Fail(why) => return Err(ReadError::Incompatible(why.clone())),
            Do::Same => self.input.plain(self.writer, action.writer)?,
            Do::SameUnion => self.input.plain(self.reader, action.reader)?,
            Do::Promote(promotion) => self.promoted(*promotion)?,
            Do::Each(inner) => self.each(action.reader, *inner)?,
            Do::Symbol(symbols) => match symbols.get(self.input.index()?) {
                Some(Some(at)) => Value::Enum(*at),
                Some(None) => {
                    return Err(ReadError::Incompatible("no match for a symbol".to_owned()));
                }
                None => return Err(ReadError::Malformed("an enum has no such symbol")),
            },
            Do::Fields { written, defaults } => {
                self.fields(action.reader, action.writer, written, defaults)?
            }
            Do::WriterBranch(branches) => {
                let branch = *branches
                    .get(self.input.index()?)
                    .ok_or(ReadError::Malformed("a union has no such branch"))?;
                self.value(branch)?
            }
            Do::ReaderBranch(at, inner) => Value::Union(*at, Box::new(self.value(*inner)?)),
        };
        self.input.leave();
        Ok(value)
    }

    fn each(&mut self, reader: NodeId, inner: ActionId) -> Result<Value, ReadError> {
        let is_map = matches!(self.reader.node(reader).kind, Kind::Map(_));
        let (mut list, mut entries) = (Vec::new(), Vec::new());
        loop {
            let count = self.input.block()?;
            if count == 0 {
                break;
            }
            for _ in 0..count {
                if is_map {
                    entries.push((self.input.string()?, self.value(inner)?));
                } else {
                    list.push(self.value(inner)?);
                }
            }
        }
        Ok(if is_map {
            Value::Map(entries)
        } else {
            Value::Array(list)
        })
    }

    fn fields(
        &mut self,
        reader: NodeId,
        writer: NodeId,
        written: &[Option<(usize, ActionId)>],
        defaults: &[usize],
    ) -> Result<Value, ReadError> {
        let (reader_fields, writer_fields) = (
            self.reader.node(reader).kind.fields(),
            self.writer.node(writer).kind.fields(),
        );
        let mut values: Vec<Option<Value>> = vec![None; reader_fields.len()];
        for (target, field) in written.iter().zip(writer_fields) {
            match target {
                Some((at, action)) => values[*at] = Some(self.value(*action)?),
                None => {
                    self.input.plain(self.writer, field.ty)?;
                }
            }
        }
        for at in defaults {
            let field = &reader_fields[*at];
            let default = field.default.as_ref();
            let value = default.and_then(|it| default::value(self.reader, field.ty, it));
            values[*at] = Some(value.ok_or(ReadError::TooLarge)?);
        }
        // By now each field is written, or has its default.
        Ok(Value::Record(values.into_iter().flatten().collect()))
    }

    fn promoted(&mut self, promotion: Promotion) -> Result<Value, ReadError> {
        let input = &mut self.input;
        // Counted as the value that was written, inside of the one it becomes.
        input.enter()?;
        let value = match promotion {
            Promotion::IntToLong => Value::Long(input.int()?.into()),
            Promotion::IntToFloat => Value::Float(input.int()? as f32),
            Promotion::IntToDouble => Value::Double(input.int()?.into()),
            Promotion::LongToFloat => Value::Float(input.long()? as f32),
            Promotion::LongToDouble => Value::Double(input.long()? as f64),
            Promotion::FloatToDouble => Value::Double(input.float()?.into()),
            Promotion::StringToBytes => Value::Bytes(input.string()?.into_bytes()),
            Promotion::BytesToString => Value::String(input.string()?),
        };
        input.leave();
        Ok(value)
    }
}
