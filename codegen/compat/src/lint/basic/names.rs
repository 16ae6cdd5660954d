//! How types, fields, symbols and namespaces are written.

use std::collections::{BTreeMap, BTreeSet};

use accordant_schema::Kind;

use crate::{
    lint::{
        FieldCase, Lint, Set, lint,
        run::{At, Hit, Subject},
        types::NodeAt,
        words::{lower_camel, snake, upper_camel, upper_snake},
    },
    walk::path::short_name,
};

pub(in crate::lint) const TYPE_NOT_UPPER_CAMEL: Lint = lint(
    Set::Basic,
    "L201",
    "type-not-upper-camel",
    include_str!("../L201.md"),
    type_not_upper_camel,
);
pub(in crate::lint) const FIELD_NAME_STYLE: Lint = lint(
    Set::Basic,
    "L202",
    "field-name-style",
    include_str!("../L202.md"),
    field_name_style,
);
pub(in crate::lint) const SYMBOL_NOT_UPPER_SNAKE: Lint = lint(
    Set::Basic,
    "L203",
    "symbol-not-upper-snake",
    include_str!("../L203.md"),
    symbol_not_upper_snake,
);
pub(in crate::lint) const NAMESPACE_NOT_LOWER_CASE: Lint = lint(
    Set::Basic,
    "L204",
    "namespace-not-lower-case",
    include_str!("../L204.md"),
    namespace_not_lower_case,
);
pub(in crate::lint) const RUST_NAME_COLLISION: Lint = lint(
    Set::Basic,
    "L210",
    "rust-name-collision",
    include_str!("../L210.md"),
    rust_name_collision,
);
pub(in crate::lint) const TYPE_SHADOWS_PRELUDE: Lint = lint(
    Set::Basic,
    "L211",
    "type-shadows-prelude",
    include_str!("../L211.md"),
    type_shadows_prelude,
);

/// A type's name that is this short may be an abbreviation, such as `SKU`.
const ABBREVIATION_CHARS_MAX: usize = 4;

fn type_not_upper_camel(subject: &Subject<'_>) -> Vec<Hit> {
    let is_fine = |name: &str| {
        name.starts_with(|it: char| it.is_ascii_uppercase())
            && !name.contains('_')
            && (name.len() <= ABBREVIATION_CHARS_MAX || name.contains(char::is_lowercase))
    };
    let mut hits = Vec::new();
    for (at, named) in subject.own.named() {
        let name = named.name.name();
        if !is_fine(name) {
            hits.push(subject.name_of(at).hit(
                format!("the {} {name:?} is not in UpperCamelCase", named.word),
                "whoever reads it cannot tell a type from a field, and every language renames it",
                format!("name it {:?}", upper_camel(name)),
            ));
        }
    }
    hits
}

fn field_name_style(subject: &Subject<'_>) -> Vec<Hit> {
    let (word, form): (_, fn(&str) -> String) = match subject.config.field_case {
        FieldCase::Snake => ("snake_case", snake),
        FieldCase::LowerCamel => ("lowerCamelCase", lower_camel),
    };
    let is_fine = |name: &str| match subject.config.field_case {
        FieldCase::Snake => is_snake(name),
        FieldCase::LowerCamel => {
            name.starts_with(|it: char| it.is_ascii_lowercase()) && !name.contains('_')
        }
    };
    let mut hits = Vec::new();
    for at in &subject.own.fields {
        let name = &at.field.name;
        if !is_fine(name) {
            hits.push(at.named().hit(
                format!("the field {name:?} is not in {word}"),
                "two styles in one company: nobody can guess how a field is written",
                format!("name it {:?}", form(name)),
            ));
        }
    }
    hits
}

fn symbol_not_upper_snake(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, symbols) in subject.own.enums().map(|(at, it)| (at, &it.symbols)) {
        for symbol in symbols
            .iter()
            .filter(|it| !is_snake(&it.to_lowercase()) || has_lower(it))
        {
            hits.push(subject.symbol_of(at, symbol).hit(
                format!("the symbol {symbol:?} is not in UPPER_SNAKE_CASE"),
                "symbols are compared as texts: a second style is a symbol that nobody expects",
                format!("name it {:?}", upper_snake(symbol)),
            ));
        }
    }
    hits
}

