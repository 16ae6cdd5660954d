//! A datum of any schema.

use accordant_schema::{
    Kind, NodeId, Schema, Span,
    json::{self, Json, Key},
};

/// A datum. What it means, its schema says.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Of `null`.
    Null,
    /// Of `boolean`.
    Boolean(bool),
    /// Of `int`.
    Int(i32),
    /// Of `long`.
    Long(i64),
    /// Of `float`.
    Float(f32),
    /// Of `double`.
    Double(f64),
    /// Of `bytes`.
    Bytes(Vec<u8>),
    /// Of `string`.
    String(String),
    /// Of a fixed.
    Fixed(Vec<u8>),
    /// Of an enum: the symbol's index.
    Enum(usize),
    /// Of an array.
    Array(Vec<Value>),
    /// Of a map, in the order of the bytes.
    Map(Vec<(String, Value)>),
    /// Of a record: the fields in its order.
    Record(Vec<Value>),
    /// Of a union: the branch's index, and its value.
    Union(usize, Box<Value>),
}

/// The value is not one of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the datum is none of the schema")]
pub struct Mismatch;

impl Value {
    /// The bytes under a schema, in Avro's binary encoding.
    ///
    /// ```
    /// use accordant_compat::witness::Value;
    ///
    /// let schema = accordant_schema::parse(r#"["null", "int"]"#).unwrap();
    /// let value = Value::Union(1, Box::new(Value::Int(-2)));
    /// assert_eq!(value.encode(&schema).unwrap(), [2, 3]);
    /// assert_eq!(value.to_json(&schema).unwrap(), r#"{"int":-2}"#);
    /// ```
    ///
    /// # Errors
    /// The value is none of the schema.
    pub fn encode(&self, schema: &Schema) -> Result<Vec<u8>, Mismatch> {
        let mut out = Vec::new();
        super::binary::write(&mut out, self, schema, schema.root)?;
        Ok(out)
    }

    /// The text in the specification's JSON encoding: bytes as code points, a
    /// union's value in an object that names the branch.
    ///
    /// # Errors
    /// The value is none of the schema.
    pub fn to_json(&self, schema: &Schema) -> Result<String, Mismatch> {
        Ok(to_json(self, schema, schema.root)?.to_text())
    }
}

fn to_json(value: &Value, schema: &Schema, id: NodeId) -> Result<Json, Mismatch> {
    let json = match (value, &schema.node(id).kind) {
        (Value::Null, Kind::Null) => json::Value::Null,
        (Value::Boolean(it), Kind::Boolean) => json::Value::Bool(*it),
        (Value::Int(it), Kind::Int) => json::Value::Number(it.to_string()),
        (Value::Long(it), Kind::Long) => json::Value::Number(it.to_string()),
        (Value::Float(it), Kind::Float) => number(it.is_finite(), format!("{it:?}")),
        (Value::Double(it), Kind::Double) => number(it.is_finite(), format!("{it:?}")),
        (Value::Bytes(it), Kind::Bytes) | (Value::Fixed(it), Kind::Fixed(_)) => {
            json::Value::String(it.iter().copied().map(char::from).collect())
        }
        (Value::String(it), Kind::String) => json::Value::String(it.clone()),
        (Value::Enum(at), Kind::Enum(it)) => {
            json::Value::String(it.symbols.get(*at).ok_or(Mismatch)?.clone())
        }
        (Value::Array(list), Kind::Array(inner)) => {
            let list: Result<_, _> = list.iter().map(|it| to_json(it, schema, *inner)).collect();
            json::Value::Array(list?)
        }
        (Value::Map(entries), Kind::Map(inner)) => {
            let mut object = Vec::new();
            for (key, value) in entries {
                object.push((json_key(key), to_json(value, schema, *inner)?));
            }
            json::Value::Object(object)
        }
        (Value::Record(values), Kind::Record(it)) if values.len() == it.fields.len() => {
            let mut object = Vec::new();
            for (field, value) in it.fields.iter().zip(values) {
                object.push((json_key(&field.name), to_json(value, schema, field.ty)?));
            }
            json::Value::Object(object)
        }
        (Value::Union(at, value), Kind::Union(branches)) => {
            let branch = *branches.get(*at).ok_or(Mismatch)?;
            let inner = to_json(value, schema, branch)?;
            if **value == Value::Null {
                return Ok(inner);
            }
            json::Value::Object(vec![(json_key(schema.branch_name(branch)), inner)])
        }
        _ => return Err(Mismatch),
    };
    Ok(Json {
        value: json,
        span: Span::default(),
    })
}

fn number(is_finite: bool, text: String) -> json::Value {
    if is_finite {
        json::Value::Number(text)
    } else {
        // As Avro Java writes them: NaN, Infinity, -Infinity.
        json::Value::String(text.replace("inf", "Infinity"))
    }
}

fn json_key(name: &str) -> Key {
    Key {
        name: name.to_owned(),
        span: Span::default(),
    }
}
