//! Registering a schema: look-up, compatibility, id and insert in one
//! transaction that is alone on the subject.

use std::sync::Arc;

use super::{Candidate, Read, Registry, Stored, config::Config, mode::Mode, now_ms};
use crate::{
    compatibility,
    content::Content,
    error::Error,
    library::no_reference,
    store::{Locks, Tx, VersionRow, Visibility},
    subject::{SchemaId, SubjectName, Version},
};

impl Registry {
    /// Registers a schema under a subject, or finds the version that it is.
    pub(crate) async fn register(
        &self,
        subject: &SubjectName,
        mut candidate: Candidate,
    ) -> Result<Stored, Error> {
        subject.check()?;
        let mut tx = self.store().write(&locks(subject, &candidate)).await?;
        let rows = tx.versions(subject).await?;
        self.complete(&mut tx, &rows, &mut candidate).await?;
        let read = self.read_candidate(&mut tx, subject, &candidate).await?;
        let found = self
            .find_same(&mut tx, &rows, Visibility::Live, &read)
            .await?;
        if let Some(stored) = found
            && satisfies(&stored.row, &candidate)
        {
            return Ok(stored);
        }
        let mode = Mode::of(&mut tx, subject).await?;
        mode.check_register(subject, candidate.id)?;
        if let Some(at) = read
            .resolved
            .targets
            .iter()
            .position(|target| target.deleted)
        {
            return Err(no_reference(&read.resolved.references[at]));
        }
        let version = next_version(&rows, &candidate, mode)?;
        if mode != Mode::Import {
            self.refuse_incompatible(&mut tx, subject, &rows, &read)
                .await?;
        }
        let stored = self
            .insert(&mut tx, subject, version, &read, candidate.id)
            .await?;
        let replaced = replace_deleted(&mut tx, subject, &rows, stored.row.id).await?;
        tx.commit().await?;
        tracing::debug!(%subject, %version, id = %stored.row.id, ?replaced, "schema registered");
        self.library().forget(subject.context(), stored.row.id);
        Ok(stored)
    }

    /// What the request leaves out comes from the version before.
    async fn complete(
        &self,
        tx: &mut Tx,
        rows: &[VersionRow],
        candidate: &mut Candidate,
    ) -> Result<(), Error> {
        let Some(latest) = rows.iter().rev().find(|row| !row.deleted) else {
            return Ok(());
        };
        let content = self.library().content_of(tx, latest).await?;
        let previous = &content.identity;
        if candidate.text.is_empty()
            && (candidate.metadata.is_some() || candidate.rule_set.is_some())
        {
            candidate.text.clone_from(&previous.text);
            candidate.references.clone_from(&previous.references);
        }
        if candidate.metadata.is_none() {
            candidate.metadata.clone_from(&previous.metadata);
        }
        if candidate.rule_set.is_none() {
            candidate.rule_set.clone_from(&previous.rule_set);
        }
        Ok(())
    }

    async fn refuse_incompatible(
        &self,
        tx: &mut Tx,
        subject: &SubjectName,
        rows: &[VersionRow],
        read: &Read,
    ) -> Result<(), Error> {
        let level = Config::level(tx, subject, self.settings().compatibility).await?;
        let live = rows.iter().rev().filter(|row| !row.deleted);
        let messages = self
            .incompatibilities(tx, &read.parsed, live, level)
            .await?;
        if messages.is_empty() {
            return Ok(());
        }
        let message = format!(
            "Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{}]",
            messages.join(", ")
        );
        Err(Error::Incompatible {
            message,
            code: self.settings().incompatible_code,
        })
    }

    /// Confluent's messages about the first of `olds` (newest first, as many
    /// as the level reaches) that is incompatible; empty where none is.
    pub(super) async fn incompatibilities(
        &self,
        tx: &mut Tx,
        new: &crate::content::Parsed,
        olds: impl Iterator<Item = &VersionRow>,
        level: accordant_schema::contract::Compatibility,
    ) -> Result<Vec<String>, Error> {
        for row in olds.take(compatibility::reach(level)) {
            let content = self.library().content_of(tx, row).await?;
            let old = self
                .library()
                .parsed(tx, &row.context, &content, self.settings())
                .await?;
            let old = compatibility::Old {
                version: row.version,
                text: &content.identity.text,
                schema: &old.schema,
            };
            let mut messages = compatibility::messages(&new.schema, &old, level);
            if !messages.is_empty() {
                messages.push(compatibility::closing(level));
                return Ok(messages);
            }
        }
        Ok(Vec::new())
    }

