//! The rules as a catalogue: a stable code, a name and a page each.
//!
//! To add one: a page `<CODE>.md` beside this file, a constant in its family's
//! file, a line in its catalogue, and a case in `tests/it/`. A code is never given a
//! second meaning.

mod frozen;
mod value;
mod wire;

pub(crate) use frozen::frozen_facts;

use accordant_schema::ProblemCode;

use crate::{
    Category, Direction, Severity,
    lint::{LINTS, Set},
    walk::{Route, What, path::Step},
    witness::Proof,
};

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable code, such as `C102`.
    pub code: &'static str,
    /// In words, such as `field-added-without-default`.
    pub name: &'static str,
    /// What kind of harm it is about.
    pub category: Category,
    /// The worst that it says; the case decides whether it says less.
    pub severity: Severity,
    /// The set of lint rules that it belongs to; `None` for a rule that no
    /// configuration chooses.
    pub set: Option<Set>,
    /// The page: what, why, example, the safe way. Markdown.
    pub page: &'static str,
}

impl Rule {
    /// What it finds, in one line: the first one of its page.
    pub fn purpose(&self) -> &'static str {
        self.page.lines().nth(2).unwrap_or_default()
    }
}

/// An entry of the catalogue that the compatibility check refuses for.
const fn rule(
    category: Category,
    code: &'static str,
    name: &'static str,
    page: &'static str,
) -> Rule {
    Rule {
        code,
        name,
        category,
        severity: Severity::Error,
        set: None,
        page,
    }
}

/// Every rule, by code: those of compatibility, then those of lint.
pub const ALL: &[Rule] = &EVERY;

/// Every rule, by code, for whoever lists them.
pub fn catalogue() -> impl Iterator<Item = &'static Rule> {
    ALL.iter()
}

/// The rule of a code or a name, in any case of letters.
///
/// ```
/// use accordant_compat::rules;
///
/// assert_eq!(rules::find("c102").unwrap().name, "field-added-without-default");
/// assert_eq!(rules::find("enum-without-default").unwrap().code, "L301");
/// ```
pub fn find(text: &str) -> Option<&'static Rule> {
    ALL.iter()
        .find(|rule| rule.code.eq_ignore_ascii_case(text) || rule.name.eq_ignore_ascii_case(text))
}

/// The rules that compare, by code.
const COMPARING: &[Rule] = &[
    wire::TYPE_CHANGED,
    wire::FIELD_ADDED,
    wire::SYMBOL_REMOVED,
    wire::BRANCH_REMOVED,
    wire::NAME_CHANGED,
    wire::SIZE_CHANGED,
    wire::FIELD_REMOVED,
    wire::SYMBOL_ADDED,
    wire::BRANCH_ADDED,
    wire::AMBIGUOUS_ALIAS,
    wire::INCOMPATIBLE,
    value::SCALE_CHANGED,
    value::PRECISION_NARROWED,
    value::TIME_UNIT_CHANGED,
    value::LOGICAL_TYPE_CHANGED,
    value::PRECISION_LOST,
    value::BYTES_READ_AS_STRING,
    frozen::TOPIC_CHANGED,
    frozen::KEY_CHANGED,
    frozen::PARTITION_BY_CHANGED,
    frozen::PARTITIONS_CHANGED,
    frozen::SUBJECT_CHANGED,
    frozen::REFERENCES_CHANGED,
    LOCK_LINE_REMOVED,
    CONTRACT_REMOVED,
    RELEASE_CHANGED,
    HISTORY_NOT_CHECKED,
    // Next one goes here, in the order of the codes.
];

/// Both catalogues in one.
const EVERY: [Rule; COMPARING.len() + LINTS.len()] = {
    let mut every = [LOCK_LINE_REMOVED; COMPARING.len() + LINTS.len()];
    let mut at = 0;
    while at < every.len() {
        every[at] = if at < COMPARING.len() {
            COMPARING[at]
        } else {
            LINTS[at - COMPARING.len()].rule
        };
        at += 1;
    }
    every
};

/// Found by whoever can read the history; everything else is found here.
pub const LOCK_LINE_REMOVED: Rule = rule(
    Category::Meta,
    "C307",
    "lock-line-removed",
    include_str!("C307.md"),
);

/// Found where the folder is compared with contracts from elsewhere.
pub const CONTRACT_REMOVED: Rule = rule(
    Category::Meta,
    "C308",
    "contract-removed",
    include_str!("C308.md"),
);

/// Found where the folder is compared with contracts from elsewhere.
pub const RELEASE_CHANGED: Rule = rule(
    Category::Meta,
    "C309",
    "release-changed",
    include_str!("C309.md"),
);

/// Found by whoever can read the history, and cannot.
pub const HISTORY_NOT_CHECKED: Rule = rule(
    Category::Meta,
    "C310",
    "history-not-checked",
    include_str!("C310.md"),
);

