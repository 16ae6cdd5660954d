//! Lint: rules over one version of a contract, in sets that a configuration
//! chooses from. The catalogue is here; a set's rules are in its own file.
//!
//! Only the latest version of a contract is linted. What is released is frozen,
//! so it gets warnings and never fails the gate; a draft gets errors, unless
//! the version that was last released has the same finding already.
//!
//! To add a rule: a page `<CODE>.md` beside this file, a constant and a function
//! in its set's file, a line in `LINTS`, and `tests/lint/<CODE>/{hit,silent}`.
//! A code is never given a second meaning.
//!
//! Absent on purpose, because loading the folder refuses it already: a name that
//! is no Avro name (S010), a type that is defined nowhere (S007) or twice (S011),
//! a default that does not fit (S014, S018), a JSON key that stands twice (S005),
//! a symbol, field or branch that stands twice (S017, S013, S016), a schema whose
//! name is not its folder's (F011), a key that is missing (F004), null, or of a
//! type that has no plain text (F018), a reference to what is no shared type
//! (F019), and a lock line that pins a version that is gone (F021).

mod basic;
mod comments;
mod config;
mod events;
mod ignores;
mod minimal;
mod run;
mod standard;
mod types;
mod words;

pub use config::{Config, FieldCase, Ignore, Selector, Versions};
pub(crate) use ignores::{Applied, Ignores};
pub(crate) use run::{Selection, findings};

use crate::{Category, Severity, rules::Rule};
use run::Check;

/// A set of lint rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Set {
    /// Always on: the configuration itself.
    Config,
    /// What tools trip over.
    Minimal,
    /// Names, unions and attributes as everybody writes them.
    Basic,
    /// What keeps an event usable for years.
    Standard,
    /// Documentation.
    Comments,
    /// What makes a record an event.
    Events,
}

impl Set {
    /// In one word, as a configuration names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Set::Config => "config",
            Set::Minimal => "minimal",
            Set::Basic => "basic",
            Set::Standard => "standard",
            Set::Comments => "comments",
            Set::Events => "events",
        }
    }

    /// The sets that naming it chooses: `standard` includes `basic`, and that
    /// includes `minimal`.
    pub fn includes(self) -> &'static [Set] {
        match self {
            Set::Config => &[Set::Config],
            Set::Minimal => &[Set::Minimal],
            Set::Basic => &[Set::Minimal, Set::Basic],
            Set::Standard => &[Set::Minimal, Set::Basic, Set::Standard],
            Set::Comments => &[Set::Comments],
            Set::Events => &[Set::Events],
        }
    }
}

/// The sets that a configuration can name.
pub const SETS: [Set; 5] = [
    Set::Minimal,
    Set::Basic,
    Set::Standard,
    Set::Comments,
    Set::Events,
];

/// A lint rule: its entry in the catalogue, and what it does.
#[derive(Clone, Copy)]
pub(crate) struct Lint {
    pub(crate) rule: Rule,
    pub(crate) check: Check,
}

/// Every lint rule, by code.
pub(crate) const LINTS: &[Lint] = &[
    ignores::UNKNOWN_RULE,
    ignores::IGNORE_UNUSED,
    ignores::IGNORE_EXPIRED,
    minimal::NAMESPACE_MISSING,
    minimal::RECURSION_WITHOUT_END,
    minimal::ALIAS_OF_ITSELF,
    minimal::ALIAS_COLLISION,
    minimal::DECIMAL_INVALID,
    minimal::TYPE_WITHOUT_VALUE,
    basic::names::TYPE_NOT_UPPER_CAMEL,
    basic::names::FIELD_NAME_STYLE,
    basic::names::SYMBOL_NOT_UPPER_SNAKE,
    basic::names::NAMESPACE_NOT_LOWER_CASE,
    basic::unions::NULL_NOT_FIRST,
    basic::unions::OPTIONAL_WITHOUT_DEFAULT,
    basic::unions::DEFAULT_NOT_FIRST,
    basic::unions::ALIKE_TYPES,
    basic::unions::ONE_BRANCH,
    basic::names::RUST_NAME_COLLISION,
    basic::names::TYPE_SHADOWS_PRELUDE,
    basic::attributes::LOGICAL_TYPE_UNKNOWN,
    basic::attributes::LOGICAL_TYPE_MISPLACED,
    basic::attributes::ATTRIBUTE_MISSPELT,
    standard::ENUM_WITHOUT_DEFAULT,
    standard::ENUM_DEFAULT_NOT_UNKNOWN,
    standard::NEW_FIELD_WITHOUT_DEFAULT,
    standard::TIME_WITHOUT_LOGICAL_TYPE,
    standard::ID_NOT_STRING,
    standard::MONEY_AS_FLOAT,
    standard::NESTED_WITHOUT_NAME,
    standard::TOO_MANY_FIELDS,
    standard::UNUSED_TYPE,
    standard::REFERENCE_TO_DRAFT,
    standard::OPAQUE_PAYLOAD,
    comments::TYPE_WITHOUT_DOC,
    comments::FIELD_WITHOUT_DOC,
    comments::DOC_REPEATS_NAME,
    comments::DOC_PLACEHOLDER,
    comments::DESCRIPTION_THIN,
    comments::OWNER_UNCLEAR,
    events::EVENT_WITHOUT_TIME,
    events::NAME_NOT_PAST_TENSE,
    events::TOPIC_STYLE,
    events::VERSION_NOT_LONG,
    events::EXAMPLE_MISSING,
    events::CHANGE_WITHOUT_DELETED,
    events::CHANGE_NOT_COMPACTED,
    events::EVENT_COMPACTED,
    events::PARTITION_OF_FEW_VALUES,
    events::PERSONAL_DATA_UNTAGGED,
    events::KEY_WITH_DEFAULT,
    // Next one goes here, in the order of the codes.
];

/// An entry of the catalogue whose findings refuse a draft.
const fn lint(
    set: Set,
    code: &'static str,
    name: &'static str,
    page: &'static str,
    check: Check,
) -> Lint {
    Lint {
        rule: Rule {
            code,
            name,
            category: Category::Lint,
            severity: Severity::Error,
            set: Some(set),
            page,
        },
        check,
    }
}

/// The same rule, refusing nothing.
const fn warning(lint: Lint) -> Lint {
    Lint {
        rule: Rule {
            severity: Severity::Warning,
            ..lint.rule
        },
        ..lint
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_everything_in_its_place() {
        let entry = lint(Set::Basic, "L999", "a-name", "# a page", LINTS[0].check);
        let Rule {
            code,
            name,
            category,
            severity,
            set,
            page,
        } = entry.rule;
        assert_eq!((code, name, page), ("L999", "a-name", "# a page"));
        assert_eq!((category, set), (Category::Lint, Some(Set::Basic)));
        assert_eq!(severity, Severity::Error);
        let warning = warning(entry).rule;
        let severity = Severity::Warning;
        assert_eq!(
            warning,
            Rule {
                severity,
                ..entry.rule
            }
        );
    }

    #[test]
    fn a_set_includes_the_ones_below_it() {
        let includes = |set: Set| {
            set.includes()
                .iter()
                .map(|it| it.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(includes(Set::Standard), ["minimal", "basic", "standard"]);
        for set in [Set::Config, Set::Minimal, Set::Comments, Set::Events] {
            assert_eq!(includes(set), [set.as_str()]);
        }
    }
}
