//! A snapshot into the database, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::snapshot::{Snapshot, VersionRecord};
use crate::{
    content::{Content, Form, Identity, Reference, parse},
    error::Error,
    library::Library,
    ops::{Action, Mode, Registry, Run, canonical_metadata},
    store::{Locks, Scope, Tx, VersionRow},
    subject::{SchemaId, SubjectName, Version},
    tags::TagChange,
};

/// What happens to versions that this registry cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// The import is refused.
    Refused,
    /// They are left out, and whatever refers to them.
    LeftOut,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Versions that are new here.
    pub added: usize,
    /// Versions that were here already, the same.
    pub same: usize,
    /// Versions that were here and are now deleted, or no more.
    pub changed: usize,
    /// Settings and modes that are new or other here.
    pub settings: usize,
    /// What could not be taken over, a line each.
    pub left_out: Vec<String>,
}

/// Why nothing was taken over.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Versions are here already, and others.
    #[error("{} of its versions are others here:\n  {}", conflicts.len(), first(conflicts))]
    Conflicts {
        /// A line each.
        conflicts: Vec<String>,
    },
    /// Versions cannot be used here.
    #[error(
        "{} of its versions cannot be used here:\n  {}\nfix: leave them out with --skip-unusable",
        unusable.len(), first(unusable)
    )]
    Unusable {
        /// A line each.
        unusable: Vec<String>,
    },
    /// The database refused.
    #[error("{message}")]
    Failed {
        /// What was refused.
        message: String,
    },
}

/// Lines of a message.
const LINES_MAX: usize = 20;

impl Registry {
    /// Takes a snapshot over: ids, versions, contexts, deletions, settings and
    /// modes as they are, all in one transaction. What is here already stays;
    /// a second time changes nothing.
    ///
    /// # Errors
    /// A version is here with another schema or id, or cannot be used here, or
    /// the database refused: then nothing was taken over.
    pub async fn import(
        &self,
        snapshot: &Snapshot,
        unusable: Unusable,
    ) -> Result<Imported, ImportError> {
        self.import_with(snapshot, unusable, Run::Real).await
    }

    /// As [`Registry::import`], and then takes it back: what would happen.
    ///
    /// # Errors
    /// As [`Registry::import`].
    pub async fn import_dry(
        &self,
        snapshot: &Snapshot,
        unusable: Unusable,
    ) -> Result<Imported, ImportError> {
        self.import_with(snapshot, unusable, Run::Dry).await
    }

    async fn import_with(
        &self,
        snapshot: &Snapshot,
        unusable: Unusable,
        run: Run,
    ) -> Result<Imported, ImportError> {
        let tx = self.store().write(&Locks::default()).await;
        let tx = tx.map_err(|error| failed(&error.into()))?;
        let mut import = Import {
            registry: self,
            tx,
            // What this transaction reads may never have been.
            library: Library::new(self.settings()),
            imported: Imported::default(),
            conflicts: vec![],
            changes: vec![],
        };
        import
            .versions(snapshot)
            .await
            .map_err(|error| failed(&error))?;
        import
            .settings(snapshot)
            .await
            .map_err(|error| failed(&error))?;
        let Import {
            tx,
            imported,
            conflicts,
            changes,
            ..
        } = import;
        if !conflicts.is_empty() {
            return Err(ImportError::Conflicts { conflicts });
        }
        if unusable == Unusable::Refused && !imported.left_out.is_empty() {
            let unusable = imported.left_out;
            return Err(ImportError::Unusable { unusable });
        }
        let action = Action {
            reason: Some("import".to_owned()),
            run,
            ..Action::default()
        };
        let committed = self.commit(tx, &action, changes).await;
        committed.map_err(|error| failed(&error))?;
        Ok(imported)
    }
}

/// An import under way.
struct Import<'a> {
    registry: &'a Registry,
    tx: Tx,
    library: Library,
    imported: Imported,
    conflicts: Vec<String>,
    changes: Vec<crate::store::ChangeRow>,
}

