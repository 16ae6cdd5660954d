//! How unions and their defaults are written.

use accordant_schema::{
    Field, Kind, Node,
    json::{Json, Value},
};

use crate::lint::{
    Lint, Set, lint,
    run::{Hit, Subject},
    types::FieldAt,
};

pub(in crate::lint) const NULL_NOT_FIRST: Lint = lint(
    Set::Basic,
    "L205",
    "null-not-first",
    include_str!("../L205.md"),
    null_not_first,
);
pub(in crate::lint) const OPTIONAL_WITHOUT_DEFAULT: Lint = lint(
    Set::Basic,
    "L206",
    "optional-without-default",
    include_str!("../L206.md"),
    optional_without_default,
);
pub(in crate::lint) const DEFAULT_NOT_FIRST: Lint = lint(
    Set::Basic,
    "L207",
    "union-default-not-first",
    include_str!("../L207.md"),
    default_not_first,
);
pub(in crate::lint) const ALIKE_TYPES: Lint = lint(
    Set::Basic,
    "L208",
    "union-of-alike-types",
    include_str!("../L208.md"),
    alike_types,
);
pub(in crate::lint) const ONE_BRANCH: Lint = lint(
    Set::Basic,
    "L209",
    "union-of-one-branch",
    include_str!("../L209.md"),
    one_branch,
);

/// The fields whose type is a union, with its branches.
fn union_fields<'s>(
    subject: &'s Subject<'_>,
) -> impl Iterator<Item = (&'s FieldAt<'s>, Vec<&'s Node>)> {
    subject.own.fields.iter().filter_map(|at| {
        let Kind::Union(branches) = &subject.own.schema.node(at.field.ty).kind else {
            return None;
        };
        let branches = branches.iter().map(|it| subject.own.schema.node(*it));
        Some((at, branches.collect()))
    })
}

fn null_at(branches: &[&Node]) -> Option<usize> {
    branches.iter().position(|it| it.kind == Kind::Null)
}

/// The default, unless it is `null`.
fn value_default(field: &Field) -> Option<&Json> {
    field.default.as_ref().filter(|it| it.value != Value::Null)
}

fn null_not_first(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, branches) in union_fields(subject) {
        let is_late = null_at(&branches).is_some_and(|place| place > 0);
        if is_late && value_default(at.field).is_none() {
            hits.push(at.named().hit(
                format!("null is not the first branch of {:?}", at.field.name),
                "tools of Avro 1.11 and before refuse the default null, which an optional field needs",
                "write [\"null\", ...] and \"default\": null",
            ));
        }
    }
    hits
}

fn optional_without_default(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, branches) in union_fields(subject) {
        if null_at(&branches) == Some(0) && at.field.default.is_none() {
            hits.push(at.named().hit(
                format!("{:?} may be null and has no default", at.field.name),
                "it can neither be added to a contract nor removed from it later",
                "add \"default\": null",
            ));
        }
    }
    hits
}

fn default_not_first(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, branches) in union_fields(subject) {
        let (Some(default), Some(first)) = (value_default(at.field), branches.first()) else {
            continue;
        };
        if !may_take(&first.kind, &default.value) {
            hits.push(at.named().hit(
                format!(
                    "the default of {:?} is not of the union's first branch, {}",
                    at.field.name,
                    first.kind.word()
                ),
                "tools of Avro 1.11 and before refuse the schema",
                "move the branch of the default to the front",
            ));
        }
    }
    hits
}

/// Whether a default has the JSON type that a branch is written in.
fn may_take(kind: &Kind, value: &Value) -> bool {
    if let (Kind::Enum(it), Value::String(text)) = (kind, value) {
        return it.symbols.contains(text);
    }
    matches!(
        (kind, value),
        (Kind::Null, Value::Null)
            | (Kind::Boolean, Value::Bool(_))
            | (
                Kind::Int | Kind::Long | Kind::Float | Kind::Double,
                Value::Number(_)
            )
            | (
                Kind::String | Kind::Bytes | Kind::Fixed(_),
                Value::String(_)
            )
            | (Kind::Array(_), Value::Array(_))
            | (Kind::Map(_) | Kind::Record(_), Value::Object(_))
    )
}

fn alike_types(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.nodes {
        let Kind::Union(branches) = &at.node.kind else {
            continue;
        };
        let kinds: Vec<&Kind> = branches
            .iter()
            .map(|it| &subject.own.schema.node(*it).kind)
            .collect();
        let pair = kinds.iter().enumerate().find_map(|(index, kind)| {
            let form = json_form(kind)?;
            let other = kinds[..index]
                .iter()
                .find(|it| json_form(it) == Some(form))?;
            Some((other.word(), kind.word(), form))
        });
        if let Some((first, second, form)) = pair {
            hits.push(at.whole().hit(
                format!("{first} and {second} are both {form} in JSON"),
                "an event in plain JSON does not say which branch it means",
                "keep one of them, or wrap each in a record of its own",
            ));
        }
    }
    hits
}

/// What a value looks like in JSON, where types share a form.
fn json_form(kind: &Kind) -> Option<&'static str> {
    match kind {
        Kind::Int | Kind::Long | Kind::Float | Kind::Double => Some("numbers"),
        Kind::String | Kind::Bytes | Kind::Enum(_) | Kind::Fixed(_) => Some("texts"),
        Kind::Null
        | Kind::Boolean
        | Kind::Record(_)
        | Kind::Array(_)
        | Kind::Map(_)
        | Kind::Union(_) => None,
    }
}

fn one_branch(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.nodes {
        let Kind::Union(branches) = &at.node.kind else {
            continue;
        };
        if branches.len() < 2 {
            let many = if branches.is_empty() { "no" } else { "one" };
            hits.push(at.whole().hit(
                format!("the union has {many} branch"),
                "there is nothing to choose, and every value carries a needless byte",
                "write the type itself, or add the branch that is missing",
            ));
        }
    }
    hits
}
