//! Defaults of fields: JSON of the specification, where bytes are code points
//! and a union's value is plain.

use accordant_schema::{
    Kind, NodeId, Schema,
    json::{Json, Value},
};

use crate::write;

/// Records inside records that have defaults of their own.
const DEPTH_MAX: usize = 64;

/// Appends a default; `None` where it is none of the type.
pub(super) fn encode(schema: &Schema, json: &Json, id: NodeId, out: &mut Vec<u8>) -> Option<()> {
    encode_at(schema, json, id, 0, out)
}

fn encode_at(
    schema: &Schema,
    json: &Json,
    id: NodeId,
    depth: usize,
    out: &mut Vec<u8>,
) -> Option<()> {
    if depth > DEPTH_MAX {
        return None;
    }
    let inner =
        |json: &Json, id: NodeId, out: &mut Vec<u8>| encode_at(schema, json, id, depth + 1, out);
    match (&schema.node(id).kind, &json.value) {
        (Kind::Null, Value::Null) => {}
        (Kind::Boolean, Value::Bool(value)) => write::boolean(*value, out),
        (Kind::Int, Value::Number(text)) => write::int(whole(text)?.try_into().ok()?, out),
        (Kind::Long, Value::Number(text)) => write::long(whole(text)?, out),
        (Kind::Float, Value::Number(text)) => write::float(text.parse().ok()?, out),
        (Kind::Double, Value::Number(text)) => write::double(text.parse().ok()?, out),
        (Kind::Float, Value::String(text)) => write::float(infinite(text)? as f32, out),
        (Kind::Double, Value::String(text)) => write::double(infinite(text)?, out),
        (Kind::String, Value::String(text)) => write::string(text, out),
        (Kind::Bytes, Value::String(text)) => write::bytes(&code_points(text)?, out),
        (Kind::Fixed(fixed), Value::String(text)) => {
            let bytes = code_points(text).filter(|bytes| bytes.len() == fixed.size)?;
            write::fixed(&bytes, out);
        }
        (Kind::Enum(it), Value::String(text)) => {
            let symbol = it.symbols.iter().position(|symbol| symbol == text)?;
            write::long(i64::try_from(symbol).ok()?, out);
        }
        (Kind::Array(items), Value::Array(values)) => {
            if !values.is_empty() {
                write::long(i64::try_from(values.len()).ok()?, out);
                values
                    .iter()
                    .try_for_each(|value| inner(value, *items, out))?;
            }
            write::long(0, out);
        }
        (Kind::Map(values), Value::Object(entries)) => {
            if !entries.is_empty() {
                write::long(i64::try_from(entries.len()).ok()?, out);
                for (key, value) in entries {
                    write::string(&key.name, out);
                    inner(value, *values, out)?;
                }
            }
            write::long(0, out);
        }
        (Kind::Record(record), Value::Object(_)) => {
            for field in &record.fields {
                let value = json.get(&field.name).or(field.default.as_ref())?;
                inner(value, field.ty, out)?;
            }
        }
        (Kind::Union(branches), _) => {
            let start = out.len();
            return branches.iter().enumerate().find_map(|(index, branch)| {
                out.truncate(start);
                write::long(i64::try_from(index).ok()?, out);
                inner(json, *branch, out)
            });
        }
        _ => return None,
    }
    Some(())
}

/// A whole number, however it is written.
fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let value: f64 = text.parse().ok()?;
        // Beyond 2^53 a float no longer says which whole number was meant.
        (value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0).then_some(value as i64)
    })
}

/// What JSON has no number for.
fn infinite(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn code_points(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|character| u8::try_from(u32::from(character)).ok())
        .collect()
}
