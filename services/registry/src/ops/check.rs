//! Whether a schema could be registered, without registering it.

use super::{Candidate, Registry, config::Config, select};
use crate::{
    error::Error,
    store::{VersionRow, Visibility},
    subject::{SubjectName, VersionSelector},
};

impl Registry {
    /// Confluent's messages on what is incompatible with one version, or
    /// (without a selector) with what registering would compare; empty where
    /// nothing is.
    pub(crate) async fn check(
        &self,
        subject: &SubjectName,
        selector: Option<VersionSelector>,
        candidate: &Candidate,
    ) -> Result<Vec<String>, Error> {
        let mut tx = self.store().read().await?;
        let rows = tx.versions(subject).await?;
        let olds: Vec<&VersionRow> = match selector {
            None => rows.iter().rev().filter(|row| !row.deleted).collect(),
            Some(selector) => match (select(&rows, selector, Visibility::Live), selector) {
                (Some(row), _) => vec![row],
                // A subject that is not there yet takes anything.
                (None, VersionSelector::Latest) => vec![],
                (None, VersionSelector::Number(version)) => {
                    return Err(Error::VersionNotFound(version.to_string()));
                }
            },
        };
        let read = self.read_candidate(&mut tx, subject, candidate).await?;
        let level = Config::level(&mut tx, subject, self.settings().compatibility).await?;
        self.incompatibilities(&mut tx, &read.parsed, olds.into_iter(), level)
            .await
    }
}
