//! The set `events`: what makes a record an event. A shared type has no topic,
//! and none of these rules.

use accordant_schema::{
    Field, Kind, Logical, Node, Schema,
    contract::{Cleanup, ContractKind},
};

use super::{
    Lint, Set, lint,
    run::{At, Hit, Subject},
    standard::has_word,
    types::FieldAt,
    warning,
    words::words,
};

pub(super) const EVENT_WITHOUT_TIME: Lint = lint(
    Set::Events,
    "L501",
    "event-without-time",
    include_str!("L501.md"),
    event_without_time,
);
pub(super) const NAME_NOT_PAST_TENSE: Lint = lint(
    Set::Events,
    "L502",
    "name-not-past-tense",
    include_str!("L502.md"),
    name_not_past_tense,
);
pub(super) const TOPIC_STYLE: Lint = lint(
    Set::Events,
    "L503",
    "topic-style",
    include_str!("L503.md"),
    topic_style,
);
pub(super) const VERSION_NOT_LONG: Lint = lint(
    Set::Events,
    "L504",
    "version-not-long",
    include_str!("L504.md"),
    version_not_long,
);
pub(super) const EXAMPLE_MISSING: Lint = lint(
    Set::Events,
    "L505",
    "example-missing",
    include_str!("L505.md"),
    example_missing,
);
pub(super) const CHANGE_WITHOUT_DELETED: Lint = warning(lint(
    Set::Events,
    "L506",
    "change-without-deleted",
    include_str!("L506.md"),
    change_without_deleted,
));
pub(super) const CHANGE_NOT_COMPACTED: Lint = lint(
    Set::Events,
    "L507",
    "change-not-compacted",
    include_str!("L507.md"),
    change_not_compacted,
);
pub(super) const EVENT_COMPACTED: Lint = lint(
    Set::Events,
    "L508",
    "event-compacted",
    include_str!("L508.md"),
    event_compacted,
);
pub(super) const PARTITION_OF_FEW_VALUES: Lint = lint(
    Set::Events,
    "L509",
    "partition-of-few-values",
    include_str!("L509.md"),
    partition_of_few_values,
);
pub(super) const PERSONAL_DATA_UNTAGGED: Lint = lint(
    Set::Events,
    "L510",
    "personal-data-untagged",
    include_str!("L510.md"),
    personal_data_untagged,
);
pub(super) const KEY_WITH_DEFAULT: Lint = lint(
    Set::Events,
    "L511",
    "key-with-default",
    include_str!("L511.md"),
    key_with_default,
);

impl Subject<'_> {
    fn is_type(&self) -> bool {
        self.contract.config.kind == ContractKind::Type
    }

    /// The field of the event itself, or of a record in it, that a path of
    /// `contract.toml` leads to; `None` inside of a shared type.
    fn field_of(&self, path: &str) -> Option<&FieldAt<'_>> {
        let root = self.own.nodes.first()?;
        let wanted = format!("{}.{path}", root.path);
        self.own.fields.iter().find(|it| it.path == wanted)
    }
}

fn event_without_time(subject: &Subject<'_>) -> Vec<Hit> {
    let is_time = |it: &&FieldAt<'_>| it.is_top && is_moment(subject.own.plain(it.field));
    if subject.is_type() || subject.own.fields.iter().any(|it| is_time(&it)) {
        return Vec::new();
    }
    let hit = |root| {
        subject.name_of(root).hit(
            "the event does not say when it happened",
            "Kafka's own time is when it was written, which a replay or a late sender makes another one",
            r#"add "occurred_at" of type { "type": "long", "logicalType": "timestamp-micros" }"#,
        )
    };
    subject.own.nodes.first().map(hit).into_iter().collect()
}

fn is_moment(node: &Node) -> bool {
    match node.logical {
        Some(
            Logical::TimestampMillis
            | Logical::TimestampMicros
            | Logical::TimestampNanos
            | Logical::LocalTimestampMillis
            | Logical::LocalTimestampMicros
            | Logical::LocalTimestampNanos,
        ) => true,
        Some(
            Logical::Decimal { .. }
            | Logical::BigDecimal
            | Logical::Uuid
            | Logical::Date
            | Logical::TimeMillis
            | Logical::TimeMicros
            | Logical::Duration,
        )
        | None => false,
    }
}

