//! Reading: versions, ids, and lists of them.

use serde_json::Value;

use super::{Registry, Stored, select};
use crate::{
    content::Content,
    error::Error,
    store::{Page, SubjectFilter, Tx, VersionRow, Visibility, Which},
    subject::{DEFAULT_CONTEXT, SchemaId, SubjectName, Version, VersionSelector},
    tags::{Tagged, tags_in},
};

/// How deleted versions stand in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VersionsShown {
    Plain,
    /// With a minus before them.
    DeletedNegative,
}

impl Registry {
    pub(crate) async fn subjects(
        &self,
        filter: &SubjectFilter,
        page: Page,
    ) -> Result<Vec<SubjectName>, Error> {
        let mut tx = self.store().read().await?;
        let found = tx.subjects(filter, page).await?;
        Ok(found
            .into_iter()
            .map(|(context, name)| SubjectName::new(context, name))
            .collect())
    }

    pub(crate) async fn versions(
        &self,
        subject: &SubjectName,
        visibility: Visibility,
        shown: VersionsShown,
    ) -> Result<Vec<i32>, Error> {
        let mut tx = self.store().read().await?;
        let mut rows = tx.versions(subject).await?;
        rows.retain(|row| visibility.sees(row));
        if rows.is_empty() {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        let number = |row: &VersionRow| match shown {
            VersionsShown::DeletedNegative if row.deleted => -row.version.0,
            VersionsShown::DeletedNegative | VersionsShown::Plain => row.version.0,
        };
        Ok(rows.iter().map(number).collect())
    }

    pub(crate) async fn version(
        &self,
        subject: &SubjectName,
        selector: VersionSelector,
        visibility: Visibility,
    ) -> Result<Stored, Error> {
        let mut tx = self.store().read().await?;
        let rows = tx.versions(subject).await?;
        let mut found = select(&rows, selector, visibility).cloned();
        if found.is_none() {
            for other in same_name_elsewhere(&mut tx, subject).await? {
                let rows = tx.versions(&other).await?;
                found = found.or(select(&rows, selector, visibility).cloned());
            }
        }
        match found {
            Some(row) => {
                let content = self.library().content_of(&mut tx, &row).await?;
                Ok(Stored { row, content })
            }
            None if rows.iter().any(|row| visibility.sees(row)) => {
                Err(Error::VersionNotFound(selector.to_string()))
            }
            None => Err(Error::SubjectNotFound(subject.to_string())),
        }
    }

    /// A schema's text with the types of its references written out.
    pub(crate) async fn resolved_text(
        &self,
        context: &str,
        content: &Content,
    ) -> Result<String, Error> {
        let mut tx = self.store().read().await?;
        let parsed = self
            .library()
            .parsed(&mut tx, context, content, self.settings())
            .await?;
        Ok(accordant_schema::java_text(&parsed.schema, true))
    }

    /// The ids of the schemas that refer to a version.
    pub(crate) async fn referenced_by(
        &self,
        subject: &SubjectName,
        selector: VersionSelector,
        visibility: Visibility,
    ) -> Result<Vec<SchemaId>, Error> {
        let mut tx = self.store().read().await?;
        let rows = tx.versions(subject).await?;
        if !rows.iter().any(|row| visibility.sees(row)) {
            return Err(Error::SubjectNotFound(subject.to_string()));
        }
        let row = select(&rows, selector, visibility)
            .ok_or_else(|| Error::VersionNotFound(selector.to_string()))?;
        let referrers = tx.referrers(subject, row.version).await?;
        let mut ids: Vec<SchemaId> = referrers
            .iter()
            .filter(|it| visibility.sees(it))
            .map(|it| it.id)
            .collect();
        ids.dedup();
        Ok(ids)
    }

    /// A content by its id, shown with a version of `subject` if it has one,
    /// and the last id given in the context.
    pub(crate) async fn schema_by_id(
        &self,
        context: &str,
        id: SchemaId,
        subject: Option<&SubjectName>,
    ) -> Result<(Stored, Option<SchemaId>), Error> {
        let mut tx = self.store().read().await?;
        let mut rows = tx.versions_of_id(context, id).await?;
        let of_subject = |rows: &[VersionRow]| {
            let mut names = rows.iter().map(|row| row.subject.as_str());
            subject.is_none_or(|it| it.name().is_empty() || names.any(|name| name == it.name()))
        };
        let mut context = context.to_owned();
        if let Some(subject) = subject.filter(|_| !of_subject(&rows)) {
            for other in same_name_elsewhere(&mut tx, subject).await? {
                let there = tx.versions_of_id(other.context(), id).await?;
                if of_subject(&there) {
                    (rows, context) = (there, other.context().to_owned());
                    break;
                }
            }
        }
        let content = self.library().content(&mut tx, &context, id).await?;
        let content = content.ok_or_else(|| Error::SchemaIdNotFound(id.to_string()))?;
        let wanted = rows
            .iter()
            .find(|row| subject.is_some_and(|it| it.name() == row.subject));
        let row = wanted.or(rows.first()).cloned();
        // Deleted for good by another instance; the content is still in memory here.
        let row = row.ok_or_else(|| Error::SchemaIdNotFound(id.to_string()))?;
        Ok((Stored { row, content }, tx.last_id(&context).await?))
    }

    /// Every version of an id.
    pub(crate) async fn versions_of_id(
        &self,
        context: &str,
        id: SchemaId,
        visibility: Visibility,
    ) -> Result<Vec<(SubjectName, Version)>, Error> {
        let mut tx = self.store().read().await?;
        let rows = tx.versions_of_id(context, id).await?;
        if rows.is_empty() {
            return Err(Error::SchemaNotFound);
        }
        let mut seen: Vec<_> = rows
            .iter()
            .filter(|row| visibility.sees(row))
            .map(|row| (row.subject_name(), row.version))
            .collect();
        seen.sort();
        Ok(seen)
    }

    /// Where a guid stands: contexts and ids.
    pub(crate) async fn ids_of_guid(&self, guid: &str) -> Result<Vec<(String, SchemaId)>, Error> {
        // As it is stored, and nothing that PostgreSQL could refuse.
        let Ok(guid) = uuid::Uuid::parse_str(guid) else {
            return Ok(Vec::new());
        };
        let mut tx = self.store().read().await?;
        Ok(tx.ids_of_guid(&guid.to_string()).await?)
    }

    /// Versions of many subjects with their contents.
    pub(crate) async fn schemas(
        &self,
        filter: &SubjectFilter,
        which: Which,
        page: Page,
        rule_type: Option<&str>,
    ) -> Result<Vec<Stored>, Error> {
        let mut tx = self.store().read().await?;
        let Some(rule_type) = rule_type else {
            let mut found = Vec::new();
            for row in tx.matching_versions(filter, which, page).await? {
                let content = self.library().content_of(&mut tx, &row).await?;
                found.push(Stored { row, content });
            }
            return Ok(found);
        };
        // Rules are no columns: the page is counted out here, in steps.
        let mut step = Page {
            offset: 0,
            limit: STEP,
        };
        let (mut to_skip, mut found) = (page.offset, Vec::new());
        loop {
            let rows = tx.matching_versions(filter, which, step).await?;
            let ended = rows.is_empty();
            for row in rows {
                if found.len() as i64 >= page.limit {
                    return Ok(found);
                }
                let content = self.library().content_of(&mut tx, &row).await?;
                if !has_rule_of(content.identity.rule_set.as_ref(), rule_type) {
                    continue;
                }
                if to_skip > 0 {
                    to_skip -= 1;
                    continue;
                }
                found.push(Stored { row, content });
            }
            if ended {
                return Ok(found);
            }
            step.offset += STEP;
        }
    }

    /// The tags in a schema.
    pub(crate) async fn tags(
        &self,
        context: &str,
        content: &Content,
    ) -> Result<Vec<Tagged>, Error> {
        let mut tx = self.store().read().await?;
        let parsed = self
            .library()
            .parsed(&mut tx, context, content, self.settings())
            .await?;
        Ok(tags_in(&parsed.schema))
    }
}

/// The subjects of this name in other contexts: where a name without a context
/// is looked for when the default one does not have it.
pub(super) async fn same_name_elsewhere(
    tx: &mut Tx,
    subject: &SubjectName,
) -> Result<Vec<SubjectName>, Error> {
    let mut others = Vec::new();
    if subject.context() == DEFAULT_CONTEXT && subject.can_exist() {
        for context in tx.contexts().await? {
            if context != DEFAULT_CONTEXT {
                others.push(SubjectName::new(context, subject.name().to_owned()));
            }
        }
    }
    Ok(others)
}

/// Versions that are looked at together.
const STEP: i64 = 1_000;

/// Whether rules of a type are among those of a version, in whichever list.
fn has_rule_of(rules: Option<&Value>, rule_type: &str) -> bool {
    let lists = rules.and_then(Value::as_object).into_iter().flatten();
    let rules = lists.filter_map(|(_, list)| list.as_array()).flatten();
    let mut types = rules.filter_map(|rule| rule.get("type")?.as_str());
    types.any(|it| it == rule_type)
}
