//! Many schemas checked at once, as if they were registered one after another:
//! a whole folder, whose schemas may refer to each other before any of them is
//! registered. Nothing is written.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::{
    Candidate, Config, Read, Registry, Verdict, metadata::property, register::complete_metadata,
};
use crate::{
    compatibility::{self, Fields, closing, messages, remarks},
    content::Content,
    error::Error,
    library::{Pending, PendingVersion},
    store::{Tx, VersionRow, Visibility},
    subject::{SchemaId, SubjectName, Version},
};

/// A schema of a batch and the subject that it is for.
#[derive(Debug, Clone)]
pub(crate) struct BatchItem {
    pub(crate) subject: SubjectName,
    pub(crate) candidate: Candidate,
}

/// Where a batch stands.
#[derive(Default)]
struct Batch {
    /// The versions of each subject that somebody asked for.
    rows: BTreeMap<SubjectName, Vec<VersionRow>>,
    /// The items of each subject that were not looked at yet, in their order.
    waiting: BTreeMap<SubjectName, VecDeque<usize>>,
    pending: Pending,
}

impl Registry {
    /// A verdict for each item, in the order of the items. The items of one
    /// subject follow each other; whatever they refer to may stand anywhere.
    pub(crate) async fn check_many(
        &self,
        items: &[BatchItem],
    ) -> Result<Vec<Result<Verdict, Error>>, Error> {
        let mut tx = self.store().read().await?;
        let mut batch = Batch::default();
        for (at, item) in items.iter().enumerate() {
            let waiting = batch.waiting.entry(item.subject.clone()).or_default();
            waiting.push_back(at);
        }
        let mut verdicts: Vec<Option<Result<Verdict, Error>>> =
            items.iter().map(|_| None).collect();
        let mut forced = false;
        while !batch.waiting.is_empty() {
            let mut progress = false;
            let subjects: Vec<SubjectName> = batch.waiting.keys().cloned().collect();
            for subject in subjects {
                let Some(&at) = batch.waiting.get(&subject).and_then(VecDeque::front) else {
                    continue;
                };
                let item = &items[at];
                if !forced && !batch.is_ready(&mut tx, item).await? {
                    continue;
                }
                let verdict = self.check_pending(&mut tx, item, &mut batch).await;
                verdicts[at] = Some(match verdict {
                    // A failure of the database ends the whole batch.
                    Err(error @ (Error::Database(_) | Error::Internal(_))) => return Err(error),
                    verdict => verdict,
                });
                batch.done(&subject);
                progress = true;
                forced = false;
            }
            // What waits now waits for something that is nowhere, or in a
            // circle: the first one says so, and the rest goes on.
            forced = !progress;
        }
        let missing = || Error::Internal("an item of a batch without a verdict".to_owned());
        Ok(verdicts
            .into_iter()
            .map(|it| it.unwrap_or_else(|| Err(missing())))
            .collect())
    }

    async fn check_pending(
        &self,
        tx: &mut Tx,
        item: &BatchItem,
        batch: &mut Batch,
    ) -> Result<Verdict, Error> {
        let subject = &item.subject;
        subject.check()?;
        let rows = batch.rows(tx, subject).await?.to_vec();
        let config = Config::in_scope(tx, subject).await?;
        let mut candidate = item.candidate.clone();
        let previous = self.latest(tx, &rows).await?;
        complete_metadata(&mut candidate, previous.as_ref(), &config, None);
        let read = self
            .read_pending(tx, subject, &candidate, &config, &batch.pending)
            .await?;
        if self
            .find_same(tx, &rows, Visibility::Live, &read)
            .await?
            .is_some()
        {
            return Ok(Verdict::default());
        }
        let verdict = self
            .compare_pending(tx, subject, &rows, &config, (&read, &batch.pending))
            .await?;
        let last = rows.last().map_or(0, |row| row.version.0);
        batch
            .pending
            .add(subject, last, |version| pending_version(version, &read))?;
        Ok(verdict)
    }