/// The page of a code or a name: what the rule finds, or what is wrong with a
/// text or a folder; why, an example, the safe way.
///
/// ```
/// assert!(accordant_compat::explain("C102").unwrap().contains("default"));
/// assert!(accordant_compat::explain("S007").unwrap().contains("unknown-type"));
/// assert_eq!(accordant_compat::explain("C999"), None);
/// ```
pub fn explain(code: &str) -> Option<&'static str> {
    find(code)
        .map(|rule| rule.page)
        .or_else(|| accordant_schema::explain(code))
}

/// What a problem's code is called: a lint's configuration has rules of ours.
pub(crate) fn name_of(code: ProblemCode) -> &'static str {
    find(code.0).map_or(code.name(), |rule| rule.name)
}

/// What a rule says of one change, apart from its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) rule: Rule,
    pub(crate) severity: Severity,
    /// What happened: a fragment that follows "not backward compatible with v1: ".
    pub(crate) what: String,
    /// Who is hurt, and how.
    pub(crate) hurt: Hurt,
    /// A datum of the writer, as JSON, with the rest left out where it is long.
    pub(crate) datum: Option<String>,
    /// What the datum shows.
    pub(crate) shows: String,
    pub(crate) fix: String,
    /// Where to point on the new side.
    pub(crate) point: Point,
}

/// How a reader is hurt; the sentence is made where the versions are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hurt {
    /// It fails.
    Fails,
    /// It reads on with another meaning.
    Misreads,
}

/// Which side's place is the main one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// The new version's.
    New,
    /// The old version's: in the new one there is nothing left to point at.
    Old,
}

/// The rule for a change and what it says, seen in a direction.
pub(crate) fn judge(what: &What<'_>, route: &Route<'_>, direction: Direction) -> Verdict {
    match what {
        What::Wire(what) => proven(wire::judge(what, route, direction), route),
        What::Value(what) => value::judge(*what, route, direction),
    }
}

/// Characters of a datum that is shown as it is.
const DATUM_CHARS_MAX: usize = 80;
/// What stands for a datum whose parts do not matter.
const ANY_EVENT: &str = "any event";

/// With the datum that was really written and not read, or without any.
fn proven(verdict: Verdict, route: &Route<'_>) -> Verdict {
    match route.proof() {
        Proof::Fails(witness) => {
            let is_short = witness.json.chars().count() <= DATUM_CHARS_MAX;
            let datum = match verdict.datum {
                Some(text) if text == ANY_EVENT && is_short => {
                    format!("{ANY_EVENT}, such as {},", witness.json)
                }
                Some(_) | None if is_short => witness.json.clone(),
                Some(text) => text,
                None => datum(route, "..."),
            };
            let shows = match verdict.shows.as_str() {
                "" => "cannot be read".to_owned(),
                shows => shows.to_owned(),
            };
            Verdict {
                datum: Some(datum),
                shows,
                ..verdict
            }
        }
        Proof::Reads => Verdict {
            what: format!(
                "{} (no datum shows it: Avro's decoder reads it, though its check refuses)",
                verdict.what
            ),
            datum: None,
            ..verdict
        },
        Proof::Unknown => Verdict {
            datum: None,
            ..verdict
        },
    }
}

/// Something on the new and on the old side, by direction: a reader is the
/// new side of a backward check.
pub(crate) fn new_and_old<T>(direction: Direction, reader: T, writer: T) -> (T, T) {
    match direction {
        Direction::Backward => (reader, writer),
        Direction::Forward => (writer, reader),
    }
}

/// A datum that has `leaf` at the end of the steps, with the rest left out.
pub(crate) fn datum(steps: &[Step<'_>], leaf: &str) -> String {
    steps
        .iter()
        .rev()
        .fold(leaf.to_owned(), |inner, step| match step {
            Step::Field { reader, writer } => {
                let name = writer.or(*reader).unwrap_or_default();
                format!("{{\"{name}\": {inner}, ...}}")
            }
            Step::Items => format!("[{inner}]"),
            Step::Values => format!("{{\"key\": {inner}}}"),
            Step::Branch(_) => inner,
        })
}

/// The name of the field that a path ends in, quoted; else the whole schema.
pub(crate) fn subject_of(steps: &[Step<'_>], direction: Direction) -> String {
    let name = steps.iter().rev().find_map(|step| match step {
        Step::Field { reader, writer } => {
            let (new, old) = new_and_old(direction, *reader, *writer);
            new.or(old)
        }
        Step::Items | Step::Values | Step::Branch(_) => None,
    });
    name.map_or_else(|| "the schema".to_owned(), |name| format!("\"{name}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_everything_in_its_place() {
        let Rule {
            code,
            name,
            category,
            severity,
            set,
            page,
        } = rule(Category::Wire, "C999", "a-name", "# a page");
        assert_eq!((code, name, page), ("C999", "a-name", "# a page"));
        assert_eq!((category, set), (Category::Wire, None));
        assert_eq!(severity, Severity::Error);
    }
}
