//! The tables' versions: embedded, forward only, in a table of their own, so
//! that the registry can share a PostgreSQL database with other stores.

use super::{Locks, OpenError, Store, Tx, postgres};

/// One step. Applied ones are never changed.
struct Migration {
    version: i64,
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../../migrations/sqlite/0001_tables.sql"),
        postgres: include_str!("../../migrations/postgres/0001_tables.sql"),
    },
    Migration {
        version: 2,
        sqlite: include_str!("../../migrations/sqlite/0002_changes.sql"),
        postgres: include_str!("../../migrations/postgres/0002_changes.sql"),
    },
    // The next one goes here, with the next version.
];

const CREATE: &str = "CREATE TABLE IF NOT EXISTS registry_migrations \
     (version BIGINT NOT NULL PRIMARY KEY, applied_at TEXT NOT NULL)";
const FOUND: &str = "SELECT COALESCE(MAX(version), 0) FROM registry_migrations";
const RECORD: &str =
    "INSERT INTO registry_migrations (version, applied_at) VALUES ($1, CURRENT_TIMESTAMP)";

/// Applies what is missing, in one transaction.
pub(super) async fn migrate(store: &Store) -> Result<(), OpenError> {
    let known = MIGRATIONS.last().map_or(0, |migration| migration.version);
    match store.write(&Locks::default()).await? {
        Tx::Sqlite(mut tx) => {
            sqlx::raw_sql(CREATE).execute(&mut *tx).await?;
            let found: i64 = sqlx::query_scalar(FOUND).fetch_one(&mut *tx).await?;
            for migration in missing(found, known)? {
                sqlx::raw_sql(migration.sqlite).execute(&mut *tx).await?;
                sqlx::query(RECORD)
                    .bind(migration.version)
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
        }
        Tx::Postgres(mut tx) => {
            postgres::lock_migrations(&mut tx).await?;
            sqlx::raw_sql(CREATE).execute(&mut *tx).await?;
            let found: i64 = sqlx::query_scalar(FOUND).fetch_one(&mut *tx).await?;
            for migration in missing(found, known)? {
                sqlx::raw_sql(migration.postgres).execute(&mut *tx).await?;
                sqlx::query(RECORD_POSTGRES)
                    .bind(migration.version)
                    .execute(&mut *tx)
                    .await?;
            }
            tx.commit().await?;
        }
    }
    Ok(())
}

const RECORD_POSTGRES: &str =
    "INSERT INTO registry_migrations (version, applied_at) VALUES ($1, CURRENT_TIMESTAMP::TEXT)";

fn missing(found: i64, known: i64) -> Result<impl Iterator<Item = &'static Migration>, OpenError> {
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    Ok(MIGRATIONS
        .iter()
        .filter(move |migration| migration.version > found))
}
