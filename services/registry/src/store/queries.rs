//! Every query, once, for both databases: both know `$1`, `ON CONFLICT` and
//! `RETURNING`.

use super::Tx;
use crate::subject::{SchemaId, SubjectName, Version};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// A content of a context.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct SchemaRow {
    pub(crate) id: SchemaId,
    pub(crate) guid: String,
    pub(crate) schema_text: String,
    /// JSON: the references as they are served.
    pub(crate) schema_refs: String,
    pub(crate) metadata: Option<String>,
    pub(crate) rule_set: Option<String>,
}

/// Ends the guid of a second id with one content, which only an import brings:
/// the first id is the one that is found.
const SECOND_ID: char = '/';

impl SchemaRow {
    /// Says that the content has another id already.
    pub(crate) fn mark_second_id(&mut self) {
        self.guid = format!("{}{SECOND_ID}{}", self.guid, self.id);
    }

    /// The guid as it is shown.
    pub(crate) fn shown_guid(&self) -> &str {
        self.guid.split(SECOND_ID).next().unwrap_or_default()
    }
}

/// A version of a subject.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct VersionRow {
    pub(crate) context: String,
    pub(crate) subject: String,
    pub(crate) version: Version,
    pub(crate) id: SchemaId,
    pub(crate) created_ms: i64,
    pub(crate) deleted: bool,
}

impl VersionRow {
    pub(crate) fn subject_name(&self) -> SubjectName {
        SubjectName::new(self.context.clone(), self.subject.clone())
    }
}

/// Which versions are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visibility {
    Live,
    All,
    DeletedOnly,
}

impl Visibility {
    /// Whether (live, deleted) versions are seen.
    fn seen(self) -> (bool, bool) {
        match self {
            Visibility::Live => (true, false),
            Visibility::All => (true, true),
            Visibility::DeletedOnly => (false, true),
        }
    }

    pub(crate) fn sees(self, row: &VersionRow) -> bool {
        let (live, deleted) = self.seen();
        if row.deleted { deleted } else { live }
    }
}

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) offset: i64,
    pub(crate) limit: i64,
}

/// Which subjects a listing is about.
#[derive(Debug, Clone)]
pub(crate) struct SubjectFilter {
    /// `None`: all of them.
    pub(crate) context: Option<String>,
    pub(crate) prefix: String,
    pub(crate) visibility: Visibility,
}

const SCHEMA_COLUMNS_BY_ID: &str = "SELECT id, guid, schema_text, schema_refs, metadata, rule_set \
     FROM registry_schemas WHERE context = $1 AND id = $2";
const SCHEMA_COLUMNS_BY_GUID: &str = "SELECT id, guid, schema_text, schema_refs, metadata, rule_set \
     FROM registry_schemas WHERE context = $1 AND guid = $2";
const SCHEMAS_OF_GUID: &str = "SELECT context, id FROM registry_schemas WHERE guid = $1 \
     ORDER BY context";
const VERSIONS: &str = "SELECT context, subject, version, id, created_ms, deleted \
     FROM registry_versions WHERE context = $1 AND subject = $2 ORDER BY version";
const VERSIONS_OF_ID: &str = "SELECT context, subject, version, id, created_ms, deleted \
     FROM registry_versions WHERE context = $1 AND id = $2 \
     ORDER BY deleted, created_ms, subject, version";
const MATCHING: &str = "SELECT context, subject, version, id, created_ms, deleted \
     FROM registry_versions \
     WHERE ($1 IS NULL OR context = $1) AND substr(subject, 1, length($2)) = $2 \
       AND ((NOT deleted AND $3) OR (deleted AND $4)) \
       AND (NOT $5 OR NOT EXISTS (SELECT 1 FROM registry_versions AS later \
            WHERE later.context = registry_versions.context \
              AND later.subject = registry_versions.subject \
              AND later.version > registry_versions.version \
              AND ((NOT later.deleted AND $3) OR (later.deleted AND $4)))) \
     ORDER BY CASE WHEN context = '.' THEN subject ELSE ':' || context || ':' || subject END, \
              version \
     LIMIT $6 OFFSET $7";
const VERSIONS_AFTER: &str = "SELECT context, subject, version, id, created_ms, deleted \
     FROM registry_versions WHERE (context, subject, version) > ($1, $2, $3) \
     ORDER BY context, subject, version LIMIT $4";
const SUBJECTS: &str = "SELECT context, subject FROM registry_versions \
     WHERE ($1 IS NULL OR context = $1) AND substr(subject, 1, length($2)) = $2 \
     GROUP BY context, subject \
     HAVING (MIN(CASE WHEN deleted THEN 1 ELSE 0 END) = 0 AND $3) \
         OR (MIN(CASE WHEN deleted THEN 1 ELSE 0 END) = 1 AND $4) \
     ORDER BY CASE WHEN context = '.' THEN subject ELSE ':' || context || ':' || subject END \
     LIMIT $5 OFFSET $6";
