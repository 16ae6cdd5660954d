//! Whether a subject takes new schemas, and with whose ids.

use super::{
    Registry,
    config::{Fallback, scope_of},
};
use crate::{
    error::Error,
    store::{Page, Scope, SubjectFilter, Tx, Visibility},
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
        let global = Mode::read(tx, Scope::GLOBAL).await?;
        if global == Some(Mode::ReadOnlyOverride) || !subject.can_exist() {
            return Ok(global.unwrap_or(Mode::ReadWrite));
        }
        for scope in Scope::chain(subject) {
            if let Some(mode) = Mode::read(tx, scope).await? {
                return Ok(mode);
            }
        }
        Ok(Mode::ReadWrite)
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
            Mode::ReadWrite | Mode::Import => Ok(()),
            Mode::ReadOnly | Mode::ReadOnlyOverride | Mode::Forward => {
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
            (Mode::ReadWrite, None) | (Mode::Import, Some(_)) => return Ok(()),
            (Mode::ReadOnly | Mode::ReadOnlyOverride | Mode::Forward, _) => "is in read-only mode",
            (Mode::ReadWrite, Some(_)) => "is not in import mode",
            (Mode::Import, None) => "is not in read-write mode",
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

    /// Changes the mode of a subject, or the global one. IMPORT needs a place
    /// without live subjects, or `force`.
    pub(crate) async fn put_mode(
        &self,
        subject: Option<&SubjectName>,
        mode: Mode,
        force: Force,
    ) -> Result<(), Error> {
        subject.map_or(Ok(()), SubjectName::check)?;
        let (scope, locks) = scope_of(subject);
        let mut tx = self.store().write(&locks).await?;
        if mode == Mode::Import && force == Force::No && has_live_subject(&mut tx, subject).await? {
            return Err(Error::OperationNotPermitted(
                "Cannot import since found existing subjects".to_owned(),
            ));
        }
        tx.put_mode(scope, mode.name()).await?;
        tx.commit().await?;
        tracing::info!(
            subject = ?subject.map(ToString::to_string), mode = mode.name(), "mode changed"
        );
        Ok(())
    }

    /// Removes the mode of a subject, or the global one; answers with what it was.
    pub(crate) async fn delete_mode(&self, subject: Option<&SubjectName>) -> Result<Mode, Error> {
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
        tx.commit().await?;
        Ok(mode)
    }
}

/// Whether a change is made against a precaution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Force {
    No,
    Yes,
}

async fn has_live_subject(tx: &mut Tx, subject: Option<&SubjectName>) -> Result<bool, Error> {
    if let Some(subject) = subject {
        return Ok(tx.versions(subject).await?.iter().any(|row| !row.deleted));
    }
    let filter = SubjectFilter {
        context: None,
        prefix: String::new(),
        visibility: Visibility::Live,
    };
    Ok(!tx
        .subjects(
            &filter,
            Page {
                offset: 0,
                limit: 1,
            },
        )
        .await?
        .is_empty())
}

fn refused(subject: Option<&SubjectName>, why: &str) -> Error {
    let (name, context) = subject.map_or(("null", ""), |subject| {
        (subject.name(), subject.context_shown())
    });
    Error::OperationNotPermitted(format!("Subject {name} in context {context} {why}"))
}
