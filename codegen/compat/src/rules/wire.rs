//! WIRE rules: a reader fails.

use super::{ANY_EVENT, Hurt, Point, Rule, Verdict, datum, new_and_old, rule, subject_of};
use crate::{
    Category, Direction, Severity,
    walk::{Wire, path::Step},
};

pub(super) const TYPE_CHANGED: Rule = rule(
    Category::Wire,
    "C101",
    "type-changed",
    include_str!("C101.md"),
);
pub(super) const FIELD_ADDED: Rule = rule(
    Category::Wire,
    "C102",
    "field-added-without-default",
    include_str!("C102.md"),
);
pub(super) const SYMBOL_REMOVED: Rule = rule(
    Category::Wire,
    "C103",
    "enum-symbol-removed",
    include_str!("C103.md"),
);
pub(super) const BRANCH_REMOVED: Rule = rule(
    Category::Wire,
    "C104",
    "union-branch-removed",
    include_str!("C104.md"),
);
pub(super) const NAME_CHANGED: Rule = rule(
    Category::Wire,
    "C105",
    "name-changed",
    include_str!("C105.md"),
);
pub(super) const SIZE_CHANGED: Rule = rule(
    Category::Wire,
    "C106",
    "fixed-size-changed",
    include_str!("C106.md"),
);
pub(super) const FIELD_REMOVED: Rule = rule(
    Category::Wire,
    "C107",
    "required-field-removed",
    include_str!("C107.md"),
);
pub(super) const SYMBOL_ADDED: Rule = rule(
    Category::Wire,
    "C108",
    "enum-symbol-added",
    include_str!("C108.md"),
);
pub(super) const BRANCH_ADDED: Rule = rule(
    Category::Wire,
    "C109",
    "union-branch-added",
    include_str!("C109.md"),
);
pub(super) const AMBIGUOUS_ALIAS: Rule = rule(
    Category::Wire,
    "C110",
    "ambiguous-alias",
    include_str!("C110.md"),
);
pub(super) const INCOMPATIBLE: Rule = rule(
    Category::Wire,
    "C111",
    "incompatible",
    include_str!("C111.md"),
);

pub(super) fn judge(what: &Wire<'_>, steps: &[Step<'_>], direction: Direction) -> Verdict {
    match what {
        Wire::Type { reader, writer } => type_changed(steps, direction, reader, writer),
        Wire::MissingField { name } => missing_field(steps, direction, name),
        Wire::MissingSymbols { type_name, symbols } => {
            missing_symbols(steps, direction, type_name, symbols)
        }
        Wire::MissingBranch { branch } => missing_branch(steps, direction, branch),
        Wire::Name { reader, writer } => name_changed(direction, reader, writer),
        Wire::Size { reader, writer } => {
            let (new, old) = new_and_old(direction, *reader, *writer);
            verdict(
                SIZE_CHANGED,
                format!(
                    "the fixed of {} had {old} bytes and has {new}",
                    subject_of(steps, direction)
                ),
                format!(
                    "keep {old} bytes, or add a field of another fixed type with {new} bytes and \
                     a default"
                ),
            )
        }
        Wire::AmbiguousAlias { name } => verdict(
            AMBIGUOUS_ALIAS,
            format!("field \"{name}\" matches several fields of the other version by its aliases"),
            format!("remove the aliases of \"{name}\" that name a field which still exists"),
        ),
        Wire::Other { message } => verdict(
            INCOMPATIBLE,
            message.clone(),
            "undo the change at this place, or start a new contract".to_owned(),
        ),
    }
}

fn verdict(rule: Rule, what: String, fix: String) -> Verdict {
    Verdict {
        rule,
        severity: Severity::Error,
        what,
        hurt: Hurt::Fails,
        datum: None,
        shows: String::new(),
        fix,
        point: Point::New,
    }
}

