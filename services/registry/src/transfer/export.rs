//! Everything out of the database, as a dump that [`Snapshot::of_dump`] and
//! Kafka's console producer read.
//!
//! [`Snapshot::of_dump`]: super::Snapshot::of_dump

use std::io::{self, Write};

use serde_json::{Value, json};

use super::snapshot::VersionRecord;
use crate::{error::Error, ops::Registry, store::ScopedRow, subject::SubjectName};

/// Versions that are read together.
const STEP: i64 = 500;

impl Registry {
    /// Writes settings, modes and every version, deleted ones included: a
    /// record a line, `KEY<tab>VALUE`. Answers with the number of versions.
    ///
    /// # Errors
    /// The database or the writer refused.
    pub async fn export(&self, to: &mut (dyn Write + Send)) -> io::Result<usize> {
        let mut tx = self.store().read().await.map_err(io::Error::other)?;
        for row in tx.configs().await.map_err(io::Error::other)? {
            let mut value: Value = serde_json::from_str(&row.value)?;
            if let Value::Object(config) = &mut value
                && let Some(level) = config.shift_remove("compatibility")
            {
                config.insert("compatibilityLevel".to_owned(), level);
            }
            write_setting(to, "CONFIG", &row, value)?;
        }
        for row in tx.modes().await.map_err(io::Error::other)? {
            write_setting(to, "MODE", &row, json!({"mode": row.value}))?;
        }
        let (mut last, mut count) = (None, 0);
        loop {
            let rows = tx.versions_after(last.as_ref(), STEP).await;
            let rows = rows.map_err(io::Error::other)?;
            last = rows.last().cloned();
            if last.is_none() {
                return Ok(count);
            }
            for row in rows {
                let content = self.library().content_of(&mut tx, &row).await;
                let content = content.map_err(|error| refused(&error))?;
                let subject = row.subject_name().to_string();
                let key = json!({
                    "keytype": "SCHEMA", "subject": subject, "version": row.version, "magic": 1,
                });
                let record = VersionRecord {
                    subject,
                    version: row.version.0,
                    id: row.id.0,
                    guid: Some(content.guid.clone()),
                    schema_type: Some("AVRO".to_owned()),
                    references: content.identity.references.clone(),
                    metadata: content.identity.metadata.clone(),
                    rule_set: content.identity.rule_set.clone(),
                    schema: content.identity.text.clone(),
                    deleted: row.deleted,
                    created_ms: Some(row.created_ms),
                };
                writeln!(to, "{key}\t{}", serde_json::to_string(&record)?)?;
                count += 1;
            }
        }
    }
}

fn write_setting(
    to: &mut (dyn Write + Send),
    kind: &str,
    row: &ScopedRow,
    mut value: Value,
) -> io::Result<()> {
    let subject = match row.is_global() {
        true => Value::Null,
        false => SubjectName::new(row.context.clone(), row.subject.clone())
            .to_string()
            .into(),
    };
    if let Value::Object(value) = &mut value {
        value.shift_insert(0, "subject".to_owned(), subject.clone());
    }
    let key = json!({"keytype": kind, "subject": subject, "magic": 0});
    writeln!(to, "{key}\t{value}")
}

fn refused(error: &Error) -> io::Error {
    io::Error::other(error.to_string())
}
