//! What a registry does, without HTTP.

mod check;
mod config;
mod delete;
mod list;
mod lookup;
mod mode;
mod register;

use std::sync::Arc;

use crate::{
    content::{Content, Form, Identity, Parsed, Reference, parse},
    error::Error,
    library::{Library, Resolved},
    normalize::normalized_references,
    settings::Settings,
    store::{Store, Tx, VersionRow, Visibility},
    subject::{SubjectName, VersionSelector},
};

use config::Config;

pub(crate) use config::Fallback;
pub(crate) use delete::Deletion;
pub(crate) use list::VersionsShown;
pub(crate) use mode::{Force, Mode};

/// A schema registry: cheap to clone, shared by all requests.
#[derive(Debug, Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Store,
    settings: Settings,
    library: Library,
}

/// A schema that a client sent.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) text: String,
    pub(crate) references: Vec<Reference>,
    pub(crate) form: Form,
    pub(crate) metadata: Option<serde_json::Value>,
    pub(crate) rule_set: Option<serde_json::Value>,
    /// Only where a subject is being imported.
    pub(crate) id: Option<i32>,
    /// The version that it must become; 0 and -1 say nothing.
    pub(crate) version: Option<i32>,
}

/// A version with its content.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) row: VersionRow,
    pub(crate) content: Arc<Content>,
}

/// A candidate that was read over its references.
struct Read {
    identity: Identity,
    parsed: Arc<Parsed>,
    resolved: Resolved,
}

impl Registry {
    /// A registry over an open database.
    pub fn new(store: Store, settings: Settings) -> Registry {
        let library = Library::new(&settings);
        Registry {
            inner: Arc::new(Inner {
                store,
                settings,
                library,
            }),
        }
    }

    /// The operator's settings.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Closes the database's connections, after the work on them.
    pub async fn close(&self) {
        self.inner.store.close().await;
    }

    pub(crate) fn library(&self) -> &Library {
        &self.inner.library
    }

    fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Parses a candidate over its references.
    async fn read_candidate(
        &self,
        tx: &mut Tx,
        subject: &SubjectName,
        candidate: &Candidate,
    ) -> Result<Read, Error> {
        if candidate.text.trim().is_empty() {
            return Err(Error::SchemaInvalid("Empty schema".to_owned()));
        }
        let form = match candidate.form {
            Form::AsSent => Config::form(tx, subject).await?,
            Form::Normalized => Form::Normalized,
        };
        let references = match form {
            Form::AsSent => candidate.references.clone(),
            Form::Normalized => normalized_references(candidate.references.clone()),
        };
        let settings = self.settings();
        let resolved = self
            .library()
            .resolve(tx, subject.context(), &references, settings)
            .await?;
        let parsed = parse(
            &candidate.text,
            &resolved.texts(),
            &settings.schema_limits,
            form,
        )
        .map_err(|details| Error::schema_invalid(&details))?;
        let identity = Identity {
            text: parsed.text.clone(),
            references: resolved.references.clone(),
            metadata: candidate.metadata.clone(),
            rule_set: candidate.rule_set.clone(),
        };
        Ok(Read {
            identity,
            parsed: Arc::new(parsed),
            resolved,
        })
    }

    /// The newest of `rows` that is the same schema: the same content, else an
    /// equivalent one.
    async fn find_same(
        &self,
        tx: &mut Tx,
        rows: &[VersionRow],
        visibility: Visibility,
        read: &Read,
    ) -> Result<Option<Stored>, Error> {
        let guid = read.identity.guid();
        let mut others = Vec::new();
        for row in rows.iter().rev().filter(|row| visibility.sees(row)) {
            let content = self.library().content_of(tx, row).await?;
            if content.guid == guid {
                return Ok(Some(Stored {
                    row: row.clone(),
                    content,
                }));
            }
            others.push(Stored {
                row: row.clone(),
                content,
            });
        }
        for stored in others {
            if self.equivalent(tx, read, &stored).await? {
                return Ok(Some(stored));
            }
        }
        Ok(None)
    }

    /// Whether a look-up takes the stored schema for the candidate. One without
    /// references may be the written-out form of one that has them.
    async fn equivalent(&self, tx: &mut Tx, read: &Read, stored: &Stored) -> Result<bool, Error> {
        let (mine, its) = (&read.identity, &stored.content.identity);
        let same_references = mine.references == its.references
            || mine.references.is_empty() && !its.references.is_empty();
        let same_rest = |mine: &Option<_>, its: &Option<_>| mine.is_none() || mine == its;
        if !same_references
            || !same_rest(&mine.metadata, &its.metadata)
            || !same_rest(&mine.rule_set, &its.rule_set)
        {
            return Ok(false);
        }
        let context = &stored.row.context;
        let parsed = self
            .library()
            .parsed(tx, context, &stored.content, self.settings())
            .await?;
        Ok(parsed.equivalence == read.parsed.equivalence)
    }
}

/// The row that a selector means among those that are seen.
fn select(
    rows: &[VersionRow],
    selector: VersionSelector,
    visibility: Visibility,
) -> Option<&VersionRow> {
    let mut seen = rows.iter().filter(|row| visibility.sees(row));
    match selector {
        VersionSelector::Latest => seen.next_back(),
        VersionSelector::Number(version) => seen.find(|row| row.version == version),
    }
}

/// Milliseconds since 1970.
fn now_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_millis()).ok())
        .unwrap_or(0)
}
