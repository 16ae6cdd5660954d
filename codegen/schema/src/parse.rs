//! From a schema's text to the model, all problems at once.

mod attributes;
mod builder;
mod defaults;
mod logical;
mod named;
mod resolve;

pub(crate) use builder::{Unresolved, defined_names, primitive, unresolved_names};

use crate::{Limits, Problem, Schema};

/// Parses a schema that stands alone.
///
/// # Errors
/// Every problem of the text, in the order of the text.
///
/// ```
/// let schema = accordant_schema::parse(r#"{"type": "array", "items": "string"}"#).unwrap();
/// assert_eq!(accordant_schema::canonical_form(&schema), r#"{"type":"array","items":"string"}"#);
///
/// let problems = accordant_schema::parse(r#"["strin", {"type": "fixed", "name": "F"}]"#).unwrap_err();
/// assert_eq!(problems[0].message, "no type \"strin\" is known here");
/// assert_eq!(problems[1].message, "\"size\" is missing in a fixed");
/// ```
pub fn parse(text: &str) -> Result<Schema, Vec<Problem>> {
    parse_with(text, &[], &Limits::default())
}

/// Parses a schema whose named types may stand in `references` (texts in an
/// order in which each may use those before it).
///
/// A problem inside a reference has no span: it belongs to another text.
///
/// # Errors
/// Every problem of the text, in the order of the text.
///
/// ```
/// use accordant_schema::{Limits, parse_with};
///
/// let money = r#"{"type": "record", "name": "common.Money", "fields": []}"#;
/// let schema = parse_with(r#"["null", "common.Money"]"#, &[money], &Limits::default()).unwrap();
/// assert_eq!(accordant_schema::java_text(&schema, false), r#"["null","common.Money"]"#);
/// ```
pub fn parse_with(
    text: &str,
    references: &[&str],
    limits: &Limits,
) -> Result<Schema, Vec<Problem>> {
    builder::build(text, references, limits)
}