    async fn insert(
        &self,
        tx: &mut Tx,
        subject: &SubjectName,
        version: Version,
        read: &Read,
        id_wanted: Option<i32>,
    ) -> Result<Stored, Error> {
        let context = subject.context();
        let guid = read.identity.guid();
        // From here on nobody else gives an id in this context, nor adds the
        // same content under another one.
        let last = tx.lock_last_id(context).await?;
        let known = tx.schema_by_guid(context, &guid).await?;
        let id = match (id_wanted.map(SchemaId), known) {
            (None, Some(known)) => known.id,
            (Some(wanted), Some(known)) if known.id == wanted => wanted,
            (wanted, known) => {
                let id = match wanted {
                    Some(wanted)
                        if known.is_some() || tx.schema(context, wanted).await?.is_some() =>
                    {
                        return Err(overwrite(subject, wanted));
                    }
                    Some(wanted) => wanted,
                    None => SchemaId(last.0.checked_add(1).ok_or_else(|| {
                        Error::Internal(format!("context {context} has no ids left"))
                    })?),
                };
                tx.set_last_id(context, id.max(last)).await?;
                tx.insert_schema(context, &read.identity.row(id, guid.clone())?)
                    .await?;
                id
            }
        };
        let row = VersionRow {
            context: context.to_owned(),
            subject: subject.name().to_owned(),
            version,
            id,
            created_ms: now_ms(),
            deleted: false,
        };
        tx.insert_version(&row).await?;
        for target in &read.resolved.targets {
            let to = target.subject_name();
            tx.insert_reference((subject, version), (&to, target.version))
                .await?;
        }
        let content = Content::from_row(read.identity.row(id, guid)?)?;
        Ok(Stored {
            row,
            content: Arc::new(content),
        })
    }
}

fn locks(subject: &SubjectName, candidate: &Candidate) -> Locks {
    let mut locks = Locks::on(subject);
    for reference in &candidate.references {
        locks.keep(&SubjectName::in_context(
            subject.context(),
            &reference.subject,
        ));
    }
    locks
}

/// Whether a version that was found is the one that the client names, if it does.
fn satisfies(row: &VersionRow, candidate: &Candidate) -> bool {
    let version_fits = candidate
        .version
        .is_none_or(|it| it <= 0 || it == row.version.0);
    let id_fits = candidate.id.is_none_or(|it| it == row.id.0);
    version_fits && id_fits
}

fn next_version(rows: &[VersionRow], candidate: &Candidate, mode: Mode) -> Result<Version, Error> {
    let next = rows
        .last()
        .map_or(Some(1), |row| row.version.0.checked_add(1));
    let next = next.ok_or_else(|| Error::Internal("a subject has no versions left".to_owned()))?;
    match candidate.version.filter(|wanted| *wanted > 0) {
        None => Ok(Version(next)),
        Some(wanted) if wanted == next => Ok(Version(next)),
        Some(wanted) if mode == Mode::Import && rows.iter().all(|row| row.version.0 != wanted) => {
            Ok(Version(wanted))
        }
        Some(_) => Err(Error::SchemaInvalid(
            "Version is not one more than previous version".to_owned(),
        )),
    }
}

/// A deleted version of the same content makes way for the new one, unless
/// something refers to it.
async fn replace_deleted(
    tx: &mut Tx,
    subject: &SubjectName,
    rows: &[VersionRow],
    id: SchemaId,
) -> Result<Vec<Version>, Error> {
    let mut replaced = Vec::new();
    for row in rows.iter().filter(|row| row.deleted && row.id == id) {
        if tx.referrers(subject, row.version).await?.is_empty() {
            tx.remove_version(subject, row.version).await?;
            replaced.push(row.version);
        }
    }
    Ok(replaced)
}

fn overwrite(subject: &SubjectName, id: SchemaId) -> Error {
    Error::OperationNotPermitted(format!(
        "Overwrite new schema with id {id} in context {} is not permitted.",
        subject.context_shown()
    ))
}
