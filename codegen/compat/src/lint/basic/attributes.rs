//! Attributes that no tool reads as they were meant.

use accordant_schema::{Kind, Node, likely};

use crate::lint::{
    Lint, Set, lint,
    run::{Hit, Subject},
};

pub(in crate::lint) const LOGICAL_TYPE_UNKNOWN: Lint = lint(
    Set::Basic,
    "L212",
    "logical-type-unknown",
    include_str!("../L212.md"),
    logical_type_unknown,
);
pub(in crate::lint) const LOGICAL_TYPE_MISPLACED: Lint = lint(
    Set::Basic,
    "L213",
    "logical-type-misplaced",
    include_str!("../L213.md"),
    logical_type_misplaced,
);
pub(in crate::lint) const ATTRIBUTE_MISSPELT: Lint = lint(
    Set::Basic,
    "L214",
    "attribute-misspelt",
    include_str!("../L214.md"),
    attribute_misspelt,
);

/// The logical types of Avro 1.12 and what each goes on.
const LOGICAL_TYPES: [(&str, &str); 13] = [
    ("big-decimal", "bytes"),
    ("date", "int"),
    ("decimal", "bytes or fixed"),
    ("duration", "fixed of 12 bytes"),
    ("local-timestamp-micros", "long"),
    ("local-timestamp-millis", "long"),
    ("local-timestamp-nanos", "long"),
    ("time-micros", "long"),
    ("time-millis", "int"),
    ("timestamp-micros", "long"),
    ("timestamp-millis", "long"),
    ("timestamp-nanos", "long"),
    ("uuid", "string or fixed of 16 bytes"),
];

fn logical_type_unknown(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.nodes {
        let Some(json) = at.node.prop("logicalType") else {
            continue;
        };
        let text = json.as_str().unwrap_or_default();
        // A decimal on the right base has a rule of its own.
        let is_decimal = text == "decimal" && matches!(at.node.kind, Kind::Bytes | Kind::Fixed(_));
        if at.node.logical.is_some() || is_decimal {
            continue;
        }
        let known = LOGICAL_TYPES.iter().find(|(name, _)| *name == text);
        let (message, fix) = match known {
            Some((name, base)) => (
                format!("{name} does not go on {}", at.node.kind.word()),
                format!("put it on {base}"),
            ),
            None => {
                let near = likely(text, LOGICAL_TYPES.iter().map(|(name, _)| *name));
                let fix = match near {
                    Some(near) => format!("did you mean {near:?}?"),
                    None => "remove it, or use one of Avro's".to_owned(),
                };
                (format!("Avro has no logical type {text:?}"), fix)
            }
        };
        let means = format!(
            "every reader passes over it and gets a bare {}",
            at.node.kind.word()
        );
        hits.push(at.at(subject, "logicalType").hit(message, means, fix));
    }
    hits
}

fn logical_type_misplaced(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.fields {
        let Some(json) = at.field.prop("logicalType") else {
            continue;
        };
        let text = json.as_str().unwrap_or_default();
        let base = subject.own.schema.node(at.field.ty).kind.word();
        hits.push(at.at(json.span).hit(
            format!(
                "the logical type of {:?} stands beside the type",
                at.field.name
            ),
            format!("no reader sees it: the field is a bare {base}"),
            format!("write \"type\": {{ \"type\": \"{base}\", \"logicalType\": {text:?} }}"),
        ));
    }
    hits
}

/// Attributes of a field.
const FIELD_KEYS: [&str; 6] = ["aliases", "default", "doc", "name", "order", "type"];
/// Attributes of any type.
const LOGICAL_KEYS: [&str; 3] = ["logicalType", "precision", "scale"];
/// Attributes of a named type.
const NAMED_KEYS: [&str; 7] = [
    "aliases",
    "doc",
    "name",
    "namespace",
    "logicalType",
    "precision",
    "scale",
];

fn attribute_misspelt(subject: &Subject<'_>) -> Vec<Hit> {
    const MEANS: &str = "every tool passes over it, and nobody is told";
    let mut hits = Vec::new();
    for at in &subject.own.fields {
        for (key, json) in &at.field.props {
            if let Some(near) = meant(key, &FIELD_KEYS) {
                let message = format!("the field {:?} has an attribute {key:?}", at.field.name);
                hits.push(
                    at.at(json.span)
                        .hit(message, MEANS, format!("did you mean {near:?}?")),
                );
            }
        }
    }
    for at in &subject.own.nodes {
        for (key, _) in &at.node.props {
            if let Some(near) = meant(key, known_keys(at.node)) {
                let message = format!("the {} has an attribute {key:?}", at.node.kind.word());
                hits.push(at.at(subject, key).hit(
                    message,
                    MEANS,
                    format!("did you mean {near:?}?"),
                ));
            }
        }
    }
    hits
}

fn known_keys(node: &Node) -> &'static [&'static str] {
    match node.kind {
        Kind::Record(_) | Kind::Enum(_) | Kind::Fixed(_) => &NAMED_KEYS,
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
        | Kind::Union(_) => &LOGICAL_KEYS,
    }
}

/// The attribute that a key was meant to be; `None` for a key that is one, or
/// that is somebody's own.
fn meant<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    let all = FIELD_KEYS.iter().chain(&NAMED_KEYS).chain(&LOGICAL_KEYS);
    let is_known = all.into_iter().any(|it| *it == key);
    if is_known {
        return None;
    }
    likely(key, known.iter().copied())
}
