//! The operational store of the applications: rows, indexes, checkpoints and
//! the dedup window, each a projection of an application's logs.
//!
//! It must never be the record of a decision: whatever is in it can be built
//! again from the logs, and every write carries the checkpoint's fence.

mod lock;
mod postgres;
mod sqlite;
#[cfg(test)]
mod tests;
mod types;

pub use lock::ApplicationLock;
pub use types::{
    AuditRow, Batch, Checkpoint, DedupKey, DedupRow, IndexRow, Loaded, Snapshot, SnapshotRow,
    StateRow, StoreError, Wanted,
};

use std::{collections::BTreeMap, path::Path};

use sqlx::{PgPool, SqlitePool};

/// How long a duplicate is known as one, by log time.
pub const DEDUP_WINDOW_MS: i64 = 24 * 60 * 60 * 1000;
/// How many entries of the dedup window a partition keeps at most.
pub const DEDUP_ENTRIES_MAX: i64 = 1_000_000;
/// Rows of one page of a snapshot.
const SNAPSHOT_PAGE: i64 = 1_000;

/// A store: SQLite for one machine, PostgreSQL for many instances.
#[derive(Debug, Clone)]
pub struct Store {
    backend: Backend,
}

#[derive(Debug, Clone)]
enum Backend {
    /// One writer, so that its own tasks never meet a busy database.
    Sqlite {
        writer: SqlitePool,
        reader: SqlitePool,
    },
    Postgres(PgPool),
}

impl Store {
    /// Opens a store by its URL (`sqlite://path` or `postgres://…`) and brings
    /// its tables up to date.
    ///
    /// # Errors
    /// Another scheme, a database that cannot be reached, or a failed migration.
    pub async fn open(url: &str) -> Result<Store, StoreError> {
        let backend = if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            let (writer, reader) = sqlite::open(Path::new(path)).await?;
            Backend::Sqlite { writer, reader }
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Backend::Postgres(postgres::open(url).await?)
        } else {
            let scheme = url.split(':').next().unwrap_or_default().to_owned();
            return Err(StoreError::Scheme { scheme });
        };
        Ok(Store { backend })
    }

    /// Claims an application for this process alone, until the lock is dropped.
    /// On SQLite it is a file lock under `data_dir`, on PostgreSQL an advisory
    /// lock of a session.
    ///
    /// # Errors
    /// [`StoreError::Locked`] where another instance has it.
    pub async fn lock_application(
        &self,
        application: &str,
        data_dir: &Path,
    ) -> Result<ApplicationLock, StoreError> {
        match &self.backend {
            Backend::Sqlite { .. } => lock::file(application, data_dir),
            Backend::Postgres(pool) => lock::advisory(application, pool).await,
        }
    }

    /// Raises the partition's epoch, which refuses every later write of who had
    /// it before, and returns the checkpoint.
    ///
    /// # Errors
    /// The database's.
    pub async fn take_over(
        &self,
        application: &str,
        partition: i32,
    ) -> Result<Checkpoint, StoreError> {
        match &self.backend {
            Backend::Sqlite { writer, .. } => {
                sqlite::take_over(writer, application, partition).await
            }
            Backend::Postgres(pool) => postgres::take_over(pool, application, partition).await,
        }
    }

    /// Reads the rows, index entries and dedup entries that a batch wants.
    ///
    /// # Errors
    /// The database's.
    pub async fn load(
        &self,
        application: &str,
        partition: i32,
        wanted: &Wanted,
    ) -> Result<Loaded, StoreError> {
        match &self.backend {
            // The writer's connection: what was applied just now is seen.
            Backend::Sqlite { writer, .. } => {
                sqlite::load(writer, application, partition, wanted).await
            }
            Backend::Postgres(pool) => postgres::load(pool, application, partition, wanted).await,
        }
    }

    /// Applies a batch in one transaction that begins with the fence.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where the epoch is no longer the batch's.
    pub async fn apply(&self, batch: &Batch) -> Result<(), StoreError> {
        match &self.backend {
            Backend::Sqlite { writer, .. } => sqlite::apply(writer, batch).await,
            Backend::Postgres(pool) => postgres::apply(pool, batch).await,
        }
    }

    /// Forgets dedup entries older than the window or beyond its count.
    ///
    /// # Errors
    /// The database's.
    pub async fn prune_dedup(
        &self,
        application: &str,
        partition: i32,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let oldest_ms = now_ms - DEDUP_WINDOW_MS;
        match &self.backend {
            Backend::Sqlite { writer, .. } => {
                sqlite::prune_dedup(writer, application, partition, oldest_ms).await
            }
            Backend::Postgres(pool) => {
                postgres::prune_dedup(pool, application, partition, oldest_ms).await
            }
        }
    }

    /// Reads a partition's checkpoint and rows as of one instant.
    ///
    /// # Errors
    /// The database's.
    pub async fn snapshot(
        &self,
        application: &str,
        partition: i32,
    ) -> Result<Snapshot, StoreError> {
        match &self.backend {
            Backend::Sqlite { reader, .. } => {
                sqlite::snapshot(reader, application, partition).await
            }
            Backend::Postgres(pool) => postgres::snapshot(pool, application, partition).await,
        }
    }

    /// Reads the checkpoints of an application, by partition.
    ///
    /// # Errors
    /// The database's.
    pub async fn checkpoints(
        &self,
        application: &str,
    ) -> Result<BTreeMap<i32, Checkpoint>, StoreError> {
        match &self.backend {
            Backend::Sqlite { reader, .. } => sqlite::checkpoints(reader, application).await,
            Backend::Postgres(pool) => postgres::checkpoints(pool, application).await,
        }
    }

    /// Closes its connections.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Backend::Postgres(pool) => pool.close().await,
        }
    }
}
