//! Registering a schema: look-up, compatibility, id and insert in one
//! transaction that is alone on the subject.

use std::sync::Arc;

use super::{
    Action, Candidate, Check, Config, InheritedTags, Read, Registry, Stored,
    changes::ChangeKind,
    metadata::{has_version, merged, merged_rules, property, with_version},
    mode::Mode,
    now_ms,
};
use crate::{
    compatibility::{self, Fields},
    content::Content,
    error::Error,
    library::no_reference,
    store::{ChangeRow, Locks, Tx, VersionRow, Visibility},
    subject::{SchemaId, SubjectName, Version},
    tags::tags_in,
};

impl Registry {
    /// Registers a schema under a subject, or finds the version that it is.
    pub(crate) async fn register(
        &self,
        subject: &SubjectName,
        mut candidate: Candidate,
        action: &Action,
    ) -> Result<Stored, Error> {
        subject.check()?;
        let mut tx = self.store().write(&locks(subject, &candidate)).await?;
        let rows = tx.versions(subject).await?;
        let config = Config::in_scope(&mut tx, subject).await?;
        if let Some(found) = self
            .find_as_sent(&mut tx, subject, &rows, &candidate, &config)
            .await?
        {
            return Ok(found);
        }
        let mode = Mode::of(&mut tx, subject).await?;
        mode.check_register(subject, candidate.id)?;
        if rows.len() >= self.settings().versions_max {
            return Err(Error::OperationNotPermitted(format!(
                "Subject {subject} has {} versions, the most that this registry keeps",
                rows.len()
            )));
        }
        let next = next_version(&rows)?;
        if !mode.takes_ids() {
            let previous = self.latest(&mut tx, &rows).await?;
            self.complete(&mut tx, previous.as_ref(), &config, next, &mut candidate)
                .await?;
        }
        let read = self
            .read_candidate(&mut tx, subject, &candidate, &config)
            .await?;
        if candidate.version == 0
            && let Some(stored) = self
                .find_same(&mut tx, &rows, Visibility::Live, &read)
                .await?
            && candidate.id.is_none_or(|it| it == stored.row.id.0)
        {
            return Ok(stored);
        }
        let deleted = |target: &VersionRow| target.deleted;
        if let Some(at) = read.resolved.targets.iter().position(deleted) {
            return Err(no_reference(&read.resolved.references[at]));
        }
        if !mode.takes_ids() && candidate.check == Check::Compared {
            self.refuse_incompatible(&mut tx, subject, &rows, &read, &config)
                .await?;
        }
        let version = version_for(&rows, &candidate, next, mode)?;
        let stored = self
            .insert(&mut tx, subject, version, &read, candidate.id)
            .await?;
        let mut changes = replace_deleted(&mut tx, subject, &rows, &stored).await?;
        changes.push(ChangeKind::Registered.of_version(&stored.row, &stored.content.guid));
        self.commit(tx, action, changes).await?;
        Ok(stored)
    }

    /// The version that a schema is before anything is added to it: the mode
    /// does not matter then.
    async fn find_as_sent(
        &self,
        tx: &mut Tx,
        subject: &SubjectName,
        rows: &[VersionRow],
        candidate: &Candidate,
        config: &Config,
    ) -> Result<Option<Stored>, Error> {
        let asks_for_more = config.adds_to_versions()
            || !candidate.tags.is_empty()
            || candidate.inherited_tags == InheritedTags::All;
        if asks_for_more || rows.is_empty() || candidate.text.trim().is_empty() {
            return Ok(None);
        }
        let live: Vec<VersionRow> = rows.iter().filter(|row| !row.deleted).cloned().collect();
        let seen = match candidate.version {
            -1 => &live[live.len().saturating_sub(1)..],
            _ => &live[..],
        };
        let read = self.read_candidate(tx, subject, candidate, config).await?;
        let Some(found) = self.find_same(tx, seen, Visibility::Live, &read).await? else {
            return Ok(None);
        };
        let id_fits = candidate.id.is_none_or(|it| it == found.row.id.0);
        let fits = match candidate.version {
            0 | -1 => id_fits,
            version => candidate.id == Some(found.row.id.0) && version == found.row.version.0,
        };
        Ok(fits.then_some(found))
    }

