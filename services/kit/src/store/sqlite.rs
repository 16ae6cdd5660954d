//! The store on SQLite.

use std::{collections::BTreeMap, path::Path, time::Duration};

use sha2::{Digest, Sha256};
use sqlx::{
    QueryBuilder, Row, Sqlite, SqliteConnection, SqlitePool, Transaction,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};

use super::types::{
    Batch, Checkpoint, DedupKey, DedupRow, IndexRow, Loaded, Snapshot, SnapshotRow, StateRow,
    StoreError, Wanted,
};

/// How long a statement waits for another process's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Readers beside the one writer.
const READERS_MAX: u32 = 4;
/// Rows of one statement: far below SQLite's 32,766 parameters.
const CHUNK_ROWS: usize = 500;

const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("migrations/sqlite_1.sql")),
    // The next one goes here; an applied one never changes.
];

pub(super) async fn open(path: &Path) -> Result<(SqlitePool, SqlitePool), StoreError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::File {
            path: folder.display().to_string(),
            source,
        })?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A lost transaction is applied again from the log.
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options.clone())
        .await?;
    migrate(&writer).await?;
    let reader = SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .connect_with(options)
        .await?;
    Ok((writer, reader))
}

async fn migrate(pool: &SqlitePool) -> Result<(), StoreError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query(
        "CREATE TABLE IF NOT EXISTS store_migrations \
         (number INTEGER PRIMARY KEY, sha256 BLOB NOT NULL)",
    )
    .execute(&mut *tx)
    .await?;
    for (number, text) in MIGRATIONS {
        let sha256 = Sha256::digest(text.as_bytes()).to_vec();
        let applied: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT sha256 FROM store_migrations WHERE number = ?")
                .bind(number)
                .fetch_optional(&mut *tx)
                .await?;
        match applied {
            Some(applied) if applied == sha256 => {}
            Some(_) => return Err(StoreError::Migration { number: *number }),
            None => {
                sqlx::raw_sql(*text).execute(&mut *tx).await?;
                sqlx::query("INSERT INTO store_migrations (number, sha256) VALUES (?, ?)")
                    .bind(number)
                    .bind(sha256)
                    .execute(&mut *tx)
                    .await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

pub(super) async fn take_over(
    pool: &SqlitePool,
    application: &str,
    partition: i32,
) -> Result<Checkpoint, StoreError> {
    let row = sqlx::query(
        "INSERT INTO checkpoint (app, partition, epoch, positions) VALUES (?, ?, 1, '{}') \
         ON CONFLICT (app, partition) DO UPDATE SET epoch = epoch + 1 \
         RETURNING partition, epoch, positions, outbound_next, outcome_next",
    )
    .bind(application)
    .bind(partition)
    .fetch_one(pool)
    .await?;
    Ok(checkpoint_of(application, &row)?.1)
}

fn checkpoint_of(application: &str, row: &SqliteRow) -> Result<(i32, Checkpoint), StoreError> {
    let partition: i32 = row.try_get("partition")?;
    let positions: String = row.try_get("positions")?;
    let positions = serde_json::from_str(&positions).map_err(|error| StoreError::Checkpoint {
        application: application.to_owned(),
        partition,
        message: error.to_string(),
    })?;
    let checkpoint = Checkpoint {
        epoch: row.try_get("epoch")?,
        positions,
        outbound_next: row.try_get("outbound_next")?,
        outcome_next: row.try_get("outcome_next")?,
    };
    Ok((partition, checkpoint))
}

pub(super) async fn load(
    pool: &SqlitePool,
    application: &str,
    partition: i32,
    wanted: &Wanted,
) -> Result<Loaded, StoreError> {
    let mut connection = pool.acquire().await?;
    let mut loaded = Loaded::default();
    let mut keys = wanted.keys.clone();
    let lookups: Vec<_> = wanted.indexes.iter().collect();
    for chunk in lookups.chunks(CHUNK_ROWS) {
        let mut query =
            QueryBuilder::<Sqlite>::new("SELECT name, value, key FROM state_index WHERE app = ");
        query
            .push_bind(application)
            .push(" AND partition = ")
            .push_bind(partition);
        query.push(" AND (name, value) IN (VALUES ");
        let mut values = query.separated(", ");
        for (name, value) in chunk {
            values
                .push("(")
                .push_bind_unseparated(name)
                .push_unseparated(", ");
            values.push_bind_unseparated(value).push_unseparated(")");
        }
        query.push(")");
        for row in query.build().fetch_all(&mut *connection).await? {
            let entry = IndexRow {
                name: row.try_get("name")?,
                value: row.try_get("value")?,
                key: row.try_get("key")?,
            };
            keys.insert(entry.key.clone());
            loaded.indexes.push(entry);
        }
    }
    let keys: Vec<_> = keys.into_iter().collect();
    for chunk in keys.chunks(CHUNK_ROWS) {
        loaded
            .rows
            .extend(load_rows(&mut connection, application, partition, chunk).await?);
    }
    let events: Vec<_> = wanted.events.iter().collect();
    for chunk in events.chunks(CHUNK_ROWS) {
        loaded
            .dedup
            .extend(load_dedup(&mut connection, application, partition, chunk).await?);
    }
    Ok(loaded)
}

async fn load_rows(
    connection: &mut SqliteConnection,
    application: &str,
    partition: i32,
    keys: &[String],
) -> Result<Vec<StateRow>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT key, version, deleted, value, writer_version FROM state WHERE app = ",
    );
    query
        .push_bind(application)
        .push(" AND partition = ")
        .push_bind(partition);
    query.push(" AND key IN (");
    let mut values = query.separated(", ");
    for key in keys {
        values.push_bind(key);
    }
    query.push(")");
    let mut rows = Vec::with_capacity(keys.len());
    for row in query.build().fetch_all(connection).await? {
        rows.push(StateRow {
            key: row.try_get("key")?,
            version: row.try_get("version")?,
            deleted: row.try_get("deleted")?,
            value: row.try_get("value")?,
            writer_version: row.try_get("writer_version")?,
        });
    }
    Ok(rows)
}

async fn load_dedup(
    connection: &mut SqliteConnection,
    application: &str,
    partition: i32,
    events: &[&DedupKey],
) -> Result<Vec<DedupRow>, StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT contract, key, event_id, at_ms, topic, \"offset\", outcome FROM dedup WHERE app = ",
    );
    query
        .push_bind(application)
        .push(" AND partition = ")
        .push_bind(partition);
    query.push(" AND (contract, key, event_id) IN (VALUES ");
    let mut values = query.separated(", ");
    for event in events {
        values
            .push("(")
            .push_bind_unseparated(&event.contract)
            .push_unseparated(", ");
        values
            .push_bind_unseparated(&event.key)
            .push_unseparated(", ");
        values
            .push_bind_unseparated(&event.event_id)
            .push_unseparated(")");
    }
    query.push(")");
    let mut rows = Vec::new();
    for row in query.build().fetch_all(connection).await? {
        let id = DedupKey {
            contract: row.try_get("contract")?,
            key: row.try_get("key")?,
            event_id: row.try_get("event_id")?,
        };
        rows.push(DedupRow {
            id,
            at_ms: row.try_get("at_ms")?,
            topic: row.try_get("topic")?,
            offset: row.try_get("offset")?,
            outcome: row.try_get("outcome")?,
        });
    }
    Ok(rows)
}