impl Import<'_> {
    /// Every version after those that it refers to.
    async fn versions(&mut self, snapshot: &Snapshot) -> Result<(), Error> {
        for (context, last) in &snapshot.ids {
            let known = self.tx.lock_last_id(context).await?;
            self.tx
                .set_last_id(context, known.max(SchemaId(*last)))
                .await?;
        }
        let mut waiting: Vec<&VersionRecord> = snapshot.versions.values().collect();
        waiting.sort_by_key(|record| (record.id, record.version));
        let mut present = BTreeSet::new();
        loop {
            let before = waiting.len();
            let mut later = Vec::new();
            for record in waiting {
                if self.is_ready(record, snapshot, &present) {
                    self.version(record).await?;
                    present.insert((SubjectName::parse(&record.subject), record.version));
                } else {
                    later.push(record);
                }
            }
            if later.len() == before {
                for record in later {
                    self.leave_out(record, "its references go in a circle");
                }
                return Ok(());
            }
            waiting = later;
        }
    }

    /// Whether every reference of a version that is in the snapshot was looked
    /// at already.
    fn is_ready(
        &self,
        record: &VersionRecord,
        snapshot: &Snapshot,
        present: &BTreeSet<(SubjectName, i32)>,
    ) -> bool {
        let subject = SubjectName::parse(&record.subject);
        record.references.iter().all(|reference| {
            let target = SubjectName::in_context(subject.context(), &reference.subject);
            let key = (target.to_string(), reference.version);
            !snapshot.versions.contains_key(&key) || present.contains(&(target, reference.version))
        })
    }

    async fn version(&mut self, record: &VersionRecord) -> Result<(), Error> {
        let subject = SubjectName::parse(&record.subject);
        match record.schema_type.as_deref() {
            None | Some("" | "AVRO") => {}
            Some(other) => {
                self.leave_out(record, &format!("it is of type {other}"));
                return Ok(());
            }
        }
        if subject.check().is_err() || record.version < 1 || record.id < 0 {
            self.leave_out(record, "its subject, version or id cannot be");
            return Ok(());
        }
        let (identity, targets) = match self.identity(&subject, record).await {
            Ok(read) => read,
            Err(error @ (Error::Database(_) | Error::Internal(_))) => return Err(error),
            Err(error) => {
                self.leave_out(record, &error.to_string());
                return Ok(());
            }
        };
        let rows = self.tx.versions(&subject).await?;
        let known = rows.iter().find(|row| row.version.0 == record.version);
        if let Some(row) = known {
            return self.known(record, row, &identity).await;
        }
        let Some(guid) = self.content(&subject, record, &identity).await? else {
            return Ok(());
        };
        let row = VersionRow {
            context: subject.context().to_owned(),
            subject: subject.name().to_owned(),
            version: Version(record.version),
            id: SchemaId(record.id),
            created_ms: record.created_ms.unwrap_or_else(crate::ops::now_ms),
            deleted: record.deleted,
        };
        self.tx.insert_version(&row).await?;
        for target in &targets {
            let to = target.subject_name();
            self.tx
                .insert_reference((&subject, row.version), (&to, target.version))
                .await?;
        }
        self.imported.added += 1;
        self.changes
            .push(crate::ops::ChangeKind::Registered.of_version(&row, &guid));
        Ok(())
    }

    /// A version that is here already: the same, or another.
    async fn known(
        &mut self,
        record: &VersionRecord,
        row: &VersionRow,
        identity: &Identity,
    ) -> Result<(), Error> {
        let content = self.library.content_of(&mut self.tx, row).await?;
        if row.id.0 != record.id || content.identity != *identity {
            self.conflicts.push(format!(
                "{} v{}: id {} here, id {} there{}",
                record.subject,
                record.version,
                row.id,
                record.id,
                if content.identity == *identity {
                    ""
                } else {
                    ", and another schema"
                }
            ));
            return Ok(());
        }
        if row.deleted == record.deleted {
            self.imported.same += 1;
            return Ok(());
        }
        let subject = row.subject_name();
        let kind = match record.deleted {
            true => {
                self.tx.mark_deleted(&subject, row.version).await?;
                crate::ops::ChangeKind::Deleted
            }
            false => {
                self.tx.mark_live(&subject, row.version).await?;
                crate::ops::ChangeKind::Undeleted
            }
        };
        self.imported.changed += 1;
        self.changes.push(kind.of_version(row, &content.guid));
        Ok(())
    }

    /// The content under the record's id: there already, or added. `None`
    /// where the id belongs to another one.
    async fn content(
        &mut self,
        subject: &SubjectName,
        record: &VersionRecord,
        identity: &Identity,
    ) -> Result<Option<String>, Error> {
        let (context, id) = (subject.context(), SchemaId(record.id));
        let guid = identity.guid();
        if let Some(row) = self.tx.schema(context, id).await? {
            if Content::from_row(row)?.identity == *identity {
                return Ok(Some(guid));
            }
            self.conflicts.push(format!(
                "{} v{}: id {id} belongs to another schema here",
                record.subject, record.version
            ));
            return Ok(None);
        }
        let mut row = identity.row(id, guid.clone())?;
        if self.tx.schema_by_guid(context, &guid).await?.is_some() {
            row.mark_second_id();
        }
        self.tx.insert_schema(context, &row).await?;
        Ok(Some(guid))
    }

    /// What makes the identity of a record's schema, and what it refers to.
    async fn identity(
        &mut self,
        subject: &SubjectName,
        record: &VersionRecord,
    ) -> Result<(Identity, Vec<VersionRow>), Error> {
        let settings = self.registry.settings();
        let references: &[Reference] = &record.references;
        let resolved = self
            .library
            .resolve(&mut self.tx, subject.context(), references, settings)
            .await?;
        let parsed = parse(
            &record.schema,
            &resolved.texts(),
            &settings.schema_limits,
            Form::AsSent,
            &TagChange::default(),
        )
        .map_err(|details| Error::schema_invalid(&details))?;
        let metadata = record
            .metadata
            .as_ref()
            .map_or(Ok(None), canonical_metadata)?;
        let identity = Identity {
            text: parsed.text,
            references: resolved.references,
            metadata,
            rule_set: record.rule_set.clone().filter(|it| !it.is_null()),
        };
        Ok((identity, resolved.targets))
    }

    async fn settings(&mut self, snapshot: &Snapshot) -> Result<(), Error> {
        let known: BTreeMap<_, _> = self.tx.configs().await?.into_iter().map(by_place).collect();
        for (place, config) in &snapshot.configs {
            let text = Value::Object(config.clone()).to_string();
            let Some(subject) = self.place(place.as_deref()) else {
                continue;
            };
            let same = known
                .get(&key_of(subject.as_ref()))
                .map(|it| serde_json::from_str(it).ok());
            if same == Some(Some(Value::Object(config.clone()))) {
                continue;
            }
            let scope = subject.as_ref().map_or(Scope::GLOBAL, Scope::subject);
            self.tx.put_config(scope, &text).await?;
            self.imported.settings += 1;
            self.changes
                .push(crate::ops::ChangeKind::ConfigSet.of_scope(subject.as_ref()));
        }
        let known: BTreeMap<_, _> = self.tx.modes().await?.into_iter().map(by_place).collect();
        for (place, mode) in &snapshot.modes {
            let Ok(mode) = Mode::parse(mode) else {
                let place = place.as_deref().unwrap_or("everything");
                self.imported
                    .left_out
                    .push(format!("mode {mode:?} of {place}"));
                continue;
            };
            let Some(subject) = self.place(place.as_deref()) else {
                continue;
            };
            if known.get(&key_of(subject.as_ref())).map(String::as_str) == Some(mode.name()) {
                continue;
            }
            let scope = subject.as_ref().map_or(Scope::GLOBAL, Scope::subject);
            self.tx.put_mode(scope, mode.name()).await?;
            self.imported.settings += 1;
            self.changes
                .push(crate::ops::ChangeKind::ModeSet.of_scope(subject.as_ref()));
        }
        Ok(())
    }

    /// What a setting is about: `Some(None)` is everything, `None` cannot be.
    fn place(&mut self, place: Option<&str>) -> Option<Option<SubjectName>> {
        let Some(text) = place else {
            return Some(None);
        };
        let subject = SubjectName::parse(text);
        // Confluent's name for what holds for all contexts.
        if subject.context() == ".__GLOBAL" {
            return Some(None);
        }
        if subject.check().is_err() {
            self.imported.left_out.push(format!(
                "settings of {text:?}: no subject can have this name"
            ));
            return None;
        }
        Some(Some(subject))
    }

    fn leave_out(&mut self, record: &VersionRecord, why: &str) {
        let line = format!(
            "{} v{} id {}: {why}",
            record.subject, record.version, record.id
        );
        self.imported.left_out.push(line);
    }
}

fn by_place(row: crate::store::ScopedRow) -> ((String, String), String) {
    ((row.context, row.subject), row.value)
}

fn key_of(subject: Option<&SubjectName>) -> (String, String) {
    subject.map_or_else(Default::default, |it| {
        (it.context().to_owned(), it.name().to_owned())
    })
}

fn failed(error: &Error) -> ImportError {
    let message = match error {
        Error::Database(source) => format!("the database refused: {source}"),
        other => other.to_string(),
    };
    ImportError::Failed { message }
}

fn first(lines: &[String]) -> String {
    let mut shown: Vec<&str> = lines.iter().take(LINES_MAX).map(String::as_str).collect();
    let more = format!("and {} more", lines.len().saturating_sub(LINES_MAX));
    if lines.len() > LINES_MAX {
        shown.push(&more);
    }
    shown.join("\n  ")
}
