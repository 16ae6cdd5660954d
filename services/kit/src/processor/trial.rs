//! Tries a processor out without Kafka or a store: for tests of its rules.

use std::collections::{BTreeMap, BTreeSet};

use accordant_wire::Event;

use super::{
    Context, Decision, Failure, Input, Position, Processor, Read,
    view::{Entity, View},
};
use crate::store::StateRow;

/// A processor with its entities in memory. Events are decided one by one, and
/// what they change is visible to the next.
///
/// ```ignore
/// let mut trial = Trial::new(Articles);
/// let decision = trial.decide(submission)?;
/// ```
#[derive(Debug)]
pub struct Trial<P: Processor> {
    processor: P,
    entities: BTreeMap<String, P::Change>,
    next_offset: i64,
}

impl<P: Processor> Trial<P> {
    /// Without any entity.
    pub fn new(processor: P) -> Trial<P> {
        Trial {
            processor,
            entities: BTreeMap::new(),
            next_offset: 0,
        }
    }

    /// Decides an event and applies what it decides. Log time is the event's
    /// number in seconds.
    ///
    /// # Errors
    /// The processor's own, and [`Failure::Fatal`] for what stops a partition:
    /// a read that was not announced, or a version that is not the next one.
    pub fn decide(&mut self, input: &P::Input) -> Result<Decision<P::Change>, Failure> {
        let topic = P::Input::sources()
            .first()
            .map_or("", |source| source.topic)
            .into();
        let offset = self.next_offset;
        self.next_offset += 1;
        let ctx = Context {
            source: Position {
                topic,
                partition: 0,
                offset,
            },
            event_id: format!("event-{offset}"),
            key: String::new(),
            log_time_ms: offset * 1_000,
        };
        let view = self.view(input);
        let decision = self.processor.decide(&ctx, input, &view)?;
        let undeclared = view.take_undeclared();
        if !undeclared.is_empty() {
            let message = format!("decide read what reads did not announce: {undeclared:?}");
            return Err(Failure::Fatal(message));
        }
        if let Decision::Apply(changes) = &decision {
            for change in changes {
                self.apply(change)?;
            }
        }
        Ok(decision)
    }

    /// An entity as it is now.
    pub fn entity(&self, key: &str) -> Option<&P::Change> {
        self.entities.get(key)
    }

    fn apply(&mut self, change: &P::Change) -> Result<(), Failure> {
        let key = change.key();
        let current = self
            .entities
            .get(&key)
            .and_then(Event::entity_version)
            .unwrap_or_default();
        if change.entity_version() != Some(current + 1) {
            let found = change.entity_version();
            let message = format!("`{key}` has version {found:?} after {current}");
            return Err(Failure::Fatal(message));
        }
        self.entities.insert(key, change.clone());
        Ok(())
    }

    fn view(&self, input: &P::Input) -> View<P::Change> {
        let mut keys = BTreeSet::new();
        let mut indexes = BTreeMap::new();
        for read in self.processor.reads(input) {
            match read {
                Read::Key(key) => {
                    keys.insert(key);
                }
                Read::Index { name, value } => {
                    let found: BTreeSet<String> = self.with_entry(name, &value).collect();
                    keys.extend(found.iter().cloned());
                    indexes.insert((name.to_owned(), value), found);
                }
            }
        }
        let entities = keys.into_iter().map(|key| {
            let entity = self.entities.get(&key).map(entity_of);
            (key, entity)
        });
        View::of(entities.collect(), indexes)
    }

    fn with_entry(&self, name: &'static str, value: &str) -> impl Iterator<Item = String> {
        self.entities.iter().filter_map(move |(key, change)| {
            let entries = self.processor.indexes(change);
            let has_it = entries
                .iter()
                .any(|entry| entry.0 == name && entry.1 == value);
            has_it.then(|| key.clone())
        })
    }
}

/// An entity whose bytes nobody reads.
fn entity_of<C: Event>(change: &C) -> Entity<C> {
    let row = StateRow {
        key: change.key(),
        version: change.entity_version().unwrap_or_default(),
        deleted: change.is_deleted(),
        value: Vec::new(),
        writer_version: C::VERSION,
    };
    Entity {
        change: change.clone(),
        row,
    }
}
