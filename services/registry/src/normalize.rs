//! `normalize=true`: what does not matter is written one way, as Confluent
//! writes it: sorted aliases and attributes, sorted keys in defaults, floating
//! defaults with a fraction, no empty documentation of types.
//!
//! A type without a namespace inside of one with a namespace comes into that
//! namespace: Confluent's text leaves the empty one out, and whoever reads it
//! reads it so.
//!
//! Absent on purpose: Confluent drops a union's default that fits another
//! branch than the first; that takes away a default that readers may need.

use accordant_schema::{
    FullName, Kind, NodeId, Schema,
    json::{Json, Value},
};

use crate::{content::Reference, equivalence::sort_attributes};

/// The same schema in its normal form.
pub(crate) fn normalized(mut schema: Schema) -> Schema {
    sort_attributes(&mut schema);
    fill_namespaces(&mut schema);
    let defaults = defaults(&schema);
    for (index, node) in schema.nodes.iter_mut().enumerate() {
        match &mut node.kind {
            Kind::Record(record) => {
                record.is_error = false;
                record.aliases.sort();
                drop_empty(&mut record.doc);
                for (number, field) in record.fields.iter_mut().enumerate() {
                    field.aliases.sort();
                    if let Some(default) = defaults.iter().find(|it| it.at == (index, number)) {
                        field.default = Some(default.value.clone());
                    }
                }
            }
            Kind::Enum(it) => {
                it.aliases.sort();
                drop_empty(&mut it.doc);
            }
            Kind::Fixed(fixed) => {
                fixed.aliases.sort();
                drop_empty(&mut fixed.doc);
            }
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Array(_)
            | Kind::Map(_)
            | Kind::Union(_) => {}
        }
    }
    schema
}

/// Brings types without a namespace into the one around their definition, in
/// the order in which a text defines them; not where the name is taken there.
fn fill_namespaces(schema: &mut Schema) {
    let mut seen = vec![false; schema.nodes.len()];
    let mut steps = vec![(schema.root, String::new())];
    while let Some((id, around)) = steps.pop() {
        let Some(place) = seen.get_mut(id.0 as usize) else {
            continue;
        };
        if std::mem::replace(place, true) {
            continue;
        }
        let inside = name_in(schema, id, &around).unwrap_or(around);
        let children: Vec<NodeId> = match &schema.node(id).kind {
            Kind::Record(record) => record.fields.iter().map(|field| field.ty).collect(),
            Kind::Array(items) => vec![*items],
            Kind::Map(values) => vec![*values],
            Kind::Union(branches) => branches.clone(),
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Enum(_)
            | Kind::Fixed(_) => vec![],
        };
        let children = children.into_iter().rev();
        steps.extend(children.map(|child| (child, inside.clone())));
    }
}

/// The namespace inside of a named type, which may have taken the one around it.
fn name_in(schema: &mut Schema, id: NodeId, around: &str) -> Option<String> {
    let node = &mut schema.nodes[id.0 as usize];
    let own = node.source == 0;
    let name = match &mut node.kind {
        Kind::Record(it) => &mut it.name,
        Kind::Enum(it) => &mut it.name,
        Kind::Fixed(it) => &mut it.name,
        Kind::Null
        | Kind::Boolean
        | Kind::Int
        | Kind::Long
        | Kind::Float
        | Kind::Double
        | Kind::Bytes
        | Kind::String
        | Kind::Array(_)
        | Kind::Map(_)
        | Kind::Union(_) => return None,
    };
    if own && name.namespace().is_empty() && !around.is_empty() {
        let wanted = FullName::new(&format!("{around}.{}", name.name())).ok()?;
        if !schema.names.contains_key(&wanted) {
            schema.names.remove(name);
            *name = wanted.clone();
            schema.names.insert(wanted, id);
        }
    }
    Some(name.namespace().to_owned())
}

/// References in order, each once.
pub(crate) fn normalized_references(mut references: Vec<Reference>) -> Vec<Reference> {
    references.sort_by(|one, two| key(one).cmp(&key(two)));
    references.dedup();
    references
}

/// A field's default in its normal form.
struct Default {
    /// The record's node and the field's number.
    at: (usize, usize),
    value: Json,
}

fn defaults(schema: &Schema) -> Vec<Default> {
    let mut defaults = Vec::new();
    for (index, node) in schema.nodes.iter().enumerate() {
        let Kind::Record(record) = &node.kind else {
            continue;
        };
        for (number, field) in record.fields.iter().enumerate() {
            if let Some(default) = &field.default {
                let value = default_of(schema, field.ty, default);
                defaults.push(Default {
                    at: (index, number),
                    value,
                });
            }
        }
    }
    defaults
}

