//! JSON Schema of an event in plain JSON.
//!
//! Recursive on types without a name only, whose nesting is bounded.

use serde_json::{Map, Value, json};

use crate::{
    Field, Fixed, Kind, Logical, Node, NodeId, Record, Schema,
    contract::{Contract, ContractVersion, UnknownFields},
    json::{self as text, Json},
};

/// The dialect.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// JSON Schema (draft 2020-12) of a version's events in plain JSON: what
/// ingest takes, and what is in `examples/`.
///
/// Every named type is in `$defs` under its full name. A field without a
/// default is required; other fields than the known ones are refused unless
/// the contract says `unknown_fields = "ignore"`. Formats (`date-time`, `date`,
/// `uuid`) are annotations to most validators; numbers in texts
/// have patterns.
///
/// Where JSON Schema and ingest differ: a decimal's text must be written
/// without an exponent here; of a value that several branches of a union take,
/// ingest takes only the one that says its branch. Defaults of bytes are left
/// out, since Avro writes them in another way than plain JSON.
pub fn json_schema(contract: &Contract, version: &ContractVersion) -> Value {
    let export = Export {
        schema: &version.schema,
        unknown_fields: contract.config.unknown_fields,
    };
    let schema = &version.schema;
    let mut root = Map::new();
    root.insert("$schema".to_owned(), json!(DIALECT));
    root.insert("title".to_owned(), json!(contract.name.as_str()));
    root.insert(
        "description".to_owned(),
        json!(contract.config.description.as_str()),
    );
    extend(&mut root, export.ty(schema.root));
    let reachable = reachable(schema);
    let names = schema
        .names
        .iter()
        .filter(|(_, id)| reachable[id.0 as usize]);
    let definitions: Map<String, Value> = names
        .map(|(name, id)| (name.to_string(), export.definition(schema.node(*id))))
        .collect();
    root.insert("$defs".to_owned(), Value::Object(definitions));
    Value::Object(root)
}

/// By id, whether the root leads there: references may define more.
fn reachable(schema: &Schema) -> Vec<bool> {
    let mut reached = vec![false; schema.nodes.len()];
    let mut todo = vec![schema.root];
    while let Some(id) = todo.pop() {
        if std::mem::replace(&mut reached[id.0 as usize], true) {
            continue;
        }
        match &schema.node(id).kind {
            Kind::Record(record) => todo.extend(record.fields.iter().map(|field| field.ty)),
            Kind::Array(inner) | Kind::Map(inner) => todo.push(*inner),
            Kind::Union(branches) => todo.extend(branches),
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Enum(_)
            | Kind::Fixed(_) => {}
        }
    }
    reached
}

struct Export<'s> {
    schema: &'s Schema,
    unknown_fields: UnknownFields,
}

impl Export<'_> {
    /// A type where it is used.
    fn ty(&self, id: NodeId) -> Value {
        if let Some(name) = self.schema.name_of(id) {
            return json!({ "$ref": format!("#/$defs/{name}") });
        }
        self.definition(self.schema.node(id))
    }

    /// A type where it is defined.
    fn definition(&self, node: &Node) -> Value {
        if let Some(logical) = node.logical {
            return logical_type(logical, &node.kind);
        }
        match &node.kind {
            Kind::Null => json!({ "type": "null" }),
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Int => json!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX }),
            Kind::Long => json!({
                "type": ["integer", "string"],
                "minimum": i64::MIN,
                "maximum": i64::MAX,
                "pattern": "^-?[0-9]{1,19}$",
            }),
            Kind::Float | Kind::Double => json!({
                "anyOf": [
                    { "type": "number" },
                    { "enum": ["NaN", "Infinity", "-Infinity"] },
                ],
            }),
            Kind::Bytes => base64(None),
            Kind::String => json!({ "type": "string" }),
            Kind::Record(record) => self.record(record),
            Kind::Enum(it) => documented(json!({ "enum": it.symbols }), it.doc.as_deref()),
            Kind::Fixed(Fixed { size, doc, .. }) => documented(base64(Some(*size)), doc.as_deref()),
            Kind::Array(items) => json!({ "type": "array", "items": self.ty(*items) }),
            Kind::Map(values) => {
                json!({ "type": "object", "additionalProperties": self.ty(*values) })
            }
            Kind::Union(branches) => self.union(branches),
        }
    }

    fn record(&self, record: &Record) -> Value {
        let fields = record.fields.iter();
        let properties: Map<String, Value> = fields
            .clone()
            .map(|field| (field.name.clone(), self.field(field)))
            .collect();
        let required: Vec<&str> = fields
            .filter(|field| field.default.is_none())
            .map(|field| field.name.as_str())
            .collect();
        let allows_others = match self.unknown_fields {
            UnknownFields::Refuse => false,
            UnknownFields::Ignore => true,
        };
        let object = json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": allows_others,
        });
        documented(object, record.doc.as_deref())
    }

    fn field(&self, field: &Field) -> Value {
        let mut property = documented(self.ty(field.ty), field.doc.as_deref());
        if let Some(default) = &field.default
            && let Some(value) = self.default(field.ty, default)
        {
            property["default"] = value;
        }
        property
    }

    /// A default in plain JSON, where that is the same as Avro's. A union's
    /// default may be of any branch.
    fn default(&self, id: NodeId, default: &Json) -> Option<Value> {
        let mut todo = vec![id];
        let mut seen = vec![];
        while let Some(id) = todo.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            match (&self.schema.node(id).kind, &default.value) {
                (Kind::Bytes | Kind::Fixed(_), text::Value::String(_)) => return None,
                (Kind::Union(branches), _) => todo.extend(branches),
                // Bytes may be anywhere inside; an empty value has no inside.
                (Kind::Array(_), text::Value::Array(items)) if !items.is_empty() => return None,
                (Kind::Map(_) | Kind::Record(_), text::Value::Object(entries))
                    if !entries.is_empty() =>
                {
                    return None;
                }
                _ => {}
            }
        }
        serde_json::from_str(&default.to_text()).ok()
    }

    fn union(&self, branches: &[NodeId]) -> Value {
        let mut any: Vec<Value> = branches.iter().map(|id| self.ty(*id)).collect();
        let is_null = |id: &&NodeId| self.schema.node(**id).kind == Kind::Null;
        if branches.iter().filter(|id| !is_null(id)).count() > 1 {
            for id in branches.iter().filter(|id| !is_null(id)) {
                let name = self.schema.branch_name(*id);
                any.push(json!({
                    "type": "object",
                    "properties": { name: self.ty(*id) },
                    "required": [name],
                    "additionalProperties": false,
                }));
            }
        }
        match <[Value; 1]>::try_from(any) {
            Ok([one]) => one,
            Err(any) if any.is_empty() => json!(false),
            Err(any) => json!({ "anyOf": any }),
        }
    }
}

