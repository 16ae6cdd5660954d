//! Contexts: listed once something was registered there, removed when empty.

use super::{
    Registry,
    changes::{Action, ChangeKind},
};
use crate::{
    error::Error,
    store::{Locks, Page, SubjectFilter, Visibility},
    subject::{DEFAULT_CONTEXT, SubjectName},
};

impl Registry {
    pub(crate) async fn contexts(&self, prefix: &str) -> Result<Vec<String>, Error> {
        let mut tx = self.store().read().await?;
        let mut contexts = tx.contexts().await?;
        if !contexts.iter().any(|context| context == DEFAULT_CONTEXT) {
            contexts.insert(0, DEFAULT_CONTEXT.to_owned());
        }
        contexts.retain(|context| context.starts_with(prefix));
        Ok(contexts)
    }

    /// Takes a context without subjects, deleted ones included, off the list.
    /// Its ids stay given: whatever is registered there later gets new ones.
    pub(crate) async fn delete_context(&self, context: &str, action: &Action) -> Result<(), Error> {
        let whole = SubjectName::new(context.to_owned(), String::new());
        let mut tx = self.store().write(&Locks::on(&whole)).await?;
        // From here on nobody gives an id in this context.
        tx.lock_last_id(context).await?;
        let filter = SubjectFilter {
            context: Some(context.to_owned()),
            prefix: String::new(),
            visibility: Visibility::All,
        };
        let one = Page {
            offset: 0,
            limit: 1,
        };
        if !tx.subjects(&filter, one).await?.is_empty() {
            return Err(Error::ContextNotEmpty(whole.to_string()));
        }
        tx.hide_context(context).await?;
        let change = ChangeKind::ContextRemoved.of_scope(Some(&whole));
        self.commit(tx, action, vec![change]).await
    }
}
