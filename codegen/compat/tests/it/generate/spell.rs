//! The same schema in one of the spellings that people use.

use serde_json::{Value, json};

use super::Rng;

/// The text of a schema that has full names everywhere.
pub(super) fn spell(rng: &mut Rng, schema: &Value) -> String {
    let mut schema = schema.clone();
    ty(rng, &mut schema, "");
    schema.to_string()
}

fn ty(rng: &mut Rng, value: &mut Value, around: &str) {
    match value {
        Value::String(name) => {
            if let Some((namespace, simple)) = name.rsplit_once('.')
                && namespace == around
                && rng.coin()
            {
                *name = simple.to_owned();
            }
        }
        Value::Array(branches) => branches.iter_mut().for_each(|it| ty(rng, it, around)),
        Value::Object(_) => object(rng, value, around),
        _ => {}
    }
}

fn object(rng: &mut Rng, value: &mut Value, around: &str) {
    let mut inside = around.to_owned();
    if let Some(full) = value.get("name").and_then(Value::as_str) {
        let (namespace, simple) = match full.rsplit_once('.') {
            Some((namespace, simple)) => (namespace.to_owned(), simple.to_owned()),
            None => (String::new(), full.to_owned()),
        };
        aliases(rng, value, &namespace);
        if namespace == around {
            value["name"] = json!(simple);
        } else if namespace.is_empty() || rng.coin() {
            value["name"] = json!(simple);
            value["namespace"] = json!(namespace);
        }
        inside = namespace;
    }
    for key in ["items", "values"] {
        if let Some(inner) = value.get_mut(key) {
            ty(rng, inner, &inside);
        }
    }
    let fields = value.get_mut("fields").and_then(Value::as_array_mut);
    for field in fields.into_iter().flatten() {
        ty(rng, &mut field["type"], &inside);
    }
}

fn aliases(rng: &mut Rng, value: &mut Value, namespace: &str) {
    let list = value.get_mut("aliases").and_then(Value::as_array_mut);
    for alias in list.into_iter().flatten() {
        if let Some(text) = alias.as_str()
            && let Some((space, simple)) = text.rsplit_once('.')
            && space == namespace
            && rng.coin()
        {
            *alias = json!(simple);
        }
    }
}
