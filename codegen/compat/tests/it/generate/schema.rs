//! A random schema as JSON: full names everywhere, few names in all, so that
//! two schemas meet.

use serde_json::{Map, Value, json};

use super::Rng;

/// How deep types lie within each other.
const DEPTH_MAX: usize = 4;
/// How many named types a schema defines.
const NAMED_MAX: usize = 7;

pub(super) const PRIMITIVES: [&str; 8] = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];
const NAMES: [&str; 5] = ["A", "B", "C", "D", "E"];
const NAMESPACES: [&str; 4] = ["", "", "n", "m.k"];
const FIELDS: [&str; 6] = ["f", "g", "h", "i", "j", "k"];
const SYMBOLS: [&str; 6] = ["X", "Y", "Z", "W", "V", "u_1"];

pub(super) fn schema(rng: &mut Rng) -> Value {
    let mut builder = Builder::default();
    // Most schemas that people write are records.
    if rng.one_in(3) {
        builder.any(rng, 0)
    } else {
        builder.record(rng, 0)
    }
}

/// A type to put somewhere, which may refer to `known` names.
pub(super) fn part(rng: &mut Rng, known: Vec<String>) -> Value {
    let mut builder = Builder {
        defined: known.len(),
        names: known,
    };
    builder.any(rng, DEPTH_MAX - 1)
}

#[derive(Default)]
struct Builder {
    /// Full names that are taken.
    names: Vec<String>,
    defined: usize,
}

impl Builder {
    fn any(&mut self, rng: &mut Rng, depth: usize) -> Value {
        if depth >= DEPTH_MAX {
            return primitive(rng);
        }
        let named = self.defined < NAMED_MAX;
        match rng.below(15) {
            0..=3 => primitive(rng),
            4 => logical(rng),
            5 => json!({"type": "array", "items": self.any(rng, depth + 1)}),
            6 => json!({"type": "map", "values": self.any(rng, depth + 1)}),
            7 => self.nullable(rng, depth),
            8 | 9 => self.union(rng, depth),
            10 if named => self.enumeration(rng),
            11 if named => self.fixed(rng),
            12 | 13 if named => self.record(rng, depth),
            14 if !self.names.is_empty() => self.reference(rng),
            _ => primitive(rng),
        }
    }

    /// Mostly where recursion ends: a record that contains itself has no datum.
    fn reference(&self, rng: &mut Rng) -> Value {
        let name = json!(rng.pick(&self.names));
        match rng.below(8) {
            0 => json!({"type": "array", "items": name}),
            1 => json!({"type": "map", "values": name}),
            2 | 3 => name,
            _ => json!(["null", name]),
        }
    }

    fn nullable(&mut self, rng: &mut Rng, depth: usize) -> Value {
        let mut inner = self.any(rng, depth + 1);
        if inner.is_array() || inner == json!("null") {
            inner = json!("string");
        }
        if rng.coin() {
            json!(["null", inner])
        } else {
            json!([inner, "null"])
        }
    }

    fn union(&mut self, rng: &mut Rng, depth: usize) -> Value {
        let mut branches: Vec<Value> = Vec::new();
        for _ in 0..1 + rng.below(4) {
            let branch = self.any(rng, depth + 1);
            if !branch.is_array() && branches.iter().all(|it| word(it) != word(&branch)) {
                branches.push(branch);
            }
        }
        Value::Array(branches)
    }

    fn full_name(&mut self, rng: &mut Rng) -> String {
        self.defined += 1;
        loop {
            let mut full = other_name(rng);
            if self.names.len() > 12 {
                full.push_str(&self.names.len().to_string());
            }
            if !self.names.contains(&full) {
                self.names.push(full.clone());
                return full;
            }
        }
    }

    fn record(&mut self, rng: &mut Rng, depth: usize) -> Value {
        let name = self.full_name(rng);
        let mut names = FIELDS;
        rng.shuffle(&mut names);
        let count = [0, 1, 1, 2, 2, 2, 3, 4][rng.below(8)];
        let fields: Vec<Value> = names[..count]
            .iter()
            .map(|name| {
                let ty = self.any(rng, depth + 1);
                field(rng, name, ty)
            })
            .collect();
        let mut record = named("record", &name);
        record.insert("fields".to_owned(), Value::Array(fields));
        aliases_of(rng, &mut record);
        if rng.one_in(8) {
            record.insert("doc".to_owned(), json!("Says \"so\".\n"));
        }
        Value::Object(record)
    }

    fn enumeration(&mut self, rng: &mut Rng) -> Value {
        let name = self.full_name(rng);
        let mut symbols = SYMBOLS;
        rng.shuffle(&mut symbols);
        let symbols = &symbols[..1 + rng.below(4)];
        let mut it = named("enum", &name);
        it.insert("symbols".to_owned(), json!(symbols));
        if rng.one_in(3) {
            it.insert("default".to_owned(), json!(rng.pick(symbols)));
        }
        aliases_of(rng, &mut it);
        Value::Object(it)
    }

