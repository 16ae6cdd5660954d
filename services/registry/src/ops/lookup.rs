//! Which version of a subject a schema is.

use super::{Candidate, Config, Registry, Stored, list::same_name_elsewhere};
use crate::{
    content::Identity,
    error::Error,
    store::{Tx, Visibility},
    subject::SubjectName,
};

impl Registry {
    /// Finds a schema under a subject.
    pub(crate) async fn lookup(
        &self,
        subject: &SubjectName,
        candidate: &Candidate,
        visibility: Visibility,
    ) -> Result<Stored, Error> {
        let mut tx = self.store().read().await?;
        match self
            .lookup_in(&mut tx, subject, candidate, visibility)
            .await
        {
            Err(not_found @ (Error::SubjectNotFound(_) | Error::SchemaNotFound)) => {
                for other in same_name_elsewhere(&mut tx, subject).await? {
                    let found = self.lookup_in(&mut tx, &other, candidate, visibility).await;
                    match found {
                        Ok(found) => return Ok(found),
                        // There its references may lead nowhere.
                        Err(
                            Error::SubjectNotFound(_)
                            | Error::SchemaNotFound
                            | Error::SchemaInvalid(_),
                        ) => {}
                        Err(error) => return Err(error),
                    }
                }
                Err(not_found)
            }
            result => result,
        }
    }

    async fn lookup_in(
        &self,
        tx: &mut Tx,
        subject: &SubjectName,
        candidate: &Candidate,
        visibility: Visibility,
    ) -> Result<Stored, Error> {
        let config = Config::in_scope(tx, subject).await?;
        let read = self.read_candidate(tx, subject, candidate, &config).await?;
        let rows = tx.versions(subject).await?;
        if !rows.iter().any(|row| visibility.sees(row)) {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        if let Some(found) = self.find_same(tx, &rows, visibility, &read).await? {
            return Ok(found);
        }
        // As it would be registered, with the metadata and rules of the version
        // before.
        let Some(previous) = self.latest(tx, &rows).await? else {
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
        let found = self.find_same(tx, &rows, visibility, &read).await?;
        found.ok_or(Error::SchemaNotFound)
    }
}
