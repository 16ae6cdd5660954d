//! The set `standard`: what keeps an event usable for years.

use accordant_schema::{
    Field, Kind, Node, NodeId, Schema,
    contract::{ContractKind, State},
};

use super::{
    Lint, Set, lint,
    run::{At, Hit, Subject},
    types::FieldAt,
    warning,
    words::words,
};
use crate::{Direction, levels};

pub(super) const ENUM_WITHOUT_DEFAULT: Lint = lint(
    Set::Standard,
    "L301",
    "enum-without-default",
    include_str!("L301.md"),
    enum_without_default,
);
pub(super) const ENUM_DEFAULT_NOT_UNKNOWN: Lint = lint(
    Set::Standard,
    "L302",
    "enum-default-not-unknown",
    include_str!("L302.md"),
    enum_default_not_unknown,
);
pub(super) const NEW_FIELD_WITHOUT_DEFAULT: Lint = lint(
    Set::Standard,
    "L303",
    "new-field-without-default",
    include_str!("L303.md"),
    new_field_without_default,
);
pub(super) const TIME_WITHOUT_LOGICAL_TYPE: Lint = lint(
    Set::Standard,
    "L304",
    "time-without-logical-type",
    include_str!("L304.md"),
    time_without_logical_type,
);
pub(super) const ID_NOT_STRING: Lint = lint(
    Set::Standard,
    "L305",
    "id-not-string",
    include_str!("L305.md"),
    id_not_string,
);
pub(super) const MONEY_AS_FLOAT: Lint = lint(
    Set::Standard,
    "L306",
    "money-as-float",
    include_str!("L306.md"),
    money_as_float,
);
pub(super) const NESTED_WITHOUT_NAME: Lint = lint(
    Set::Standard,
    "L307",
    "nested-without-name",
    include_str!("L307.md"),
    nested_without_name,
);
pub(super) const TOO_MANY_FIELDS: Lint = lint(
    Set::Standard,
    "L308",
    "too-many-fields",
    include_str!("L308.md"),
    too_many_fields,
);
pub(super) const UNUSED_TYPE: Lint = warning(lint(
    Set::Standard,
    "L309",
    "unused-type",
    include_str!("L309.md"),
    unused_type,
));
pub(super) const REFERENCE_TO_DRAFT: Lint = warning(lint(
    Set::Standard,
    "L310",
    "reference-to-draft",
    include_str!("L310.md"),
    reference_to_draft,
));
pub(super) const OPAQUE_PAYLOAD: Lint = lint(
    Set::Standard,
    "L311",
    "opaque-payload",
    include_str!("L311.md"),
    opaque_payload,
);

fn enum_without_default(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, it) in subject.own.enums() {
        if it.default.is_none() && !it.symbols.is_empty() {
            hits.push(subject.name_of(at).hit(
                format!("the enum {} has no default symbol", it.name.name()),
                "it can never get another symbol: an old reader fails on the first event that has one",
                "add a symbol UNKNOWN and \"default\": \"UNKNOWN\"",
            ));
        }
    }
    hits
}

/// Words of a symbol that says "none of the others".
const UNKNOWN_WORDS: [&str; 7] = [
    "none",
    "other",
    "undefined",
    "unknown",
    "unrecognised",
    "unrecognized",
    "unspecified",
];

fn enum_default_not_unknown(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (at, it) in subject.own.enums() {
        let Some(default) = &it.default else { continue };
        if !has_word(default, &UNKNOWN_WORDS) {
            hits.push(at.at(subject, "default").hit(
                format!(
                    "the default of {} is {default:?}, which means something",
                    it.name.name()
                ),
                format!("an old reader takes every new symbol for {default}, and nothing fails"),
                "add a symbol UNKNOWN and make it the default",
            ));
        }
    }
    hits
}

