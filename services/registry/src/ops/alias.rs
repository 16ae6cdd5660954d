//! Another name for a subject: a setting of the alias, followed once.

use super::{Config, Registry};
use crate::{error::Error, subject::SubjectName};

impl Registry {
    /// The subject that a name in a path means: itself, or what it is an alias
    /// of.
    pub(crate) async fn resolve_alias(&self, subject: SubjectName) -> Result<SubjectName, Error> {
        if !subject.can_exist() || subject.name().is_empty() {
            return Ok(subject);
        }
        let aliases = match self.library().aliases() {
            Some(aliases) => aliases,
            None => {
                let changes = self.library().changes();
                let mut tx = self.store().read().await?;
                let mut aliases = std::collections::BTreeMap::new();
                for row in tx.configs().await? {
                    if let Some(target) = Config::from_text(&row.value)?.text("alias") {
                        let alias = SubjectName::new(row.context, row.subject);
                        let target = SubjectName::in_context(alias.context(), target);
                        aliases.insert(alias, target);
                    }
                }
                self.library().keep_aliases(aliases, changes)
            }
        };
        Ok(aliases.get(&subject).cloned().unwrap_or(subject))
    }

    /// The aliases of a subject, by name.
    pub(crate) async fn aliases_of(&self, subject: &SubjectName) -> Result<Vec<String>, Error> {
        let mut tx = self.store().read().await?;
        let mut found = Vec::new();
        for row in tx.configs().await? {
            let alias = SubjectName::new(row.context, row.subject);
            let config = Config::from_text(&row.value)?;
            let target = config
                .text("alias")
                .map(|it| SubjectName::in_context(alias.context(), it));
            if target.as_ref() == Some(subject) {
                found.push(alias.to_string());
            }
        }
        Ok(found)
    }
}
