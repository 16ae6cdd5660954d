//! Whether a subject takes new schemas, and with whose ids.

use super::{
    Registry,
    changes::{Action, ChangeKind},
    config::{Fallback, scope_of},
    delete::reference_exists,
};
use crate::{
    error::Error,
    store::{ChangeRow, Page, Scope, SubjectFilter, Tx, Visibility, Which},
    subject::SubjectName,
};

/// The modes of a subject, a context or everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    ReadWrite,
    ReadOnly,
    /// Read-only for all, whatever a subject says.
    ReadOnlyOverride,
    /// Schemas come with their ids; nothing is compared.
    Import,
    /// As IMPORT, while another registry stays the one that is written to.
    Forward,
}

const MODES: [(&str, Mode); 5] = [
    ("READWRITE", Mode::ReadWrite),
    ("READONLY", Mode::ReadOnly),
    ("READONLY_OVERRIDE", Mode::ReadOnlyOverride),
    ("IMPORT", Mode::Import),
    ("FORWARD", Mode::Forward),
];

impl Mode {
    pub(crate) fn parse(name: &str) -> Result<Mode, Error> {
        let found = MODES.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, mode)| *mode).ok_or(Error::ModeInvalid)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Mode::ReadWrite => "READWRITE",
            Mode::ReadOnly => "READONLY",
            Mode::ReadOnlyOverride => "READONLY_OVERRIDE",
            Mode::Import => "IMPORT",
            Mode::Forward => "FORWARD",
        }
    }

    /// The mode that holds for a subject.
    pub(super) async fn of(tx: &mut Tx, subject: &SubjectName) -> Result<Mode, Error> {
        if !subject.can_exist() {
            let global = Mode::read(tx, Scope::GLOBAL).await?;
            return Ok(global.unwrap_or(Mode::ReadWrite));
        }
        let mut nearest = None;
        for row in tx.mode_chain(subject).await? {
            let mode = Mode::parse(&row.value)?;
            if row.is_global() && mode == Mode::ReadOnlyOverride {
                return Ok(mode);
            }
            nearest = nearest.or(Some(mode));
        }
        Ok(nearest.unwrap_or(Mode::ReadWrite))
    }

    /// Whether schemas come with their ids and are not compared.
    pub(super) fn takes_ids(self) -> bool {
        match self {
            Mode::Import | Mode::Forward => true,
            Mode::ReadWrite | Mode::ReadOnly | Mode::ReadOnlyOverride => false,
        }
    }

    /// Refuses a change to settings or versions of what may only be read.
    pub(super) async fn check_write(
        tx: &mut Tx,
        subject: Option<&SubjectName>,
    ) -> Result<(), Error> {
        let mode = match subject {
            Some(subject) => Mode::of(tx, subject).await?,
            None => Mode::read(tx, Scope::GLOBAL)
                .await?
                .unwrap_or(Mode::ReadWrite),
        };
        match mode {
            Mode::ReadWrite | Mode::Import | Mode::Forward => Ok(()),
            Mode::ReadOnly | Mode::ReadOnlyOverride => {
                Err(refused(subject, "is in read-only mode"))
            }
        }
    }

    /// Refuses a registration that does not fit the mode.
    pub(super) fn check_register(
        self,
        subject: &SubjectName,
        id: Option<i32>,
    ) -> Result<(), Error> {
        let why = match (self, id) {
            (Mode::ReadWrite, None) | (Mode::Import | Mode::Forward, Some(_)) => return Ok(()),
            (Mode::ReadOnly | Mode::ReadOnlyOverride, _) => "is in read-only mode",
            (Mode::ReadWrite, Some(_)) => "is not in import mode",
            (Mode::Import | Mode::Forward, None) => "is not in read-write mode",
        };
        Err(refused(Some(subject), why))
    }

    async fn read(tx: &mut Tx, scope: Scope<'_>) -> Result<Option<Mode>, Error> {
        tx.mode(scope)
            .await?
            .as_deref()
            .map(Mode::parse)
            .transpose()
    }
}

/// Modes.
impl Registry {
    pub(crate) async fn global_mode(&self) -> Result<Mode, Error> {
        let mut tx = self.store().read().await?;
        Ok(Mode::read(&mut tx, Scope::GLOBAL)
            .await?
            .unwrap_or(Mode::ReadWrite))
    }

    pub(crate) async fn mode(
        &self,
        subject: &SubjectName,
        fallback: Fallback,
    ) -> Result<Mode, Error> {
        let mut tx = self.store().read().await?;
        let own = match subject.can_exist() {
            true => Mode::read(&mut tx, Scope::subject(subject)).await?,
            false => None,
        };
        match (own, fallback) {
            (Some(mode), Fallback::No) => Ok(mode),
            (None, Fallback::No) => Err(Error::ModeNotFound(subject.to_string())),
            (_, Fallback::ToGlobal) => Mode::of(&mut tx, subject).await,
        }
    }

