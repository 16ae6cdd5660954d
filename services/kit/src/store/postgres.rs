//! The store on PostgreSQL: arrays in, one statement a table and batch.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use sqlx::{
    PgConnection, PgPool, Postgres, Row, Transaction,
    postgres::{PgPoolOptions, PgRow},
};

use super::types::{
    Batch, Checkpoint, DedupKey, DedupRow, IndexRow, Loaded, Snapshot, SnapshotRow, StateRow,
    StoreError, Wanted,
};

/// Connections of a process.
const CONNECTIONS_MAX: u32 = 16;
/// The advisory lock that lets one process migrate at a time.
const MIGRATION_LOCK: i64 = 0x4143_434f_5244;

const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("migrations/postgres_1.sql")),
    // The next one goes here; an applied one never changes.
];

pub(super) async fn open(url: &str) -> Result<PgPool, StoreError> {
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .connect(url)
        .await?;
    migrate(&pool).await?;
    Ok(pool)
}

async fn migrate(pool: &PgPool) -> Result<(), StoreError> {
    let mut tx = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "CREATE TABLE IF NOT EXISTS store_migrations \
         (number BIGINT PRIMARY KEY, sha256 BYTEA NOT NULL)",
    )
    .execute(&mut *tx)
    .await?;
    for (number, text) in MIGRATIONS {
        let sha256 = Sha256::digest(text.as_bytes()).to_vec();
        let applied: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT sha256 FROM store_migrations WHERE number = $1")
                .bind(number)
                .fetch_optional(&mut *tx)
                .await?;
        match applied {
            Some(applied) if applied == sha256 => {}
            Some(_) => return Err(StoreError::Migration { number: *number }),
            None => {
                sqlx::raw_sql(*text).execute(&mut *tx).await?;
                sqlx::query("INSERT INTO store_migrations (number, sha256) VALUES ($1, $2)")
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
    pool: &PgPool,
    application: &str,
    partition: i32,
) -> Result<Checkpoint, StoreError> {
    let row = sqlx::query(
        "INSERT INTO checkpoint (app, partition, epoch, positions) VALUES ($1, $2, 1, '{}') \
         ON CONFLICT (app, partition) DO UPDATE SET epoch = checkpoint.epoch + 1 \
         RETURNING partition, epoch, positions, outbound_next, outcome_next",
    )
    .bind(application)
    .bind(partition)
    .fetch_one(pool)
    .await?;
    Ok(checkpoint_of(application, &row)?.1)
}

fn checkpoint_of(application: &str, row: &PgRow) -> Result<(i32, Checkpoint), StoreError> {
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
    pool: &PgPool,
    application: &str,
    partition: i32,
    wanted: &Wanted,
) -> Result<Loaded, StoreError> {
    let mut connection = pool.acquire().await?;
    let mut loaded = Loaded::default();
    let mut keys = wanted.keys.clone();
    if !wanted.indexes.is_empty() {
        let indexes =
            load_indexes(&mut connection, application, partition, &wanted.indexes).await?;
        keys.extend(indexes.iter().map(|entry| entry.key.clone()));
        loaded.indexes = indexes;
    }
    if !keys.is_empty() {
        loaded.rows = load_rows(&mut connection, application, partition, &keys).await?;
    }
    if !wanted.events.is_empty() {
        loaded.dedup = load_dedup(&mut connection, application, partition, &wanted.events).await?;
    }
    Ok(loaded)
}

// `LATERAL (... OFFSET 0)` below makes one look-up in the primary key of each
// wanted entry. A join leaves the choice to statistics, and those of a table that
// has just begun to grow made it a nested loop over the whole partition: seconds.

async fn load_indexes(
    connection: &mut PgConnection,
    application: &str,
    partition: i32,
    lookups: &BTreeSet<(String, String)>,
) -> Result<Vec<IndexRow>, StoreError> {
    let (names, values): (Vec<&str>, Vec<&str>) = lookups
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .unzip();
    let rows = sqlx::query(
        "SELECT found.name, found.value, found.key \
         FROM unnest($3::text[], $4::text[]) AS wanted (name, value), \
         LATERAL (SELECT * FROM state_index AS it WHERE it.app = $1 AND it.partition = $2 \
         AND it.name = wanted.name AND it.value = wanted.value OFFSET 0) AS found",
    )
    .bind(application)
    .bind(partition)
    .bind(names)
    .bind(values)
    .fetch_all(connection)
    .await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        entries.push(IndexRow {
            name: row.try_get("name")?,
            value: row.try_get("value")?,
            key: row.try_get("key")?,
        });
    }
    Ok(entries)
}

async fn load_rows(
    connection: &mut PgConnection,
    application: &str,
    partition: i32,
    keys: &BTreeSet<String>,
) -> Result<Vec<StateRow>, StoreError> {
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let found = sqlx::query(
        "SELECT key, version, deleted, value, writer_version FROM state \
         WHERE app = $1 AND partition = $2 AND key = ANY($3)",
    )
    .bind(application)
    .bind(partition)
    .bind(keys)
    .fetch_all(connection)
    .await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
        let writer_version: i32 = row.try_get("writer_version")?;
        rows.push(StateRow {
            key: row.try_get("key")?,
            version: row.try_get("version")?,
            deleted: row.try_get("deleted")?,
            value: row.try_get("value")?,
            writer_version: writer_version.cast_unsigned(),
        });
    }
    Ok(rows)
}

