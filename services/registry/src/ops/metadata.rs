//! Metadata and rules of a new version: what the settings give beforehand,
//! what the request or else the version before says, what the settings impose.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::Error;

/// The property in which Confluent's clients find the version that metadata
/// was made for.
const VERSION: &str = "confluent:version";

/// Metadata as it is stored: its three parts, each sorted, empty ones left out.
pub(crate) fn canonical(sent: &Value) -> Result<Option<Value>, Error> {
    let wrong = |what: &str| Error::BodyInvalid(format!("metadata: {what}"));
    let map = match sent {
        Value::Null => return Ok(None),
        Value::Object(map) => map,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            return Err(wrong("not an object"));
        }
    };
    let mut metadata = Map::new();
    for part in ["tags", "properties"] {
        match map.get(part) {
            None | Some(Value::Null) => {}
            Some(Value::Object(entries)) => {
                let sorted: BTreeMap<_, _> = entries.iter().collect();
                let mut taken = Map::new();
                for (key, value) in sorted {
                    taken.insert(key.clone(), entry(part, value).ok_or_else(|| wrong(part))?);
                }
                metadata.insert(part.to_owned(), Value::Object(taken));
            }
            Some(_) => return Err(wrong(part)),
        }
    }
    match map.get("sensitive") {
        None | Some(Value::Null) => {}
        Some(names) => {
            let names = texts(names).ok_or_else(|| wrong("sensitive"))?;
            metadata.insert("sensitive".to_owned(), names);
        }
    }
    metadata.retain(|_, part| !is_empty(part));
    Ok(Some(Value::Object(metadata)))
}

/// `new` over `old`, part by part and key by key.
pub(crate) fn merged(old: Option<&Value>, new: Option<&Value>) -> Option<Value> {
    let (old, new) = match (old, new) {
        (None, one) | (one, None) => return one.cloned(),
        (Some(old), Some(new)) => (old, new),
    };
    let mut metadata = Map::new();
    for part in ["tags", "properties"] {
        let mut entries = BTreeMap::new();
        for side in [old, new] {
            entries.extend(
                side.get(part)
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten(),
            );
        }
        let entries = entries
            .into_iter()
            .map(|(key, value)| (key.clone(), value.clone()));
        metadata.insert(part.to_owned(), Value::Object(entries.collect()));
    }
    let both = [old, new]
        .into_iter()
        .filter_map(|side| side.get("sensitive")?.as_array());
    let names = Value::Array(both.flatten().cloned().collect());
    metadata.insert("sensitive".to_owned(), texts(&names).unwrap_or(names));
    metadata.retain(|_, part| !is_empty(part));
    Some(Value::Object(metadata))
}

/// `new` over `old`: a rule replaces the one of its name.
pub(crate) fn merged_rules(old: Option<&Value>, new: Option<&Value>) -> Option<Value> {
    let (old, new) = match (old, new) {
        (None, one) | (one, None) => return one.cloned(),
        (Some(old), Some(new)) => (old, new),
    };
    let mut rules = old.as_object().cloned().unwrap_or_default();
    for (key, value) in new.as_object().into_iter().flatten() {
        let merged = match (rules.get(key), value) {
            (Some(Value::Array(old)), Value::Array(new)) => {
                let is_new = |rule: &Value| new.iter().any(|it| it.get("name") == rule.get("name"));
                let kept = old.iter().filter(|rule| !is_new(rule));
                Value::Array(kept.chain(new).cloned().collect())
            }
            (Some(old), Value::Null) => old.clone(),
            (_, new) => new.clone(),
        };
        rules.insert(key.clone(), merged);
    }
    Some(Value::Object(rules))
}

/// The rules without those of some names.
pub(crate) fn without_rules(rules: Option<Value>, names: &[String]) -> Option<Value> {
    let Some(Value::Object(mut rules)) = rules else {
        return rules;
    };
    for (_, list) in &mut rules {
        if let Value::Array(list) = list {
            list.retain(|rule| {
                let name = rule.get("name").and_then(Value::as_str);
                !name.is_some_and(|name| names.iter().any(|it| it == name))
            });
        }
    }
    Some(Value::Object(rules))
}

