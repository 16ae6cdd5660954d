//! Values that hold no other values, from JSON to Avro.

use accordant_schema::{
    Kind, Logical, Node,
    json::{Json, Value},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::{
    decimal,
    fit::Fit,
    time::{self, Unit},
};
use crate::write;

/// Why a value is none of its type.
pub(super) struct Misfit {
    pub(super) rule: &'static str,
    pub(super) expected: String,
}

/// A JSON value that holds no other values, or what stands for one that does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'t> {
    Null,
    Bool(bool),
    /// As written.
    Number(&'t str),
    /// Unescaped.
    String(&'t str),
    Array,
    Object,
}

impl<'t> Token<'t> {
    pub(super) fn of(json: &'t Json) -> Token<'t> {
        match &json.value {
            Value::Null => Token::Null,
            Value::Bool(value) => Token::Bool(*value),
            Value::Number(text) => Token::Number(text),
            Value::String(text) => Token::String(text),
            Value::Array(_) => Token::Array,
            Value::Object(_) => Token::Object,
        }
    }

    pub(super) fn as_str(self) -> Option<&'t str> {
        match self {
            Token::String(text) => Some(text),
            Token::Null | Token::Bool(_) | Token::Number(_) | Token::Array | Token::Object => None,
        }
    }
}

type Result = std::result::Result<Fit, Misfit>;

/// Appends the value to `out`, which is as it was where that fails.
pub(super) fn encode(node: &Node, json: Token<'_>, out: &mut Vec<u8>) -> Result {
    match &node.kind {
        Kind::Null => match json {
            Token::Null => Ok(Fit::Natural),
            _ => misfit("type", "null"),
        },
        Kind::Boolean => match json {
            Token::Bool(value) => {
                write::boolean(value, out);
                Ok(Fit::Natural)
            }
            _ => misfit("type", "true or false"),
        },
        Kind::Int => int(node.logical, json, out),
        Kind::Long => long(node.logical, json, out),
        Kind::Float => {
            let (value, fit) = float::<f32>(json, "a float", |value| value.is_finite())?;
            write::float(value, out);
            Ok(fit)
        }
        Kind::Double => {
            let (value, fit) = float::<f64>(json, "a double", |value| value.is_finite())?;
            write::double(value, out);
            Ok(fit)
        }
        Kind::Bytes => match node.logical {
            Some(Logical::Decimal { precision, scale }) => {
                let (unscaled, fit) = decimal(json, precision, scale)?;
                write::bytes(&unscaled, out);
                Ok(fit)
            }
            _ => {
                write::bytes(&base64(json, None)?, out);
                Ok(Fit::Natural)
            }
        },
        Kind::String => string(node.logical, json, out),
        Kind::Fixed(fixed) => fixed_value(node.logical, fixed.size, json, out),
        Kind::Enum(it) => {
            let symbol = json
                .as_str()
                .and_then(|text| it.symbols.iter().position(|s| s == text));
            match symbol {
                Some(symbol) => {
                    // A schema has fewer symbols than an i64 has numbers.
                    write::long(symbol as i64, out);
                    Ok(Fit::Natural)
                }
                None => misfit("enum", &one_of(&it.symbols)),
            }
        }
        Kind::Record(_) | Kind::Array(_) | Kind::Map(_) | Kind::Union(_) => {
            misfit("type", "a value")
        }
    }
}

/// In words, for an error: what stands in the JSON.
pub(super) fn found(token: Token<'_>) -> String {
    match token {
        Token::Null => "null".to_owned(),
        Token::Bool(value) => value.to_string(),
        Token::Number(text) => shortened(text),
        Token::String(text) => format!("{:?}", shortened(text)),
        Token::Array => "an array".to_owned(),
        Token::Object => "an object".to_owned(),
    }
}

/// Characters of an input's value that an error repeats.
const FOUND_CHARACTERS_MAX: usize = 60;

/// Symbols that an error lists.
const SYMBOLS_MAX: usize = 20;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(FOUND_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn one_of(symbols: &[String]) -> String {
    let listed = symbols
        .iter()
        .take(SYMBOLS_MAX)
        .map(String::as_str)
        .collect::<Vec<_>>();
    let more = symbols.len().saturating_sub(SYMBOLS_MAX);
    match more {
        0 => format!("one of {}", listed.join(", ")),
        more => format!("one of {} and {more} more", listed.join(", ")),
    }
}

fn misfit<T>(rule: &'static str, expected: &str) -> std::result::Result<T, Misfit> {
    Err(Misfit {
        rule,
        expected: expected.to_owned(),
    })
}

fn int(logical: Option<Logical>, json: Token<'_>, out: &mut Vec<u8>) -> Result {
    let (expected, from_text): (&str, fn(&str) -> Option<i64>) = match logical {
        Some(Logical::Date) => ("a date such as 2026-11-22", |text| {
            time::date(text).map(i64::from)
        }),
        Some(Logical::TimeMillis) => ("a time such as 23:59:59.999", |text| {
            time::time(text, Unit::Millis)
        }),
        _ => ("an int of 32 bits", |_| None),
    };
    let (value, fit) = match json {
        Token::Number(text) => match text.parse::<i32>() {
            Ok(value) => (
                i64::from(value),
                if from_text_only(logical) {
                    Fit::Other
                } else {
                    Fit::Natural
                },
            ),
            Err(_) => return misfit(number_rule(text), expected),
        },
        Token::String(text) => match from_text(text) {
            Some(value) => (value, Fit::Natural),
            None if from_text_only(logical) => return misfit("format", expected),
            None => return misfit("type", expected),
        },
        _ => return misfit("type", expected),
    };
    write::long(value, out);
    Ok(fit)
}

fn long(logical: Option<Logical>, json: Token<'_>, out: &mut Vec<u8>) -> Result {
    let Some((what, unit, read)) = instant(logical) else {
        let expected = "a long of 64 bits, as a number or a string of digits";
        let (text, fit) = match json {
            Token::Number(text) => (text, Fit::Natural),
            Token::String(text) => (text, Fit::Other),
            _ => return misfit("type", expected),
        };
        return match text.parse::<i64>() {
            Ok(value) if !text.starts_with('+') => {
                write::long(value, out);
                Ok(fit)
            }
            _ => misfit(number_rule(text), expected),
        };
    };
    let expected = || format!("{what}, {}", unit.fraction());
    let (value, fit) = match json {
        Token::Number(text) => match text.parse::<i64>() {
            Ok(value) => (value, Fit::Other),
            Err(_) => return misfit(number_rule(text), &expected()),
        },
        Token::String(text) => match read(text, unit) {
            Some(value) => (value, Fit::Natural),
            None => return misfit("format", &expected()),
        },
        _ => return misfit("type", &expected()),
    };
    write::long(value, out);
    Ok(fit)
}

type ReadText = fn(&str, Unit) -> Option<i64>;

/// What a long's text is, in words, and how it is read, where it has a logical
/// type.
fn instant(logical: Option<Logical>) -> Option<(&'static str, Unit, ReadText)> {
    let with = |what, unit, read: ReadText| (what, unit, read);
    let timestamp = "an instant such as 2026-11-22T10:15:30Z";
    let local = "a date and time such as 2026-11-22T10:15:30";
    Some(match logical? {
        Logical::TimeMicros => with("a time such as 23:59:59", Unit::Micros, time::time),
        Logical::TimestampMillis => with(timestamp, Unit::Millis, time::timestamp),
        Logical::TimestampMicros => with(timestamp, Unit::Micros, time::timestamp),
        Logical::TimestampNanos => with(timestamp, Unit::Nanos, time::timestamp),
        Logical::LocalTimestampMillis => with(local, Unit::Millis, time::local),
        Logical::LocalTimestampMicros => with(local, Unit::Micros, time::local),
        Logical::LocalTimestampNanos => with(local, Unit::Nanos, time::local),
        Logical::Decimal { .. }
        | Logical::BigDecimal
        | Logical::Uuid
        | Logical::Date
        | Logical::TimeMillis
        | Logical::Duration => return None,
    })
}

fn from_text_only(logical: Option<Logical>) -> bool {
    matches!(logical, Some(Logical::Date | Logical::TimeMillis))
}

/// A whole number that is too large breaks another rule than one that is none.
pub(super) fn number_rule(text: &str) -> &'static str {
    let digits = text.strip_prefix('-').unwrap_or(text);
    match !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        true => "range",
        false => "type",
    }
}

fn float<T: std::str::FromStr>(
    json: Token<'_>,
    expected: &str,
    is_finite: impl Fn(&T) -> bool,
) -> std::result::Result<(T, Fit), Misfit> {
    match json {
        Token::Number(text) => match text.parse::<T>() {
            Ok(value) if is_finite(&value) => Ok((value, Fit::Natural)),
            _ => misfit("range", expected),
        },
        Token::String(text) if matches!(text, "NaN" | "Infinity" | "-Infinity") => text
            .parse()
            .map(|value| (value, Fit::Other))
            .or_else(|_| misfit("type", expected)),
        _ => misfit("type", expected),
    }
}

fn decimal(
    json: Token<'_>,
    precision: u32,
    scale: u32,
) -> std::result::Result<(Vec<u8>, Fit), Misfit> {
    let whole = precision.saturating_sub(scale);
    let expected =
        || format!("a decimal of at most {whole} digits before and {scale} after the point");
    let (text, fit) = match json {
        Token::Number(text) => (text, Fit::Other),
        Token::String(text) => (text, Fit::Natural),
        _ => return misfit("type", &expected()),
    };
    match decimal::unscaled(text, precision, scale) {
        Some(unscaled) => Ok((unscaled, fit)),
        None => misfit("decimal", &expected()),
    }
}

fn string(logical: Option<Logical>, json: Token<'_>, out: &mut Vec<u8>) -> Result {
    let is_uuid = logical == Some(Logical::Uuid);
    let Some(text) = json.as_str() else {
        return misfit("type", if is_uuid { UUID } else { "a string" });
    };
    match is_uuid {
        true => write::uuid(&uuid(text)?, out),
        false => write::string(text, out),
    }
    Ok(Fit::Natural)
}

const UUID: &str = "a uuid such as 3f8a1c52-6b0e-4f0e-9d3c-0a4b1c9d7e21";

fn uuid(text: &str) -> std::result::Result<Uuid, Misfit> {
    match Uuid::try_parse(text) {
        Ok(uuid) if text.len() == 36 => Ok(uuid),
        _ => misfit("format", UUID),
    }
}

fn fixed_value(
    logical: Option<Logical>,
    size: usize,
    json: Token<'_>,
    out: &mut Vec<u8>,
) -> Result {
    match logical {
        Some(Logical::Uuid) => match json.as_str() {
            Some(text) => write::uuid_fixed(&uuid(text)?, out),
            None => return misfit("type", UUID),
        },
        Some(Logical::Duration) => {
            let expected = "a duration such as P1M2DT3.5S";
            match json.as_str().map(time::duration) {
                Some(Some(duration)) => write::duration(&duration, out),
                Some(None) => return misfit("format", expected),
                None => return misfit("type", expected),
            }
        }
        Some(Logical::Decimal { precision, scale }) => {
            let (unscaled, fit) = decimal(json, precision, scale)?;
            let Some(padding) = size.checked_sub(unscaled.len()) else {
                return misfit("decimal", &format!("a decimal of at most {size} bytes"));
            };
            let is_negative = unscaled.first().is_some_and(|byte| byte & 0x80 != 0);
            out.resize(out.len() + padding, if is_negative { 0xff } else { 0 });
            out.extend_from_slice(&unscaled);
            return Ok(fit);
        }
        _ => write::fixed(&base64(json, Some(size))?, out),
    }
    Ok(Fit::Natural)
}

fn base64(json: Token<'_>, size: Option<usize>) -> std::result::Result<Vec<u8>, Misfit> {
    let expected = || match size {
        Some(size) => format!("{size} bytes in base64"),
        None => "bytes in base64".to_owned(),
    };
    let Some(text) = json.as_str() else {
        return misfit("type", &expected());
    };
    match STANDARD.decode(text) {
        Ok(bytes) if size.is_none_or(|size| size == bytes.len()) => Ok(bytes),
        Ok(_) => misfit("length", &expected()),
        Err(_) => misfit("format", &expected()),
    }
}
