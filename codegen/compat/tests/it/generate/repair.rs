//! After a change some names are defined twice and others not at all. Each is
//! defined once again, at its first use.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::schema::{PRIMITIVES, word};

/// `schema` with every name defined once; what it lacks comes from `before`.
pub(super) fn repair(schema: &Value, before: &Value) -> Value {
    let mut known = BTreeMap::new();
    collect(before, &mut known);
    collect(schema, &mut known);
    let mut repair = Repair {
        known,
        defined: BTreeSet::new(),
    };
    repair.ty(schema)
}

fn collect(ty: &Value, known: &mut BTreeMap<String, Value>) {
    match ty {
        Value::Array(branches) => branches.iter().for_each(|it| collect(it, known)),
        Value::Object(_) => {
            if let Some(name) = ty.get("name").and_then(Value::as_str) {
                known.insert(name.to_owned(), ty.clone());
            }
            for key in ["items", "values"] {
                if let Some(inner) = ty.get(key) {
                    collect(inner, known);
                }
            }
            for field in ty
                .get("fields")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                collect(&field["type"], known);
            }
        }
        _ => {}
    }
}

struct Repair {
    known: BTreeMap<String, Value>,
    defined: BTreeSet<String>,
}

impl Repair {
    fn ty(&mut self, ty: &Value) -> Value {
        match ty {
            Value::String(name) if PRIMITIVES.contains(&name.as_str()) => ty.clone(),
            Value::String(name) if self.defined.contains(name) => ty.clone(),
            Value::String(name) => match self.known.get(name).cloned() {
                Some(definition) => self.ty(&definition),
                None => json!("int"),
            },
            Value::Array(branches) => {
                let mut kept: Vec<Value> = Vec::new();
                for branch in branches {
                    let branch = self.ty(branch);
                    let is_new = kept.iter().all(|it| word(it) != word(&branch));
                    if is_new && !branch.is_array() {
                        kept.push(branch);
                    }
                }
                Value::Array(kept)
            }
            Value::Object(_) => self.object(ty),
            _ => ty.clone(),
        }
    }

    fn object(&mut self, ty: &Value) -> Value {
        if let Some(name) = ty.get("name").and_then(Value::as_str)
            && !self.defined.insert(name.to_owned())
        {
            return json!(name);
        }
        let mut ty = ty.clone();
        for key in ["items", "values"] {
            if let Some(inner) = ty.get(key).cloned() {
                ty[key] = self.ty(&inner);
            }
        }
        let fields = ty.get_mut("fields").and_then(Value::as_array_mut);
        for field in fields.into_iter().flatten() {
            field["type"] = self.ty(&field["type"].clone());
        }
        ty
    }
}
