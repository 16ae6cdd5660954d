//! Why bytes could not be read or a value not written, and where.

use std::{borrow::Cow, fmt};

/// A step on the way from a datum to the place of an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// A record's field.
    Field(Cow<'static, str>),
    /// An array's item, from 0.
    Index(usize),
    /// A map's entry.
    Key(String),
}

/// What is wrong with the bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The input ends inside a value.
    #[error("the input ends: {needed} bytes needed, {remaining} left")]
    UnexpectedEnd {
        /// Bytes that the value needs.
        needed: usize,
        /// Bytes that are left.
        remaining: usize,
    },
    /// A variable-length integer of more than 64 bits.
    #[error("a variable-length integer has more than 64 bits")]
    VarintTooLong,
    /// An int beyond 32 bits.
    #[error("{0} does not fit an int of 32 bits")]
    IntOutOfRange(i64),
    /// A length or count below zero.
    #[error("a length of {0}")]
    NegativeLength(i64),
    /// A block with more items than the rest of the input can hold.
    #[error("a block of {count} items, {remaining} bytes left")]
    BlockTooLong {
        /// Items that the block announces.
        count: u64,
        /// Bytes that are left.
        remaining: usize,
    },
    /// A string that is not UTF-8.
    #[error("a string is not UTF-8")]
    InvalidUtf8,
    /// A boolean that is neither 0 nor 1.
    #[error("a boolean of {0:#04x}")]
    InvalidBoolean(u8),
    /// A branch that the union does not have.
    #[error("branch {index} of a union of {count}")]
    UnknownBranch {
        /// The branch that was read.
        index: i64,
        /// Branches of the union.
        count: usize,
    },
    /// A symbol that the enum does not have.
    #[error("symbol {index} of an enum of {count}")]
    UnknownSymbol {
        /// The symbol's number that was read.
        index: i64,
        /// Symbols of the enum.
        count: usize,
    },
    /// A value that is outside its logical type.
    #[error("{found} is not a {logical}")]
    InvalidLogical {
        /// The logical type.
        logical: &'static str,
        /// What was read.
        found: String,
    },
    /// Deeper nesting than the limit.
    #[error("nested deeper than {depth_max}")]
    TooDeep {
        /// The limit.
        depth_max: usize,
    },
    /// More memory than the limit.
    #[error("the datum needs more than {allocation_bytes_max} bytes of memory")]
    TooLarge {
        /// The limit.
        allocation_bytes_max: usize,
    },
    /// More items that take no bytes than the limit.
    #[error("more than {empty_items_max} items that take no bytes")]
    TooManyEmptyItems {
        /// The limit.
        empty_items_max: usize,
    },
    /// Bytes after the datum.
    #[error("{0} bytes after the datum")]
    TrailingBytes(usize),
    /// A value that the reader's schema has no use for.
    #[error("{0}")]
    Unresolved(String),
    /// A version that the type has no decoder for.
    #[error("{contract} v{reader} has no decoder for v{version}")]
    UnknownVersion {
        /// The contract.
        contract: &'static str,
        /// The version of the type that was to be read.
        reader: u32,
        /// The version that the bytes were written with.
        version: u32,
    },
}

/// Bytes that are no datum of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Inner<DecodeErrorKind>>);

/// What is wrong with the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// A decimal that its precision and scale cannot hold exactly.
    #[error(
        "{value} does not fit a decimal of {precision} digits, {scale} of them after the point"
    )]
    Decimal {
        /// The value.
        value: String,
        /// Digits in all.
        precision: u32,
        /// Digits after the point.
        scale: u32,
    },
    /// A decimal that its fixed size cannot hold.
    #[error("{value} does not fit {size} bytes")]
    DecimalSize {
        /// The value.
        value: String,
        /// Bytes of the fixed.
        size: usize,
    },
    /// A value beyond the range of its logical type.
    #[error("{value} is out of range for {logical}")]
    OutOfRange {
        /// The logical type.
        logical: &'static str,
        /// The value.
        value: String,
    },
}

/// A value that its schema cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError(Box<Inner<EncodeErrorKind>>);

/// A field without a default that a builder was not given.
///
/// ```
/// use accordant_wire::MissingField;
///
/// let missing = MissingField { record: "shop.Article", field: "price" };
/// assert_eq!(missing.to_string(), "shop.Article: the field price is not set");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{record}: the field {field} is not set")]
pub struct MissingField {
    /// The record's full name.
    pub record: &'static str,
    /// The field, as the schema calls it.
    pub field: &'static str,
}

impl MissingField {
    /// The value of a field, if it is set.
    ///
    /// # Errors
    /// It is not.
    #[inline]
    pub fn check<T>(
        value: Option<T>,
        record: &'static str,
        field: &'static str,
    ) -> Result<T, MissingField> {
        value.ok_or(MissingField { record, field })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner<Kind> {
    kind: Kind,
    offset: usize,
    /// Innermost first: it grows on the way out.
    path: Vec<Segment>,
}

impl DecodeError {
    /// An error at a byte of the datum.
    #[cold]
    pub fn new(kind: DecodeErrorKind, offset: usize) -> DecodeError {
        DecodeError(Box::new(Inner {
            kind,
            offset,
            path: Vec::new(),
        }))
    }

    /// What is wrong.
    pub fn kind(&self) -> &DecodeErrorKind {
        &self.0.kind
    }

    /// The byte of the datum at which it was found.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// Where in the record: `prices[3].currency`; empty at the top.
    pub fn path(&self) -> String {
        path_text(&self.0.path)
    }

    /// The same error, one step further out.
    #[cold]
    #[must_use]
    pub fn within(mut self, segment: Segment) -> DecodeError {
        self.0.path.push(segment);
        self
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        if !path.is_empty() {
            write!(f, "{path}: ")?;
        }
        write!(f, "{} (at byte {})", self.0.kind, self.0.offset)
    }
}

impl std::error::Error for DecodeError {}

impl EncodeError {
    /// An error about a value.
    #[cold]
    pub fn new(kind: EncodeErrorKind) -> EncodeError {
        EncodeError(Box::new(Inner {
            kind,
            offset: 0,
            path: Vec::new(),
        }))
    }

    /// What is wrong.
    pub fn kind(&self) -> &EncodeErrorKind {
        &self.0.kind
    }

    /// Where in the record: `prices[3].amount`; empty at the top.
    pub fn path(&self) -> String {
        path_text(&self.0.path)
    }

    /// The same error, one step further out.
    #[cold]
    #[must_use]
    pub fn within(mut self, segment: Segment) -> EncodeError {
        self.0.path.push(segment);
        self
    }

    /// The same error, inside a record's field.
    #[cold]
    #[must_use]
    pub fn in_field(self, name: &'static str) -> EncodeError {
        self.within(Segment::Field(Cow::Borrowed(name)))
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        if !path.is_empty() {
            write!(f, "{path}: ")?;
        }
        write!(f, "{}", self.0.kind)
    }
}

impl std::error::Error for EncodeError {}

fn path_text(path: &[Segment]) -> String {
    let mut text = String::new();
    for segment in path.iter().rev() {
        match segment {
            Segment::Field(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Segment::Index(index) => text.push_str(&format!("[{index}]")),
            Segment::Key(key) => text.push_str(&format!("[{key:?}]")),
        }
    }
    text
}
