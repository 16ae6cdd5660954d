//! One change of a schema: what people do to contracts, good and bad.

use serde_json::{Value, json};

use super::{
    Rng,
    schema::{default_of, field, field_name, logical, other_name, part, primitive, symbol},
};

/// A way to a type: keys and indices.
type Way = Vec<Step>;

#[derive(Clone)]
enum Step {
    Key(&'static str),
    Index(usize),
}

/// The schema with one change at a random place.
pub(super) fn mutate(rng: &mut Rng, schema: &Value) -> Value {
    let mut places = Vec::new();
    find(schema, &mut Vec::new(), &mut places);
    let place = rng.pick(&places).clone();
    let mut schema = schema.clone();
    let target = follow(&mut schema, &place);
    let kind = target
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("")
        .to_owned();
    // Names stay most of the time, or nothing would be left to compare.
    if rng.one_in(6) && target.get("name").is_some() {
        return rename(rng, schema.clone(), &place);
    }
    match kind.as_str() {
        "record" if !rng.one_in(6) => change_record(rng, target),
        "enum" if !rng.one_in(6) => change_enum(rng, target),
        "fixed" if !rng.one_in(4) => target["size"] = json!(1 + rng.below(3)),
        _ if target.is_array() && !rng.one_in(3) => change_union(rng, target),
        _ => change_type(rng, target),
    }
    schema
}

fn find(ty: &Value, way: &mut Way, places: &mut Vec<Way>) {
    places.push(way.clone());
    let mut within = |steps: &[Step], inner: &Value| {
        let length = way.len();
        way.extend_from_slice(steps);
        find(inner, way, places);
        way.truncate(length);
    };
    match ty {
        Value::Array(branches) => {
            for (at, branch) in branches.iter().enumerate() {
                within(&[Step::Index(at)], branch);
            }
        }
        Value::Object(_) => {
            for key in ["items", "values"] {
                if let Some(inner) = ty.get(key) {
                    within(&[Step::Key(key)], inner);
                }
            }
            let fields = ty.get("fields").and_then(Value::as_array);
            for (at, field) in fields.into_iter().flatten().enumerate() {
                let steps = [Step::Key("fields"), Step::Index(at), Step::Key("type")];
                within(&steps, &field["type"]);
            }
        }
        _ => {}
    }
}

fn follow<'v>(mut value: &'v mut Value, way: &Way) -> &'v mut Value {
    for step in way {
        value = match step {
            Step::Key(key) => &mut value[*key],
            Step::Index(at) => &mut value[*at],
        };
    }
    value
}

fn change_type(rng: &mut Rng, target: &mut Value) {
    let old = target.clone();
    *target = match (rng.below(8), old.as_str()) {
        (0..=3, Some("int")) => json!(*rng.pick(&["long", "float", "double"])),
        (0..=3, Some("long")) => json!(*rng.pick(&["double", "float", "int"])),
        (0..=3, Some("float")) => json!("double"),
        (0..=3, Some("string")) => json!("bytes"),
        (0..=3, Some("bytes")) => json!("string"),
        (4 | 5, _) if !old.is_array() && old != json!("null") => json!(["null", old]),
        (6, _) => json!({"type": "array", "items": old}),
        (_, _) => match rng.below(4) {
            0 => logical(rng),
            1 => {
                let known = vec![other_name(rng)];
                part(rng, known)
            }
            _ => primitive(rng),
        },
    };
}

fn change_union(rng: &mut Rng, target: &mut Value) {
    let Some(branches) = target.as_array_mut() else {
        return;
    };
    match rng.below(5) {
        0 if !branches.is_empty() => {
            branches.remove(rng.below(branches.len()));
        }
        1 => rng.shuffle(branches),
        2 if !branches.is_empty() => {
            let only = branches[rng.below(branches.len())].clone();
            *target = only;
        }
        _ => {
            let branch = part(rng, Vec::new());
            let at = rng.below(branches.len() + 1);
            branches.insert(at, branch);
        }
    }
}

fn change_enum(rng: &mut Rng, target: &mut Value) {
    let choice = rng.below(5);
    let Some(symbols) = target["symbols"].as_array_mut() else {
        return;
    };
    match choice {
        0 if symbols.len() > 1 => {
            symbols.remove(rng.below(symbols.len()));
        }
        1 => rng.shuffle(symbols),
        2 | 3 => {
            let added = json!(symbol(rng));
            if !symbols.contains(&added) {
                symbols.push(added);
            }
        }
        _ => {
            let default = symbols[rng.below(symbols.len())].clone();
            let object = target.as_object_mut().expect("an enum is an object");
            if object.remove("default").is_none() {
                object.insert("default".to_owned(), default);
            }
        }
    }
}

fn change_record(rng: &mut Rng, target: &mut Value) {
    let choice = rng.below(9);
    let name = field_name(rng);
    let Some(fields) = target["fields"].as_array_mut() else {
        return;
    };
    let is_taken = fields.iter().any(|it| it["name"] == name);
    if fields.is_empty() || (choice <= 2 && !is_taken) {
        let ty = part(rng, Vec::new());
        let mut added = field(rng, name, ty);
        if rng.coin() {
            // Defaults of whole records and unions get their share.
            if let Some(default) = default_of(rng, &added["type"]) {
                added["default"] = default;
            }
        }
        fields.insert(rng.below(fields.len() + 1), added);
        return;
    }
    let at = rng.below(fields.len());
    match choice {
        0..=3 => {
            fields.remove(at);
        }
        4 if !is_taken => {
            let old = fields[at]["name"].clone();
            fields[at]["name"] = json!(name);
            if !rng.one_in(3) {
                fields[at]["aliases"] = json!([old]);
            }
        }
        5 => rng.shuffle(fields),
        6 => fields[at]["aliases"] = json!([name]),
        _ => {
            let object = fields[at].as_object_mut().expect("a field is an object");
            if object.remove("default").is_none()
                && let Some(default) = default_of(rng, &object["type"].clone())
            {
                object.insert("default".to_owned(), default);
            }
        }
    }
}

/// Another name or namespace, at the definition and at every use.
fn rename(rng: &mut Rng, mut schema: Value, place: &Way) -> Value {
    let target = follow(&mut schema, place);
    let Some(old) = target["name"].as_str().map(str::to_owned) else {
        return schema;
    };
    let simple = old.rsplit('.').next().unwrap_or(&old).to_owned();
    let new = match rng.below(3) {
        0 => format!("other.{simple}"),
        1 => simple,
        _ => other_name(rng),
    };
    target["name"] = json!(new);
    if rng.coin() {
        target["aliases"] = json!([old]);
    }
    replace_uses(&mut schema, &old, &new);
    schema
}

fn replace_uses(ty: &mut Value, old: &str, new: &str) {
    match ty {
        Value::String(name) if name == old => *name = new.to_owned(),
        Value::Array(branches) => branches
            .iter_mut()
            .for_each(|it| replace_uses(it, old, new)),
        Value::Object(_) => {
            for key in ["items", "values"] {
                if let Some(inner) = ty.get_mut(key) {
                    replace_uses(inner, old, new);
                }
            }
            let fields = ty.get_mut("fields").and_then(Value::as_array_mut);
            for field in fields.into_iter().flatten() {
                replace_uses(&mut field["type"], old, new);
            }
        }
        _ => {}
    }
}
