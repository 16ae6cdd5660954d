//! What the application's own logs already say about source events: it is
//! adopted, never decided again.

use std::collections::{BTreeMap, BTreeSet};

use accordant_wire::Event;

use super::{Position, view::Entity};

/// A change that is in the outbound topic.
#[derive(Debug, Clone)]
pub(crate) struct AdoptedChange<C> {
    pub(crate) entity: Entity<C>,
    /// Its offset in the outbound topic.
    pub(crate) offset: i64,
    /// The source event that caused it.
    pub(crate) source: Position,
    /// The submission's event id that it goes back to.
    pub(crate) cause: String,
    /// Its own log time.
    pub(crate) at_ms: i64,
}

/// The decisions that the logs have for source events which the store has not.
#[derive(Debug, Clone)]
pub(crate) struct Adoption<C> {
    changes: BTreeMap<Position, Vec<AdoptedChange<C>>>,
    outcomes: BTreeSet<Position>,
    /// By source topic, the offset after the last event with a change.
    floors: BTreeMap<String, i64>,
}

impl<C: Event> Adoption<C> {
    pub(crate) fn none() -> Adoption<C> {
        Adoption {
            changes: BTreeMap::new(),
            outcomes: BTreeSet::new(),
            floors: BTreeMap::new(),
        }
    }

    /// Takes a change from the outbound log in.
    pub(crate) fn add_change(&mut self, change: AdoptedChange<C>) {
        let next = change.source.offset + 1;
        let floor = self
            .floors
            .entry(change.source.topic.to_string())
            .or_insert(next);
        *floor = next.max(*floor);
        self.changes
            .entry(change.source.clone())
            .or_default()
            .push(change);
    }

    /// Takes an outcome's source position in.
    pub(crate) fn add_outcome(&mut self, source: Position) {
        self.outcomes.insert(source);
    }

    /// The changes of an event, once.
    pub(crate) fn take_changes(&mut self, source: &Position) -> Vec<AdoptedChange<C>> {
        self.changes.remove(source).unwrap_or_default()
    }

    /// Whether an event's outcome is written.
    pub(crate) fn take_outcome(&mut self, source: &Position) -> bool {
        self.outcomes.remove(source)
    }

    /// The keys of an event's changes.
    pub(crate) fn keys(&self, source: &Position) -> impl Iterator<Item = &String> {
        let changes = self.changes.get(source).into_iter().flatten();
        changes.map(|change| &change.entity.row.key)
    }

    /// Whether later events of the topic have changes: then this one can get
    /// none any more.
    pub(crate) fn is_below_floor(&self, source: &Position) -> bool {
        self.floors
            .get(&*source.topic)
            .is_some_and(|floor| source.offset < *floor)
    }

    /// By source topic, the offset after the last event with a change.
    pub(crate) fn floors(&self) -> &BTreeMap<String, i64> {
        &self.floors
    }

    /// The sources of the changes that are left, in the outbound topic's order.
    pub(crate) fn order(&self) -> Vec<Position> {
        let mut order: Vec<(i64, &Position)> = self
            .changes
            .values()
            .flatten()
            .map(|it| (it.offset, &it.source))
            .collect();
        order.sort();
        order
            .into_iter()
            .map(|(_, source)| source.clone())
            .collect()
    }

    /// Whether nothing is left to adopt.
    pub(crate) fn is_settled(&self) -> bool {
        self.changes.is_empty() && self.outcomes.is_empty()
    }

    /// Whether every outcome was met.
    pub(crate) fn is_outcomes_settled(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// The first offset of the outbound topic that is still to be adopted.
    pub(crate) fn outbound_first(&self) -> Option<i64> {
        self.changes.values().flatten().map(|it| it.offset).min()
    }
}
