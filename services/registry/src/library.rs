//! Contents in memory, and the references of a schema brought together.
//!
//! Only what was committed gets in here: an id that a transaction gave and
//! took back belongs to somebody else afterwards.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::body::Bytes;
use moka::sync::Cache;

use crate::{
    content::{Content, Form, Parsed, Reference, parse},
    error::Error,
    settings::Settings,
    store::{ChangeRow, Tx, VersionRow},
    subject::{SchemaId, SubjectName, Version},
    tags::TagChange,
};

type Key = (String, SchemaId);
type Aliases = Arc<BTreeMap<SubjectName, SubjectName>>;

/// The bounded memory of a registry.
#[derive(Debug)]
pub(crate) struct Library {
    contents: Cache<Key, Arc<Content>>,
    /// Whole bodies of what never changes, asked for without parameters.
    answers: Cache<AnswerKey, Answer>,
    /// `None` until somebody asks, and after a setting changed.
    aliases: RwLock<Option<Aliases>>,
    /// Counts what makes an answer untrue.
    changes: AtomicU64,
}

/// What an answer in memory is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum AnswerKey {
    Id(String, SchemaId),
    Guid(String),
    Version(SubjectName, Version),
}

/// A body, and the schema in it.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) body: Bytes,
    pub(crate) context: Arc<str>,
    pub(crate) id: SchemaId,
}

/// References as they will be stored, with the texts to parse over.
pub(crate) struct Resolved {
    pub(crate) references: Vec<Reference>,
    /// Subject and version of each direct reference.
    pub(crate) targets: Vec<VersionRow>,
    /// The texts of all references, each after those that it needs.
    pub(crate) contents: Vec<Arc<Content>>,
}

impl Resolved {
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.contents
            .iter()
            .map(|content| content.identity.text.as_str())
            .collect()
    }
}

/// Versions that are not registered yet and may be referred to.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    versions: BTreeMap<SubjectName, Vec<PendingVersion>>,
}

/// A version that is not registered yet.
#[derive(Debug)]
pub(crate) struct PendingVersion {
    pub(crate) version: Version,
    pub(crate) content: Arc<Content>,
}

impl Pending {
    /// A subject's versions, oldest first.
    pub(crate) fn versions(&self, subject: &SubjectName) -> &[PendingVersion] {
        self.versions.get(subject).map_or(&[], Vec::as_slice)
    }

    /// Adds the next version of a subject whose last registered one is `last`.
    pub(crate) fn add(
        &mut self,
        subject: &SubjectName,
        last: i32,
        version: impl FnOnce(Version) -> Result<PendingVersion, Error>,
    ) -> Result<(), Error> {
        let versions = self.versions.entry(subject.clone()).or_default();
        let last = versions.last().map_or(last, |it| it.version.0);
        versions.push(version(Version(last.saturating_add(1)))?);
        Ok(())
    }

    fn find(&self, subject: &SubjectName, version: i32) -> Option<&PendingVersion> {
        let versions = self.versions(subject);
        match version {
            -1 => versions.last(),
            version => versions.iter().find(|it| it.version.0 == version),
        }
    }
}

/// A step of the walk over references, instead of recursion.
enum Step {
    Visit {
        context: String,
        reference: Reference,
    },
    Emit(Arc<Content>),
}

impl Library {
    pub(crate) fn new(settings: &Settings) -> Library {
        // Parsed schemas weigh more than bodies.
        let answers_bytes_max = settings.cache_bytes_max / 4;
        Library {
            contents: Cache::builder()
                .max_capacity(settings.cache_bytes_max - answers_bytes_max)
                .weigher(|_, content: &Arc<Content>| content.weight_bytes())
                .build(),
            answers: Cache::builder()
                .max_capacity(answers_bytes_max)
                .weigher(|_, answer: &Answer| {
                    u32::try_from(answer.body.len() + 512).unwrap_or(u32::MAX)
                })
                .build(),
            aliases: RwLock::new(None),
            changes: AtomicU64::new(0),
        }
    }

