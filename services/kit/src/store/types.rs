//! What goes into the store and comes out of it.

use std::collections::{BTreeMap, BTreeSet};

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A URL that names neither database.
    #[error("database URL with the scheme `{scheme}`\nuse sqlite://PATH or postgres://HOST/NAME")]
    Scheme {
        /// What stands before the colon.
        scheme: String,
    },
    /// Somebody else took the partition over.
    #[error("{application}[{partition}]: epoch {epoch} is over, another worker has taken over")]
    Fenced {
        /// Application.
        application: String,
        /// Partition.
        partition: i32,
        /// The epoch that was refused.
        epoch: i64,
    },
    /// Another instance runs the application, which has to be alone.
    #[error(
        "application `{application}` runs in another instance ({holder})\n\
         at-least-once processing takes one instance: stop the other one, or use a broker with transactions"
    )]
    Locked {
        /// Application.
        application: String,
        /// What holds the lock.
        holder: String,
    },
    /// A folder or lock file that cannot be used.
    #[error("cannot use {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A migration that is not the one that ran.
    #[error("store migration {number} is not the one that was applied before")]
    Migration {
        /// Its number.
        number: i64,
    },
    /// A row that this program did not write.
    #[error("unreadable checkpoint of {application}[{partition}]: {message}")]
    Checkpoint {
        /// Application.
        application: String,
        /// Partition.
        partition: i32,
        /// What is wrong with it.
        message: String,
    },
    /// The database's own.
    #[error("store: {0}")]
    Database(#[from] sqlx::Error),
}

/// How far a partition has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checkpoint {
    /// Counts take-overs; a write with a lower one is refused.
    pub epoch: i64,
    /// Next offset to decide, by source topic; empty before the first start.
    pub positions: BTreeMap<String, i64>,
    /// Next offset of the outbound topic to apply; `None` before the first.
    pub outbound_next: Option<i64>,
    /// The same of the outcome topic.
    pub outcome_next: Option<i64>,
}

/// An entity as the last outbound event left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateRow {
    /// Entity key.
    pub key: String,
    /// Entity version.
    pub version: i64,
    /// Whether it is gone.
    pub deleted: bool,
    /// The event's Avro bytes, without framing.
    pub value: Vec<u8>,
    /// The contract version that wrote them.
    pub writer_version: u32,
}

/// One entry of an index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexRow {
    /// Index.
    pub name: String,
    /// Indexed text.
    pub value: String,
    /// Entity key.
    pub key: String,
}

/// What tells duplicates: the same event id for the same key of a contract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DedupKey {
    /// Contract.
    pub contract: String,
    /// Kafka key.
    pub key: String,
    /// Event id.
    pub event_id: String,
}

/// The first event with an id and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DedupRow {
    /// Its identity.
    pub id: DedupKey,
    /// Its log time.
    pub at_ms: i64,
    /// Its topic.
    pub topic: String,
    /// Its offset.
    pub offset: i64,
    /// Its outcome's Avro bytes, without framing.
    pub outcome: Vec<u8>,
}

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Entity key.
    pub key: String,
    /// Entity version after the change.
    pub version: i64,
    /// The event that caused it.
    pub event_id: String,
    /// Its source position.
    pub source: String,
    /// Its log time.
    pub at_ms: i64,
}

/// What a batch wants to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Entities.
    pub keys: BTreeSet<String>,
    /// Index lookups: (index, text).
    pub indexes: BTreeSet<(String, String)>,
    /// Event ids.
    pub events: BTreeSet<DedupKey>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The wanted entities, and those that the index entries name.
    pub rows: Vec<StateRow>,
    /// The index entries.
    pub indexes: Vec<IndexRow>,
    /// The dedup entries.
    pub dedup: Vec<DedupRow>,
}

/// What one transaction applies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Application.
    pub application: String,
    /// Partition.
    pub partition: i32,
    /// The checkpoint after it; its epoch is the fence.
    pub checkpoint: Checkpoint,
    /// Rows, one a key.
    pub rows: Vec<StateRow>,
    /// Index entries to remove.
    pub index_removed: Vec<IndexRow>,
    /// Index entries to add.
    pub index_added: Vec<IndexRow>,
    /// Audit lines.
    pub audit: Vec<AuditRow>,
    /// Dedup entries, one an id.
    pub dedup: Vec<DedupRow>,
}

/// A partition as of one instant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// `None` where the partition was never taken over.
    pub checkpoint: Option<Checkpoint>,
    /// By entity key.
    pub rows: BTreeMap<String, SnapshotRow>,
}

/// A row, its value as a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotRow {
    /// Entity version.
    pub version: i64,
    /// SHA-256 of the value.
    pub sha256: [u8; 32],
}

impl Checkpoint {
    /// Whether nothing was ever applied under it.
    pub fn is_first(&self) -> bool {
        self.positions.is_empty()
    }
}
