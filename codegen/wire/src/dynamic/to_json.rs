//! Avro to plain JSON.

use std::{collections::BTreeMap, fmt::Write};

use accordant_schema::{Kind, Logical, Node, NodeId, Schema, contract::UnknownFields, json};
use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::{
    decimal,
    fit::{Fitter, Meaning},
    json_text,
    program::accepts,
    scan::JsonKind,
    skip::bytes_min,
    time::{self, Unit},
};
use crate::{DecodeError, DecodeErrorKind, Limits, Reader, Segment, values::Duration};

/// A datum as compact plain JSON, straight from its bytes. [`super::JsonCodec`]
/// makes the same datum of it.
///
/// Where several records could be meant by a union's value, its text is read
/// again to see whether it needs the branch's name; the reader's depth limit
/// bounds how often.
///
/// # Errors
/// Bytes that are no datum of the schema, or a limit that is passed.
pub fn to_json(schema: &Schema, avro: &[u8], limits: Limits) -> Result<String, DecodeError> {
    let mut reader = Reader::new(avro, limits);
    let mut out = String::with_capacity(avro.len().saturating_mul(2));
    value(schema, schema.root, &mut reader, &mut out)?;
    reader.finish()?;
    Ok(out)
}

/// Memory that an item of an array or map is taken to need.
const ITEM_MEMORY_BYTES: usize = 16;

/// Recursive: the reader's limit bounds the depth.
fn value(
    schema: &Schema,
    id: NodeId,
    reader: &mut Reader<'_>,
    out: &mut String,
) -> Result<(), DecodeError> {
    let node = schema.node(id);
    match &node.kind {
        Kind::Null => out.push_str("null"),
        Kind::Boolean => out.push_str(if reader.boolean()? { "true" } else { "false" }),
        Kind::Int => int(node.logical, reader.int()?, out),
        Kind::Long => long(node.logical, reader.long()?, out),
        Kind::Float => match reader.float()? {
            value if value.is_finite() => formatted(format_args!("{value:?}"), out),
            other => json_text::infinite(other.into(), out),
        },
        Kind::Double => match reader.double()? {
            value if value.is_finite() => formatted(format_args!("{value:?}"), out),
            other => json_text::infinite(other, out),
        },
        Kind::Bytes => {
            let bytes = reader.bytes_ref()?;
            bytes_value(node, bytes, reader, out)?;
        }
        Kind::Fixed(fixed) => {
            let bytes = reader.take(fixed.size)?;
            bytes_value(node, bytes, reader, out)?;
        }
        Kind::String if node.logical == Some(Logical::Uuid) => {
            formatted(format_args!("\"{}\"", reader.uuid()?), out);
        }
        Kind::String => {
            let text = reader.str_ref()?;
            reader.allocate(text.len())?;
            json_text::string(text, out);
        }
        Kind::Enum(it) => json_text::string(&it.symbols[reader.symbol(it.symbols.len())?], out),
        Kind::Record(record) => {
            reader.enter()?;
            out.push('{');
            for (at, field) in record.fields.iter().enumerate() {
                json_text::comma(at, out);
                json_text::key(&field.name, out);
                value(schema, field.ty, reader, out)
                    .map_err(|error| error.within(Segment::Field(field.name.clone().into())))?;
            }
            out.push('}');
            reader.leave();
        }
        Kind::Array(items) => array(schema, *items, reader, out)?,
        Kind::Map(values) => map(schema, *values, reader, out)?,
        Kind::Union(branches) => union(schema, branches, reader, out)?,
    }
    Ok(())
}

fn array(
    schema: &Schema,
    items: NodeId,
    reader: &mut Reader<'_>,
    out: &mut String,
) -> Result<(), DecodeError> {
    reader.enter()?;
    out.push('[');
    let mut index = 0;
    while let Some(count) = reader.block(bytes_min(schema, items, 0), ITEM_MEMORY_BYTES)? {
        for _ in 0..count {
            json_text::comma(index, out);
            let item = value(schema, items, reader, out);
            item.map_err(|error| error.within(Segment::Index(index)))?;
            index += 1;
        }
    }
    out.push(']');
    reader.leave();
    Ok(())
}

/// In the order of the keys. Of a key that stands twice the last value counts.
fn map(
    schema: &Schema,
    values: NodeId,
    reader: &mut Reader<'_>,
    out: &mut String,
) -> Result<(), DecodeError> {
    reader.enter()?;
    out.push('{');
    let start = out.len();
    // Each key, and where its entry begins and ends in the text.
    let mut entries: Vec<(&str, usize, usize)> = Vec::new();
    let mut is_sorted = true;
    while let Some(count) = reader.block(1, ITEM_MEMORY_BYTES)? {
        for _ in 0..count {
            let name = reader.str_ref()?;
            reader.allocate(name.len())?;
            is_sorted &= entries.last().is_none_or(|(before, ..)| *before < name);
            json_text::comma(entries.len(), out);
            let from = out.len();
            json_text::key(name, out);
            let entry = value(schema, values, reader, out);
            entry.map_err(|error| error.within(Segment::Key(name.to_owned())))?;
            entries.push((name, from, out.len()));
        }
    }
    if !is_sorted {
        let ordered: BTreeMap<&str, (usize, usize)> = entries
            .iter()
            .map(|(name, from, to)| (*name, (*from, *to)))
            .collect();
        let mut text = String::with_capacity(out.len() - start);
        for (index, (from, to)) in ordered.into_values().enumerate() {
            json_text::comma(index, &mut text);
            text.push_str(&out[from..to]);
        }
        out.truncate(start);
        out.push_str(&text);
    }
    out.push('}');
    reader.leave();
    Ok(())
}