    fn fixed(&mut self, rng: &mut Rng) -> Value {
        let name = self.full_name(rng);
        let mut it = named("fixed", &name);
        let (size, logical) = *rng.pick(&[
            (1, None),
            (2, None),
            (2, None),
            (16, Some("uuid")),
            (12, Some("duration")),
        ]);
        it.insert("size".to_owned(), json!(size));
        if let Some(logical) = logical {
            it.insert("logicalType".to_owned(), json!(logical));
        }
        aliases_of(rng, &mut it);
        Value::Object(it)
    }
}

fn named(ty: &str, name: &str) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("type".to_owned(), json!(ty));
    map.insert("name".to_owned(), json!(name));
    map
}

fn aliases_of(rng: &mut Rng, of: &mut Map<String, Value>) {
    if rng.one_in(6) {
        let alias = other_name(rng);
        of.insert("aliases".to_owned(), json!([alias]));
    }
}

/// A name that a type may have.
pub(super) fn other_name(rng: &mut Rng) -> String {
    let name = NAMES[rng.below(NAMES.len())];
    qualified(rng, name)
}

/// A field's name.
pub(super) fn field_name(rng: &mut Rng) -> &'static str {
    FIELDS[rng.below(FIELDS.len())]
}

/// An enum's symbol.
pub(super) fn symbol(rng: &mut Rng) -> &'static str {
    SYMBOLS[rng.below(SYMBOLS.len())]
}

fn qualified(rng: &mut Rng, name: &str) -> String {
    match *rng.pick(&NAMESPACES) {
        "" => name.to_owned(),
        namespace => format!("{namespace}.{name}"),
    }
}

/// A field, now and then with a default, aliases or an order.
pub(super) fn field(rng: &mut Rng, name: &str, ty: Value) -> Value {
    let mut field = Map::new();
    field.insert("name".to_owned(), json!(name));
    if rng.one_in(3)
        && let Some(default) = default_of(rng, &ty)
    {
        field.insert("default".to_owned(), default);
    }
    field.insert("type".to_owned(), ty);
    if rng.one_in(6) {
        field.insert("aliases".to_owned(), json!([field_name(rng)]));
    }
    if rng.one_in(12) {
        field.insert("order".to_owned(), json!("ignore"));
    }
    Value::Object(field)
}

/// A default for a type; `None` where it is not known or not wanted.
pub(super) fn default_of(rng: &mut Rng, ty: &Value) -> Option<Value> {
    // Now and then one that does not fit.
    if rng.one_in(60) {
        return Some(json!(*rng.pick(&[-1, 5])));
    }
    let word = match ty {
        Value::Array(branches) if branches.is_empty() => return None,
        Value::Array(branches) => {
            let at = if rng.one_in(3) {
                rng.below(branches.len())
            } else {
                0
            };
            return default_of(rng, &branches[at]);
        }
        Value::String(word) => word.as_str(),
        _ => ty["type"].as_str()?,
    };
    Some(match word {
        "null" => Value::Null,
        "boolean" => json!(true),
        "int" | "long" => json!(*rng.pick(&[0, 7, -3])),
        "float" | "double" => rng.pick(&[json!(0.5), json!(2), json!("NaN")]).clone(),
        "string" => json!(*rng.pick(&["", "x", "\u{e9}\u{4e2d}"])),
        "bytes" => json!(*rng.pick(&["", "\u{ff}a"])),
        "enum" => ty["symbols"][0].clone(),
        "fixed" => json!("\u{1}".repeat(ty["size"].as_u64()? as usize)),
        "array" => match default_of(rng, &ty["items"]) {
            Some(item) if rng.coin() => json!([item]),
            _ => json!([]),
        },
        "map" => match default_of(rng, &ty["values"]) {
            Some(value) if rng.coin() => json!({"key": value}),
            _ => json!({}),
        },
        "record" => {
            let mut datum = Map::new();
            for field in ty["fields"].as_array()? {
                if field.get("default").is_some() && rng.coin() {
                    continue;
                }
                let value = default_of(rng, &field["type"])?;
                datum.insert(field["name"].as_str()?.to_owned(), value);
            }
            Value::Object(datum)
        }
        _ => return None,
    })
}

pub(super) fn primitive(rng: &mut Rng) -> Value {
    let word = *rng.pick(&PRIMITIVES);
    if rng.one_in(8) {
        json!({"type": word})
    } else {
        json!(word)
    }
}

pub(super) fn logical(rng: &mut Rng) -> Value {
    rng.pick(&[
        json!({"type": "int", "logicalType": "date"}),
        json!({"type": "int", "logicalType": "time-millis"}),
        json!({"type": "long", "logicalType": "timestamp-millis"}),
        json!({"type": "long", "logicalType": "timestamp-micros"}),
        json!({"type": "long", "logicalType": "no-such", "more": [1.50, null]}),
        json!({"type": "string", "logicalType": "uuid"}),
        json!({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}),
        json!({"type": "bytes", "logicalType": "decimal", "precision": 4}),
        json!({"type": "string", "logicalType": "date"}),
    ])
    .clone()
}

/// What makes a branch distinct in a union: its name, else its type.
pub(super) fn word(ty: &Value) -> &str {
    match ty {
        Value::String(word) => word,
        _ => ty["name"].as_str().or(ty["type"].as_str()).unwrap_or(""),
    }
}
