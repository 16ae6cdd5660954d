//! JSON text from a value, escaped as Jackson does it.

use std::fmt::Write;

use super::{Json, Value};

/// Writes a value compactly; `number` renders a number's text. Recursive: a
/// value's depth is bounded by [`super::DEPTH_CEILING`].
pub(crate) fn write_value(out: &mut String, json: &Json, number: fn(&mut String, &str)) {
    match &json.value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(text) => number(out, text),
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, item, number);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            out.push('{');
            for (index, (key, item)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, &key.name);
                out.push(':');
                write_value(out, item, number);
            }
            out.push('}');
        }
    }
}

/// Writes a string with its quotes.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' => {
                write!(out, "\\u{:04X}", char as u32).expect("a String takes any text");
            }
            _ => out.push(char),
        }
    }
    out.push('"');
}
