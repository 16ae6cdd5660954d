//! A new version out of an old one, with other tags, metadata or rules.

use serde_json::Value;

use super::{
    Action, Candidate, Check, InheritedTags, Registry, Stored,
    metadata::{merged_rules, with_version, without_rules},
};
use crate::{
    content::Form,
    error::Error,
    store::Visibility,
    subject::{SubjectName, Version, VersionSelector},
    tags::TagChange,
};

/// What the new version has besides the old one's text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tagging {
    /// The new version's number, if the client says which it must be.
    pub(crate) new_version: Option<i32>,
    pub(crate) tags: TagChange,
    pub(crate) metadata: Option<Value>,
    pub(crate) rule_set: Option<Value>,
    pub(crate) rules_to_merge: Option<Value>,
    pub(crate) rules_to_remove: Option<Vec<String>>,
}

impl Registry {
    /// Registers a version's text again with other tags, metadata and rules.
    pub(crate) async fn tag(
        &self,
        subject: &SubjectName,
        selector: VersionSelector,
        tagging: Tagging,
        action: &Action,
    ) -> Result<Stored, Error> {
        let stored = self.version(subject, selector, Visibility::Live).await?;
        let old = &stored.content.identity;
        let new_version = tagging.new_version.unwrap_or(0);
        let metadata = tagging.metadata.or_else(|| old.metadata.clone());
        let rules = match (&tagging.rules_to_merge, &tagging.rules_to_remove) {
            (None, None) => tagging.rule_set,
            (merge, remove) => {
                let selector = match new_version - 1 {
                    number if number > 0 => VersionSelector::Number(Version(number)),
                    _ => VersionSelector::Latest,
                };
                let previous = self.version(subject, selector, Visibility::Live).await?;
                let rules = previous.content.identity.rule_set.as_ref();
                let merged = merged_rules(rules, merge.as_ref());
                without_rules(merged, remove.as_deref().unwrap_or_default())
            }
        };
        let candidate = Candidate {
            text: old.text.clone(),
            references: old.references.clone(),
            form: Form::AsSent,
            metadata: Some(with_version(metadata.as_ref(), new_version)),
            rule_set: rules,
            id: None,
            version: new_version,
            tags: tagging.tags,
            inherited_tags: InheritedTags::None,
            check: Check::Compared,
        };
        self.register(subject, candidate, action).await
    }
}