fn new_field_without_default(subject: &Subject<'_>) -> Vec<Hit> {
    // Where the level looks backward, C102 says it.
    let (directions, _) = levels::demands(subject.contract.config.compatibility);
    let Some(previous) = subject
        .previous
        .filter(|_| !directions.contains(&Direction::Backward))
    else {
        return Vec::new();
    };
    let mut hits = Vec::new();
    for at in &subject.own.fields {
        let Some(old) = record_fields(&previous.schema, &at.record.name) else {
            continue;
        };
        let field = at.field;
        let was_there = |it: &Field| it.name == field.name || field.aliases.contains(&it.name);
        if field.default.is_none() && !old.iter().any(was_there) {
            hits.push(at.named().hit(
                format!(
                    "{:?} is new since {} and has no default",
                    field.name, previous.version
                ),
                "the level does not ask for it, but nobody can replay the topic with this version",
                "give it a default",
            ));
        }
    }
    hits
}

fn record_fields<'s>(schema: &'s Schema, name: &accordant_schema::FullName) -> Option<&'s [Field]> {
    let id = schema.names.get(name)?;
    let Kind::Record(record) = &schema.node(*id).kind else {
        return None;
    };
    Some(&record.fields)
}

fn time_without_logical_type(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.fields {
        let node = subject.own.plain(at.field);
        let is_bare = node.logical.is_none() && node.prop("logicalType").is_none();
        let is_value = is_number(node) || node.kind == Kind::String;
        let Some(needed) = time_type(&at.field.name).filter(|_| is_bare && is_value) else {
            continue;
        };
        hits.push(at.named().hit(
            format!("{:?} is a bare {}", at.field.name, node.kind.word()),
            "seconds or milliseconds, and of which zone: every reader guesses",
            format!("write {needed}"),
        ));
    }
    hits
}

/// What a field that is named like a time should be.
fn time_type(name: &str) -> Option<&'static str> {
    const MOMENT: &str = r#"{ "type": "long", "logicalType": "timestamp-micros" }"#;
    const DAY: &str = r#"{ "type": "int", "logicalType": "date" }"#;
    let words = words(name);
    let last = words.last()?;
    match last.as_str() {
        "at" if words.len() > 1 => Some(MOMENT),
        "timestamp" | "datetime" => Some(MOMENT),
        "date" | "birthday" => Some(DAY),
        _ => None,
    }
}

fn id_not_string(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.fields {
        let node = subject.own.plain(at.field);
        let is_id = words(&at.field.name).last().is_some_and(|it| it == "id");
        let is_raw = is_number(node) || matches!(node.kind, Kind::Boolean | Kind::Bytes);
        if is_id && is_raw {
            hits.push(at.named().hit(
                format!("the id {:?} is of type {}", at.field.name, node.kind.word()),
                "numbers run out, lose digits in JSON beyond 2^53, and name one database's rows",
                "make it a string, or a uuid",
            ));
        }
    }
    hits
}

/// Words of a field that holds money.
const MONEY_WORDS: [&str; 16] = [
    "amount", "balance", "charge", "cost", "discount", "fee", "gross", "money", "net", "payment",
    "price", "refund", "revenue", "salary", "tax", "vat",
];

fn money_as_float(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.fields {
        let node = subject.own.plain(at.field);
        let is_float = matches!(node.kind, Kind::Float | Kind::Double);
        if is_float && has_word(&at.field.name, &MONEY_WORDS) {
            hits.push(at.named().hit(
                format!("the money in {:?} is a {}", at.field.name, node.kind.word()),
                "0.1 has no exact value: sums are wrong by cents, and no two systems agree on which",
                "use a decimal, or a long that counts the smallest unit",
            ));
        }
    }
    hits
}

/// Arrays, maps and unions of several types within each other that a reader
/// still follows.
const NESTING_MAX: usize = 2;

