//! Schemas that are wrong, or only odd.

use serde_json::{Value, json};

use super::Rng;

/// A schema's text with one part replaced, removed, repeated or added.
pub(crate) fn damage(rng: &mut Rng, text: &str) -> String {
    let mut schema: Value = serde_json::from_str(text).expect("a schema's text is JSON");
    let many = count(&schema);
    let at = rng.below(many);
    change(rng, &mut schema, &mut { at });
    schema.to_string()
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum::<usize>(),
        _ => 0,
    }
}

/// Changes the value that comes `at`-th in the text.
fn change(rng: &mut Rng, value: &mut Value, at: &mut usize) -> bool {
    if *at == 0 {
        *value = changed(rng, value);
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(list) => list.iter_mut().any(|it| change(rng, it, at)),
        Value::Object(map) => map.values_mut().any(|it| change(rng, it, at)),
        _ => false,
    }
}

/// Attributes that mean something somewhere.
const KEYS: [&str; 15] = [
    "type",
    "name",
    "namespace",
    "doc",
    "aliases",
    "default",
    "order",
    "symbols",
    "size",
    "fields",
    "items",
    "values",
    "logicalType",
    "precision",
    "other",
];

fn changed(rng: &mut Rng, value: &Value) -> Value {
    match value {
        Value::Object(map) if !rng.one_in(4) => {
            let mut map = map.clone();
            let key = *rng.pick(&KEYS);
            if map.remove(key).is_none() || rng.coin() {
                map.insert(key.to_owned(), odd(rng));
            }
            Value::Object(map)
        }
        Value::Array(list) if !rng.one_in(4) => {
            let mut list = list.clone();
            let added = match list.last() {
                Some(last) if rng.coin() => last.clone(),
                _ => odd(rng),
            };
            list.push(added);
            Value::Array(list)
        }
        _ => odd(rng),
    }
}

fn odd(rng: &mut Rng) -> Value {
    rng.pick(&[
        Value::Null,
        json!(true),
        json!(-1),
        json!(5),
        json!(1.5),
        json!(1e40),
        json!(""),
        json!("x"),
        json!("A"),
        json!("n.A"),
        json!(".A"),
        json!("n..A"),
        json!("1a"),
        json!("int"),
        json!("record"),
        json!("error"),
        json!("ascending"),
        json!([]),
        json!(["A", "x"]),
        json!(["int", "null"]),
        json!({}),
        json!({"type": "int"}),
        json!({"type": {"type": "long"}}),
    ])
    .clone()
}