fn type_changed(steps: &[Step<'_>], direction: Direction, reader: &str, writer: &str) -> Verdict {
    let (new, old) = new_and_old(direction, reader, writer);
    let subject = subject_of(steps, direction);
    let fix = if subject == "the schema" {
        format!("keep {old}, or start a new contract")
    } else {
        format!(
            "keep {subject} as {old}, and add a field of another name with type {new} and a default"
        )
    };
    verdict(
        TYPE_CHANGED,
        format!("{subject} was {old} and is {new}"),
        fix,
    )
}

fn missing_field(steps: &[Step<'_>], direction: Direction, name: &str) -> Verdict {
    let around = match steps {
        [] | [_] => ANY_EVENT.to_owned(),
        [steps @ .., _] => datum(steps, "{...}"),
    };
    let shows = format!("has no value for \"{name}\"");
    match direction {
        Direction::Backward => Verdict {
            datum: Some(around),
            shows,
            ..verdict(
                FIELD_ADDED,
                format!("field \"{name}\" was added without a default"),
                format!("give \"{name}\" a default, or start a new contract"),
            )
        },
        Direction::Forward => Verdict {
            datum: Some(around),
            shows,
            point: Point::Old,
            ..verdict(
                FIELD_REMOVED,
                format!("the required field \"{name}\" was removed"),
                format!(
                    "put \"{name}\" back; a field can go only if the versions that readers run \
                     with have a default for it"
                ),
            )
        },
    }
}

fn missing_symbols(
    steps: &[Step<'_>],
    direction: Direction,
    type_name: &str,
    symbols: &[&str],
) -> Verdict {
    let list = quoted(symbols);
    let first = symbols.first().copied().unwrap_or_default();
    let datum = Some(datum(steps, &format!("\"{first}\"")));
    let shows = format!("has a symbol that enum {type_name} does not know");
    match direction {
        Direction::Backward => Verdict {
            datum,
            shows,
            ..verdict(
                SYMBOL_REMOVED,
                format!("enum {type_name} lost {list}"),
                format!("keep {list}, or give enum {type_name} a default symbol"),
            )
        },
        Direction::Forward => Verdict {
            datum,
            shows,
            ..verdict(
                SYMBOL_ADDED,
                format!("enum {type_name} gained {list}, and the older enum has no default"),
                format!(
                    "do not add {list} here: an enum takes new symbols only if its first version \
                     has a default; add a field with a default instead"
                ),
            )
        },
    }
}

fn missing_branch(steps: &[Step<'_>], direction: Direction, branch: &str) -> Verdict {
    let subject = subject_of(steps, direction);
    let leaf = if branch == "null" {
        "null".to_owned()
    } else {
        format!("<{branch}>")
    };
    let datum = Some(datum(steps, &leaf));
    let shows = format!("has a value that only the branch {branch} takes");
    match direction {
        Direction::Backward => Verdict {
            datum,
            shows,
            ..verdict(
                BRANCH_REMOVED,
                format!("{subject} no longer takes {branch}"),
                format!("keep {branch} in the union of {subject}"),
            )
        },
        Direction::Forward => Verdict {
            datum,
            shows,
            ..verdict(
                BRANCH_ADDED,
                format!("{subject} may now be {branch}"),
                format!(
                    "leave the type of {subject} as it is, and add a field that takes {branch} \
                     and has a default"
                ),
            )
        },
    }
}

fn name_changed(direction: Direction, reader: &str, writer: &str) -> Verdict {
    let (new, old) = new_and_old(direction, reader, writer);
    let fix = match direction {
        Direction::Backward => {
            format!("keep the name {old}, or give {new} the alias \"{old}\" for newer readers")
        }
        Direction::Forward => {
            format!("keep the name {old}: an older reader does not know aliases that come later")
        }
    };
    verdict(NAME_CHANGED, format!("type {old} is now {new}"), fix)
}

/// How many symbols a message lists.
const SYMBOLS_MAX: usize = 8;

fn quoted(symbols: &[&str]) -> String {
    let mut words: Vec<String> = symbols
        .iter()
        .take(SYMBOLS_MAX)
        .map(|it| format!("\"{it}\""))
        .collect();
    if symbols.len() > SYMBOLS_MAX {
        words.push(format!("{} more", symbols.len() - SYMBOLS_MAX));
    }
    words.join(", ")
}
