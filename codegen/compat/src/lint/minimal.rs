//! The set `minimal`: what tools trip over, whatever the taste.

use std::collections::BTreeMap;

use accordant_schema::{Field, Kind, NodeId, Schema, json::Value};

use super::{
    Lint, Set, lint,
    run::{Hit, Subject},
    types::{FieldAt, NodeAt},
};

pub(super) const NAMESPACE_MISSING: Lint = lint(
    Set::Minimal,
    "L101",
    "namespace-missing",
    include_str!("L101.md"),
    namespace_missing,
);
pub(super) const RECURSION_WITHOUT_END: Lint = lint(
    Set::Minimal,
    "L102",
    "recursion-without-end",
    include_str!("L102.md"),
    recursion_without_end,
);
pub(super) const ALIAS_OF_ITSELF: Lint = lint(
    Set::Minimal,
    "L103",
    "alias-of-itself",
    include_str!("L103.md"),
    alias_of_itself,
);
pub(super) const ALIAS_COLLISION: Lint = lint(
    Set::Minimal,
    "L104",
    "alias-collision",
    include_str!("L104.md"),
    alias_collision,
);
pub(super) const DECIMAL_INVALID: Lint = lint(
    Set::Minimal,
    "L105",
    "decimal-invalid",
    include_str!("L105.md"),
    decimal_invalid,
);
pub(super) const TYPE_WITHOUT_VALUE: Lint = lint(
    Set::Minimal,
    "L106",
    "type-without-value",
    include_str!("L106.md"),
    type_without_value,
);

fn namespace_missing(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, named) in subject.own.named() {
        if named.name.namespace().is_empty() {
            hits.push(subject.name_of(at).hit(
                format!(
                    "the {} {:?} has no namespace",
                    named.word,
                    named.name.name()
                ),
                "two teams that choose the same word define one type twice",
                "give it a \"namespace\", such as the team's",
            ));
        }
    }
    hits
}

fn recursion_without_end(subject: &Subject<'_>) -> Vec<Hit> {
    let schema = subject.own.schema;
    let ends = ends(schema);
    // The first one only: the others of a circle have the same repair.
    let endless = subject
        .own
        .records()
        .filter(|(at, _)| !ends[at.id.0 as usize])
        .find(|(at, _)| contains_itself(schema, &ends, at.id));
    let hit = |(at, record): (&NodeAt<'_>, &accordant_schema::Record)| {
        subject.name_of(at).hit(
            format!(
                "every {} holds another one, without an end",
                record.name.name()
            ),
            "no event of this type can be written",
            "make the field that leads back optional, or an array",
        )
    };
    endless.map(hit).into_iter().collect()
}

/// By node: whether some finite value of it exists.
fn ends(schema: &Schema) -> Vec<bool> {
    let mut ends = vec![false; schema.nodes.len()];
    loop {
        let mut is_changed = false;
        // Parts mostly stand behind what they are part of.
        for (at, node) in schema.nodes.iter().enumerate().rev() {
            let of = |id: &NodeId| ends[id.0 as usize];
            let now = match &node.kind {
                Kind::Record(record) => record.fields.iter().all(|field| of(&field.ty)),
                Kind::Union(branches) => branches.is_empty() || branches.iter().any(of),
                Kind::Null
                | Kind::Boolean
                | Kind::Int
                | Kind::Long
                | Kind::Float
                | Kind::Double
                | Kind::Bytes
                | Kind::String
                | Kind::Enum(_)
                | Kind::Fixed(_)
                | Kind::Array(_)
                | Kind::Map(_) => true,
            };
            if now && !ends[at] {
                ends[at] = true;
                is_changed = true;
            }
        }
        if !is_changed {
            return ends;
        }
    }
}

