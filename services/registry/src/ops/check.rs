//! Whether a schema could be registered, without registering it.

use accordant_schema::contract::Compatibility;

use super::{Candidate, Config, Registry, select};
use crate::{
    compatibility::{self, Remark},
    content::Parsed,
    error::Error,
    store::{Tx, VersionRow, Visibility},
    subject::{SubjectName, VersionSelector},
};

/// Predecessors that our rules look at: their work grows with each.
const REMARKED_MAX: usize = 10;
/// Findings of one answer.
const REMARKS_MAX: usize = 100;

/// The outcome of a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Confluent's messages; empty where the schema is compatible.
    pub(crate) messages: Vec<String>,
    /// What our rules say besides.
    pub(crate) remarks: Vec<Remark>,
}

impl Registry {
    /// What is incompatible with one version, or (without a selector) with
    /// what registering would compare.
    pub(crate) async fn check(
        &self,
        subject: &SubjectName,
        selector: Option<VersionSelector>,
        candidate: &Candidate,
    ) -> Result<Verdict, Error> {
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
        let config = Config::in_scope(&mut tx, subject).await?;
        let read = self
            .read_candidate(&mut tx, subject, candidate, &config)
            .await?;
        let level = config.level(self.settings().compatibility);
        let compared = self
            .same_group(&mut tx, olds.clone(), &config, &read)
            .await?;
        let remarks = self
            .remarks(&mut tx, &read.parsed, &compared, level)
            .await?;
        let messages = self.objections(&mut tx, olds, &read, &config).await?;
        Ok(Verdict { messages, remarks })
    }

    /// What our rules say of the predecessors that the level reaches; of the
    /// latest one where it reaches none.
    pub(super) async fn remarks(
        &self,
        tx: &mut Tx,
        new: &Parsed,
        olds: &[&VersionRow],
        level: Compatibility,
    ) -> Result<Vec<Remark>, Error> {
        let reach = compatibility::reach(level).clamp(1, REMARKED_MAX);
        let mut remarks = Vec::new();
        for row in olds.iter().take(reach) {
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
            for remark in compatibility::remarks(&new.schema, &old, level) {
                // Once, with the newest version that it holds for.
                let known = |it: &Remark| {
                    (it.code, it.direction, &it.path)
                        == (remark.code, remark.direction, &remark.path)
                };
                if !remarks.iter().any(known) && remarks.len() < REMARKS_MAX {
                    remarks.push(remark);
                }
            }
        }
        Ok(remarks)
    }
}
