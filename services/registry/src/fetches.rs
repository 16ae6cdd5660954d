//! Who still reads what: the last time that each client asked for a schema,
//! kept in memory and written down in batches, never in the way of a read.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{store::FetchRow, subject::SchemaId};

/// Kept apart, so that readers of different schemas do not wait for each other.
const SHARDS: usize = 16;
/// Clients and schemas that are remembered between two writes.
const ENTRIES_MAX: usize = 4_096;

/// What was asked for since the last write.
#[derive(Debug, Default)]
pub(crate) struct Fetches {
    hasher: RandomState,
    shards: [Mutex<HashMap<u64, FetchRow>>; SHARDS],
    dropped: AtomicU64,
}

impl Fetches {
    /// A client asked for a schema.
    pub(crate) fn note(&self, context: &str, id: SchemaId, client: &str, now_ms: i64) {
        let hash = self.hasher.hash_one((context, id, client));
        let mut shard = self
            .shard(hash)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = shard.get_mut(&hash) {
            entry.last_ms = entry.last_ms.max(now_ms);
        } else if shard.len() < ENTRIES_MAX / SHARDS {
            let row = FetchRow {
                context: context.to_owned(),
                id,
                client: client.to_owned(),
                last_ms: now_ms,
            };
            shard.insert(hash, row);
        } else {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Everything that is not written down yet.
    pub(crate) fn take(&self) -> Vec<FetchRow> {
        let mut rows = Vec::new();
        for shard in &self.shards {
            let taken = std::mem::take(&mut *shard.lock().unwrap_or_else(PoisonError::into_inner));
            rows.extend(taken.into_values());
        }
        // In one order everywhere: two instances that write the same rows must
        // not wait for each other.
        rows.sort_by(|one, two| {
            (&one.context, one.id, &one.client).cmp(&(&two.context, two.id, &two.client))
        });
        rows
    }

    /// Puts back what could not be written.
    pub(crate) fn put_back(&self, rows: Vec<FetchRow>) {
        for row in rows {
            self.note(&row.context, row.id, &row.client, row.last_ms);
        }
    }

    /// How many were not remembered because there were too many at once.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn shard(&self, hash: u64) -> &Mutex<HashMap<u64, FetchRow>> {
        &self.shards[(hash % SHARDS as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_time_counts_and_is_given_once() {
        let fetches = Fetches::default();
        for (client, at) in [("a", 5), ("b", 6), ("a", 9), ("a", 7)] {
            fetches.note(".", SchemaId(1), client, at);
        }
        let times: Vec<_> = fetches
            .take()
            .iter()
            .map(|row| (row.client.clone(), row.last_ms))
            .collect();
        assert_eq!(times, [("a".to_owned(), 9), ("b".to_owned(), 6)]);
        assert!(fetches.take().is_empty());
    }

    #[test]
    fn too_many_at_once_are_counted_and_not_kept() {
        let fetches = Fetches::default();
        let asked = ENTRIES_MAX * 2;
        for number in 0..asked {
            fetches.note(".", SchemaId(1), &number.to_string(), 1);
        }
        let kept = fetches.take().len();
        assert!(kept <= ENTRIES_MAX);
        assert_eq!(fetches.dropped(), (asked - kept) as u64);
    }
}
