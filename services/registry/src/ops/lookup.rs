//! Which version of a subject a schema is.

use super::{Candidate, Config, Registry, Stored};
use crate::{content::Identity, error::Error, store::Visibility, subject::SubjectName};

impl Registry {
    /// Finds a schema under a subject.
    pub(crate) async fn lookup(
        &self,
        subject: &SubjectName,
        candidate: &Candidate,
        visibility: Visibility,
    ) -> Result<Stored, Error> {
        let mut tx = self.store().read().await?;
        let config = Config::in_scope(&mut tx, subject).await?;
        let read = self
            .read_candidate(&mut tx, subject, candidate, &config)
            .await?;
        let rows = tx.versions(subject).await?;
        if !rows.iter().any(|row| visibility.sees(row)) {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        if let Some(found) = self.find_same(&mut tx, &rows, visibility, &read).await? {
            return Ok(found);
        }
        // As it would be registered: with the metadata and rules of the version
        // before.
        let Some(previous) = self.latest(&mut tx, &rows).await? else {
            return Err(Error::SchemaNotFound);
        };
        let mut completed = candidate.clone();
        super::register::complete_metadata(&mut completed, Some(&previous), &config, None);
        let identity = Identity {
            metadata: completed.metadata,
            rule_set: completed.rule_set,
            ..read.identity
        };
        let read = super::Read { identity, ..read };
        let found = self.find_same(&mut tx, &rows, visibility, &read).await?;
        found.ok_or(Error::SchemaNotFound)
    }
}
