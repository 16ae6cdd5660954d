//! Who fetched a schema, and when last.

use std::collections::BTreeSet;

use super::{Registry, now_ms};
use crate::{
    error::Error,
    store::{FetchRow, Locks},
    subject::SchemaId,
};

/// Clients of one schema that are remembered: whoever calls itself otherwise
/// each time must not fill the disk.
const CLIENTS_MAX: i64 = 1_000;

impl Registry {
    /// A client was given a schema.
    pub(crate) fn note_fetch(&self, context: &str, id: SchemaId, client: &str) {
        self.fetches().note(context, id, client, now_ms());
    }

    /// Writes down what was fetched since the last time. What cannot be
    /// written now is written later; no reader waits for it.
    pub(crate) async fn flush_fetches(&self) {
        let rows = self.fetches().take();
        if rows.is_empty() {
            return;
        }
        if let Err(error) = self.write_fetches(&rows).await {
            tracing::debug!(%error, rows = rows.len(), "fetch times are written later");
            self.fetches().put_back(rows);
        }
    }

    /// Clients of a schema, the latest first.
    pub(crate) async fn fetches_of(
        &self,
        context: &str,
        id: SchemaId,
        limit: i64,
    ) -> Result<Vec<FetchRow>, Error> {
        self.flush_fetches().await;
        let mut tx = self.store().read().await?;
        Ok(tx.fetches(context, id, limit).await?)
    }

    /// Asks the database for the least that it can answer.
    pub(crate) async fn look(&self) -> Result<(), Error> {
        let mut tx = self.store().read().await?;
        tx.last_change().await?;
        Ok(())
    }

    /// Sets the gauges that nobody keeps up to date.
    pub(crate) fn gauge(&self) {
        let (schemas, answers) = self.library().sizes();
        metrics::gauge!("accordant_registry_cached_schemas").set(schemas as f64);
        metrics::gauge!("accordant_registry_cached_answers").set(answers as f64);
        metrics::gauge!("accordant_registry_fetches_dropped").set(self.fetches().dropped() as f64);
    }

    async fn write_fetches(&self, rows: &[FetchRow]) -> Result<(), sqlx::Error> {
        let mut tx = self.store().write(&Locks::default()).await?;
        let mut schemas = BTreeSet::new();
        for row in rows {
            tx.put_fetch(row).await?;
            schemas.insert((row.context.as_str(), row.id));
        }
        for (context, id) in schemas {
            tx.drop_oldest_fetches(context, id, CLIENTS_MAX).await?;
        }
        tx.commit().await
    }
}