/// A property's text.
pub(crate) fn property<'a>(metadata: Option<&'a Value>, key: &str) -> Option<&'a str> {
    metadata?.get("properties")?.get(key)?.as_str()
}

/// The metadata with the version that it was made for.
pub(crate) fn with_version(metadata: Option<&Value>, version: i32) -> Value {
    let property = serde_json::json!({"properties": {VERSION: version.to_string()}});
    merged(metadata, Some(&property)).unwrap_or(property)
}

/// Whether metadata names the version that it was made for.
pub(crate) fn has_version(metadata: Option<&Value>) -> bool {
    property(metadata, VERSION).is_some()
}

/// The same, where a version that only one side names does not count.
pub(crate) fn same(one: Option<&Value>, two: Option<&Value>) -> bool {
    if has_version(one) == has_version(two) {
        return one == two;
    }
    without_version(one) == without_version(two)
}

fn without_version(metadata: Option<&Value>) -> Option<Value> {
    let mut metadata = metadata?.clone();
    if let Some(Value::Object(properties)) = metadata.get_mut("properties") {
        properties.shift_remove(VERSION);
    }
    if let Value::Object(parts) = &mut metadata {
        parts.retain(|_, part| !is_empty(part));
        if parts.is_empty() {
            return None;
        }
    }
    Some(metadata)
}

/// A tag's texts, or a property's text.
fn entry(part: &str, value: &Value) -> Option<Value> {
    match (part, value) {
        ("tags", value) => texts(value),
        (_, Value::String(_)) => Some(value.clone()),
        // As Jackson reads a scalar where it wants a text.
        (_, Value::Bool(_) | Value::Number(_)) => Some(Value::String(value.to_string())),
        (_, Value::Null | Value::Array(_) | Value::Object(_)) => None,
    }
}

/// A set of texts, sorted.
fn texts(value: &Value) -> Option<Value> {
    let mut names = Vec::new();
    for item in value.as_array()? {
        names.push(item.as_str()?);
    }
    names.sort_unstable();
    names.dedup();
    Some(Value::from(names))
}

fn is_empty(part: &Value) -> bool {
    match part {
        Value::Object(entries) => entries.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_is_sorted_and_has_no_empty_parts() {
        let sent =
            json!({"sensitive": ["b", "a", "b"], "properties": {"z": "1", "a": true}, "tags": {}});
        let stored = canonical(&sent).unwrap().unwrap();
        assert_eq!(
            stored.to_string(),
            r#"{"properties":{"a":"true","z":"1"},"sensitive":["a","b"]}"#
        );
        for bad in [
            json!([]),
            json!({"properties": 1}),
            json!({"tags": {"a": "b"}}),
            json!({"sensitive": [1]}),
        ] {
            assert!(canonical(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_later_side_wins_key_by_key() {
        let old = json!({"properties": {"a": "1", "b": "1"}, "sensitive": ["a"]});
        let new = json!({"properties": {"b": "2"}, "tags": {"t": ["x"]}});
        let expected = json!({
            "tags": {"t": ["x"]}, "properties": {"a": "1", "b": "2"}, "sensitive": ["a"],
        });
        assert_eq!(merged(Some(&old), Some(&new)), Some(expected));
        assert_eq!(merged(None, Some(&new)), Some(new));
    }

    #[test]
    fn a_rule_replaces_the_one_of_its_name() {
        let old = json!({"domainRules": [{"name": "a", "n": 1}, {"name": "b"}]});
        let new = json!({"domainRules": [{"name": "a", "n": 2}]});
        let both = json!({"domainRules": [{"name": "b"}, {"name": "a", "n": 2}]});
        assert_eq!(merged_rules(Some(&old), Some(&new)), Some(both.clone()));
        let left = json!({"domainRules": [{"name": "a", "n": 2}]});
        assert_eq!(without_rules(Some(both), &["b".to_owned()]), Some(left));
    }

    #[test]
    fn a_version_that_one_side_names_does_not_count() {
        let plain = json!({"properties": {"a": "1"}});
        let of = |version| with_version(Some(&plain), version);
        assert!(same(Some(&plain), Some(&of(2))));
        assert!(!same(Some(&of(1)), Some(&of(2))));
        assert!(same(None, Some(&with_version(None, 3))));
        assert!(!same(None, Some(&plain)));
    }
}