/// Whether a type without an end is its own part, and does not just hold one.
fn contains_itself(schema: &Schema, ends: &[bool], wanted: NodeId) -> bool {
    let mut seen = vec![false; schema.nodes.len()];
    let mut open = vec![wanted];
    while let Some(id) = open.pop() {
        // Without an end are only records and unions of them.
        let kind = &schema.node(id).kind;
        let fields = kind.fields().iter().map(|field| field.ty);
        for part in fields.chain(kind.branches().iter().copied()) {
            if part == wanted {
                return true;
            }
            let at = part.0 as usize;
            if !ends[at] && !seen[at] {
                seen[at] = true;
                open.push(part);
            }
        }
    }
    false
}

fn alias_of_itself(subject: &Subject<'_>) -> Vec<Hit> {
    const MEANS: &str = "it does nothing; a former name was meant";
    let mut hits = Vec::new();
    for (at, named) in subject.own.named() {
        if named.aliases.contains(named.name) {
            hits.push(subject.list_of(at, "aliases").hit(
                format!("{} is an alias of itself", named.name),
                MEANS,
                "name the former name, or remove the alias",
            ));
        }
    }
    for at in &subject.own.fields {
        if at.field.aliases.contains(&at.field.name) {
            hits.push(at.in_list(subject, "aliases", &at.field.name).hit(
                format!("the field {:?} is an alias of itself", at.field.name),
                MEANS,
                "name the former name, or remove the alias",
            ));
        }
    }
    hits
}

fn alias_collision(subject: &Subject<'_>) -> Vec<Hit> {
    const MEANS: &str = "which of the two a reader fills from an old record is left to its library";
    let mut hits = Vec::new();
    for (at, named) in subject.own.named() {
        for alias in named.aliases.iter().filter(|it| *it != named.name) {
            if subject.own.schema.names.contains_key(alias) {
                hits.push(subject.list_of(at, "aliases").hit(
                    format!("the alias {alias} is the name of another type"),
                    MEANS,
                    "remove the alias",
                ));
            }
        }
    }
    for (_, record) in subject.own.records() {
        let names = record.fields.iter().map(|it| (it.name.as_str(), it));
        let mut taken: BTreeMap<&str, &Field> = names.collect();
        for at in subject.own.fields_of(record) {
            let FieldAt { field, .. } = at;
            for alias in field.aliases.iter().filter(|it| **it != field.name) {
                let Some(other) = taken.insert(alias, field) else {
                    continue;
                };
                hits.push(at.in_list(subject, "aliases", alias).hit(
                    format!(
                        "the alias {alias:?} of {:?} is {:?} too",
                        field.name, other.name
                    ),
                    MEANS,
                    "remove the alias from one of them",
                ));
            }
        }
    }
    hits
}

fn decimal_invalid(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.nodes {
        let is_decimal = at
            .node
            .prop("logicalType")
            .is_some_and(|it| it.as_str() == Some("decimal"));
        let is_base = matches!(at.node.kind, Kind::Bytes | Kind::Fixed(_));
        if !is_decimal || !is_base || at.node.logical.is_some() {
            continue;
        }
        let number = |name: &str| match at.node.prop(name).map(|it| &it.value) {
            Some(Value::Number(text)) => text.clone(),
            Some(_) => "no number".to_owned(),
            None => "missing".to_owned(),
        };
        let size = if let Kind::Fixed(fixed) = &at.node.kind {
            format!(" in {} bytes", fixed.size)
        } else {
            String::new()
        };
        hits.push(at.at(subject, "logicalType").hit(
            format!(
                "this is no decimal: precision {}, scale {}{size}",
                number("precision"),
                number("scale")
            ),
            "readers pass over the logical type and get bare bytes",
            "give it a precision of at least 1 that fits the bytes, and a scale of 0 to the precision",
        ));
    }
    hits
}

fn type_without_value(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, named) in subject.own.named() {
        let lacks = if matches!(&at.node.kind, Kind::Enum(it) if it.symbols.is_empty()) {
            "symbol"
        } else if matches!(&at.node.kind, Kind::Fixed(it) if it.size == 0) {
            "byte"
        } else {
            continue;
        };
        hits.push(subject.name_of(at).hit(
            format!("the {} {} has no {lacks}", named.word, named.name.name()),
            "there is nothing that it could say",
            format!("give it a {lacks}, or leave it out"),
        ));
    }
    hits
}