const REFERRERS: &str = "SELECT v.context, v.subject, v.version, v.id, v.created_ms, v.deleted \
     FROM registry_references AS r JOIN registry_versions AS v \
       ON v.context = r.context AND v.subject = r.subject AND v.version = r.version \
     WHERE r.ref_context = $1 AND r.ref_subject = $2 AND r.ref_version = $3 \
     ORDER BY v.id, v.context, v.subject, v.version";
const LOCK_IDS: &str = "INSERT INTO registry_ids (context, last_id) VALUES ($1, 0) \
     ON CONFLICT (context) DO UPDATE SET last_id = registry_ids.last_id, hidden = FALSE \
     RETURNING last_id";
const HIDE_CONTEXT: &str = "UPDATE registry_ids SET hidden = TRUE WHERE context = $1";
const SET_LAST_ID: &str = "UPDATE registry_ids SET last_id = $2 WHERE context = $1";
const CONTEXTS: &str = "SELECT context FROM registry_ids WHERE NOT hidden ORDER BY context";
const LAST_ID: &str = "SELECT last_id FROM registry_ids WHERE context = $1";
const INSERT_SCHEMA: &str = "INSERT INTO registry_schemas \
     (context, id, guid, schema_text, schema_refs, metadata, rule_set) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const INSERT_VERSION: &str = "INSERT INTO registry_versions \
     (context, subject, version, id, created_ms, deleted) VALUES ($1, $2, $3, $4, $5, $6)";
const INSERT_REFERENCE: &str = "INSERT INTO registry_references \
     (context, subject, version, ref_context, ref_subject, ref_version) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
const MARK_DELETED: &str = "UPDATE registry_versions SET deleted = TRUE \
     WHERE context = $1 AND subject = $2 AND version = $3";
const MARK_LIVE: &str = "UPDATE registry_versions SET deleted = FALSE \
     WHERE context = $1 AND subject = $2 AND version = $3";
const REMOVE_VERSION: &str = "DELETE FROM registry_versions \
     WHERE context = $1 AND subject = $2 AND version = $3";
const REMOVE_UNUSED_SCHEMA: &str = "DELETE FROM registry_schemas \
     WHERE context = $1 AND id = $2 AND NOT EXISTS (SELECT 1 FROM registry_versions AS v \
       WHERE v.context = registry_schemas.context AND v.id = registry_schemas.id)";

/// Contents.
impl Tx {
    pub(crate) async fn schema(
        &mut self,
        context: &str,
        id: SchemaId,
    ) -> Result<Option<SchemaRow>> {
        on!(self, connection => sqlx::query_as(SCHEMA_COLUMNS_BY_ID)
            .bind(context).bind(id).fetch_optional(connection))
    }

    pub(crate) async fn schema_by_guid(
        &mut self,
        context: &str,
        guid: &str,
    ) -> Result<Option<SchemaRow>> {
        on!(self, connection => sqlx::query_as(SCHEMA_COLUMNS_BY_GUID)
            .bind(context).bind(guid).fetch_optional(connection))
    }

    /// Where a content stands: contexts and ids.
    pub(crate) async fn ids_of_guid(&mut self, guid: &str) -> Result<Vec<(String, SchemaId)>> {
        on!(self, connection => sqlx::query_as(SCHEMAS_OF_GUID).bind(guid).fetch_all(connection))
    }

    pub(crate) async fn insert_schema(&mut self, context: &str, row: &SchemaRow) -> Result<()> {
        execute!(
            self,
            sqlx::query(INSERT_SCHEMA)
                .bind(context)
                .bind(row.id)
                .bind(&row.guid)
                .bind(&row.schema_text)
                .bind(&row.schema_refs)
                .bind(&row.metadata)
                .bind(&row.rule_set)
        )
    }

    pub(crate) async fn remove_schema_if_unused(
        &mut self,
        context: &str,
        id: SchemaId,
    ) -> Result<()> {
        execute!(
            self,
            sqlx::query(REMOVE_UNUSED_SCHEMA).bind(context).bind(id)
        )
    }

    /// The last id of the context, which nobody else changes until the end of
    /// the transaction.
    pub(crate) async fn lock_last_id(&mut self, context: &str) -> Result<SchemaId> {
        on!(self, connection => sqlx::query_scalar(LOCK_IDS).bind(context).fetch_one(connection))
    }

    pub(crate) async fn set_last_id(&mut self, context: &str, id: SchemaId) -> Result<()> {
        execute!(self, sqlx::query(SET_LAST_ID).bind(context).bind(id))
    }

    pub(crate) async fn last_id(&mut self, context: &str) -> Result<Option<SchemaId>> {
        on!(self, connection => sqlx::query_scalar(LAST_ID)
            .bind(context).fetch_optional(connection))
    }

    /// Leaves a context out of the list until something is registered there.
    pub(crate) async fn hide_context(&mut self, context: &str) -> Result<()> {
        execute!(self, sqlx::query(HIDE_CONTEXT).bind(context))
    }

