//! Confluent's seven compatibility levels over a schema and its predecessors.

use accordant_schema::{Schema, contract::Compatibility};

use crate::java::{self, Incompatibility};

/// Which way a reader fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The new schema cannot read what the old one wrote.
    Backward,
    /// The old schema cannot read what the new one writes.
    Forward,
}

impl Direction {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Backward => "backward",
            Direction::Forward => "forward",
        }
    }
}

/// The directions of a level, in the order in which Confluent reports them,
/// and whether it looks at every predecessor.
pub fn demands(level: Compatibility) -> (&'static [Direction], Reach) {
    const BOTH: &[Direction] = &[Direction::Forward, Direction::Backward];
    match level {
        Compatibility::None => (&[], Reach::Latest),
        Compatibility::Backward => (&[Direction::Backward], Reach::Latest),
        Compatibility::BackwardTransitive => (&[Direction::Backward], Reach::Every),
        Compatibility::Forward => (&[Direction::Forward], Reach::Latest),
        Compatibility::ForwardTransitive => (&[Direction::Forward], Reach::Every),
        Compatibility::Full => (BOTH, Reach::Latest),
        Compatibility::FullTransitive => (BOTH, Reach::Every),
    }
}

/// How far back a level looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The newest predecessor.
    Latest,
    /// Every predecessor.
    Every,
}

/// A level's name in `contract.toml`.
pub fn level_name(level: Compatibility) -> &'static str {
    match level {
        Compatibility::None => "none",
        Compatibility::Backward => "backward",
        Compatibility::BackwardTransitive => "backward-transitive",
        Compatibility::Forward => "forward",
        Compatibility::ForwardTransitive => "forward-transitive",
        Compatibility::Full => "full",
        Compatibility::FullTransitive => "full-transitive",
    }
}

/// Checks a new schema against its predecessors, newest first. Only what fails
/// is in the answer: the predecessor's label, the direction, and what Java
/// reports; Confluent's registry stops at the first predecessor that fails.
pub fn check<Label: Clone>(
    new: &Schema,
    olds: &[(Label, &Schema)],
    level: Compatibility,
) -> Vec<(Label, Direction, Vec<Incompatibility>)> {
    let (directions, reach) = demands(level);
    let reached = match reach {
        Reach::Latest => &olds[..olds.len().min(1)],
        Reach::Every => olds,
    };
    let mut failed = Vec::new();
    for (label, old) in reached {
        for direction in directions {
            let found = match direction {
                Direction::Backward => java::check(new, old),
                Direction::Forward => java::check(old, new),
            };
            if !found.is_empty() {
                failed.push((label.clone(), *direction, found));
            }
        }
    }
    failed
}
