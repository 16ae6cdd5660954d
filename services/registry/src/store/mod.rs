//! Where schemas are kept: SQLite for one machine, PostgreSQL for many
//! instances. The SQL stands once, in `queries`; what differs (opening,
//! locking, reading a snapshot) stands in `sqlite` and `postgres`.

#[macro_use]
mod either;
mod changes;
mod fetches;
mod locks;
mod migrate;
mod postgres;
mod queries;
mod scopes;
mod sqlite;

use std::str::FromStr;

use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};

pub(crate) use changes::ChangeRow;
pub(crate) use fetches::FetchRow;
pub(crate) use locks::Locks;
pub(crate) use queries::{Page, SchemaRow, SubjectFilter, VersionRow, Visibility, Which};
pub(crate) use scopes::{Scope, ScopedRow};

/// The registry's database.
#[derive(Debug, Clone)]
pub struct Store {
    backend: Backend,
    last_change_at_open: i64,
}

#[derive(Debug, Clone)]
enum Backend {
    /// One writer at a time, and it has the only writing connection.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction on either database; dropped without a commit it is undone.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL is neither SQLite's nor PostgreSQL's.
    #[error(
        "{url:?} is no database URL of the registry\nuse sqlite://FILE, sqlite::memory: or postgres://USER@HOST/DATABASE"
    )]
    Scheme {
        /// The URL up to its colon.
        url: String,
    },
    /// The folder of the database file cannot be made.
    #[error("cannot create the folder {folder:?} of the registry's database")]
    Folder {
        /// The folder.
        folder: std::path::PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A newer program has changed the tables.
    #[error(
        "the registry's tables are at version {found}, this program knows {known}\nrun the newer program"
    )]
    Newer {
        /// The version in the database.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The database refused.
    #[error("cannot open the registry's database")]
    Database(#[from] sqlx::Error),
}

impl Store {
    /// Opens the database of a URL and brings its tables up to date.
    ///
    /// `sqlite://FILE`, `sqlite::memory:` (gone with the process) or
    /// `postgres://...`. Several instances may open one PostgreSQL database at
    /// the same time.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(url: &str) -> Result<Store, OpenError> {
        let scheme = url.split(':').next().unwrap_or_default();
        let backend = match scheme {
            "sqlite" => {
                let options = sqlx::sqlite::SqliteConnectOptions::from_str(url)?;
                let (writer, readers) = sqlite::open(options).await?;
                Backend::Sqlite { writer, readers }
            }
            "postgres" | "postgresql" => Backend::Postgres(postgres::open(url).await?),
            // The rest of the URL may hold a password.
            other => {
                return Err(OpenError::Scheme {
                    url: other.to_owned(),
                });
            }
        };
        let mut store = Store {
            backend,
            last_change_at_open: 0,
        };
        migrate::migrate(&store).await?;
        store.last_change_at_open = store.read().await?.last_change().await?;
        Ok(store)
    }

    pub(crate) fn last_change_at_open(&self) -> i64 {
        self.last_change_at_open
    }

    /// A snapshot to read from.
    pub(crate) async fn read(&self) -> Result<Tx, sqlx::Error> {
        match &self.backend {
            Backend::Sqlite { readers, .. } => Ok(Tx::Sqlite(readers.begin().await?)),
            Backend::Postgres(pool) => Ok(Tx::Postgres(postgres::begin_read(pool).await?)),
        }
    }

    /// A transaction that writes, alone on what `locks` names until it ends.
    pub(crate) async fn write(&self, locks: &Locks) -> Result<Tx, sqlx::Error> {
        match &self.backend {
            Backend::Sqlite { writer, .. } => Ok(Tx::Sqlite(sqlite::begin_write(writer).await?)),
            Backend::Postgres(pool) => Ok(Tx::Postgres(postgres::begin_write(pool, locks).await?)),
        }
    }

    /// Closes every connection, after the work on it.
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Backend::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
    }
}
