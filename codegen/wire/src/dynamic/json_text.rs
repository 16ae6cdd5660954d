//! JSON text of single values, escaped as Jackson does it.

use std::fmt::Write;

/// Appends a string with its quotes.
pub(super) fn string(text: &str, out: &mut String) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            0x08 => out.push_str("\\b"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            0x0c => out.push_str("\\f"),
            b'\r' => out.push_str("\\r"),
            other => write!(out, "\\u{other:04X}").expect("a String takes any text"),
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

/// Appends an object's key with its colon.
pub(super) fn key(name: &str, out: &mut String) {
    string(name, out);
    out.push(':');
}

/// Appends the comma before every item but the first.
pub(super) fn comma(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

/// Appends a whole number.
pub(super) fn integer(value: i64, out: &mut String) {
    write!(out, "{value}").expect("a String takes any text");
}

/// Appends the text of a number that is none.
pub(super) fn infinite(value: f64, out: &mut String) {
    out.push_str(match value {
        value if value.is_nan() => "\"NaN\"",
        value if value > 0.0 => "\"Infinity\"",
        _ => "\"-Infinity\"",
    });
}

/// Appends a double as `Double.toString` writes it since Java 19: the fewest
/// digits that are read as the same number.
pub(super) fn java_double(value: f64, out: &mut String) {
    if !value.is_finite() {
        return infinite(value, out);
    }
    let magnitude = value.abs();
    if value == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return write!(out, "{value:?}").expect("a String takes any text");
    }
    // Java gives two digits at least: the two that are nearest, where they are
    // read as the same number, else the fewest that are.
    let two = format!("{value:.1e}");
    let shortest = format!("{value:e}");
    let text = match two.parse() == Ok(value) {
        true => two,
        false => shortest,
    };
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    out.push_str(digits);
    out.push('E');
    out.push_str(exponent);
}
