//! The field paths of a `contract.toml` against the schemas.

use super::{ContractVersion, config_text::ConfigText};
use crate::{
    Kind, Logical, Node, Problem, ProblemCode, Schema,
    problem::{likely, shorten},
};

/// What a path must lead to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// A non-null string, int, long, uuid or enum.
    Key,
    /// An int or long of the event itself.
    Version,
    /// A boolean of the event itself.
    Deleted,
}

/// Problems of the paths, each with the newest version in which it shows.
pub(super) fn check_paths(
    config: &ConfigText,
    versions: &[ContractVersion],
    file: &str,
) -> Vec<Problem> {
    let ConfigText { config: it, spans } = config;
    let list = |key: &str, paths: &[String], wanted| {
        let paths = paths.iter().enumerate();
        paths
            .map(|(index, path)| (format!("{key}[{index}]"), path.clone(), wanted))
            .collect::<Vec<_>>()
    };
    let mut checks = list("key", &it.key, Wanted::Key);
    // The key's paths stand in for a missing partition_by.
    if spans.contains_key("partition_by") {
        checks.extend(list("partition_by", &it.partition_by, Wanted::Key));
    }
    checks.extend(
        it.version
            .iter()
            .map(|path| ("version".to_owned(), path.clone(), Wanted::Version)),
    );
    checks.extend(
        it.deleted
            .iter()
            .map(|path| ("deleted".to_owned(), path.clone(), Wanted::Deleted)),
    );
    let mut problems = Vec::new();
    for (place, path, wanted) in checks {
        for version in versions.iter().rev() {
            if let Err((message, fix)) = check_path(&version.schema, &path, wanted) {
                let message = format!("{:?} in {}: {message}", shorten(&path), version.version);
                let problem = Problem::new(ProblemCode::BAD_FIELD_PATH, message);
                let problem = problem.in_file(file).fix(fix);
                problems.push(Problem {
                    span: spans.get(&place).copied(),
                    ..problem
                });
                break;
            }
        }
    }
    problems
}

fn check_path(schema: &Schema, path: &str, wanted: Wanted) -> Result<(), (String, String)> {
    if wanted != Wanted::Key && path.contains('.') {
        let fix = "name a field of the event itself".to_owned();
        return Err(("the field lies inside another one".to_owned(), fix));
    }
    let mut node = schema.root();
    for name in path.split('.') {
        let Kind::Record(record) = &node.kind else {
            let message = format!("nothing is named {:?} in {}", shorten(name), word(node));
            return Err((
                message,
                "a path goes through records only, and none may be null".to_owned(),
            ));
        };
        let Some(field) = record.fields.iter().find(|field| field.name == name) else {
            let names = record.fields.iter().map(|field| field.name.as_str());
            let fix = likely(name, names).map(|near| format!("did you mean {near:?}?"));
            let message = format!("{} has no field {:?}", record.name.name(), shorten(name));
            return Err((message, fix.unwrap_or_default()));
        };
        node = schema.node(field.ty);
    }
    let (fits, needed) = match wanted {
        Wanted::Key => (
            is_key(node),
            "a string, int, long, uuid or enum that is never null",
        ),
        Wanted::Version => (
            matches!(node.kind, Kind::Int | Kind::Long) && node.logical.is_none(),
            "an int or long",
        ),
        Wanted::Deleted => (node.kind == Kind::Boolean, "a boolean"),
    };
    if fits {
        return Ok(());
    }
    Err((
        format!("the field is {}", word(node)),
        format!("name {needed}"),
    ))
}

fn is_key(node: &Node) -> bool {
    match node.kind {
        Kind::String | Kind::Enum(_) => true,
        Kind::Int | Kind::Long => node.logical.is_none(),
        Kind::Fixed(_) => node.logical == Some(Logical::Uuid),
        Kind::Null
        | Kind::Boolean
        | Kind::Float
        | Kind::Double
        | Kind::Bytes
        | Kind::Record(_)
        | Kind::Array(_)
        | Kind::Map(_)
        | Kind::Union(_) => false,
    }
}

/// A type in words.
fn word(node: &Node) -> &'static str {
    if node.logical.is_some() && !matches!(node.kind, Kind::String) {
        return "of a logical type";
    }
    match node.kind {
        Kind::Null => "null",
        Kind::Boolean => "a boolean",
        Kind::Int => "an int",
        Kind::Long => "a long",
        Kind::Float => "a float",
        Kind::Double => "a double",
        Kind::Bytes => "bytes",
        Kind::String => "a string",
        Kind::Record(_) => "a record",
        Kind::Enum(_) => "an enum",
        Kind::Fixed(_) => "a fixed",
        Kind::Array(_) => "an array",
        Kind::Map(_) => "a map",
        Kind::Union(_) => "a union",
    }
}