async fn load_dedup(
    connection: &mut PgConnection,
    application: &str,
    partition: i32,
    events: &BTreeSet<DedupKey>,
) -> Result<Vec<DedupRow>, StoreError> {
    let found = sqlx::query(
        "SELECT found.* \
         FROM unnest($3::text[], $4::text[], $5::text[]) AS wanted (contract, key, event_id), \
         LATERAL (SELECT * FROM dedup AS it WHERE it.app = $1 AND it.partition = $2 \
         AND it.contract = wanted.contract AND it.key = wanted.key \
         AND it.event_id = wanted.event_id OFFSET 0) AS found",
    )
    .bind(application)
    .bind(partition)
    .bind(
        events
            .iter()
            .map(|it| it.contract.as_str())
            .collect::<Vec<_>>(),
    )
    .bind(events.iter().map(|it| it.key.as_str()).collect::<Vec<_>>())
    .bind(
        events
            .iter()
            .map(|it| it.event_id.as_str())
            .collect::<Vec<_>>(),
    )
    .fetch_all(connection)
    .await?;
    let mut rows = Vec::with_capacity(found.len());
    for row in found {
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

pub(super) async fn apply(pool: &PgPool, batch: &Batch) -> Result<(), StoreError> {
    let mut tx = pool.begin().await?;
    apply_checkpoint(&mut tx, batch).await?;
    apply_rows(&mut tx, batch).await?;
    apply_indexes(&mut tx, batch).await?;
    apply_audit(&mut tx, batch).await?;
    apply_dedup(&mut tx, batch).await?;
    tx.commit().await?;
    Ok(())
}

async fn apply_checkpoint(
    tx: &mut Transaction<'_, Postgres>,
    batch: &Batch,
) -> Result<(), StoreError> {
    let checkpoint = &batch.checkpoint;
    let positions =
        serde_json::to_string(&checkpoint.positions).expect("a map of strings to integers is JSON");
    let done = sqlx::query(
        "UPDATE checkpoint SET positions = $1, outbound_next = $2, outcome_next = $3 \
         WHERE app = $4 AND partition = $5 AND epoch = $6",
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

async fn apply_rows(tx: &mut Transaction<'_, Postgres>, batch: &Batch) -> Result<(), StoreError> {
    let rows = &batch.rows;
    if rows.is_empty() {
        return Ok(());
    }
    // The first record of a version wins, here and in every fold.
    sqlx::query(
        "INSERT INTO state (app, partition, key, version, deleted, value, writer_version) \
         SELECT $1, $2, * FROM unnest($3::text[], $4::bigint[], $5::boolean[], $6::bytea[], $7::int[]) \
         ON CONFLICT (app, partition, key) DO UPDATE SET version = excluded.version, \
         deleted = excluded.deleted, value = excluded.value, \
         writer_version = excluded.writer_version WHERE excluded.version > state.version",
    )
    .bind(&batch.application)
    .bind(batch.partition)
    .bind(rows.iter().map(|it| it.key.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.version).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.deleted).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.value.as_slice()).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.writer_version.cast_signed()).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn apply_indexes(
    tx: &mut Transaction<'_, Postgres>,
    batch: &Batch,
) -> Result<(), StoreError> {
    for (statement, entries) in [
        (
            "DELETE FROM state_index USING \
             unnest($3::text[], $4::text[], $5::text[]) AS gone (name, value, key) \
             WHERE app = $1 AND partition = $2 AND state_index.name = gone.name \
             AND state_index.value = gone.value AND state_index.key = gone.key",
            &batch.index_removed,
        ),
        (
            "INSERT INTO state_index (app, partition, name, value, key) \
             SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[]) \
             ON CONFLICT DO NOTHING",
            &batch.index_added,
        ),
    ] {
        if entries.is_empty() {
            continue;
        }
        sqlx::query(statement)
            .bind(&batch.application)
            .bind(batch.partition)
            .bind(
                entries
                    .iter()
                    .map(|it| it.name.as_str())
                    .collect::<Vec<_>>(),
            )
            .bind(
                entries
                    .iter()
                    .map(|it| it.value.as_str())
                    .collect::<Vec<_>>(),
            )
            .bind(entries.iter().map(|it| it.key.as_str()).collect::<Vec<_>>())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn apply_audit(tx: &mut Transaction<'_, Postgres>, batch: &Batch) -> Result<(), StoreError> {
    let rows = &batch.audit;
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO audit (app, partition, key, version, event_id, source, at_ms) \
         SELECT $1, $2, * FROM unnest($3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[]) \
         ON CONFLICT DO NOTHING",
    )
    .bind(&batch.application)
    .bind(batch.partition)
    .bind(rows.iter().map(|it| it.key.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.version).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.event_id.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.source.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.at_ms).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn apply_dedup(tx: &mut Transaction<'_, Postgres>, batch: &Batch) -> Result<(), StoreError> {
    let rows = &batch.dedup;
    if rows.is_empty() {
        return Ok(());
    }
    // A later event takes an expired entry's place, never an earlier one's.
    sqlx::query(
        "INSERT INTO dedup (app, partition, contract, key, event_id, at_ms, topic, \"offset\", outcome) \
         SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[], \
         $7::text[], $8::bigint[], $9::bytea[]) \
         ON CONFLICT (app, partition, contract, key, event_id) DO UPDATE SET \
         at_ms = excluded.at_ms, topic = excluded.topic, \"offset\" = excluded.\"offset\", \
         outcome = excluded.outcome WHERE excluded.\"offset\" > dedup.\"offset\"",
    )
    .bind(&batch.application)
    .bind(batch.partition)
    .bind(rows.iter().map(|it| it.id.contract.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.id.key.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.id.event_id.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.at_ms).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.topic.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.offset).collect::<Vec<_>>())
    .bind(rows.iter().map(|it| it.outcome.as_slice()).collect::<Vec<_>>())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn prune_dedup(
    pool: &PgPool,
    application: &str,
    partition: i32,
    oldest_ms: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM dedup WHERE app = $1 AND partition = $2 AND (at_ms < $3 OR at_ms < \
         (SELECT at_ms FROM dedup WHERE app = $1 AND partition = $2 \
          ORDER BY at_ms DESC LIMIT 1 OFFSET $4))",
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
    pool: &PgPool,
    application: &str,
    partition: i32,
) -> Result<Snapshot, StoreError> {
    let mut tx = pool.begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        .execute(&mut *tx)
        .await?;
    let checkpoint = sqlx::query("SELECT * FROM checkpoint WHERE app = $1 AND partition = $2")
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
            "SELECT key, version, value FROM state WHERE app = $1 AND partition = $2 \
             AND ($3::text IS NULL OR key > $3) ORDER BY key LIMIT $4",
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
    pool: &PgPool,
    application: &str,
) -> Result<BTreeMap<i32, Checkpoint>, StoreError> {
    let rows = sqlx::query("SELECT * FROM checkpoint WHERE app = $1")
        .bind(application)
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| checkpoint_of(application, row))
        .collect()
}
