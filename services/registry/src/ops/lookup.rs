//! Which version of a subject a schema is.

use super::{Candidate, Registry, Stored};
use crate::{error::Error, store::Visibility, subject::SubjectName};

impl Registry {
    /// Finds a schema under a subject.
    pub(crate) async fn lookup(
        &self,
        subject: &SubjectName,
        candidate: &Candidate,
        visibility: Visibility,
    ) -> Result<Stored, Error> {
        let mut tx = self.store().read().await?;
        let read = self.read_candidate(&mut tx, subject, candidate).await?;
        let rows = tx.versions(subject).await?;
        if !rows.iter().any(|row| visibility.sees(row)) {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        let found = self.find_same(&mut tx, &rows, visibility, &read).await?;
        found.ok_or(Error::SchemaNotFound)
    }
}