    /// The newest live version.
    pub(super) async fn latest(
        &self,
        tx: &mut Tx,
        rows: &[VersionRow],
    ) -> Result<Option<Stored>, Error> {
        let Some(row) = rows.iter().rev().find(|row| !row.deleted) else {
            return Ok(None);
        };
        let content = self.library().content_of(tx, row).await?;
        let row = row.clone();
        Ok(Some(Stored { row, content }))
    }

    /// What the request leaves out comes from the version before, and what the
    /// settings add from there.
    async fn complete(
        &self,
        tx: &mut Tx,
        previous: Option<&Stored>,
        config: &Config,
        next: Version,
        candidate: &mut Candidate,
    ) -> Result<(), Error> {
        if let Some(previous) = previous {
            let identity = &previous.content.identity;
            if candidate.text.trim().is_empty() {
                candidate.text.clone_from(&identity.text);
                candidate.references.clone_from(&identity.references);
            }
            if candidate.inherited_tags == InheritedTags::All {
                let context = &previous.row.context;
                let parsed = self
                    .library()
                    .parsed(tx, context, &previous.content, self.settings())
                    .await?;
                let mut inherited = tags_in(&parsed.schema);
                inherited.append(&mut candidate.tags.add);
                candidate.tags.add = inherited;
            }
        }
        complete_metadata(candidate, previous, config, Some(next));
        Ok(())
    }

