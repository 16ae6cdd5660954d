//! From a schema's text to the model, all problems at once.

use crate::{Limits, Problem, Schema};

/// Parses a schema that stands alone.
///
/// # Errors
/// Every problem of the text, in the order of the text.
pub fn parse(text: &str) -> Result<Schema, Vec<Problem>> {
    parse_with(text, &[], &Limits::default())
}

/// Parses a schema whose named types may stand in `references` (texts in an
/// order in which each may use those before it).
///
/// # Errors
/// Every problem of the text, in the order of the text.
pub fn parse_with(
    _text: &str,
    _references: &[&str],
    _limits: &Limits,
) -> Result<Schema, Vec<Problem>> {
    todo!()
}
