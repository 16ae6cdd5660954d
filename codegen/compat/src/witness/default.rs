//! A field's default as a value. A union's default is of the first branch that
//! takes it, as the specification says since 1.12.

use accordant_schema::{
    Kind, NodeId, Schema,
    json::{self, Json},
};

use super::{DEPTH_MAX, Value};

/// Values that are looked at for one default.
const STEPS_MAX: usize = 100_000;

/// The value; `None` where there is none or it is too large.
pub(super) fn value(schema: &Schema, id: NodeId, json: &Json) -> Option<Value> {
    let mut reading = Reading {
        schema,
        steps: 0,
        depth: 0,
    };
    reading.value(id, json)
}

struct Reading<'a> {
    schema: &'a Schema,
    steps: usize,
    depth: usize,
}

impl Reading<'_> {
    fn value(&mut self, id: NodeId, json: &Json) -> Option<Value> {
        self.steps += 1;
        if self.steps > STEPS_MAX || self.depth > DEPTH_MAX {
            return None;
        }
        self.depth += 1;
        let value = self.of_kind(id, json);
        self.depth -= 1;
        value
    }

    fn of_kind(&mut self, id: NodeId, json: &Json) -> Option<Value> {
        let schema = self.schema;
        Some(match (&schema.node(id).kind, &json.value) {
            (Kind::Null, json::Value::Null) => Value::Null,
            (Kind::Boolean, json::Value::Bool(it)) => Value::Boolean(*it),
            (Kind::Int, json::Value::Number(it)) => Value::Int(it.parse().ok()?),
            (Kind::Long, json::Value::Number(it)) => Value::Long(it.parse().ok()?),
            (Kind::Float, json::Value::Number(it)) => Value::Float(it.parse::<f64>().ok()? as f32),
            (Kind::Float, json::Value::String(it)) => Value::Float(no_number(it)? as f32),
            (Kind::Double, json::Value::Number(it)) => Value::Double(it.parse().ok()?),
            (Kind::Double, json::Value::String(it)) => Value::Double(no_number(it)?),
            (Kind::String, json::Value::String(it)) => Value::String(it.clone()),
            (Kind::Bytes, json::Value::String(it)) => Value::Bytes(bytes(it)?),
            (Kind::Fixed(fixed), json::Value::String(it)) => {
                Value::Fixed(bytes(it).filter(|it| it.len() == fixed.size)?)
            }
            (Kind::Enum(it), json::Value::String(text)) => {
                Value::Enum(it.symbols.iter().position(|it| it == text)?)
            }
            (Kind::Array(inner), json::Value::Array(items)) => {
                let items: Option<_> = items.iter().map(|it| self.value(*inner, it)).collect();
                Value::Array(items?)
            }
            (Kind::Map(inner), json::Value::Object(entries)) => {
                let mut values = Vec::new();
                for (key, json) in entries {
                    values.push((key.name.clone(), self.value(*inner, json)?));
                }
                Value::Map(values)
            }
            (Kind::Record(record), json::Value::Object(_)) => {
                let mut values = Vec::new();
                for field in &record.fields {
                    let json = json.get(&field.name).or(field.default.as_ref())?;
                    values.push(self.value(field.ty, json)?);
                }
                Value::Record(values)
            }
            (Kind::Union(branches), _) => {
                branches.iter().enumerate().find_map(|(at, branch)| {
                    Some(Value::Union(at, Box::new(self.value(*branch, json)?)))
                })?
            }
            _ => return None,
        })
    }
}

/// What a double can hold and a JSON number cannot.
fn no_number(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// Code points 0 to 255.
fn bytes(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|it| u8::try_from(it).ok()).collect()
}
