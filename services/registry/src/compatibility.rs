//! Levels by Confluent's names, and its words for what is incompatible.
//!
//! The verdict itself comes from `accordant-compat`.

use std::collections::BTreeSet;

use accordant_compat::{
    diff,
    diff::Effect,
    java::{Incompatibility, Kind},
    levels::{self, Direction, Reach},
};
use accordant_schema::{Schema, contract::Compatibility};
use serde::Serialize;
use serde_json::Value;

use crate::subject::Version;

/// Bytes of an old schema that a message shows.
const OLD_SCHEMA_SHOWN_MAX: usize = 10 * 1024;

const LEVELS: [(&str, Compatibility); 7] = [
    ("NONE", Compatibility::None),
    ("BACKWARD", Compatibility::Backward),
    ("BACKWARD_TRANSITIVE", Compatibility::BackwardTransitive),
    ("FORWARD", Compatibility::Forward),
    ("FORWARD_TRANSITIVE", Compatibility::ForwardTransitive),
    ("FULL", Compatibility::Full),
    ("FULL_TRANSITIVE", Compatibility::FullTransitive),
];

/// A level by its name in any case.
pub(crate) fn level_of(name: &str) -> Option<Compatibility> {
    LEVELS
        .iter()
        .find(|(it, _)| it.eq_ignore_ascii_case(name))
        .map(|(_, level)| *level)
}

/// A level's name in bodies.
pub(crate) fn level_name(level: Compatibility) -> &'static str {
    match level {
        Compatibility::None => "NONE",
        Compatibility::Backward => "BACKWARD",
        Compatibility::BackwardTransitive => "BACKWARD_TRANSITIVE",
        Compatibility::Forward => "FORWARD",
        Compatibility::ForwardTransitive => "FORWARD_TRANSITIVE",
        Compatibility::Full => "FULL",
        Compatibility::FullTransitive => "FULL_TRANSITIVE",
    }
}

/// How many predecessors a level looks at, newest first.
pub(crate) fn reach(level: Compatibility) -> usize {
    match levels::demands(level) {
        ([], Reach::Latest | Reach::Every) => 0,
        (_, Reach::Latest) => 1,
        (_, Reach::Every) => usize::MAX,
    }
}

/// A predecessor to compare with.
pub(crate) struct Old<'a> {
    pub(crate) version: Version,
    pub(crate) text: &'a str,
    pub(crate) schema: &'a Schema,
}

/// Confluent's messages on a new schema beside one predecessor, without the
/// closing one of [`closing`]; empty where they are compatible.
pub(crate) fn messages(new: &Schema, old: &Old<'_>, level: Compatibility) -> Vec<String> {
    let found = levels::check(new, &[((), old.schema)], level);
    let mut messages = Vec::new();
    // Confluent leaves the old schema out where, of both directions, only the
    // forward one fails.
    let both = levels::demands(level).0.len() > 1;
    let mut shows_old = !both && !found.is_empty();
    for ((), direction, incompatibilities) in &found {
        messages.extend(incompatibilities.iter().map(|it| message(it, *direction)));
        shows_old |= *direction == Direction::Backward;
    }
    if shows_old {
        messages.push(format!("{{oldSchemaVersion: {}}}", old.version));
        messages.push(old_schema(old.text));
    }
    messages
}

/// The last message of every incompatible answer.
pub(crate) fn closing(level: Compatibility, fields: Fields) -> String {
    let validated = match fields {
        Fields::Validated => true,
        Fields::Free => false,
    };
    format!(
        "{{validateFields: '{validated}', compatibility: '{}'}}",
        level_name(level)
    )
}

/// Whether fields that metadata reserves are looked after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fields {
    Free,
    Validated,
}

/// The property in which metadata reserves names of fields.
const RESERVED: &str = "confluent:reserved";

/// Confluent's messages on reserved fields: none may lose its reservation, and
/// none may be there.
pub(crate) fn reserved_messages(
    new: (&Schema, Option<&Value>),
    old: Option<&Value>,
) -> Vec<String> {
    let (schema, metadata) = new;
    let reserved = reserved_in(metadata);
    let mut messages = Vec::new();
    for field in reserved_in(old).difference(&reserved) {
        messages.push(format!(
            "The new schema has reserved field {field} removed from its metadata which is present in the old schema's metadata."
        ));
    }
    if let accordant_schema::Kind::Record(record) = &schema.node(schema.root).kind {
        for field in &reserved {
            if record.fields.iter().any(|it| it.name == *field) {
                messages.push(format!(
                    "The new schema has field that conflicts with the reserved field {field}."
                ));
            }
        }
    }
    messages
}

fn reserved_in(metadata: Option<&Value>) -> BTreeSet<&str> {
    let names = metadata.and_then(|it| it.get("properties")?.get(RESERVED)?.as_str());
    let names = names.unwrap_or_default().split(',').map(str::trim);
    names.filter(|name| !name.is_empty()).collect()
}

/// Something that a rule of ours says of a change, whatever the verdict is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Remark {
    /// The rule, such as `C203`; `accordant explain` knows it.
    pub(crate) code: &'static str,
    /// What a reader of the direction does: `fails` or `misreads`.
    pub(crate) effect: &'static str,
    /// Who reads: `backward` is the new schema, `forward` the old one.
    pub(crate) direction: &'static str,
    /// What kind of change it is.
    pub(crate) change: &'static str,
    /// Path in words.
    pub(crate) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) old: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) new: Option<String>,
    /// The version that it is compared with.
    #[serde(rename = "oldVersion")]
    pub(crate) old_version: Version,
}