    /// The content of an id, `None` where there is none.
    pub(crate) async fn content(
        &self,
        tx: &mut Tx,
        context: &str,
        id: SchemaId,
    ) -> Result<Option<Arc<Content>>, Error> {
        let key = (context.to_owned(), id);
        if let Some(content) = self.contents.get(&key) {
            return Ok(Some(content));
        }
        let Some(row) = tx.schema(context, id).await? else {
            return Ok(None);
        };
        let content = Arc::new(Content::from_row(row)?);
        self.contents.insert(key, Arc::clone(&content));
        Ok(Some(content))
    }

    /// The content of a version, which cannot be missing.
    pub(crate) async fn content_of(
        &self,
        tx: &mut Tx,
        row: &VersionRow,
    ) -> Result<Arc<Content>, Error> {
        self.content(tx, &row.context, row.id)
            .await?
            .ok_or_else(|| {
                Error::Internal(format!(
                    "{} v{} id {} has no content",
                    row.subject, row.version, row.id
                ))
            })
    }

    /// The parsed schema of a content.
    pub(crate) async fn parsed(
        &self,
        tx: &mut Tx,
        context: &str,
        content: &Content,
        settings: &Settings,
    ) -> Result<Arc<Parsed>, Error> {
        self.parsed_with(tx, context, content, settings, &Pending::default())
            .await
    }

    /// The same, where references may lead to pending versions.
    pub(crate) async fn parsed_with(
        &self,
        tx: &mut Tx,
        context: &str,
        content: &Content,
        settings: &Settings,
        pending: &Pending,
    ) -> Result<Arc<Parsed>, Error> {
        if let Some(parsed) = content.parsed() {
            return Ok(parsed);
        }
        let references = &content.identity.references;
        let resolved = self
            .resolve_with(tx, context, references, settings, pending)
            .await?;
        let limits = &settings.schema_limits;
        let parsed = parse(
            &content.identity.text,
            &resolved.texts(),
            limits,
            Form::AsSent,
            &TagChange::default(),
        )
        .map_err(|details| {
            Error::Internal(format!("stored schema id {}: {details}", content.id))
        })?;
        Ok(content.keep_parsed(Arc::new(parsed)))
    }

    /// Finds every reference, those of references included. A version of -1
    /// becomes the latest live one. Deleted versions are found too.
    pub(crate) async fn resolve(
        &self,
        tx: &mut Tx,
        context: &str,
        references: &[Reference],
        settings: &Settings,
    ) -> Result<Resolved, Error> {
        self.resolve_with(tx, context, references, settings, &Pending::default())
            .await
    }

    /// The same, over versions that are not registered yet.
    pub(crate) async fn resolve_with(
        &self,
        tx: &mut Tx,
        context: &str,
        references: &[Reference],
        settings: &Settings,
        pending: &Pending,
    ) -> Result<Resolved, Error> {
        let mut resolved = Resolved {
            references: vec![],
            targets: vec![],
            contents: vec![],
        };
        let mut steps = Vec::new();
        for reference in references {
            let target = find(tx, context, reference, pending).await?;
            let reference = Reference {
                version: target.version.0,
                ..reference.clone()
            };
            resolved.references.push(reference.clone());
            resolved.targets.push(target);
            steps.push(Step::Visit {
                context: context.to_owned(),
                reference,
            });
        }
        steps.reverse();
        let mut seen = BTreeSet::new();
        while let Some(step) = steps.pop() {
            let (context, reference) = match step {
                Step::Emit(content) => {
                    resolved.contents.push(content);
                    continue;
                }
                Step::Visit { context, reference } => (context, reference),
            };
            let subject = SubjectName::in_context(&context, &reference.subject);
            if !seen.insert((subject.clone(), reference.version)) {
                continue;
            }
            if seen.len() > settings.references_max {
                return Err(Error::schema_invalid(&format!(
                    "more than {} references",
                    settings.references_max
                )));
            }
            let content = match pending.find(&subject, reference.version) {
                Some(it) => Arc::clone(&it.content),
                None => {
                    let row = find(tx, &context, &reference, pending).await?;
                    self.content_of(tx, &row).await?
                }
            };
            steps.push(Step::Emit(Arc::clone(&content)));
            for reference in content.identity.references.iter().rev() {
                let context = subject.context().to_owned();
                steps.push(Step::Visit {
                    context,
                    reference: reference.clone(),
                });
            }
        }
        Ok(resolved)
    }