pub(super) async fn apply(pool: &SqlitePool, batch: &Batch) -> Result<(), StoreError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    apply_checkpoint(&mut tx, batch).await?;
    apply_rows(&mut tx, batch).await?;
    apply_indexes(&mut tx, batch).await?;
    apply_audit(&mut tx, batch).await?;
    apply_dedup(&mut tx, batch).await?;
    tx.commit().await?;
    Ok(())
}

async fn apply_checkpoint(
    tx: &mut Transaction<'_, Sqlite>,
    batch: &Batch,
) -> Result<(), StoreError> {
    let checkpoint = &batch.checkpoint;
    let positions =
        serde_json::to_string(&checkpoint.positions).expect("a map of strings to integers is JSON");
    let done = sqlx::query(
        "UPDATE checkpoint SET positions = ?, outbound_next = ?, outcome_next = ? \
         WHERE app = ? AND partition = ? AND epoch = ?",
    )
    .bind(positions)
    .bind(checkpoint.outbound_next)
    .bind(checkpoint.outcome_next)
    .bind(&batch.application)
    .bind(batch.partition)
    .bind(checkpoint.epoch)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::Fenced {
            application: batch.application.clone(),
            partition: batch.partition,
            epoch: checkpoint.epoch,
        });
    }
    Ok(())
}

