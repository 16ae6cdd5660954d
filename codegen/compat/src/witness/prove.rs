//! A witness, and the proof that it is one.

use accordant_schema::{
    Kind, NodeId, Schema,
    resolution::{NoResolution, Resolution},
};

use super::{
    DEPTH_MAX, ReadError, Value,
    read::decode_with,
    smallest::{Sizes, unreadable},
};

/// A datum that the writer writes and the reader cannot read. It has been
/// written and read: the reader failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The datum, of the writer.
    pub datum: Value,
    /// Its text in the specification's JSON encoding.
    pub json: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Why the reader failed.
    pub error: ReadError,
}

impl Witness {
    /// The bytes in hexadecimal.
    pub fn hex(&self) -> String {
        self.bytes.iter().map(|it| format!("{it:02x}")).collect()
    }
}

/// The smallest datum of `writer` that `reader` cannot read; `None` where there
/// is none, or it is too large to be of use.
///
/// ```
/// let schema = |text| accordant_schema::parse(text).unwrap();
/// let writer = schema(r#"{"type": "array", "items": ["null", "string"]}"#);
/// let reader = schema(r#"{"type": "array", "items": ["null", "int"]}"#);
/// let witness = accordant_compat::witness::witness(&reader, &writer).unwrap();
/// assert_eq!(witness.json, r#"[{"string":""}]"#);
/// assert_eq!(witness.hex(), "02020000");
/// assert!(accordant_compat::witness::witness(&reader, &reader).is_none());
/// ```
pub fn witness(reader: &Schema, writer: &Schema) -> Option<Witness> {
    let prover = Prover::new(reader, writer);
    let datum = match &prover.plan {
        Ok(plan) => unreadable(plan, writer, &prover.sizes),
        Err(NoResolution::Aliases) => prover.sizes.value(writer.root),
        Err(NoResolution::TooLarge) => None,
    };
    match prover.judge(datum?) {
        Proof::Fails(witness) => Some(*witness),
        Proof::Reads | Proof::Unknown => None,
    }
}

/// One step from a type of the writer to a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hop {
    Field(usize),
    Items,
    Values,
    Branch(usize),
}

/// What stands at the end of the hops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaf<'a> {
    /// The smallest value.
    Any,
    /// An enum's symbol.
    Symbol(&'a str),
}

/// What became of a datum.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Proof {
    /// The reader cannot read it.
    Fails(Box<Witness>),
    /// The reader reads it.
    Reads,
    /// There is no datum, or it is beyond the bounds.
    Unknown,
}

/// Data of one writer that are tried, before it is enough.
const TRIES_MAX: usize = 200;

/// Tries data of a writer on a reader.
pub(crate) struct Prover<'a> {
    reader: &'a Schema,
    writer: &'a Schema,
    plan: Result<Resolution, NoResolution>,
    sizes: Sizes<'a>,
    tries: usize,
}

impl<'a> Prover<'a> {
    pub(crate) fn new(reader: &'a Schema, writer: &'a Schema) -> Prover<'a> {
        Prover {
            reader,
            writer,
            plan: Resolution::new(reader, writer),
            sizes: Sizes::new(writer),
            tries: 0,
        }
    }

    /// The smallest datum that has `leaf` at the end of the hops.
    pub(crate) fn prove(&mut self, hops: &[Hop], leaf: Leaf<'_>) -> Proof {
        self.tries += 1;
        if hops.len() > DEPTH_MAX || self.tries > TRIES_MAX {
            return Proof::Unknown;
        }
        match self.follow(self.writer.root, hops, leaf) {
            Some(datum) => self.judge(datum),
            None => Proof::Unknown,
        }
    }

    fn follow(&self, id: NodeId, hops: &[Hop], leaf: Leaf<'_>) -> Option<Value> {
        let kind = &self.writer.node(id).kind;
        let Some((hop, rest)) = hops.split_first() else {
            return match (leaf, kind) {
                (Leaf::Symbol(symbol), Kind::Enum(it)) => {
                    let at = it.symbols.iter().position(|it| it == symbol)?;
                    Some(Value::Enum(at))
                }
                (Leaf::Any | Leaf::Symbol(_), _) => self.sizes.value(id),
            };
        };
        match hop {
            Hop::Field(at) => {
                let mut values = Vec::new();
                for (other, field) in kind.fields().iter().enumerate() {
                    values.push(if other == *at {
                        self.follow(field.ty, rest, leaf)?
                    } else {
                        self.sizes.value(field.ty)?
                    });
                }
                Some(Value::Record(values))
            }
            Hop::Items => {
                let value = self.follow(kind.items()?, rest, leaf)?;
                Some(Value::Array(vec![value]))
            }
            Hop::Values => {
                let value = self.follow(kind.items()?, rest, leaf)?;
                Some(Value::Map(vec![("key".to_owned(), value)]))
            }
            Hop::Branch(at) => {
                let value = self.follow(*kind.branches().get(*at)?, rest, leaf)?;
                Some(Value::Union(*at, Box::new(value)))
            }
        }
    }

    /// Writes and reads a datum.
    fn judge(&self, datum: Value) -> Proof {
        self.sent(datum).unwrap_or(Proof::Unknown)
    }

    fn sent(&self, datum: Value) -> Option<Proof> {
        let bytes = datum.encode(self.writer).ok()?;
        let json = datum.to_json(self.writer).ok()?;
        let read = match &self.plan {
            Ok(plan) => decode_with(plan, self.reader, self.writer, &bytes),
            Err(why) => Err(ReadError::from(*why)),
        };
        Some(match read {
            Ok(_) => Proof::Reads,
            Err(ReadError::TooLarge) => Proof::Unknown,
            Err(error) => Proof::Fails(Box::new(Witness {
                datum,
                json,
                bytes,
                error,
            })),
        })
    }
}
