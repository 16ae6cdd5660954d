//! What a registry does, without HTTP.

mod alias;
mod batch;
mod changes;
mod check;
mod config;
mod contexts;
mod delete;
mod list;
mod lookup;
mod metadata;
mod mode;
mod register;
mod tagging;
mod undelete;
mod usage;

use std::sync::{Arc, Weak};

use crate::{
    content::{Content, Form, Identity, Parsed, Reference, parse},
    error::Error,
    feed::Feed,
    fetches::Fetches,
    library::{Library, Pending, Resolved},
    normalize::normalized_references,
    settings::Settings,
    store::{OpenError, Store, Tx, VersionRow, Visibility},
    subject::{SubjectName, VersionSelector},
    tags::TagChange,
};

pub(crate) use batch::BatchItem;
pub(crate) use changes::{Action, ChangeKind, Run, shown as shown_change};
pub(crate) use check::Verdict;
use config::Config;
pub(crate) use config::Fallback;
pub(crate) use delete::Deletion;
pub(crate) use list::VersionsShown;
pub(crate) use metadata::{canonical as canonical_metadata, property as metadata_property};
pub(crate) use mode::{Below, Force, Mode};
pub(crate) use tagging::Tagging;

/// A schema registry: cheap to clone, shared by all requests.
#[derive(Debug, Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

/// What the clones share.
#[derive(Debug)]
pub(crate) struct Inner {
    store: Store,
    settings: Settings,
    library: Library,
    feed: Feed,
    fetches: Fetches,
    first_change: i64,
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
    /// The version that it must become. 0: any; -1: any, and only the latest
    /// one can be the same.
    pub(crate) version: i32,
    pub(crate) tags: TagChange,
    pub(crate) inherited_tags: InheritedTags,
    pub(crate) check: Check,
}

/// Whether a new version has the tags of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InheritedTags {
    None,
    All,
}

/// Whether a new version is compared with those before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    Compared,
    Skipped,
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
        let first_change = store.last_change_at_open();
        Registry {
            inner: Arc::new(Inner {
                store,
                settings,
                library,
                feed: Feed::new(first_change),
                fetches: Fetches::default(),
                first_change,
            }),
        }
    }

    /// An empty registry that is gone with its last clone: for tests, and for
    /// a service that brings its registry along.
    ///
    /// # Errors
    /// The database in memory cannot be made.
    pub async fn in_memory(settings: Settings) -> Result<Registry, OpenError> {
        Ok(Registry::new(
            Store::open("sqlite::memory:").await?,
            settings,
        ))
    }

    /// The operator's settings.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Closes the database's connections, after the work on them.
    pub async fn close(&self) {
        self.inner.feed.stop();
        self.flush_fetches().await;
        self.inner.store.close().await;
    }

    pub(crate) fn feed(&self) -> &Feed {
        &self.inner.feed
    }

    pub(crate) fn fetches(&self) -> &Fetches {
        &self.inner.fetches
    }

    /// The last change that was there when the database was opened: nothing in
    /// memory is older.
    pub(crate) fn first_change(&self) -> i64 {
        self.inner.first_change
    }

    pub(crate) fn downgrade(&self) -> Weak<Inner> {
        Arc::downgrade(&self.inner)
    }

    pub(crate) fn upgrade(weak: &Weak<Inner>) -> Option<Registry> {
        weak.upgrade().map(|inner| Registry { inner })
    }

    pub(crate) fn library(&self) -> &Library {
        &self.inner.library
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Parses a candidate over its references.
    async fn read_candidate(
        &self,
        tx: &mut Tx,
        subject: &SubjectName,
        candidate: &Candidate,
        config: &Config,
    ) -> Result<Read, Error> {
        self.read_pending(tx, subject, candidate, config, &Pending::default())
            .await
    }

    /// The same, over references to versions that are not registered yet.
    async fn read_pending(
        &self,
        tx: &mut Tx,
        subject: &SubjectName,
        candidate: &Candidate,
        config: &Config,
        pending: &Pending,
    ) -> Result<Read, Error> {
        if candidate.text.trim().is_empty() {
            return Err(Error::SchemaInvalid("Empty schema".to_owned()));
        }
        let form = match candidate.form {
            Form::AsSent => config.form(),
            Form::Normalized => Form::Normalized,
        };
        let references = match form {
            Form::AsSent => candidate.references.clone(),
            Form::Normalized => normalized_references(candidate.references.clone()),
        };
        let settings = self.settings();
        let resolved = self
            .library()
            .resolve_with(tx, subject.context(), &references, settings, pending)
            .await?;
        let parsed = parse(
            &candidate.text,
            &resolved.texts(),
            &settings.schema_limits,
            form,
            &candidate.tags,
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
        if !same_references
            || !metadata::same(mine.metadata.as_ref(), its.metadata.as_ref())
            || mine.rule_set != its.rule_set
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
pub(crate) fn now_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_millis()).ok())
        .unwrap_or(0)
}
