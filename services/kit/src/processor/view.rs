//! What `decide` sees: the entities that it asked for, with the effects of the
//! batch's earlier events.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use accordant_wire::{Event, Limits};

use crate::store::{DedupKey, DedupRow, IndexRow, Loaded, StateRow, Wanted};

use super::{Processor, ProcessorError};

/// Reads of the entities that [`Processor::reads`] named.
#[derive(Debug)]
pub struct View<C> {
    entities: BTreeMap<String, Option<Entity<C>>>,
    indexes: BTreeMap<(String, String), BTreeSet<String>>,
    /// Reads that were not announced; the batch fails for them.
    undeclared: RefCell<Vec<String>>,
}

/// An entity and the bytes that its row has.
#[derive(Debug, Clone)]
pub(crate) struct Entity<C> {
    pub(crate) change: C,
    pub(crate) row: StateRow,
}

impl<C> View<C> {
    pub(super) fn of(
        entities: BTreeMap<String, Option<Entity<C>>>,
        indexes: BTreeMap<(String, String), BTreeSet<String>>,
    ) -> View<C> {
        View {
            entities,
            indexes,
            undeclared: RefCell::default(),
        }
    }

    /// What was read without being announced, since this was asked last.
    pub(super) fn take_undeclared(&self) -> Vec<String> {
        self.undeclared.take()
    }
}

impl<C: Event> View<C> {
    /// The entity with this key as its last change left it; a deleted one is
    /// still there.
    pub fn get(&self, key: &str) -> Option<&C> {
        match self.entities.get(key) {
            Some(entity) => entity.as_ref().map(|it| &it.change),
            None => {
                self.undeclared.borrow_mut().push(format!("key `{key}`"));
                None
            }
        }
    }

    /// The entities with this entry in an index, by key.
    pub fn index(&self, name: &str, value: &str) -> Vec<&C> {
        let Some(keys) = self.indexes.get(&(name.to_owned(), value.to_owned())) else {
            self.undeclared
                .borrow_mut()
                .push(format!("index `{name}` at `{value}`"));
            return Vec::new();
        };
        keys.iter().filter_map(|key| self.get(key)).collect()
    }

    /// The entity's version; 0 where it was never seen.
    pub fn version(&self, key: &str) -> i64 {
        self.get(key)
            .and_then(Event::entity_version)
            .unwrap_or_default()
    }
}

/// The view of a batch, and what the batch did to it.
#[derive(Debug)]
pub(crate) struct BatchState<C> {
    pub(crate) view: View<C>,
    /// Index entries of changed entities as they were before the batch.
    changed: BTreeMap<String, BTreeSet<IndexRow>>,
    dedup: HashMap<DedupKey, DedupRow>,
    dedup_new: BTreeMap<DedupKey, DedupRow>,
}

/// The net effect of a batch on the store's tables.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Effects {
    pub(crate) rows: Vec<StateRow>,
    pub(crate) index_removed: Vec<IndexRow>,
    pub(crate) index_added: Vec<IndexRow>,
    pub(crate) dedup: Vec<DedupRow>,
}

impl<C: Event> BatchState<C> {
    /// From what the store had of what was wanted.
    pub(crate) fn new(wanted: &Wanted, loaded: Loaded) -> Result<BatchState<C>, ProcessorError> {
        let mut entities: BTreeMap<String, Option<Entity<C>>> =
            wanted.keys.iter().map(|key| (key.clone(), None)).collect();
        for row in loaded.rows {
            let change = C::from_avro(row.writer_version, &row.value, Limits::default()).map_err(
                |source| ProcessorError::Row {
                    key: row.key.clone(),
                    source,
                },
            )?;
            entities.insert(row.key.clone(), Some(Entity { change, row }));
        }
        let mut indexes: BTreeMap<(String, String), BTreeSet<String>> = wanted
            .indexes
            .iter()
            .map(|lookup| (lookup.clone(), BTreeSet::new()))
            .collect();
        for entry in loaded.indexes {
            indexes
                .entry((entry.name, entry.value))
                .or_default()
                .insert(entry.key);
        }
        Ok(BatchState {
            view: View {
                entities,
                indexes,
                undeclared: RefCell::default(),
            },
            changed: BTreeMap::new(),
            dedup: loaded
                .dedup
                .into_iter()
                .map(|row| (row.id.clone(), row))
                .collect(),
            dedup_new: BTreeMap::new(),
        })
    }

    /// The version of an entity, without counting as a read of the handler's.
    pub(crate) fn version(&self, key: &str) -> Option<i64> {
        match self.view.entities.get(key) {
            Some(Some(entity)) => Some(entity.row.version),
            Some(None) => Some(0),
            None => None,
        }
    }

    /// Puts an entity's new state in place and moves its index entries.
    pub(crate) fn put<P: Processor<Change = C>>(&mut self, processor: &P, entity: Entity<C>) {
        let key = entity.row.key.clone();
        let before = match self.view.entities.get(&key) {
            Some(Some(old)) => index_rows(processor, &old.change, &key),
            Some(None) | None => BTreeSet::new(),
        };
        let after = index_rows(processor, &entity.change, &key);
        for entry in before.difference(&after) {
            let lookup = (entry.name.clone(), entry.value.clone());
            if let Some(keys) = self.view.indexes.get_mut(&lookup) {
                keys.remove(&key);
            }
        }
        for entry in after.difference(&before) {
            let lookup = (entry.name.clone(), entry.value.clone());
            if let Some(keys) = self.view.indexes.get_mut(&lookup) {
                keys.insert(key.clone());
            }
        }
        self.changed.entry(key.clone()).or_insert(before);
        self.view.entities.insert(key, Some(entity));
    }

    /// The first event with an id, if its entry is known.
    pub(crate) fn seen(&self, id: &DedupKey) -> Option<&DedupRow> {
        self.dedup.get(id)
    }

    /// Remembers the first event with an id.
    pub(crate) fn remember(&mut self, row: DedupRow) {
        self.dedup.insert(row.id.clone(), row.clone());
        self.dedup_new.insert(row.id.clone(), row);
    }

    /// What the handler read without announcing it.
    pub(crate) fn take_undeclared(&self) -> Vec<String> {
        self.view.take_undeclared()
    }

    /// The net effect.
    pub(crate) fn into_effects<P: Processor<Change = C>>(self, processor: &P) -> Effects {
        let mut effects = Effects {
            dedup: self.dedup_new.into_values().collect(),
            ..Effects::default()
        };
        let mut entities = self.view.entities;
        for (key, before) in self.changed {
            let Some(Some(entity)) = entities.remove(&key) else {
                continue;
            };
            let after = index_rows(processor, &entity.change, &key);
            effects
                .index_removed
                .extend(before.difference(&after).cloned());
            effects
                .index_added
                .extend(after.difference(&before).cloned());
            effects.rows.push(entity.row);
        }
        effects
    }
}

fn index_rows<P: Processor>(processor: &P, change: &P::Change, key: &str) -> BTreeSet<IndexRow> {
    let entries = processor.indexes(change).into_iter();
    entries
        .map(|(name, value)| IndexRow {
            name: name.to_owned(),
            value,
            key: key.to_owned(),
        })
        .collect()
}
