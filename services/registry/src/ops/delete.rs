//! Deleting: first softly (hidden, ids stay readable), then for good.

use super::{Action, Registry, changes::ChangeKind, mode::Mode, select};
use crate::{
    error::Error,
    store::{Locks, Scope, Tx, VersionRow, Visibility},
    subject::{SubjectName, Version, VersionSelector},
};

/// How much a deletion takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deletion {
    Soft,
    Permanent,
}

impl Registry {
    /// Deletes all versions of a subject; answers with their numbers.
    pub(crate) async fn delete_subject(
        &self,
        subject: &SubjectName,
        deletion: Deletion,
        action: &Action,
    ) -> Result<Vec<Version>, Error> {
        let mut tx = self.store().write(&Locks::on(subject)).await?;
        let rows = tx.versions(subject).await?;
        if rows.is_empty() {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        let live: Vec<VersionRow> = rows.iter().filter(|row| !row.deleted).cloned().collect();
        let doomed = match deletion {
            Deletion::Soft if live.is_empty() => {
                return Err(Error::SubjectSoftDeleted(subject.to_string()));
            }
            Deletion::Soft => live,
            Deletion::Permanent if !live.is_empty() => {
                return Err(Error::SubjectNotSoftDeleted(subject.to_string()));
            }
            Deletion::Permanent => rows,
        };
        Mode::check_write(&mut tx, Some(subject)).await?;
        for row in &doomed {
            let referrers = referrers(&mut tx, row, deletion).await?;
            // Versions of one subject may refer to each other: they go together.
            if referrers.iter().any(|it| it.subject_name() != *subject) {
                return Err(reference_exists(row));
            }
        }
        self.delete_rows(tx, subject, &doomed, (deletion, Rest::Nothing), action)
            .await?;
        Ok(doomed.iter().map(|row| row.version).collect())
    }

    /// Deletes one version; answers with its number.
    pub(crate) async fn delete_version(
        &self,
        subject: &SubjectName,
        selector: VersionSelector,
        deletion: Deletion,
        action: &Action,
    ) -> Result<Version, Error> {
        let mut tx = self.store().write(&Locks::on(subject)).await?;
        let rows = tx.versions(subject).await?;
        if rows.is_empty() {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        let row = match (select(&rows, selector, Visibility::All), deletion) {
            (Some(row), Deletion::Soft) if row.deleted && selector == VersionSelector::Latest => {
                select(&rows, selector, Visibility::Live)
            }
            (row, Deletion::Soft | Deletion::Permanent) => row,
        };
        let row = row
            .ok_or_else(|| Error::VersionNotFound(selector.to_string()))?
            .clone();
        let (name, version) = (subject.to_string(), row.version.to_string());
        match (deletion, row.deleted) {
            (Deletion::Soft, true) => {
                return Err(Error::VersionSoftDeleted {
                    subject: name,
                    version,
                });
            }
            (Deletion::Permanent, false) => {
                return Err(Error::VersionNotSoftDeleted {
                    subject: name,
                    version,
                });
            }
            (Deletion::Soft, false) | (Deletion::Permanent, true) => {}
        }
        Mode::check_write(&mut tx, Some(subject)).await?;
        if !referrers(&mut tx, &row, deletion).await?.is_empty() {
            return Err(reference_exists(&row));
        }
        let rest = if rows.len() == 1 {
            Rest::Nothing
        } else {
            Rest::Versions
        };
        let rows = std::slice::from_ref(&row);
        self.delete_rows(tx, subject, rows, (deletion, rest), action)
            .await?;
        Ok(row.version)
    }

    async fn delete_rows(
        &self,
        mut tx: Tx,
        subject: &SubjectName,
        rows: &[VersionRow],
        (deletion, rest): (Deletion, Rest),
        action: &Action,
    ) -> Result<(), Error> {
        let kind = match deletion {
            Deletion::Soft => ChangeKind::Deleted,
            Deletion::Permanent => ChangeKind::Removed,
        };
        let mut changes = Vec::new();
        for row in rows {
            let guid = &self.library().content_of(&mut tx, row).await?.guid;
            changes.push(kind.of_version(row, guid));
            match deletion {
                Deletion::Soft => tx.mark_deleted(subject, row.version).await?,
                Deletion::Permanent => {
                    tx.remove_version(subject, row.version).await?;
                }
            }
        }
        if deletion == Deletion::Permanent {
            // Nobody adds a version of a content while it is looked at whether
            // it has one left.
            tx.lock_last_id(subject.context()).await?;
            for row in rows {
                tx.remove_schema_if_unused(&row.context, row.id).await?;
            }
            if rest == Rest::Nothing {
                tx.remove_config(Scope::subject(subject)).await?;
                tx.remove_mode(Scope::subject(subject)).await?;
                changes.push(ChangeKind::ConfigRemoved.of_scope(Some(subject)));
                changes.push(ChangeKind::ModeRemoved.of_scope(Some(subject)));
            }
        }
        self.commit(tx, action, changes).await
    }
}

/// What a subject has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Nothing,
    Versions,
}

/// Who stands in the way: for a soft deletion, live versions only.
async fn referrers(
    tx: &mut Tx,
    row: &VersionRow,
    deletion: Deletion,
) -> Result<Vec<VersionRow>, Error> {
    let mut referrers = tx.referrers(&row.subject_name(), row.version).await?;
    if deletion == Deletion::Soft {
        referrers.retain(|it| !it.deleted);
    }
    Ok(referrers)
}

pub(super) fn reference_exists(row: &VersionRow) -> Error {
    Error::ReferenceExists {
        subject: row.subject_name().to_string(),
        version: row.version.to_string(),
    }
}
