//! What is wrong with a text that a person wrote, with its place and the way out.

use crate::Span;

/// One problem in a contract's file. Data, not an `Err`: several come at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code.
    pub code: ProblemCode,
    /// The file, relative to the contracts folder; empty for a lone text.
    pub file: String,
    /// Place in the file; `None` where the whole file is meant.
    pub span: Option<Span>,
    /// Path in words, such as `ArticleChanged.prices[].currency`; may be empty.
    pub path: String,
    /// What is wrong: a lowercase fragment without a final stop.
    pub message: String,
    /// What to do; empty where nobody can know.
    pub fix: String,
}

/// Stable code of a problem (`S` schema text, `F` contracts folder).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProblemCode(pub &'static str);