    pub(crate) async fn contexts(&mut self) -> Result<Vec<String>> {
        on!(self, connection => sqlx::query_scalar(CONTEXTS).fetch_all(connection))
    }
}

/// Subjects and versions.
impl Tx {
    /// All versions of a subject, deleted ones included, oldest first.
    pub(crate) async fn versions(&mut self, subject: &SubjectName) -> Result<Vec<VersionRow>> {
        if !subject.can_exist() {
            return Ok(Vec::new());
        }
        on!(self, connection => sqlx::query_as(VERSIONS)
            .bind(subject.context()).bind(subject.name()).fetch_all(connection))
    }

    /// All versions of an id, live ones first, then by age.
    pub(crate) async fn versions_of_id(
        &mut self,
        context: &str,
        id: SchemaId,
    ) -> Result<Vec<VersionRow>> {
        on!(self, connection => sqlx::query_as(VERSIONS_OF_ID)
            .bind(context).bind(id).fetch_all(connection))
    }

    /// Versions of many subjects, by subject and version.
    pub(crate) async fn matching_versions(
        &mut self,
        filter: &SubjectFilter,
        which: Which,
        page: Page,
    ) -> Result<Vec<VersionRow>> {
        let (live, deleted) = filter.visibility.seen();
        let latest_only = which == Which::Latest;
        on!(self, connection => sqlx::query_as(MATCHING)
            .bind(&filter.context).bind(&filter.prefix).bind(live).bind(deleted)
            .bind(latest_only).bind(page.limit).bind(page.offset).fetch_all(connection))
    }

    /// Every version after one, in the order of the tables: how all of them are
    /// read in steps. `None` is the beginning.
    pub(crate) async fn versions_after(
        &mut self,
        last: Option<&VersionRow>,
        limit: i64,
    ) -> Result<Vec<VersionRow>> {
        let (context, subject, version) = match last {
            Some(row) => (row.context.as_str(), row.subject.as_str(), row.version.0),
            None => ("", "", 0),
        };
        on!(self, connection => sqlx::query_as(VERSIONS_AFTER)
            .bind(context).bind(subject).bind(version).bind(limit).fetch_all(connection))
    }

    /// Contexts and names of subjects. A subject with a live version is live.
    pub(crate) async fn subjects(
        &mut self,
        filter: &SubjectFilter,
        page: Page,
    ) -> Result<Vec<(String, String)>> {
        let (live, deleted) = filter.visibility.seen();
        on!(self, connection => sqlx::query_as(SUBJECTS)
            .bind(&filter.context).bind(&filter.prefix).bind(live).bind(deleted)
            .bind(page.limit).bind(page.offset).fetch_all(connection))
    }

    pub(crate) async fn insert_version(&mut self, row: &VersionRow) -> Result<()> {
        execute!(
            self,
            sqlx::query(INSERT_VERSION)
                .bind(&row.context)
                .bind(&row.subject)
                .bind(row.version)
                .bind(row.id)
                .bind(row.created_ms)
                .bind(row.deleted)
        )
    }

    pub(crate) async fn mark_deleted(
        &mut self,
        subject: &SubjectName,
        version: Version,
    ) -> Result<()> {
        execute!(
            self,
            sqlx::query(MARK_DELETED)
                .bind(subject.context())
                .bind(subject.name())
                .bind(version)
        )
    }

    /// Takes a soft deletion back.
    pub(crate) async fn mark_live(
        &mut self,
        subject: &SubjectName,
        version: Version,
    ) -> Result<()> {
        execute!(
            self,
            sqlx::query(MARK_LIVE)
                .bind(subject.context())
                .bind(subject.name())
                .bind(version)
        )
    }

    pub(crate) async fn remove_version(
        &mut self,
        subject: &SubjectName,
        version: Version,
    ) -> Result<()> {
        execute!(
            self,
            sqlx::query(REMOVE_VERSION)
                .bind(subject.context())
                .bind(subject.name())
                .bind(version)
        )
    }

    pub(crate) async fn insert_reference(
        &mut self,
        from: (&SubjectName, Version),
        to: (&SubjectName, Version),
    ) -> Result<()> {
        execute!(
            self,
            sqlx::query(INSERT_REFERENCE)
                .bind(from.0.context())
                .bind(from.0.name())
                .bind(from.1)
                .bind(to.0.context())
                .bind(to.0.name())
                .bind(to.1)
        )
    }

    /// The versions that refer to a version, deleted ones included, by id.
    pub(crate) async fn referrers(
        &mut self,
        subject: &SubjectName,
        version: Version,
    ) -> Result<Vec<VersionRow>> {
        on!(self, connection => sqlx::query_as(REFERRERS)
            .bind(subject.context()).bind(subject.name()).bind(version).fetch_all(connection))
    }
}

/// Which versions of each subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Every,
    Latest,
}
