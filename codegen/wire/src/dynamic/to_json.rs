//! Avro to plain JSON.

use accordant_schema::{
    Kind, Logical, Node, NodeId, Schema, Span,
    contract::UnknownFields,
    json::{Json, Key, Value},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::{
    decimal,
    fit::{Fitter, Meaning},
    skip::bytes_min,
    time::{self, Unit},
};
use crate::{DecodeError, DecodeErrorKind, Limits, Reader, Segment, values::Duration};

/// A datum as compact plain JSON. [`super::JsonCodec`] makes the same datum
/// of it.
///
/// # Errors
/// Bytes that are no datum of the schema, or a limit that is passed.
pub fn to_json(schema: &Schema, avro: &[u8], limits: Limits) -> Result<String, DecodeError> {
    let mut reader = Reader::new(avro, limits);
    let json = value(schema, schema.root, &mut reader)?;
    reader.finish()?;
    Ok(json.to_text())
}

/// Memory that an item of an array or map is taken to need.
const ITEM_MEMORY_BYTES: usize = 16;

fn value(schema: &Schema, id: NodeId, reader: &mut Reader<'_>) -> Result<Json, DecodeError> {
    let node = schema.node(id);
    let value = match &node.kind {
        Kind::Null => Value::Null,
        Kind::Boolean => Value::Bool(reader.boolean()?),
        Kind::Int => int(node.logical, reader.int()?),
        Kind::Long => long(node.logical, reader.long()?),
        Kind::Float => {
            let value = reader.float()?;
            if value.is_finite() {
                number(format!("{value:?}"))
            } else {
                infinite(value.into())
            }
        }
        Kind::Double => {
            let value = reader.double()?;
            if value.is_finite() {
                number(format!("{value:?}"))
            } else {
                infinite(value)
            }
        }
        Kind::Bytes => {
            let bytes = reader.bytes_ref()?;
            bytes_value(node, bytes, reader)?
        }
        Kind::Fixed(fixed) => {
            let bytes = reader.take(fixed.size)?;
            bytes_value(node, bytes, reader)?
        }
        Kind::String if node.logical == Some(Logical::Uuid) => {
            Value::String(reader.uuid()?.to_string())
        }
        Kind::String => Value::String(reader.string()?),
        Kind::Enum(it) => Value::String(it.symbols[reader.symbol(it.symbols.len())?].clone()),
        Kind::Record(record) => {
            reader.enter()?;
            let mut entries = Vec::with_capacity(record.fields.len());
            for field in &record.fields {
                let within =
                    |error: DecodeError| error.within(Segment::Field(field.name.clone().into()));
                entries.push((
                    key(&field.name),
                    value(schema, field.ty, reader).map_err(within)?,
                ));
            }
            reader.leave();
            Value::Object(entries)
        }
        Kind::Array(items) => Value::Array(array(schema, *items, reader)?),
        Kind::Map(values) => Value::Object(map(schema, *values, reader)?),
        Kind::Union(branches) => return union(schema, branches, reader),
    };
    Ok(json(value))
}

fn array(
    schema: &Schema,
    items: NodeId,
    reader: &mut Reader<'_>,
) -> Result<Vec<Json>, DecodeError> {
    reader.enter()?;
    let mut values = Vec::new();
    while let Some(count) = reader.block(bytes_min(schema, items, 0), ITEM_MEMORY_BYTES)? {
        for _ in 0..count {
            let index = values.len();
            let item = value(schema, items, reader);
            values.push(item.map_err(|error| error.within(Segment::Index(index)))?);
        }
    }
    reader.leave();
    Ok(values)
}

fn map(
    schema: &Schema,
    values: NodeId,
    reader: &mut Reader<'_>,
) -> Result<Vec<(Key, Json)>, DecodeError> {
    reader.enter()?;
    let mut entries = std::collections::BTreeMap::new();
    while let Some(count) = reader.block(1, ITEM_MEMORY_BYTES)? {
        for _ in 0..count {
            let name = reader.string()?;
            let entry = value(schema, values, reader);
            let entry = entry.map_err(|error| error.within(Segment::Key(name.clone())))?;
            entries.insert(name, entry);
        }
    }
    reader.leave();
    Ok(entries
        .into_iter()
        .map(|(name, value)| (key(&name), value))
        .collect())
}

/// Plain where that is read as the same branch again, else with its name.
fn union(
    schema: &Schema,
    branches: &[NodeId],
    reader: &mut Reader<'_>,
) -> Result<Json, DecodeError> {
    let at = reader.branch(branches.len())?;
    let plain = value(schema, branches[at], reader)?;
    let mut fitter = Fitter::new(schema, UnknownFields::Refuse);
    let is_scalar = !matches!(plain.value, Value::Object(_) | Value::Array(_));
    // Nothing else is written as these: no need to look at the branches.
    let is_plain = match (branches.len(), &plain.value) {
        (1, _) | (_, Value::Null | Value::Bool(_)) => true,
        (2, _) if is_scalar && branches.iter().any(|it| is_null(schema, *it)) => true,
        _ => matches!(fitter.meaning(&plain, branches), Meaning::Plain(other, _) if other == at),
    };
    if is_plain {
        return Ok(plain);
    }
    let name = key(schema.branch_name(branches[at]));
    Ok(json(Value::Object(vec![(name, plain)])))
}

fn is_null(schema: &Schema, id: NodeId) -> bool {
    matches!(schema.node(id).kind, Kind::Null)
}

fn int(logical: Option<Logical>, value: i32) -> Value {
    let text = match logical {
        Some(Logical::Date) => time::date_text(value),
        Some(Logical::TimeMillis) => time::time_text(value.into(), Unit::Millis),
        _ => None,
    };
    text.map_or_else(|| number(value.to_string()), Value::String)
}

fn long(logical: Option<Logical>, value: i64) -> Value {
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
    text.map_or_else(|| number(value.to_string()), Value::String)
}

fn infinite(value: f64) -> Value {
    let text = match value {
        value if value.is_nan() => "NaN",
        value if value > 0.0 => "Infinity",
        _ => "-Infinity",
    };
    Value::String(text.to_owned())
}

fn bytes_value(node: &Node, bytes: &[u8], reader: &mut Reader<'_>) -> Result<Value, DecodeError> {
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
    Ok(Value::String(text))
}

fn number(text: String) -> Value {
    Value::Number(text)
}

fn json(value: Value) -> Json {
    Json {
        value,
        span: Span::default(),
    }
}

fn key(name: &str) -> Key {
    Key {
        name: name.to_owned(),
        span: Span::default(),
    }
}
