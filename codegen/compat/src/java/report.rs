//! What Java says of a pair of schemas.

use std::fmt;

use accordant_schema::Span;

/// One incompatibility, as Java reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incompatibility {
    /// Java's error type.
    pub kind: Kind,
    /// Java's message.
    pub message: String,
    /// Java's location: a JSON pointer into the reader's schema, the root being `/`.
    pub location: String,
    /// Path in words, such as `ArticleChanged.prices[].currency`.
    pub path: String,
    /// The reader's side: the field where one is meant, else the type.
    pub reader_span: Span,
    /// Which text of the reader the span belongs to, see [`accordant_schema::Node::source`].
    pub reader_source: usize,
    /// The writer's side.
    pub writer_span: Span,
    /// Which text of the writer the span belongs to.
    pub writer_source: usize,
}

/// Java's `SchemaIncompatibilityType`, and the cases in which Java has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A named type has another name, and no alias says so.
    NameMismatch,
    /// A fixed has another size.
    FixedSizeMismatch,
    /// The reader lacks symbols of the writer.
    MissingEnumSymbols,
    /// The reader has a field that the writer lacks, without default.
    ReaderFieldMissingDefaultValue,
    /// The types differ.
    TypeMismatch,
    /// No branch of the reader takes what the writer writes.
    MissingUnionBranch,
    /// Java throws: a reader's field matches several fields of the writer.
    AmbiguousAlias,
    /// Java does not end within its memory: too many pairs of types.
    TooLarge,
}

impl Kind {
    /// Java's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::NameMismatch => "NAME_MISMATCH",
            Kind::FixedSizeMismatch => "FIXED_SIZE_MISMATCH",
            Kind::MissingEnumSymbols => "MISSING_ENUM_SYMBOLS",
            Kind::ReaderFieldMissingDefaultValue => "READER_FIELD_MISSING_DEFAULT_VALUE",
            Kind::TypeMismatch => "TYPE_MISMATCH",
            Kind::MissingUnionBranch => "MISSING_UNION_BRANCH",
            Kind::AmbiguousAlias => "AMBIGUOUS_ALIAS",
            Kind::TooLarge => "TOO_LARGE",
        }
    }

    /// Java throws an exception instead of reporting; the message is the exception's.
    pub fn is_exception(self) -> bool {
        match self {
            Kind::AmbiguousAlias | Kind::TooLarge => true,
            Kind::NameMismatch
            | Kind::FixedSizeMismatch
            | Kind::MissingEnumSymbols
            | Kind::ReaderFieldMissingDefaultValue
            | Kind::TypeMismatch
            | Kind::MissingUnionBranch => false,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
