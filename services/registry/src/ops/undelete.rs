//! Taking a soft deletion back: the version comes back as it was, with its
//! number and its id.

use super::{
    Check, Config, Registry, Stored,
    changes::{Action, ChangeKind},
    mode::Mode,
    select,
};
use crate::{
    compatibility,
    error::Error,
    library::no_reference,
    store::{Locks, Tx, VersionRow, Visibility},
    subject::{SubjectName, VersionSelector},
};

impl Registry {
    /// Brings a softly deleted version back; `latest` is the newest deleted
    /// one. A live version stays as it is. Whatever was registered meanwhile
    /// must be compatible with it, and it with what stands before it.
    pub(crate) async fn undelete(
        &self,
        subject: &SubjectName,
        selector: VersionSelector,
        check: Check,
        action: &Action,
    ) -> Result<Stored, Error> {
        let mut tx = self.store().write(&Locks::on(subject)).await?;
        let rows = tx.versions(subject).await?;
        if rows.is_empty() {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        let visibility = match selector {
            VersionSelector::Latest => Visibility::DeletedOnly,
            VersionSelector::Number(_) => Visibility::All,
        };
        let row = select(&rows, selector, visibility)
            .ok_or_else(|| Error::VersionNotFound(selector.to_string()))?;
        let content = self.library().content_of(&mut tx, row).await?;
        let stored = |deleted| Stored {
            row: VersionRow {
                deleted,
                ..row.clone()
            },
            content: content.clone(),
        };
        if !row.deleted {
            return Ok(stored(false));
        }
        Mode::check_write(&mut tx, Some(subject)).await?;
        let targets = self
            .library()
            .resolve(
                &mut tx,
                subject.context(),
                &content.identity.references,
                self.settings(),
            )
            .await?;
        if let Some(at) = targets.targets.iter().position(|target| target.deleted) {
            return Err(no_reference(&targets.references[at]));
        }
        if check == Check::Compared {
            self.refuse_between(&mut tx, subject, &rows, row).await?;
        }
        tx.mark_live(subject, row.version).await?;
        let change = ChangeKind::Undeleted.of_version(row, &content.guid);
        let undeleted = stored(false);
        self.commit(tx, action, vec![change]).await?;
        Ok(undeleted)
    }

    /// Refuses a version that the level would not let stand between its live
    /// neighbours.
    async fn refuse_between(
        &self,
        tx: &mut Tx,
        subject: &SubjectName,
        rows: &[VersionRow],
        row: &VersionRow,
    ) -> Result<(), Error> {
        let config = Config::in_scope(tx, subject).await?;
        let level = config.level(self.settings().compatibility);
        let live = |it: &&VersionRow| !it.deleted;
        let before = rows.iter().rev().filter(|it| it.version < row.version);
        let mut pairs = vec![(row, before.filter(live).collect::<Vec<_>>())];
        let after = rows.iter().filter(|it| it.version > row.version);
        let reach = compatibility::reach(level);
        pairs.extend(
            after
                .filter(live)
                .take(reach)
                .map(|later| (later, vec![row])),
        );
        for (new, olds) in pairs {
            let content = self.library().content_of(tx, new).await?;
            let parsed = self
                .library()
                .parsed(tx, &new.context, &content, self.settings())
                .await?;
            let mut messages = self
                .incompatibilities(tx, &parsed, olds.into_iter(), level)
                .await?;
            if !messages.is_empty() {
                messages.push(compatibility::closing(level, config.fields()));
                return Err(self.incompatible(subject, &messages));
            }
        }
        Ok(())
    }
}
