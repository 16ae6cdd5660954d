//! Contents in memory, and the references of a schema brought together.
//!
//! Only what was committed gets in here: an id that a transaction gave and
//! took back belongs to somebody else afterwards.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::body::Bytes;
use moka::sync::Cache;

use crate::{
    content::{Content, Form, Parsed, Reference, parse},
    error::Error,
    settings::Settings,
    store::{Tx, VersionRow},
    subject::{SchemaId, SubjectName, Version},
};

type Key = (String, SchemaId);

/// The bounded memory of a registry.
#[derive(Debug)]
pub(crate) struct Library {
    contents: Cache<Key, Arc<Content>>,
    /// Whole bodies of `GET /schemas/ids/{id}` without parameters.
    answers: Cache<Key, Bytes>,
    /// Counts what makes an answer untrue.
    changes: AtomicU64,
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
                .weigher(|_, body: &Bytes| u32::try_from(body.len() + 256).unwrap_or(u32::MAX))
                .build(),
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
        if let Some(parsed) = content.parsed() {
            return Ok(parsed);
        }
        let references = &content.identity.references;
        let resolved = self.resolve(tx, context, references, settings).await?;
        let limits = &settings.schema_limits;
        let parsed = parse(
            &content.identity.text,
            &resolved.texts(),
            limits,
            Form::AsSent,
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
        let mut resolved = Resolved {
            references: vec![],
            targets: vec![],
            contents: vec![],
        };
        let mut steps = Vec::new();
        for reference in references {
            let target = find(tx, context, reference).await?;
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
            let row = find(tx, &context, &reference).await?;
            let content = self.content_of(tx, &row).await?;
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

    pub(crate) fn answer(&self, context: &str, id: SchemaId) -> Option<Bytes> {
        self.answers.get(&(context.to_owned(), id))
    }

    /// To be taken before the database is read for an answer.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Keeps an answer, unless something changed since `changes` was taken.
    pub(crate) fn keep_answer(&self, context: &str, id: SchemaId, body: Bytes, changes: u64) {
        let key = (context.to_owned(), id);
        self.answers.insert(key.clone(), body);
        if self.changes() != changes {
            self.answers.invalidate(&key);
        }
    }

    /// The versions of an id are others than before; to be called after the commit.
    pub(crate) fn forget(&self, context: &str, id: SchemaId) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        let key = (context.to_owned(), id);
        self.answers.invalidate(&key);
        self.contents.invalidate(&key);
    }
}

async fn find(tx: &mut Tx, context: &str, reference: &Reference) -> Result<VersionRow, Error> {
    let subject = SubjectName::in_context(context, &reference.subject);
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
