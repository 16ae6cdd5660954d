//! PostgreSQL: any number of instances, kept apart by advisory locks.

use std::{str::FromStr, time::Duration};

use sqlx::{
    PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{
    Locks,
    locks::{LockMode, key_of},
};

const CONNECTIONS_MAX: u32 = 16;
/// A database that is away is told of after this long; a slow one is waited for.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn open(url: &str) -> Result<PgPool, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("accordant-registry")
        // No notice for each table that is there already.
        .options([("client_min_messages", "warning")]);
    PgPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await
}

/// One snapshot for all queries of a request.
pub(super) async fn begin_read(
    pool: &PgPool,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await
}

/// `READ COMMITTED` on purpose: each query sees what was committed before it,
/// hence all that the lock's earlier holders wrote.
pub(super) async fn begin_write(
    pool: &PgPool,
    locks: &Locks,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let mut tx = pool
        .begin_with("BEGIN ISOLATION LEVEL READ COMMITTED")
        .await?;
    for (key, mode) in locks.iter() {
        let sql = match mode {
            LockMode::Shared => "SELECT pg_advisory_xact_lock_shared($1)",
            LockMode::Exclusive => "SELECT pg_advisory_xact_lock($1)",
        };
        sqlx::query(sql).bind(key).execute(&mut *tx).await?;
    }
    Ok(tx)
}

/// Alone among all instances that bring the tables up to date.
pub(super) async fn lock_migrations(
    tx: &mut Transaction<'static, Postgres>,
) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(key_of("accordant registry migrations"))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