    /// Those of `olds` that the settings want compared: all, or the ones that
    /// have the same value of a property as the new schema.
    pub(super) async fn same_group<'a>(
        &self,
        tx: &mut Tx,
        olds: Vec<&'a VersionRow>,
        config: &Config,
        read: &Read,
    ) -> Result<Vec<&'a VersionRow>, Error> {
        let Some(group) = config.text("compatibilityGroup") else {
            return Ok(olds);
        };
        let mine = property(read.identity.metadata.as_ref(), group);
        let mut same = Vec::new();
        for row in olds {
            let content = self.library().content_of(tx, row).await?;
            if property(content.identity.metadata.as_ref(), group) == mine {
                same.push(row);
            }
        }
        Ok(same)
    }

    async fn refuse_incompatible(
        &self,
        tx: &mut Tx,
        subject: &SubjectName,
        rows: &[VersionRow],
        read: &Read,
        config: &Config,
    ) -> Result<(), Error> {
        let live = rows.iter().rev().filter(|row| !row.deleted).collect();
        let messages = self.objections(tx, live, read, config).await?;
        if messages.is_empty() {
            return Ok(());
        }
        Err(self.incompatible(subject, &messages))
    }

    pub(super) fn incompatible(&self, subject: &SubjectName, messages: &[String]) -> Error {
        let message = format!(
            "Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{}]",
            messages.join(", ")
        );
        Error::Incompatible {
            message,
            code: self.settings().incompatible_code,
        }
    }

    /// Everything that stands against a new version beside `olds`, newest
    /// first, in Confluent's words; empty where nothing does.
    pub(super) async fn objections(
        &self,
        tx: &mut Tx,
        olds: Vec<&VersionRow>,
        read: &Read,
        config: &Config,
    ) -> Result<Vec<String>, Error> {
        let level = config.level(self.settings().compatibility);
        let mut messages = Vec::new();
        if config.fields() == Fields::Validated {
            let latest = match olds.first() {
                Some(row) => Some(self.library().content_of(tx, row).await?),
                None => None,
            };
            let old = latest.as_ref().and_then(|it| it.identity.metadata.as_ref());
            let new = (&read.parsed.schema, read.identity.metadata.as_ref());
            messages = compatibility::reserved_messages(new, old);
        }
        let olds = self.same_group(tx, olds, config, read).await?;
        let found = self
            .incompatibilities(tx, &read.parsed, olds.into_iter(), level)
            .await?;
        messages.extend(found);
        if !messages.is_empty() {
            messages.push(compatibility::closing(level, config.fields()));
        }
        Ok(messages)
    }

    /// Confluent's messages about the first of `olds` (newest first, as many
    /// as the level reaches) that is incompatible, without the closing one;
    /// empty where none is.
    pub(super) async fn incompatibilities<'a>(
        &self,
        tx: &mut Tx,
        new: &crate::content::Parsed,
        olds: impl Iterator<Item = &'a VersionRow>,
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
            let messages = compatibility::messages(&new.schema, &old, level);
            if !messages.is_empty() {
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

/// Metadata and rules: given by the settings, said by the request or else by
/// the version before, imposed by the settings. A new version that was asked
/// for by its number says so in its metadata.
pub(super) fn complete_metadata(
    candidate: &mut Candidate,
    previous: Option<&Stored>,
    config: &Config,
    next: Option<Version>,
) {
    let before = previous.map(|it| &it.content.identity);
    let said = candidate.metadata.as_ref();
    let said = said.or_else(|| before.and_then(|it| it.metadata.as_ref()));
    let given = merged(config.object("defaultMetadata"), said);
    let mut metadata = merged(given.as_ref(), config.object("overrideMetadata"));
    if let Some(next) = next
        && (candidate.version != 0 || has_version(metadata.as_ref()))
    {
        metadata = Some(with_version(metadata.as_ref(), next.0));
    }
    let said = candidate.rule_set.as_ref();
    let said = said.or_else(|| before.and_then(|it| it.rule_set.as_ref()));
    let given = merged_rules(config.object("defaultRuleSet"), said);
    candidate.rule_set = merged_rules(given.as_ref(), config.object("overrideRuleSet"));
    candidate.metadata = metadata;
}

fn next_version(rows: &[VersionRow]) -> Result<Version, Error> {
    let next = rows
        .last()
        .map_or(Some(1), |row| row.version.0.checked_add(1));
    next.map(Version)
        .ok_or_else(|| Error::Internal("a subject has no versions left".to_owned()))
}

fn version_for(
    rows: &[VersionRow],
    candidate: &Candidate,
    next: Version,
    mode: Mode,
) -> Result<Version, Error> {
    let wanted = candidate.version;
    let is_free = rows.iter().all(|row| row.version.0 != wanted);
    if wanted <= 0 || wanted == next.0 {
        Ok(next)
    } else if mode.takes_ids() && is_free {
        Ok(Version(wanted))
    } else {
        Err(Error::SchemaInvalid(
            "Version is not one more than previous version".to_owned(),
        ))
    }
}

/// A deleted version of the same content makes way for the new one, unless
/// something refers to it.
async fn replace_deleted(
    tx: &mut Tx,
    subject: &SubjectName,
    rows: &[VersionRow],
    new: &Stored,
) -> Result<Vec<ChangeRow>, Error> {
    let mut changes = Vec::new();
    let older = |row: &&VersionRow| row.version < new.row.version;
    let same = rows
        .iter()
        .filter(|row| row.deleted && row.id == new.row.id);
    for row in same.filter(older) {
        if tx.referrers(subject, row.version).await?.is_empty() {
            tx.remove_version(subject, row.version).await?;
            changes.push(ChangeKind::Removed.of_version(row, &new.content.guid));
        }
    }
    Ok(changes)
}

fn overwrite(subject: &SubjectName, id: SchemaId) -> Error {
    Error::OperationNotPermitted(format!(
        "Overwrite new schema with id {id} in context {} is not permitted.",
        subject.context_shown()
    ))
}