/// Past tenses that do not end in "ed".
const PAST_TENSES: [&str; 36] = [
    "begun", "bought", "bound", "broken", "built", "chosen", "cut", "done", "drawn", "found",
    "frozen", "given", "gone", "held", "hidden", "kept", "left", "lost", "made", "met", "moved",
    "paid", "put", "read", "seen", "sent", "set", "shown", "shut", "sold", "spent", "split",
    "taken", "told", "won", "written",
];
/// The same behind a syllable, such as "withdrawn".
const PAST_ENDINGS: [&str; 6] = ["drawn", "taken", "given", "written", "thrown", "grown"];

fn name_not_past_tense(subject: &Subject<'_>) -> Vec<Hit> {
    let (Some(root), false) = (subject.own.nodes.first(), subject.is_type()) else {
        return Vec::new();
    };
    let name = subject.contract.name.name();
    let last = words(name).pop().unwrap_or_default();
    let is_past = last.ends_with("ed")
        || PAST_TENSES.contains(&last.as_str())
        || PAST_ENDINGS.iter().any(|it| last.ends_with(it));
    if is_past {
        return Vec::new();
    }
    let example = match subject.contract.config.kind {
        ContractKind::Submission => "Submitted",
        ContractKind::Event | ContractKind::Type => "Placed",
        ContractKind::Change => "Changed",
    };
    vec![subject.name_of(root).hit(
        format!("{name:?} does not say what happened"),
        "a reader takes it for an entity or a command, and acts on what was only told",
        format!("end it in the past tense, such as \"{name}{example}\""),
    )]
}

fn topic_style(subject: &Subject<'_>) -> Vec<Hit> {
    let topic = &subject.contract.config.topic;
    let is_char = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    let is_part = |part: &str| !part.is_empty() && part.chars().all(is_char);
    if subject.is_type() || topic.split('.').all(is_part) {
        return Vec::new();
    }
    let parts: Vec<String> = topic
        .split(['.', '_'])
        .filter(|it| !it.is_empty())
        .map(|part| words(part).join("-"))
        .collect();
    vec![At::Key("topic").hit(
        format!("the topic {topic:?} is not in lower-case words"),
        "Kafka's metrics take a dot for an underscore, and nobody can guess how a topic is written",
        format!(
            "name it {:?}: parts between dots, words between hyphens",
            parts.join(".")
        ),
    )]
}

fn version_not_long(subject: &Subject<'_>) -> Vec<Hit> {
    let path = subject.contract.config.version.as_deref();
    let Some(at) = path.and_then(|it| subject.field_of(it)) else {
        return Vec::new();
    };
    let node = subject.own.plain(at.field);
    if node.kind == Kind::Long {
        return Vec::new();
    }
    vec![at.named().hit(
        format!(
            "the version {:?} is of type {}",
            at.field.name,
            node.kind.word()
        ),
        "a busy entity counts past its end, and is taken for an old state from then on",
        "make it a long",
    )]
}

fn example_missing(subject: &Subject<'_>) -> Vec<Hit> {
    if subject.is_type() || !subject.contract.examples.is_empty() {
        return Vec::new();
    }
    vec![At::Key("kind").hit(
        "the contract has no example",
        "nobody has seen an event of it, and no test has read one",
        format!(
            "put an event in plain JSON into {}/examples/",
            subject.contract.name
        ),
    )]
}

fn change_without_deleted(subject: &Subject<'_>) -> Vec<Hit> {
    let config = &subject.contract.config;
    if config.kind != ContractKind::Change || config.deleted.is_some() {
        return Vec::new();
    }
    vec![At::Key("kind").hit(
        "the change cannot say that its entity is gone",
        "whoever keeps a copy keeps every entity for ever",
        "add a boolean field, such as \"deleted\", and name it under deleted",
    )]
}

