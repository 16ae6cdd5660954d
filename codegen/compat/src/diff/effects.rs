//! What each change does to readers: the rules' verdicts, given to the changes
//! that they are about. No verdict is lost.

use accordant_schema::Schema;

use super::{Change, ChangeKind, Effect, Found};
use crate::{
    Direction,
    rules::{self, Hurt, new_and_old},
    walk::{
        Site, changes,
        path::{Side, root_word, words},
    },
};

/// A rule's verdict with its place.
struct Verdict {
    direction: Direction,
    code: &'static str,
    effect: Effect,
    path: String,
    new_site: Site,
    old_site: Site,
    what: String,
}

/// Fills in the effects; what no change explains becomes a change itself.
pub(super) fn judge(old: &Schema, new: &Schema, found: &mut Vec<Found>) {
    for direction in [Direction::Backward, Direction::Forward] {
        for verdict in verdicts(old, new, direction) {
            let mut is_explained = false;
            for it in found.iter_mut().filter(|it| explains(it, &verdict)) {
                is_explained = true;
                give(&mut it.change, &verdict);
            }
            if !is_explained {
                found.push(other(&verdict));
            }
        }
    }
}

fn verdicts(old: &Schema, new: &Schema, direction: Direction) -> Vec<Verdict> {
    let (reader, writer, side) = match direction {
        Direction::Backward => (new, old, Side::Reader),
        Direction::Forward => (old, new, Side::Writer),
    };
    let mut verdicts = Vec::new();
    for change in changes(reader, writer) {
        let verdict = rules::judge(&change.what, &change.steps, direction);
        let (new_site, old_site) = new_and_old(direction, change.reader, change.writer);
        let code = verdict.rule.code;
        verdicts.push(Verdict {
            direction,
            code,
            effect: match verdict.hurt {
                Hurt::Fails => Effect::Breaks(code),
                Hurt::Misreads => Effect::Misreads(code),
            },
            path: words(root_word(new), &change.steps, side),
            new_site,
            old_site,
            what: verdict.what,
        });
    }
    verdicts
}

/// Whether a change is what a rule saw: of its kind, and at its place.
fn explains(found: &Found, verdict: &Verdict) -> bool {
    let change = &found.change;
    let is_there = change.path == verdict.path
        || found.new_site == Some(verdict.new_site)
        || found.old_site == Some(verdict.old_site)
        || branch_of(verdict, &change.path).is_some();
    let is_about = match change.kind {
        ChangeKind::Branch => is_about_branch(change, verdict),
        _ => true,
    };
    is_there && is_about && codes(change).contains(&verdict.code)
}

/// The branch that a verdict is about, of the union at a path.
fn branch_of<'v>(verdict: &'v Verdict, union: &str) -> Option<&'v str> {
    let rest = verdict.path.strip_prefix(union)?.strip_prefix('<')?;
    rest.strip_suffix('>')
}

/// A branch that another type reads or is read by: not any branch will do.
fn is_about_branch(change: &Change, verdict: &Verdict) -> bool {
    if BRANCH_CODES.contains(&verdict.code) {
        return true;
    }
    let words = change.old.as_ref().or(change.new.as_ref());
    let words = words.map(String::as_str).unwrap_or_default();
    match branch_of(verdict, &change.path) {
        Some(branch) => words.split(' ').take(2).any(|word| word == branch),
        None => words != "null",
    }
}

/// The rules that are about a union as a whole.
const BRANCH_CODES: [&str; 3] = ["C101", "C104", "C109"];

/// The rules that may be about a change.
fn codes(change: &Change) -> &'static [&'static str] {
    let is_new = change.old.is_none();
    match change.kind {
        ChangeKind::Field if is_new => &["C102", "C110"],
        ChangeKind::Field => &["C107", "C110"],
        ChangeKind::FieldName => &["C102", "C107", "C110"],
        ChangeKind::Type => &[
            "C101", "C104", "C105", "C106", "C109", "C111", "C201", "C202", "C203", "C204", "C205",
            "C206",
        ],
        ChangeKind::TypeName => &["C105", "C101", "C104", "C109"],
        ChangeKind::Branch if is_new => &[
            "C109", "C101", "C105", "C106", "C201", "C202", "C203", "C204", "C205", "C206",
        ],
        ChangeKind::Branch => &[
            "C104", "C101", "C105", "C106", "C201", "C202", "C203", "C204", "C205", "C206",
        ],
        ChangeKind::Symbol if is_new => &["C108"],
        ChangeKind::Symbol => &["C103"],
        ChangeKind::Size => &["C106"],
        ChangeKind::Logical => &["C201", "C202", "C203", "C204"],
        ChangeKind::Aliases => &["C110"],
        ChangeKind::FieldOrder
        | ChangeKind::BranchOrder
        | ChangeKind::SymbolOrder
        | ChangeKind::EnumDefault
        | ChangeKind::Default
        | ChangeKind::SortOrder
        | ChangeKind::Doc
        | ChangeKind::Attribute
        | ChangeKind::Other => &[],
    }
}

/// The worst that is said of a change stays.
fn give(change: &mut Change, verdict: &Verdict) {
    let effect = match verdict.direction {
        Direction::Backward => &mut change.backward,
        Direction::Forward => &mut change.forward,
    };
    if rank(verdict.effect) > rank(*effect) {
        *effect = verdict.effect;
    }
}

fn rank(effect: Effect) -> u8 {
    match effect {
        Effect::Fine => 0,
        Effect::Misreads(_) => 1,
        Effect::Breaks(_) => 2,
    }
}

fn other(verdict: &Verdict) -> Found {
    let mut change = Change {
        kind: ChangeKind::Other,
        path: verdict.path.clone(),
        old: None,
        new: Some(verdict.what.clone()),
        backward: Effect::Fine,
        forward: Effect::Fine,
    };
    give(&mut change, verdict);
    Found {
        change,
        old_site: None,
        new_site: None,
    }
}