/// What our rules say of a new schema beside one predecessor, in the
/// directions that the level asks for; of a level without any, in both.
pub(crate) fn remarks(new: &Schema, old: &Old<'_>, level: Compatibility) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let asked = match levels::demands(level).0 {
        [] => &[Direction::Backward, Direction::Forward][..],
        asked => asked,
    };
    for change in diff(old.schema, new) {
        for direction in asked {
            let (name, effect) = match direction {
                Direction::Backward => ("backward", change.backward),
                Direction::Forward => ("forward", change.forward),
            };
            let (effect, code) = match effect {
                Effect::Fine => continue,
                Effect::Misreads(code) => ("misreads", code),
                Effect::Breaks(code) => ("fails", code),
            };
            remarks.push(Remark {
                code,
                effect,
                direction: name,
                change: change.kind.as_str(),
                path: change.path.clone(),
                old: change.old.clone(),
                new: change.new.clone(),
                old_version: old.version,
            });
        }
    }
    remarks
}

fn old_schema(text: &str) -> String {
    if text.len() <= OLD_SCHEMA_SHOWN_MAX {
        return format!("{{oldSchema: '{text}'}}");
    }
    let mut end = OLD_SCHEMA_SHOWN_MAX;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{{oldSchema: <truncated> '{}...'}}", &text[..end])
}

fn message(it: &Incompatibility, direction: Direction) -> String {
    let (reader, writer) = match direction {
        Direction::Backward => ("new", "old"),
        Direction::Forward => ("old", "new"),
    };
    let (path, info) = (&it.location, &it.message);
    let description = match it.kind {
        Kind::ReaderFieldMissingDefaultValue => format!(
            "The field '{info}' at path '{path}' in the {reader} schema has no default value and is missing in the {writer} schema"
        ),
        Kind::TypeMismatch => format!(
            "The type (path '{path}') of a field in the {reader} schema does not match with the {writer} schema"
        ),
        Kind::NameMismatch => format!("The name of the schema has changed (path '{path}')"),
        Kind::FixedSizeMismatch => format!(
            "The size of FIXED type field at path '{path}' in the {reader} schema does not match with the {writer} schema"
        ),
        Kind::MissingEnumSymbols => format!(
            "The {reader} schema is missing enum symbols '{info}' at path '{path}' in the {writer} schema"
        ),
        Kind::MissingUnionBranch => format!(
            "The {reader} schema is missing a type inside a union field at path '{path}' in the {writer} schema"
        ),
        Kind::AmbiguousAlias | Kind::TooLarge => {
            return format!("Unexpected exception during compatibility check: {info}");
        }
    };
    format!(
        "{{errorType:'{}', description:'{description}', additionalInfo:'{info}'}}",
        it.kind.as_str()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(new: &str, old: &str, level: Compatibility, expected: &[&str]) {
        let parse = |text| accordant_schema::parse(text).unwrap();
        let (new, old_schema) = (parse(new), parse(old));
        let old = Old {
            version: Version(3),
            text: old,
            schema: &old_schema,
        };
        assert_eq!(messages(&new, &old, level), expected);
    }

    #[test]
    fn levels_have_names_in_any_case() {
        for (name, level) in LEVELS {
            assert_eq!(level_name(level), name);
            assert_eq!(level_of(&name.to_lowercase()), Some(level));
        }
        assert_eq!(level_of("BOGUS"), None);
    }

    #[test]
    fn new_and_old_swap_with_the_direction() {
        let shown = ["{oldSchemaVersion: 3}", "{oldSchema: '\"long\"'}"];
        check(
            r#""int""#,
            r#""long""#,
            Compatibility::Backward,
            &[
                "{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the new schema does not match with the old schema', additionalInfo:'reader type: INT not compatible with writer type: LONG'}",
                shown[0],
                shown[1],
            ],
        );
        check(
            r#""string""#,
            r#""long""#,
            Compatibility::Full,
            &[
                "{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the old schema does not match with the new schema', additionalInfo:'reader type: LONG not compatible with writer type: STRING'}",
                "{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the new schema does not match with the old schema', additionalInfo:'reader type: STRING not compatible with writer type: LONG'}",
                shown[0],
                shown[1],
            ],
        );
    }

    #[test]
    fn a_change_of_meaning_is_remarked_and_no_verdict() {
        let decimal = |scale: u32| {
            format!(r#"{{"type":"bytes","logicalType":"decimal","precision":9,"scale":{scale}}}"#)
        };
        let parse = |text: &str| accordant_schema::parse(text).unwrap();
        let (new, old) = (parse(&decimal(3)), parse(&decimal(2)));
        let old = Old {
            version: Version(1),
            text: "",
            schema: &old,
        };
        let level = Compatibility::Backward;
        assert_eq!(messages(&new, &old, level), Vec::<String>::new());
        let found = remarks(&new, &old, level);
        let found: Vec<_> = found.iter().map(|it| (it.effect, it.direction)).collect();
        assert_eq!(found, [("misreads", "backward")]);
        assert!(
            remarks(
                &new,
                &Old {
                    schema: &new,
                    ..old
                },
                level
            )
            .is_empty()
        );
    }

    #[test]
    fn of_both_directions_a_failing_forward_one_alone_hides_the_old_schema() {
        check(
            r#""long""#,
            r#""int""#,
            Compatibility::Full,
            &[
                "{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the old schema does not match with the new schema', additionalInfo:'reader type: INT not compatible with writer type: LONG'}",
            ],
        );
        check(r#""long""#, r#""int""#, Compatibility::Backward, &[]);
    }
}
