//! One difference between a reader and a writer that matters.

use std::ops::Deref;

use accordant_schema::{Field, Logical, Node, NodeId, Schema, Span};

use super::path::Step;
use crate::witness::Proof;

/// A difference, seen from the reader.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change<'a> {
    /// What it is.
    pub(crate) what: What<'a>,
    /// The steps to it.
    pub(crate) steps: Route<'a>,
    /// Where it is in the reader.
    pub(crate) reader: Site,
    /// Where it is in the writer.
    pub(crate) writer: Site,
}

/// The steps to a difference, and what became of a datum that was sent there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Route<'a> {
    pub(super) steps: Vec<Step<'a>>,
    pub(super) proof: Proof,
}

impl Change<'_> {
    /// A datum has been sent there, and the reader failed.
    pub(super) fn is_proven(&self) -> bool {
        matches!(self.steps.proof, Proof::Fails(_))
    }
}

impl Route<'_> {
    pub(crate) fn proof(&self) -> &Proof {
        &self.proof
    }
}

impl<'a> Deref for Route<'a> {
    type Target = [Step<'a>];

    fn deref(&self) -> &[Step<'a>] {
        &self.steps
    }
}

/// A place in one of the schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Site {
    /// In the text.
    pub(crate) span: Span,
    /// Which text, see [`accordant_schema::Node::source`].
    pub(crate) source: usize,
}

/// What a difference is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What<'a> {
    /// A reader fails on it.
    Wire(Wire<'a>),
    /// A reader gets another meaning.
    Value(Value),
}

impl What<'_> {
    /// A reader fails on it; else it only gets another meaning.
    pub(crate) fn breaks(&self) -> bool {
        matches!(self, What::Wire(_))
    }
}

/// What a reader fails on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wire<'a> {
    /// A reader of the one type cannot take the other; both in words.
    Type { reader: String, writer: String },
    /// The reader needs a field that the writer lacks.
    MissingField { name: &'a str },
    /// The writer has symbols that the reader lacks, without an enum default.
    MissingSymbols {
        type_name: &'a str,
        symbols: Vec<&'a str>,
    },
    /// The writer has a branch that the reader lacks; in words.
    MissingBranch { branch: String },
    /// The names of a named type differ.
    Name { reader: &'a str, writer: &'a str },
    /// The sizes of a fixed differ.
    Size { reader: usize, writer: usize },
    /// A field of the reader matches several fields of the writer.
    AmbiguousAlias { name: String },
    /// Something that Java sees and we have no place for.
    Other { message: String },
}

/// What a reader misreads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// A decimal's scale differs.
    Scale { reader: u32, writer: u32 },
    /// The reader's decimal has fewer digits.
    Precision { reader: u32, writer: u32 },
    /// The unit of a time differs.
    TimeUnit {
        reader: &'static str,
        writer: &'static str,
    },
    /// The logical types differ otherwise.
    Logical {
        reader: Option<&'static str>,
        writer: Option<&'static str>,
    },
    /// A promotion that loses digits.
    Precise {
        reader: &'static str,
        writer: &'static str,
    },
    /// Bytes that may be no text are read as text.
    BytesAsString,
}

impl Site {
    /// A type's definition.
    pub(crate) fn of(schema: &Schema, id: NodeId) -> Site {
        let node = schema.node(id);
        Site {
            span: node.span,
            source: node.source,
        }
    }

    /// A record's field, at its name.
    pub(crate) fn of_field(record: &Node, field: &Field) -> Site {
        Site {
            span: field.name_span,
            source: record.source,
        }
    }
}

/// A logical type's name in the specification.
pub(crate) fn logical_name(logical: Logical) -> &'static str {
    match logical {
        Logical::Decimal { .. } => "decimal",
        Logical::BigDecimal => "big-decimal",
        Logical::Uuid => "uuid",
        Logical::Date => "date",
        Logical::TimeMillis => "time-millis",
        Logical::TimeMicros => "time-micros",
        Logical::TimestampMillis => "timestamp-millis",
        Logical::TimestampMicros => "timestamp-micros",
        Logical::TimestampNanos => "timestamp-nanos",
        Logical::LocalTimestampMillis => "local-timestamp-millis",
        Logical::LocalTimestampMicros => "local-timestamp-micros",
        Logical::LocalTimestampNanos => "local-timestamp-nanos",
        Logical::Duration => "duration",
    }
}