fn change_not_compacted(subject: &Subject<'_>) -> Vec<Hit> {
    let config = &subject.contract.config;
    if config.kind != ContractKind::Change || config.cleanup != Cleanup::Delete {
        return Vec::new();
    }
    vec![At::Key("cleanup").hit(
        "changes are deleted by age alone",
        "an entity that nobody changes for long is missing from every copy that is built anew",
        "set cleanup = \"compact\"",
    )]
}

fn event_compacted(subject: &Subject<'_>) -> Vec<Hit> {
    let config = &subject.contract.config;
    let is_kind = match config.kind {
        ContractKind::Submission | ContractKind::Event => true,
        ContractKind::Change | ContractKind::Type => false,
    };
    if !is_kind || config.cleanup == Cleanup::Delete {
        return Vec::new();
    }
    vec![At::Key("cleanup").hit(
        format!("a topic of kind {:?} is compacted", config.kind.as_str()),
        "of all events of an entity only the newest stays: those before it happened, and are gone",
        "set cleanup = \"delete\" and a retention, or make it a change",
    )]
}

fn partition_of_few_values(subject: &Subject<'_>) -> Vec<Hit> {
    let config = &subject.contract.config;
    let fields: Vec<_> = config
        .partition_by
        .iter()
        .map(|path| subject.field_of(path))
        .collect();
    let is_few = |it: &Option<&FieldAt<'_>>| {
        it.is_some_and(|it| matches!(subject.own.plain(it.field).kind, Kind::Enum(_)))
    };
    let Some(Some(first)) = fields.first().filter(|_| fields.iter().all(is_few)) else {
        return Vec::new();
    };
    vec![first.named().hit(
        format!(
            "events are partitioned by the enum {:?} alone",
            first.field.name
        ),
        "all events of a symbol share one partition, and other partitions stay empty",
        "partition by what there are many of, such as the entity's id",
    )]
}

/// Words of a field about a person.
const PERSONAL_WORDS: [&str; 13] = [
    "address",
    "birthday",
    "birthdate",
    "email",
    "firstname",
    "iban",
    "lastname",
    "passport",
    "phone",
    "ssn",
    "street",
    "surname",
    "telephone",
];
/// Attributes of a field that say so, this project's own first.
const PERSONAL_TAGS: [&str; 4] = ["pii", "sensitivity", "confluent:tags", "classification"];

fn personal_data_untagged(subject: &Subject<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for at in &subject.own.fields {
        let node = subject.own.plain(at.field);
        let is_tagged = PERSONAL_TAGS
            .iter()
            .any(|it| at.field.prop(it).is_some() || node.prop(it).is_some());
        // A number or a flag about it, such as "email_verified", is no address.
        let is_text =
            matches!(node.kind, Kind::String | Kind::Bytes) || node.logical == Some(Logical::Date);
        if is_text && !is_tagged && has_word(&at.field.name, &PERSONAL_WORDS) {
            hits.push(at.named().hit(
                format!(
                    "{:?} looks like personal data and is not tagged",
                    at.field.name
                ),
                "whoever must erase a person's data does not find it",
                "add \"pii\": true, or \"pii\": false where it is none",
            ));
        }
    }
    hits
}

fn key_with_default(subject: &Subject<'_>) -> Vec<Hit> {
    let config = &subject.contract.config;
    let mut hits = Vec::new();
    for path in &config.key {
        let field = key_field(&subject.version.schema, path);
        let Some(field) = field.filter(|it| it.default.is_some()) else {
            continue;
        };
        // A shared type's field is right where it stands, and wrong as a key.
        let own = subject.field_of(path);
        hits.push(own.map_or(At::Key("key"), FieldAt::named).hit(
            format!("the key field {:?} has a default", field.name),
            "every event that leaves it out gets one key: they replace each other",
            "remove the default",
        ));
    }
    hits
}

/// The field that a path of `contract.toml` leads to, in whatever type.
fn key_field<'a>(schema: &'a Schema, path: &str) -> Option<&'a Field> {
    let mut found = None;
    let mut record = schema.root;
    for name in path.split('.') {
        let mut fields = schema.node(record).kind.fields().iter();
        let field = fields.find(|it| it.name == name)?;
        record = field.ty;
        found = Some(field);
    }
    found
}