fn logical_type(logical: Logical, kind: &Kind) -> Value {
    let whole = || match kind {
        Kind::Int => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let number_or = |key: &str, value: &str| {
        let (minimum, maximum) = whole();
        json!({
            "type": ["string", "integer"],
            key: value,
            "minimum": minimum,
            "maximum": maximum,
        })
    };
    let clock = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?";
    match logical {
        Logical::Decimal { precision, scale } => {
            json!({ "type": ["string", "number"], "pattern": decimal_pattern(precision, scale) })
        }
        Logical::BigDecimal => base64(None),
        Logical::Uuid => json!({ "type": "string", "format": "uuid" }),
        Logical::Date => number_or("format", "date"),
        Logical::TimeMillis | Logical::TimeMicros => number_or("pattern", &format!("^{clock}$")),
        Logical::TimestampMillis | Logical::TimestampMicros | Logical::TimestampNanos => {
            number_or("format", "date-time")
        }
        Logical::LocalTimestampMillis
        | Logical::LocalTimestampMicros
        | Logical::LocalTimestampNanos => {
            let date = "-?[0-9]{4,}-[0-9]{2}-[0-9]{2}";
            number_or("pattern", &format!("^{date}T{clock}$"))
        }
        // The format "duration" knows no fraction of a second.
        Logical::Duration => json!({ "type": "string", "pattern": "^P[0-9YMWDTHS.]+$" }),
    }
}

/// A decimal's text: no more digits on either side of the point than fit.
fn decimal_pattern(precision: u32, scale: u32) -> String {
    let before = match precision.saturating_sub(scale) {
        0 => "0".to_owned(),
        1 => "[0-9]".to_owned(),
        digits => format!("(0|[1-9][0-9]{{0,{}}})", digits - 1),
    };
    let after = match scale {
        0 => String::new(),
        scale => format!(r"(\.[0-9]{{1,{scale}}})?"),
    };
    format!("^-?{before}{after}$")
}

/// Bytes; of a fixed their number is known, and so is how their text ends.
fn base64(size: Option<usize>) -> Value {
    const CHAR: &str = "[A-Za-z0-9+/]";
    let two = format!("{CHAR}{{2}}==");
    let three = format!("{CHAR}{{3}}=");
    let end = match size.map(|size| size % 3) {
        None => format!("({two}|{three})?"),
        Some(0) => String::new(),
        Some(1) => two,
        Some(_) => three,
    };
    let mut value = json!({
        "type": "string",
        "contentEncoding": "base64",
        "pattern": format!("^({CHAR}{{4}})*{end}$"),
    });
    if let Some(size) = size {
        let length = size.div_ceil(3) * 4;
        value["minLength"] = json!(length);
        value["maxLength"] = json!(length);
    }
    value
}

fn documented(mut value: Value, doc: Option<&str>) -> Value {
    if let (Some(doc), Value::Object(object)) = (doc, &mut value) {
        object.insert("description".to_owned(), json!(doc));
    }
    value
}

fn extend(object: &mut Map<String, Value>, value: Value) {
    if let Value::Object(more) = value {
        for (key, value) in more {
            object.entry(key).or_insert(value);
        }
    }
}
