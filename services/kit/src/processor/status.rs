//! What the applications of this process are doing, for people.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;

use super::{Names, reader::SourceReader};
use crate::config::Processing;

/// A handle on the state of every application of the process. Cheap to clone;
/// clones share it.
#[derive(Debug, Clone, Default)]
pub struct Status {
    applications: Arc<Mutex<BTreeMap<String, Entry>>>,
}

#[derive(Debug)]
struct Entry {
    guarantee: Processing,
    names: Names,
    reader: Arc<SourceReader>,
    partitions: BTreeMap<i32, PartitionEntry>,
}

#[derive(Debug, Clone)]
struct PartitionEntry {
    state: PartitionState,
    epoch: i64,
    positions: BTreeMap<String, i64>,
    message: Option<String>,
}

/// Where a partition's worker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartitionState {
    /// It takes over and recovers.
    Recovering,
    /// It processes.
    Live,
    /// It waits for something that is away, and tries again.
    Waiting,
    /// It has stopped for good.
    Failed,
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApplicationStatus {
    /// Name.
    pub name: String,
    /// Its guarantee.
    pub guarantee: Processing,
    /// Source topics.
    pub sources: Vec<String>,
    /// Outbound topic.
    pub outbound: String,
    /// Records that wait, all partitions of this instance together; `None`
    /// where the broker did not say. On a transactional source a marker may
    /// count as one.
    pub lag_records: Option<i64>,
    /// The partitions of this instance.
    pub partitions: Vec<PartitionStatus>,
}

/// A partition of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartitionStatus {
    /// Number.
    pub partition: i32,
    /// State.
    pub state: PartitionState,
    /// The epoch of its worker.
    pub epoch: i64,
    /// Next offset by source topic.
    pub positions: BTreeMap<String, i64>,
    /// Records that wait.
    pub lag_records: Option<i64>,
    /// What it waits for, or why it stopped.
    pub message: Option<String>,
}

impl Status {
    /// A handle on no application yet.
    pub fn new() -> Status {
        Status::default()
    }

    /// Every application, with its lag as of now.
    pub async fn applications(&self) -> Vec<ApplicationStatus> {
        let entries: Vec<_> = {
            let applications = self
                .applications
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let entries = applications.values();
            entries
                .map(|it| {
                    let reader = Arc::clone(&it.reader);
                    (
                        it.guarantee,
                        it.names.clone(),
                        reader,
                        it.partitions.clone(),
                    )
                })
                .collect()
        };
        let mut all = Vec::with_capacity(entries.len());
        for (guarantee, names, reader, entries) in entries {
            let mut partitions = Vec::with_capacity(entries.len());
            for (partition, entry) in entries {
                partitions.push(PartitionStatus {
                    partition,
                    state: entry.state,
                    epoch: entry.epoch,
                    lag_records: lag(&reader, &names, partition, &entry.positions).await,
                    positions: entry.positions,
                    message: entry.message,
                });
            }
            all.push(ApplicationStatus {
                name: names.application.clone(),
                guarantee,
                sources: names.sources.iter().map(|it| it.to_string()).collect(),
                outbound: names.outbound.to_string(),
                lag_records: partitions.iter().map(|it| it.lag_records).sum(),
                partitions,
            });
        }
        all
    }

    pub(crate) fn add(&self, names: &Names, guarantee: Processing, reader: &Arc<SourceReader>) {
        let entry = Entry {
            guarantee,
            names: names.clone(),
            reader: Arc::clone(reader),
            partitions: BTreeMap::new(),
        };
        let mut applications = self
            .applications
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        applications.insert(names.application.clone(), entry);
    }

    pub(crate) fn remove(&self, application: &str) {
        let mut applications = self
            .applications
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        applications.remove(application);
    }

    pub(crate) fn set_state(
        &self,
        application: &str,
        partition: i32,
        state: PartitionState,
        message: Option<&str>,
    ) {
        self.change(application, partition, |entry| {
            entry.state = state;
            entry.message = message.map(str::to_owned);
        });
    }

    pub(crate) fn set_positions(
        &self,
        application: &str,
        partition: i32,
        epoch: i64,
        positions: &BTreeMap<String, i64>,
    ) {
        self.change(application, partition, |entry| {
            entry.epoch = epoch;
            entry.positions.clone_from(positions);
        });
    }

    pub(crate) fn forget(&self, application: &str, partition: i32) {
        let mut applications = self
            .applications
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = applications.get_mut(application) {
            entry.partitions.remove(&partition);
        }
    }

    fn change(&self, application: &str, partition: i32, change: impl FnOnce(&mut PartitionEntry)) {
        let mut applications = self
            .applications
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = applications.get_mut(application) else {
            return;
        };
        change(
            entry
                .partitions
                .entry(partition)
                .or_insert_with(|| PartitionEntry {
                    state: PartitionState::Recovering,
                    epoch: 0,
                    positions: BTreeMap::new(),
                    message: None,
                }),
        );
    }
}

async fn lag(
    reader: &SourceReader,
    names: &Names,
    partition: i32,
    positions: &BTreeMap<String, i64>,
) -> Option<i64> {
    let mut lag = 0;
    for topic in &names.sources {
        let ends = reader.ends(topic, partition).await.ok()?;
        let position = positions.get(&**topic)?;
        lag += (ends.high - position).max(0);
    }
    Some(lag)
}
