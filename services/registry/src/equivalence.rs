//! When a look-up takes two schemas for each other: Avro's `Schema.equals`
//! with aliases, documentation and enum defaults, where the order of custom
//! attributes does not matter.

use accordant_schema::{
    Kind, Schema, java_text,
    json::{Json, Value},
};

/// A text that is equal for equivalent schemas, references written out.
pub(crate) fn equivalence_text(schema: &Schema) -> String {
    let mut schema = schema.clone();
    sort_attributes(&mut schema);
    java_text(&schema, true)
}

/// Custom attributes by name, in types and in fields.
pub(crate) fn sort_attributes(schema: &mut Schema) {
    for node in &mut schema.nodes {
        sort(&mut node.props);
        if let Kind::Record(record) = &mut node.kind {
            for field in &mut record.fields {
                sort(&mut field.props);
            }
        }
    }
}

fn sort(props: &mut [(String, Json)]) {
    props.sort_by(|one, two| one.0.cmp(&two.0));
    for (_, json) in props {
        sort_keys(json);
    }
}

/// Objects inside a value too. The depth is bounded by the parser's limit.
fn sort_keys(json: &mut Json) {
    match &mut json.value {
        Value::Object(entries) => {
            entries.sort_by(|one, two| one.0.name.cmp(&two.0.name));
            for (_, value) in entries {
                sort_keys(value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(sort_keys),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(one: &str, two: &str, equal: bool) {
        let text = |schema| equivalence_text(&accordant_schema::parse(schema).unwrap());
        assert_eq!(text(one) == text(two), equal, "{one}\n{two}");
    }

    #[test]
    fn attribute_order_does_not_matter() {
        check(
            r#"{"type":"string","a":{"x":1,"y":2},"b":2}"#,
            r#"{"b":2,"type":"string","a":{"y":2,"x":1}}"#,
            true,
        );
        check(
            r#"{"type":"string","a":1}"#,
            r#"{"type":"string","a":2}"#,
            false,
        );
        check(r#"{"type":"string"}"#, r#""string""#, true);
    }

    #[test]
    fn documentation_aliases_and_defaults_do() {
        let record = |rest: &str, field: &str| {
            format!(
                r#"{{"type":"record","name":"R"{rest},"fields":[{{"name":"a","type":"int"{field}}}]}}"#
            )
        };
        let plain = record("", "");
        check(&plain, &record(r#","doc":"d""#, ""), false);
        check(&plain, &record(r#","aliases":["Q"]"#, ""), false);
        check(&plain, &record("", r#","default":1"#), false);
        check(&plain, &record("", r#","order":"descending""#), false);
        check(&plain, &record("", r#","order":"ascending""#), true);
    }
}