fn namespace_not_lower_case(subject: &Subject<'_>) -> Vec<Hit> {
    let mut seen = BTreeSet::new();
    let mut hits = Vec::new();
    for (at, named) in subject.own.named() {
        let namespace = named.name.namespace();
        let is_fine = namespace.is_empty() || namespace.split('.').all(is_snake);
        if !is_fine && seen.insert(namespace) {
            hits.push(at.at(subject, "namespace").hit(
                format!("the namespace {namespace:?} is not in lower case"),
                "it becomes a module in Rust and a package in Java, and those are in lower case",
                format!("name it {:?}", lower(namespace)),
            ));
        }
    }
    hits
}

fn lower(namespace: &str) -> String {
    let parts: Vec<String> = namespace.split('.').map(snake).collect();
    parts.join(".")
}

fn rust_name_collision(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (_, record) in subject.own.records() {
        let names = record.fields.iter().map(|it| it.name.as_str());
        for pair in collisions(names, snake) {
            let mut fields = subject.own.fields_of(record);
            let at = fields.find(|it| it.field.name == pair.name);
            hits.extend(at.map(|at| pair.hit("fields", at.named())));
        }
    }
    for (at, it) in subject.own.enums() {
        for pair in collisions(it.symbols.iter().map(String::as_str), upper_camel) {
            hits.push(pair.hit("symbols", subject.symbol_of(at, pair.name)));
        }
    }
    for at in &subject.own.nodes {
        let Kind::Union(branches) = &at.node.kind else {
            continue;
        };
        let names = branches
            .iter()
            .map(|it| short_name(subject.own.schema, *it));
        for pair in collisions(names, upper_camel) {
            hits.push(pair.hit("branches", at.whole()));
        }
    }
    hits.extend(type_collisions(subject));
    hits
}

/// Types of one namespace share a module.
fn type_collisions(subject: &Subject<'_>) -> Vec<Hit> {
    let mut by_namespace: BTreeMap<&str, BTreeMap<&str, &NodeAt<'_>>> = BTreeMap::new();
    for (at, named) in subject.own.named() {
        let names = by_namespace.entry(named.name.namespace()).or_default();
        names.insert(named.name.name(), at);
    }
    let mut hits = Vec::new();
    for names in by_namespace.values() {
        for pair in collisions(names.keys().copied(), upper_camel) {
            hits.push(pair.hit("types", subject.name_of(names[pair.name])));
        }
    }
    hits
}

/// Two names that become one.
struct Collision<'n> {
    name: &'n str,
    /// The one that has the form already.
    other: &'n str,
    rust: String,
}

impl Collision<'_> {
    fn hit(&self, what: &str, at: At) -> Hit {
        let Collision { name, other, rust } = self;
        at.hit(
            format!("the {what} {other:?} and {name:?} differ only in form"),
            format!("in Rust both would be {rust}, so one is numbered"),
            "give one of them another word",
        )
    }
}

/// Names whose form an earlier one has.
fn collisions<'n>(
    names: impl Iterator<Item = &'n str>,
    form: fn(&str) -> String,
) -> Vec<Collision<'n>> {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let mut collisions = Vec::new();
    for name in names {
        let rust = form(name);
        match taken.get(&rust) {
            Some(other) => collisions.push(Collision { name, other, rust }),
            None => {
                taken.insert(rust, name);
            }
        }
    }
    collisions
}

fn type_shadows_prelude(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, named) in subject.own.named() {
        let rust = upper_camel(named.name.name());
        if PRELUDE.contains(&rust.as_str()) {
            hits.push(subject.name_of(at).hit(
                format!(
                    "the {} {:?} has a name of Rust's own",
                    named.word,
                    named.name.name()
                ),
                format!("whoever imports it cannot use Rust's {rust} any more"),
                "put the subject in front, such as \"OrderOption\"",
            ));
        }
    }
    hits
}

/// What every Rust file has without importing it.
const PRELUDE: [&str; 23] = [
    "AsMut", "AsRef", "Box", "Clone", "Copy", "Default", "Drop", "Err", "Extend", "From", "Into",
    "Iterator", "None", "Ok", "Option", "Result", "Self", "Send", "Some", "String", "Sync",
    "ToString", "Vec",
];

fn is_snake(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_lowercase())
        && !has_upper(name)
        && !name.contains("__")
        && !name.ends_with('_')
}

fn has_upper(name: &str) -> bool {
    name.contains(|it: char| it.is_ascii_uppercase())
}

fn has_lower(name: &str) -> bool {
    name.contains(|it: char| it.is_ascii_lowercase())
}
