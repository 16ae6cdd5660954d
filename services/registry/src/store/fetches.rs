//! When which client last asked for a schema.

use super::Tx;
use crate::subject::SchemaId;

type Result<T> = std::result::Result<T, sqlx::Error>;

const PUT: &str = "INSERT INTO registry_fetches (context, id, client, last_ms) \
     VALUES ($1, $2, $3, $4) ON CONFLICT (context, id, client) DO UPDATE \
     SET last_ms = CASE WHEN excluded.last_ms > registry_fetches.last_ms \
         THEN excluded.last_ms ELSE registry_fetches.last_ms END";
const DROP_OLDEST: &str = "DELETE FROM registry_fetches WHERE context = $1 AND id = $2 \
     AND (last_ms, client) < (SELECT last_ms, client FROM registry_fetches \
         WHERE context = $1 AND id = $2 ORDER BY last_ms DESC, client DESC LIMIT 1 OFFSET $3)";
const OF_ID: &str = "SELECT context, id, client, last_ms FROM registry_fetches \
     WHERE context = $1 AND id = $2 ORDER BY last_ms DESC, client LIMIT $3";

/// The last time that a client asked for a schema.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct FetchRow {
    pub(crate) context: String,
    pub(crate) id: SchemaId,
    pub(crate) client: String,
    pub(crate) last_ms: i64,
}

impl Tx {
    pub(crate) async fn put_fetch(&mut self, row: &FetchRow) -> Result<()> {
        execute!(
            self,
            sqlx::query(PUT)
                .bind(&row.context)
                .bind(row.id)
                .bind(&row.client)
                .bind(row.last_ms)
        )
    }

    /// Keeps the latest clients of a schema, at most `clients_max`.
    pub(crate) async fn drop_oldest_fetches(
        &mut self,
        context: &str,
        id: SchemaId,
        clients_max: i64,
    ) -> Result<()> {
        execute!(
            self,
            sqlx::query(DROP_OLDEST)
                .bind(context)
                .bind(id)
                .bind(clients_max - 1)
        )
    }

    /// Latest first.
    pub(crate) async fn fetches(
        &mut self,
        context: &str,
        id: SchemaId,
        limit: i64,
    ) -> Result<Vec<FetchRow>> {
        on!(self, connection => sqlx::query_as(OF_ID)
            .bind(context).bind(id).bind(limit).fetch_all(connection))
    }
}
