//! SQLite: write-ahead log, every commit on disk, one writer.

use std::time::Duration;

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use tokio::time::Instant;

use super::OpenError;

const READERS_MAX: u32 = 8;
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const BUSY_PAUSE: Duration = Duration::from_millis(10);
const SQLITE_BUSY: u32 = 5;

/// The writing pool (one connection) and the reading one. In memory both are
/// the same single connection: each further one would see its own database.
pub(super) async fn open(
    options: SqliteConnectOptions,
) -> Result<(SqlitePool, SqlitePool), OpenError> {
    let file = options.get_filename().to_owned();
    // sqlx names an in-memory database `file:sqlx-in-memory-N`.
    let in_memory = file.to_string_lossy().starts_with("file:sqlx-in-memory-");
    let options = options
        .create_if_missing(true)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT);
    let one = SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(1);
    if in_memory {
        let pool = one
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        return Ok((pool.clone(), pool));
    }
    if let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
            folder: folder.to_owned(),
            source,
        })?;
    }
    let options = options.journal_mode(SqliteJournalMode::Wal);
    let writer = connect(one, &options).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS_MAX)
        .connect_with(options)
        .await?;
    Ok((writer, readers))
}

/// Makes a pool. A file that another process turns to write-ahead logging at
/// this moment is busy without SQLite's own waiting; this waits as long instead.
async fn connect(
    pool: SqlitePoolOptions,
    options: &SqliteConnectOptions,
) -> Result<SqlitePool, sqlx::Error> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                tokio::time::sleep(BUSY_PAUSE).await;
            }
            result => return result,
        }
    }
}

/// `SQLITE_BUSY`, or one of its extended codes.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|it| it.code());
    let code = code.and_then(|it| it.parse::<u32>().ok());
    code.is_some_and(|code| code & 0xff == SQLITE_BUSY)
}

/// `IMMEDIATE`: the write lock is taken at the start, so what is read in the
/// transaction is still true when it writes, also with another process.
pub(super) async fn begin_write(
    writer: &SqlitePool,
) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
    writer.begin_with("BEGIN IMMEDIATE").await
}