    /// The new schema beside the pending versions of its subject and then the
    /// registered ones, as registering would compare it.
    async fn compare_pending(
        &self,
        tx: &mut Tx,
        subject: &SubjectName,
        rows: &[VersionRow],
        config: &Config,
        (read, pending): (&Read, &Pending),
    ) -> Result<Verdict, Error> {
        let level = config.level(self.settings().compatibility);
        let group = config.text("compatibilityGroup");
        let value = |content: &Content| -> Option<Option<String>> {
            let metadata = content.identity.metadata.as_ref();
            group.map(|group| property(metadata, group).map(str::to_owned))
        };
        let mine =
            group.map(|group| property(read.identity.metadata.as_ref(), group).map(str::to_owned));
        let pending_latest = pending.versions(subject).last();
        let latest = match (pending_latest, rows.iter().rev().find(|row| !row.deleted)) {
            (Some(it), _) => Some(Arc::clone(&it.content)),
            (None, Some(row)) => Some(self.library().content_of(tx, row).await?),
            (None, None) => None,
        };
        let mut olds = Vec::new();
        for it in pending.versions(subject).iter().rev() {
            if value(&it.content) == mine {
                olds.push((it.version, Arc::clone(&it.content)));
            }
        }
        let reach = compatibility::reach(level).max(1);
        for row in rows.iter().rev().filter(|row| !row.deleted) {
            if olds.len() >= reach {
                break;
            }
            let content = self.library().content_of(tx, row).await?;
            if value(&content) == mine {
                olds.push((row.version, content));
            }
        }
        let mut verdict = Verdict::default();
        if config.fields() == Fields::Validated {
            let old = latest.as_ref().and_then(|it| it.identity.metadata.as_ref());
            let new = (&read.parsed.schema, read.identity.metadata.as_ref());
            verdict.messages = compatibility::reserved_messages(new, old);
        }
        for (at, (version, content)) in olds.iter().take(reach).enumerate() {
            let parsed = self
                .library()
                .parsed_with(tx, subject.context(), content, self.settings(), pending)
                .await?;
            let old = compatibility::Old {
                version: *version,
                text: &content.identity.text,
                schema: &parsed.schema,
            };
            if at == 0 {
                verdict.remarks = remarks(&read.parsed.schema, &old, level);
            }
            let found = match at < compatibility::reach(level) {
                true => messages(&read.parsed.schema, &old, level),
                false => vec![],
            };
            if !found.is_empty() {
                verdict.messages.extend(found);
                break;
            }
        }
        if !verdict.messages.is_empty() {
            verdict.messages.push(closing(level, config.fields()));
        }
        Ok(verdict)
    }
}

impl Batch {
    async fn rows(&mut self, tx: &mut Tx, subject: &SubjectName) -> Result<&[VersionRow], Error> {
        if !self.rows.contains_key(subject) {
            let rows = tx.versions(subject).await?;
            self.rows.insert(subject.clone(), rows);
        }
        Ok(self.rows.get(subject).map_or(&[], Vec::as_slice))
    }

    /// Whether everything that an item refers to is there already.
    async fn is_ready(&mut self, tx: &mut Tx, item: &BatchItem) -> Result<bool, Error> {
        for reference in &item.candidate.references {
            let target = SubjectName::in_context(item.subject.context(), &reference.subject);
            if !self.waiting.contains_key(&target) {
                continue;
            }
            // The latest one is known when all of the subject's are.
            let wanted = Version(reference.version);
            let pending = self.pending.versions(&target);
            let there = pending.iter().any(|it| it.version == wanted)
                || self
                    .rows(tx, &target)
                    .await?
                    .iter()
                    .any(|row| row.version == wanted);
            if !there {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn done(&mut self, subject: &SubjectName) {
        if let Some(waiting) = self.waiting.get_mut(subject) {
            waiting.pop_front();
            if waiting.is_empty() {
                self.waiting.remove(subject);
            }
        }
    }
}

fn pending_version(version: Version, read: &Read) -> Result<PendingVersion, Error> {
    let guid = read.identity.guid();
    let content = Content::from_row(read.identity.row(SchemaId(0), guid)?)?;
    content.keep_parsed(Arc::clone(&read.parsed));
    let content = Arc::new(content);
    Ok(PendingVersion { version, content })
}
