//! What was done, in the order in which it was committed.
//!
//! A number is taken under the lock of the feed's one row, which is held to the
//! commit: whoever sees a number has seen every smaller one, or never will.

use super::Tx;
use crate::subject::{SchemaId, SubjectName, Version};

type Result<T> = std::result::Result<T, sqlx::Error>;

const TAKE: &str = "UPDATE registry_feed SET last_seq = last_seq + $1 RETURNING last_seq";
const LAST: &str = "SELECT last_seq FROM registry_feed";
const INSERT: &str = "INSERT INTO registry_changes \
     (seq, kind, context, subject, version, id, guid, author, reason, at_ms) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const AFTER: &str = "SELECT seq, kind, context, subject, version, id, guid, author, reason, at_ms \
     FROM registry_changes WHERE seq > $1 ORDER BY seq LIMIT $2";
const OF_SUBJECT: &str = "SELECT seq, kind, context, subject, version, id, guid, author, reason, \
     at_ms FROM registry_changes \
     WHERE context = $1 AND subject = $2 AND seq > $3 \
       AND (version = $4 OR version IS NULL OR $4 = 0) \
     ORDER BY seq LIMIT $5";

/// One change of one version, setting, mode or context.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct ChangeRow {
    /// Counts up from 1 with each commit.
    pub(crate) seq: i64,
    pub(crate) kind: String,
    /// Both empty where everything is meant.
    pub(crate) context: String,
    pub(crate) subject: String,
    pub(crate) version: Option<Version>,
    pub(crate) id: Option<SchemaId>,
    pub(crate) guid: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) at_ms: i64,
}

impl ChangeRow {
    pub(crate) fn subject_name(&self) -> SubjectName {
        SubjectName::new(self.context.clone(), self.subject.clone())
    }
}

impl Tx {
    /// Numbers the changes and writes them down; the last thing before a commit.
    pub(crate) async fn record(&mut self, changes: &mut [ChangeRow]) -> Result<()> {
        let Ok(count) = i64::try_from(changes.len()) else {
            return Ok(());
        };
        if count == 0 {
            return Ok(());
        }
        let last: i64 = on!(self, connection => sqlx::query_scalar(TAKE)
            .bind(count).fetch_one(connection))?;
        for (seq, change) in (last - count + 1..=last).zip(changes) {
            change.seq = seq;
            execute!(
                self,
                sqlx::query(INSERT)
                    .bind(change.seq)
                    .bind(&change.kind)
                    .bind(&change.context)
                    .bind(&change.subject)
                    .bind(change.version)
                    .bind(change.id)
                    .bind(&change.guid)
                    .bind(&change.author)
                    .bind(&change.reason)
                    .bind(change.at_ms)
            )?;
        }
        Ok(())
    }

    /// The number of the last change; 0 where there was none.
    pub(crate) async fn last_change(&mut self) -> Result<i64> {
        on!(self, connection => sqlx::query_scalar(LAST).fetch_one(connection))
    }

    pub(crate) async fn changes_after(&mut self, seq: i64, limit: i64) -> Result<Vec<ChangeRow>> {
        on!(self, connection => sqlx::query_as(AFTER)
            .bind(seq).bind(limit).fetch_all(connection))
    }

    /// The changes of a subject, or of one version and of the subject as a whole.
    pub(crate) async fn changes_of(
        &mut self,
        subject: &SubjectName,
        version: Option<Version>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<ChangeRow>> {
        if !subject.can_exist() {
            return Ok(Vec::new());
        }
        on!(self, connection => sqlx::query_as(OF_SUBJECT)
            .bind(subject.context()).bind(subject.name()).bind(after)
            .bind(version.map_or(0, |it| it.0)).bind(limit).fetch_all(connection))
    }
}