    /// Changes the mode of a subject, of a context or of everything; without a
    /// mode it is removed. A place that turns to IMPORT has no live versions,
    /// and loses its deleted ones for good; with `force` it stays as it is.
    pub(crate) async fn put_mode(
        &self,
        subject: Option<&SubjectName>,
        mode: Option<Mode>,
        force: Force,
        action: &Action,
    ) -> Result<(), Error> {
        subject.map_or(Ok(()), SubjectName::check)?;
        let (scope, locks) = scope_of(subject);
        let mut tx = self.store().write(&locks).await?;
        let mut changes = Vec::new();
        if mode == Some(Mode::Import) && force == Force::No {
            let in_force = match subject {
                Some(subject) => Mode::of(&mut tx, subject).await?,
                None => Mode::read(&mut tx, Scope::GLOBAL)
                    .await?
                    .unwrap_or(Mode::ReadWrite),
            };
            if in_force != Mode::Import {
                changes = self.clear_for_import(&mut tx, subject).await?;
            }
        }
        match mode {
            Some(mode) => {
                tx.put_mode(scope, mode.name()).await?;
                changes.push(ChangeKind::ModeSet.of_scope(subject));
            }
            None => {
                tx.remove_mode(scope).await?;
                changes.push(ChangeKind::ModeRemoved.of_scope(subject));
            }
        }
        self.commit(tx, action, changes).await
    }

    /// Removes the mode of a subject, or the global one; answers with what it was.
    pub(crate) async fn delete_mode(
        &self,
        subject: Option<&SubjectName>,
        below: Below,
        action: &Action,
    ) -> Result<Mode, Error> {
        let not_found = |subject: &SubjectName| Error::SubjectNotFound(subject.to_string());
        if let Some(subject) = subject.filter(|subject| !subject.can_exist()) {
            return Err(not_found(subject));
        }
        let (scope, locks) = scope_of(subject);
        let mut tx = self.store().write(&locks).await?;
        let mode = match (Mode::read(&mut tx, scope).await?, subject) {
            (Some(mode), _) => mode,
            (None, None) => Mode::ReadWrite,
            (None, Some(subject)) => return Err(not_found(subject)),
        };
        tx.remove_mode(scope).await?;
        if let (Below::Too, Some(context)) = (below, subject.filter(|it| it.is_context())) {
            tx.remove_context_modes(context.context()).await?;
        }
        let change = ChangeKind::ModeRemoved.of_scope(subject);
        self.commit(tx, action, vec![change]).await?;
        Ok(mode)
    }

    /// Refuses a place with live versions, and removes the deleted ones.
    async fn clear_for_import(
        &self,
        tx: &mut Tx,
        place: Option<&SubjectName>,
    ) -> Result<Vec<ChangeRow>, Error> {
        let place = place.filter(|place| !place.is_default_context());
        let mut rows = Vec::new();
        match place {
            Some(subject) if !subject.is_context() => rows = tx.versions(subject).await?,
            place => {
                let filter = SubjectFilter {
                    context: place.map(|it| it.context().to_owned()),
                    prefix: String::new(),
                    visibility: Visibility::Live,
                };
                let one = Page {
                    offset: 0,
                    limit: 1,
                };
                if !tx.subjects(&filter, one).await?.is_empty() {
                    return Err(not_empty());
                }
                let deleted = SubjectFilter {
                    visibility: Visibility::DeletedOnly,
                    ..filter
                };
                let all = Page {
                    offset: 0,
                    limit: i64::MAX,
                };
                rows.extend(tx.matching_versions(&deleted, Which::Every, all).await?);
            }
        }
        if rows.iter().any(|row| !row.deleted) {
            return Err(not_empty());
        }
        let mut changes = Vec::new();
        for row in &rows {
            let subject = row.subject_name();
            if !tx.referrers(&subject, row.version).await?.is_empty() {
                return Err(reference_exists(row));
            }
            let guid = self.library().content_of(tx, row).await?.guid.clone();
            tx.remove_version(&subject, row.version).await?;
            tx.lock_last_id(&row.context).await?;
            tx.remove_schema_if_unused(&row.context, row.id).await?;
            changes.push(ChangeKind::Removed.of_version(row, &guid));
        }
        Ok(changes)
    }
}

/// Whether a context's mode is removed alone or with those in the context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Below {
    Kept,
    Too,
}

/// Whether a change is made against a precaution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Force {
    No,
    Yes,
}

fn not_empty() -> Error {
    Error::OperationNotPermitted("Cannot import since found existing subjects".to_owned())
}

fn refused(subject: Option<&SubjectName>, why: &str) -> Error {
    let (name, context) = subject.map_or(("null", ""), |subject| {
        (subject.name(), subject.context_shown())
    });
    Error::OperationNotPermitted(format!("Subject {name} in context {context} {why}"))
}