async fn apply_rows(tx: &mut Transaction<'_, Sqlite>, batch: &Batch) -> Result<(), StoreError> {
    for chunk in batch.rows.chunks(CHUNK_ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO state (app, partition, key, version, deleted, value, writer_version) ",
        );
        query.push_values(chunk, |mut values, row| {
            values
                .push_bind(&batch.application)
                .push_bind(batch.partition)
                .push_bind(&row.key);
            values
                .push_bind(row.version)
                .push_bind(row.deleted)
                .push_bind(&row.value);
            values.push_bind(row.writer_version);
        });
        // The first record of a version wins, here and in every fold.
        query.push(
            " ON CONFLICT (app, partition, key) DO UPDATE SET version = excluded.version, \
             deleted = excluded.deleted, value = excluded.value, \
             writer_version = excluded.writer_version WHERE excluded.version > state.version",
        );
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

async fn apply_indexes(tx: &mut Transaction<'_, Sqlite>, batch: &Batch) -> Result<(), StoreError> {
    for chunk in batch.index_removed.chunks(CHUNK_ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM state_index WHERE app = ");
        query
            .push_bind(&batch.application)
            .push(" AND partition = ")
            .push_bind(batch.partition);
        query.push(" AND (name, value, key) IN (VALUES ");
        let mut values = query.separated(", ");
        for entry in chunk {
            values
                .push("(")
                .push_bind_unseparated(&entry.name)
                .push_unseparated(", ");
            values
                .push_bind_unseparated(&entry.value)
                .push_unseparated(", ");
            values
                .push_bind_unseparated(&entry.key)
                .push_unseparated(")");
        }
        query.push(")");
        query.build().execute(&mut **tx).await?;
    }
    for chunk in batch.index_added.chunks(CHUNK_ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO state_index (app, partition, name, value, key) ",
        );
        query.push_values(chunk, |mut values, entry| {
            values
                .push_bind(&batch.application)
                .push_bind(batch.partition);
            values
                .push_bind(&entry.name)
                .push_bind(&entry.value)
                .push_bind(&entry.key);
        });
        query.push(" ON CONFLICT DO NOTHING");
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

async fn apply_audit(tx: &mut Transaction<'_, Sqlite>, batch: &Batch) -> Result<(), StoreError> {
    for chunk in batch.audit.chunks(CHUNK_ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO audit (app, partition, key, version, event_id, source, at_ms) ",
        );
        query.push_values(chunk, |mut values, row| {
            values
                .push_bind(&batch.application)
                .push_bind(batch.partition)
                .push_bind(&row.key);
            values
                .push_bind(row.version)
                .push_bind(&row.event_id)
                .push_bind(&row.source);
            values.push_bind(row.at_ms);
        });
        query.push(" ON CONFLICT DO NOTHING");
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

async fn apply_dedup(tx: &mut Transaction<'_, Sqlite>, batch: &Batch) -> Result<(), StoreError> {
    for chunk in batch.dedup.chunks(CHUNK_ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO dedup (app, partition, contract, key, event_id, at_ms, topic, \"offset\", outcome) ",
        );
        query.push_values(chunk, |mut values, row| {
            values
                .push_bind(&batch.application)
                .push_bind(batch.partition);
            values
                .push_bind(&row.id.contract)
                .push_bind(&row.id.key)
                .push_bind(&row.id.event_id);
            values
                .push_bind(row.at_ms)
                .push_bind(&row.topic)
                .push_bind(row.offset);
            values.push_bind(&row.outcome);
        });
        // A later event takes an expired entry's place, never an earlier one's.
        query.push(
            " ON CONFLICT (app, partition, contract, key, event_id) DO UPDATE SET \
             at_ms = excluded.at_ms, topic = excluded.topic, \"offset\" = excluded.\"offset\", \
             outcome = excluded.outcome WHERE excluded.\"offset\" > dedup.\"offset\"",
        );
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

pub(super) async fn prune_dedup(
    pool: &SqlitePool,
    application: &str,
    partition: i32,
    oldest_ms: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM dedup WHERE app = ?1 AND partition = ?2 AND (at_ms < ?3 OR at_ms < \
         (SELECT at_ms FROM dedup WHERE app = ?1 AND partition = ?2 \
          ORDER BY at_ms DESC LIMIT 1 OFFSET ?4))",
    )
    .bind(application)
    .bind(partition)
    .bind(oldest_ms)
    .bind(super::DEDUP_ENTRIES_MAX)
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn snapshot(
    pool: &SqlitePool,
    application: &str,
    partition: i32,
) -> Result<Snapshot, StoreError> {
    let mut tx = pool.begin().await?;
    let checkpoint = sqlx::query("SELECT * FROM checkpoint WHERE app = ? AND partition = ?")
        .bind(application)
        .bind(partition)
        .fetch_optional(&mut *tx)
        .await?;
    let checkpoint = match checkpoint {
        Some(row) => Some(checkpoint_of(application, &row)?.1),
        None => None,
    };
    let mut rows = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = sqlx::query(
            "SELECT key, version, value FROM state WHERE app = ?1 AND partition = ?2 \
             AND (?3 IS NULL OR key > ?3) ORDER BY key LIMIT ?4",
        )
        .bind(application)
        .bind(partition)
        .bind(&after)
        .bind(super::SNAPSHOT_PAGE)
        .fetch_all(&mut *tx)
        .await?;
        let Some(last) = page.last() else { break };
        after = Some(last.try_get("key")?);
        for row in &page {
            let value: &[u8] = row.try_get("value")?;
            let sha256 = Sha256::digest(value).into();
            rows.insert(
                row.try_get("key")?,
                SnapshotRow {
                    version: row.try_get("version")?,
                    sha256,
                },
            );
        }
    }
    tx.commit().await?;
    Ok(Snapshot { checkpoint, rows })
}

pub(super) async fn checkpoints(
    pool: &SqlitePool,
    application: &str,
) -> Result<BTreeMap<i32, Checkpoint>, StoreError> {
    let rows = sqlx::query("SELECT * FROM checkpoint WHERE app = ?")
        .bind(application)
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| checkpoint_of(application, row))
        .collect()
}