    pub(crate) fn answer(&self, key: &AnswerKey) -> Option<Answer> {
        self.answers.get(key)
    }

    /// A body that shows a content, by what was asked besides its id.
    pub(crate) fn variant(&self, context: &str, id: SchemaId, asked: &str) -> Option<Bytes> {
        let content = self.contents.get(&(context.to_owned(), id))?;
        content.answer(asked)
    }

    /// Keeps such a body, unless something changed since `changes` was taken.
    pub(crate) fn keep_variant(&self, content: &Content, asked: String, body: Bytes, changes: u64) {
        // A change that comes later takes the content away with its answers.
        if self.changes() == changes {
            content.keep_answer(asked, body);
        }
    }

    /// To be taken before the database is read for an answer.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Keeps an answer, unless something changed since `changes` was taken.
    pub(crate) fn keep_answer(&self, key: &AnswerKey, answer: Answer, changes: u64) {
        self.answers.insert(key.clone(), answer);
        if self.changes() != changes {
            self.answers.invalidate(key);
        }
    }

    /// How many schemas and whole answers are in memory.
    pub(crate) fn sizes(&self) -> (u64, u64) {
        (self.contents.entry_count(), self.answers.entry_count())
    }

    /// Names that stand for subjects; `None` where they must be read first.
    pub(crate) fn aliases(&self) -> Option<Aliases> {
        let aliases = self.aliases.read();
        aliases.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the aliases, unless something changed since `changes` was taken.
    pub(crate) fn keep_aliases(
        &self,
        aliases: BTreeMap<SubjectName, SubjectName>,
        changes: u64,
    ) -> Aliases {
        let aliases = Arc::new(aliases);
        let mut kept = self.aliases.write().unwrap_or_else(PoisonError::into_inner);
        if self.changes() == changes {
            *kept = Some(Arc::clone(&aliases));
        }
        aliases
    }

    /// Something is another than before; to be called after the commit.
    pub(crate) fn forget(&self, change: &ChangeRow) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        match (change.id, change.version) {
            (Some(id), Some(version)) => {
                let key = (change.context.clone(), id);
                self.contents.invalidate(&key);
                self.answers.invalidate(&AnswerKey::Id(key.0, id));
                let version = AnswerKey::Version(change.subject_name(), version);
                self.answers.invalidate(&version);
            }
            // Settings, a mode or a context: of these only aliases are kept.
            (_, None) | (None, _) => {
                let mut aliases = self.aliases.write().unwrap_or_else(PoisonError::into_inner);
                *aliases = None;
            }
        }
        if let Some(guid) = &change.guid {
            self.answers.invalidate(&AnswerKey::Guid(guid.clone()));
        }
    }
}

async fn find(
    tx: &mut Tx,
    context: &str,
    reference: &Reference,
    pending: &Pending,
) -> Result<VersionRow, Error> {
    let subject = SubjectName::in_context(context, &reference.subject);
    if let Some(it) = pending.find(&subject, reference.version) {
        return Ok(VersionRow {
            context: subject.context().to_owned(),
            subject: subject.name().to_owned(),
            version: it.version,
            id: it.content.id,
            created_ms: 0,
            deleted: false,
        });
    }
    let rows = tx.versions(&subject).await?;
    let row = if reference.version == -1 {
        rows.into_iter().rev().find(|row| !row.deleted)
    } else {
        rows.into_iter()
            .find(|row| row.version == Version(reference.version))
    };
    row.ok_or_else(|| no_reference(reference))
}

/// What Confluent says of a reference that leads nowhere.
pub(crate) fn no_reference(reference: &Reference) -> Error {
    Error::schema_invalid(&format!(
        "No schema reference found for subject \"{}\" and version {}",
        reference.subject, reference.version
    ))
}