/// Plain where that is read as the same branch again, else with its name.
fn union(
    schema: &Schema,
    branches: &[NodeId],
    reader: &mut Reader<'_>,
    out: &mut String,
) -> Result<(), DecodeError> {
    let at = reader.branch(branches.len())?;
    let start = out.len();
    value(schema, branches[at], reader, out)?;
    if !is_plain(schema, branches, at, &out[start..]) {
        let mut tag = String::from("{");
        json_text::key(schema.branch_name(branches[at]), &mut tag);
        out.insert_str(start, &tag);
        out.push('}');
    }
    Ok(())
}

/// Whether the text of a branch is read as that branch.
fn is_plain(schema: &Schema, branches: &[NodeId], at: usize, text: &str) -> bool {
    let kind = match text.as_bytes().first() {
        // Nothing else is written as these: no need to look at the branches.
        Some(b'n' | b't' | b'f') | None => return true,
        Some(b'{') => JsonKind::Object,
        Some(b'[') => JsonKind::Array,
        Some(b'"') => JsonKind::String,
        Some(_) => JsonKind::Number,
    };
    let accepting = branches
        .iter()
        .filter(|branch| accepts(schema.node(**branch), kind))
        .count();
    if accepting <= 1 && (kind != JsonKind::Object || !names_branch(schema, branches, text)) {
        return true;
    }
    let Ok(json) = json::parse(text, json::DEPTH_CEILING) else {
        return false;
    };
    let mut fitter = Fitter::new(schema, UnknownFields::Refuse);
    matches!(fitter.meaning(&json, branches), Meaning::Plain(other, _) if other == at)
}

/// Whether the first key of an object that was written here is the name of a
/// branch.
fn names_branch(schema: &Schema, branches: &[NodeId], text: &str) -> bool {
    branches.iter().any(|branch| {
        let rest = text.strip_prefix("{\"");
        rest.and_then(|rest| rest.strip_prefix(schema.branch_name(*branch)))
            .is_some_and(|rest| rest.starts_with('"'))
    })
}

fn int(logical: Option<Logical>, value: i32, out: &mut String) {
    let text = match logical {
        Some(Logical::Date) => time::date_text(value),
        Some(Logical::TimeMillis) => time::time_text(value.into(), Unit::Millis),
        _ => None,
    };
    text_or(text, value.into(), out);
}

fn long(logical: Option<Logical>, value: i64, out: &mut String) {
    let text = match logical {
        Some(Logical::TimeMicros) => time::time_text(value, Unit::Micros),
        Some(Logical::TimestampMillis) => time::timestamp_text(value, Unit::Millis),
        Some(Logical::TimestampMicros) => time::timestamp_text(value, Unit::Micros),
        Some(Logical::TimestampNanos) => time::timestamp_text(value, Unit::Nanos),
        Some(Logical::LocalTimestampMillis) => time::local_text(value, Unit::Millis),
        Some(Logical::LocalTimestampMicros) => time::local_text(value, Unit::Micros),
        Some(Logical::LocalTimestampNanos) => time::local_text(value, Unit::Nanos),
        _ => None,
    };
    text_or(text, value, out);
}

/// A number that its logical type has no text for stays a number.
fn text_or(text: Option<String>, value: i64, out: &mut String) {
    match text {
        Some(text) => json_text::string(&text, out),
        None => json_text::integer(value, out),
    }
}

fn bytes_value(
    node: &Node,
    bytes: &[u8],
    reader: &mut Reader<'_>,
    out: &mut String,
) -> Result<(), DecodeError> {
    reader.allocate(bytes.len())?;
    let text = match node.logical {
        Some(Logical::Decimal { scale, .. }) => {
            let text = decimal::text(bytes, scale);
            text.ok_or_else(|| {
                let (logical, found) = ("decimal", "0 bytes".to_owned());
                reader.error(DecodeErrorKind::InvalidLogical { logical, found })
            })?
        }
        Some(Logical::Uuid) => match Uuid::from_slice(bytes) {
            Ok(uuid) => uuid.to_string(),
            Err(_) => STANDARD.encode(bytes),
        },
        Some(Logical::Duration) => match bytes.try_into() {
            Ok(bytes) => time::duration_text(Duration::from_bytes(bytes)),
            Err(_) => STANDARD.encode(bytes),
        },
        _ => STANDARD.encode(bytes),
    };
    json_text::string(&text, out);
    Ok(())
}

fn formatted(text: std::fmt::Arguments<'_>, out: &mut String) {
    out.write_fmt(text).expect("a String takes any text");
}