fn nested_without_name(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.fields {
        let depth = nesting(subject.own.schema, subject.own.schema.node(at.field.ty));
        if depth > NESTING_MAX {
            hits.push(at.named().hit(
                format!("{:?} is {depth} arrays and maps deep without a name", at.field.name),
                "no field can be added at any of its levels, and its type has no name to talk about",
                "make the inner level a record with named fields",
            ));
        }
    }
    hits
}

/// Arrays and maps until the next named type; bounded, as the text's depth is.
fn nesting(schema: &Schema, node: &Node) -> usize {
    let of = |part: &NodeId| nesting(schema, schema.node(*part));
    let inside = node.kind.items().map_or(0, |part| 1 + of(&part));
    let branches = node.kind.branches().iter().map(of);
    branches.fold(inside, usize::max)
}

fn too_many_fields(subject: &Subject<'_>) -> Vec<Hit> {
    let max = subject.config.fields_max;
    let mut hits = Vec::new();
    for (at, record) in subject.own.records() {
        let many = record.fields.len();
        if many > max {
            hits.push(subject.name_of(at).hit(
                format!("{} has {many} fields; {max} are the most", record.name.name()),
                "several things share one event, and each change of one is a version for all readers",
                "put fields that belong together into records, or make two contracts",
            ));
        }
    }
    hits
}

fn unused_type(subject: &Subject<'_>) -> Vec<Hit> {
    if subject.contract.config.kind != ContractKind::Type {
        return Vec::new();
    }
    let name = &subject.contract.name;
    let mut versions = subject
        .contracts
        .contracts
        .values()
        .flat_map(|it| &it.versions);
    if versions.any(|it| it.references.iter().any(|it| it.name == *name)) {
        return Vec::new();
    }
    vec![At::Key("kind").hit(
        format!("no contract uses the type {name}"),
        "it is kept compatible for nobody",
        "use it, or remove its folder while it is a draft",
    )]
}

fn reference_to_draft(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (contract, version) in subject.contracts.references_of(subject.version) {
        if version.state != State::Draft {
            continue;
        }
        let id = subject.own.schema.names.get(&contract.name);
        // Only a field refers to another contract's type.
        let mut fields = subject.own.fields.iter();
        let at = fields.find(|it| uses(subject.own.schema, it.field, id));
        let place = at.map_or(At::Key("kind"), FieldAt::named);
        hits.push(place.hit(
            format!("{} {} is a draft", contract.name, version.version),
            "whoever edits that draft changes this contract too",
            format!("release {} first", contract.name),
        ));
    }
    hits
}

/// Whether a field is of a type, or of arrays, maps and unions of it.
fn uses(schema: &Schema, field: &Field, wanted: Option<&NodeId>) -> bool {
    let mut open = vec![field.ty];
    while let Some(id) = open.pop() {
        if Some(&id) == wanted {
            return true;
        }
        let kind = &schema.node(id).kind;
        open.extend(kind.items());
        open.extend(kind.branches());
    }
    false
}

/// Last words of a field that holds another format.
const PAYLOAD_WORDS: [&str; 6] = ["avro", "blob", "body", "json", "payload", "xml"];

fn opaque_payload(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.fields {
        let node = subject.own.plain(at.field);
        let is_raw = matches!(node.kind, Kind::String | Kind::Bytes) && node.logical.is_none();
        let last = words(&at.field.name).pop().unwrap_or_default();
        if is_raw && PAYLOAD_WORDS.contains(&last.as_str()) {
            hits.push(at.named().hit(
                format!(
                    "{:?} hides its content in a {}",
                    at.field.name,
                    node.kind.word()
                ),
                "no gate sees when the content changes, and its readers break without a finding",
                "describe the content with a record",
            ));
        }
    }
    hits
}

/// Whether one of a name's words is among these.
pub(super) fn has_word(name: &str, wanted: &[&str]) -> bool {
    words(name).iter().any(|it| wanted.contains(&it.as_str()))
}

fn is_number(node: &Node) -> bool {
    matches!(
        node.kind,
        Kind::Int | Kind::Long | Kind::Float | Kind::Double
    )
}
