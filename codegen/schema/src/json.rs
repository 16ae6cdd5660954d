//! JSON that keeps positions, every digit of a number, and duplicate keys.

mod parser;
mod write;

pub use parser::parse;
pub(crate) use write::{write_string, write_value};

use std::collections::BTreeSet;

use crate::{Problem, ProblemCode, Span, problem::shorten};

/// Levels that [`parse`] takes at most, whatever a caller allows: values are
/// dropped recursively.
pub const DEPTH_CEILING: usize = 512;

/// A JSON value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Json {
    /// The value.
    pub value: Value,
    /// Its place in the text.
    pub span: Span,
}

/// A JSON value. Numbers keep their text; objects keep order and duplicates.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object, in the order of the text, duplicates included.
    Object(Vec<(Key, Json)>),
}

/// An object's key and where it stands (quotes included).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key, unescaped.
    pub name: String,
    /// Its place in the text.
    pub span: Span,
}

impl Json {
    /// The value of an object's key: the first one, `None` elsewhere.
    pub fn get(&self, name: &str) -> Option<&Json> {
        match &self.value {
            Value::Object(entries) => entries
                .iter()
                .find(|(key, _)| key.name == name)
                .map(|(_, json)| json),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }

    /// The items of an array.
    pub fn as_array(&self) -> Option<&[Json]> {
        match &self.value {
            Value::Array(items) => Some(items),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Object(_) => None,
        }
    }

    /// The text of a string value.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => None,
        }
    }

    /// Compact JSON text, keys in order, numbers as written.
    ///
    /// ```
    /// let json = accordant_schema::json::parse(r#" { "a" : [ 1.50, "\u00e9" ] } "#, 8).unwrap();
    /// assert_eq!(json.to_text(), r#"{"a":[1.50,"é"]}"#);
    /// ```
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        write_value(&mut out, self, |out, number| out.push_str(number));
        out
    }

    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }
}

/// A problem for every key that an object has twice, in no particular order.
pub(crate) fn duplicate_keys(json: &Json) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut open = vec![json];
    while let Some(json) = open.pop() {
        match &json.value {
            Value::Object(entries) => {
                let mut seen = BTreeSet::new();
                for (key, value) in entries {
                    if !seen.insert(key.name.as_str()) {
                        let name = shorten(&key.name);
                        let message = format!("the key {name:?} stands twice in one object");
                        let problem = Problem::new(ProblemCode::DUPLICATE_KEY, message);
                        problems.push(problem.at(key.span).fix("remove one of them"));
                    }
                    open.push(value);
                }
            }
            Value::Array(items) => open.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    problems
}