/// As deep as the default's own text, which the parser bounds.
fn default_of(schema: &Schema, ty: NodeId, json: &Json) -> Json {
    let value = match (&schema.node(ty).kind, &json.value) {
        (Kind::Float | Kind::Double, Value::Number(text)) if is_integer(text) => {
            Value::Number(format!("{text}.0"))
        }
        (Kind::Record(record), Value::Object(entries)) => {
            let mut entries = entries.clone();
            entries.sort_by(|one, two| one.0.name.cmp(&two.0.name));
            for (key, value) in &mut entries {
                if let Some(field) = record.fields.iter().find(|it| it.name == key.name) {
                    *value = default_of(schema, field.ty, value);
                }
            }
            Value::Object(entries)
        }
        (Kind::Map(values), Value::Object(entries)) => {
            let mut entries = entries.clone();
            entries.sort_by(|one, two| one.0.name.cmp(&two.0.name));
            for (_, value) in &mut entries {
                *value = default_of(schema, *values, value);
            }
            Value::Object(entries)
        }
        (Kind::Array(items), Value::Array(values)) => Value::Array(
            values
                .iter()
                .map(|it| default_of(schema, *items, it))
                .collect(),
        ),
        (Kind::Union(branches), _) => match branches.first() {
            Some(first) => return default_of(schema, *first, json),
            None => json.value.clone(),
        },
        (_, value) => value.clone(),
    };
    Json {
        value,
        span: json.span,
    }
}

fn is_integer(text: &str) -> bool {
    !text.contains(['.', 'e', 'E'])
}

fn drop_empty(doc: &mut Option<String>) {
    if doc.as_deref() == Some("") {
        *doc = None;
    }
}

fn key(reference: &Reference) -> (&str, &str, i32) {
    (&reference.name, &reference.subject, reference.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sent: &str, expected: &str) {
        let schema = normalized(accordant_schema::parse(sent).unwrap());
        assert_eq!(accordant_schema::java_text(&schema, false), expected);
        let again = normalized(accordant_schema::parse(expected).unwrap());
        assert_eq!(accordant_schema::java_text(&again, false), expected);
    }

    #[test]
    fn attributes_and_aliases_are_sorted() {
        check(
            r#"{"type":"bytes","scale":2,"precision":4,"logicalType":"decimal"}"#,
            r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}"#,
        );
        check(
            r#"{"type":"fixed","name":"n.F","size":1,"doc":"","z":1,"aliases":["z","n.y"],"b":2}"#,
            r#"{"type":"fixed","name":"F","namespace":"n","size":1,"b":2,"z":1,"aliases":["y","z"]}"#,
        );
    }

    #[test]
    fn defaults_are_written_as_their_type_is() {
        let record = |ty: &str, default: &str| {
            format!(
                r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":{ty},"default":{default}}}]}}"#
            )
        };
        let nested = r#"{"type":"record","name":"N","fields":[{"name":"b","type":"double"},{"name":"a","type":{"type":"array","items":"float"}}]}"#;
        for (ty, default, expected) in [
            ("\"double\"", "1", "1.0"),
            ("\"float\"", "-3", "-3.0"),
            ("\"long\"", "1", "1"),
            ("[\"double\",\"null\"]", "2", "2.0"),
            (
                r#"{"type":"map","values":"double"}"#,
                r#"{"y":1,"x":0.5}"#,
                r#"{"x":0.5,"y":1.0}"#,
            ),
            (nested, r#"{"b":1,"a":[2]}"#, r#"{"a":[2.0],"b":1.0}"#),
        ] {
            check(&record(ty, default), &record(ty, expected));
        }
    }

    #[test]
    fn a_type_without_a_namespace_takes_the_one_around_it() {
        let outer = |fields: &str| {
            format!(r#"{{"type":"record","name":"R","namespace":"x","fields":[{fields}]}}"#)
        };
        let inner = |namespace: &str| {
            format!(
                r#"{{"type":"record","name":"S"{namespace},"fields":[{{"name":"r","type":["null","S"]}}]}}"#
            )
        };
        let fields = |ty: &str| {
            format!(
                r#"{{"name":"s","type":{ty}}},{{"name":"t","type":{{"type":"array","items":"S"}}}}"#
            )
        };
        let sent = outer(&fields(&inner(r#","namespace":"""#)));
        check(&sent, &outer(&fields(&inner(""))));
        // Not where the name is another type's.
        let taken = r#"{"name":"a","type":{"type":"enum","name":"S","symbols":["A"]}},"#;
        let kept = outer(&format!(
            r#"{taken}{{"name":"s","type":{{"type":"fixed","name":"S","namespace":"","size":1}}}}"#
        ));
        check(&kept, &kept);
    }

    #[test]
    fn an_error_is_a_record_and_empty_documentation_of_types_goes() {
        check(
            r#"{"type":"error","name":"E","doc":"","fields":[{"name":"f","type":"int","doc":""}]}"#,
            r#"{"type":"record","name":"E","fields":[{"name":"f","type":"int","doc":""}]}"#,
        );
    }
}
