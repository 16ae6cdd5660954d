//! One instance an application: the lock of at-least-once processing.

use std::{fs, path::Path};

use sqlx::{PgPool, Postgres, pool::PoolConnection};

use super::StoreError;

/// Held while it lives; released when dropped, however the process ends.
#[derive(Debug)]
#[must_use = "the lock is released when it is dropped"]
pub struct ApplicationLock {
    _held: Held,
}

#[derive(Debug)]
enum Held {
    File {
        _file: fs::File,
    },
    Session {
        _connection: Box<PoolConnection<Postgres>>,
    },
}

pub(super) fn file(application: &str, data_dir: &Path) -> Result<ApplicationLock, StoreError> {
    let path = data_dir.join(format!("{application}.lock"));
    let holder = path.display().to_string();
    let failed = |source| StoreError::File {
        path: path.display().to_string(),
        source,
    };
    fs::create_dir_all(data_dir).map_err(failed)?;
    let file = fs::File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(ApplicationLock {
            _held: Held::File { _file: file },
        }),
        Err(fs::TryLockError::WouldBlock) => Err(StoreError::Locked {
            application: application.to_owned(),
            holder,
        }),
        Err(fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}

pub(super) async fn advisory(
    application: &str,
    pool: &PgPool,
) -> Result<ApplicationLock, StoreError> {
    let mut connection = pool.acquire().await?;
    // Taken out of the pool for as long as the lock is held: closing the
    // session is what releases it.
    connection.close_on_drop();
    let got: bool =
        sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtext('accordant'), hashtext($1))")
            .bind(application)
            .fetch_one(&mut *connection)
            .await?;
    if !got {
        return Err(StoreError::Locked {
            application: application.to_owned(),
            holder: "an advisory lock in PostgreSQL".to_owned(),
        });
    }
    Ok(ApplicationLock {
        _held: Held::Session {
            _connection: Box::new(connection),
        },
    })
}
