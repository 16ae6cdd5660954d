//! Compares a store's rows with the fold of the outbound topic: its own reader,
//! its own fold. Rows and checkpoint are read as of one instant, and the topic
//! is folded to exactly that checkpoint.

use std::{
    collections::BTreeMap,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use accordant_wire::confluent;
use rdkafka::consumer::BaseConsumer;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    processor::{
        Ends, Names, ProcessorError, Range, Record, read_range, reader_config, watermarks,
    },
    push::AppTopics,
    store::{Snapshot, SnapshotRow, Store, StoreError},
};

/// Differences that a report names, an application.
const DIFFERENCES_MAX: usize = 20;
/// How often it looks whether processing has come to rest.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// The group whose name the reader bears; it never joins it.
const GROUP: &str = "accordant-verify";
/// The header with an entity's version.
const VERSION: &str = "accordant_version";

/// What a verification reads.
#[derive(Debug, Clone)]
pub struct Verifier {
    /// Kafka's bootstrap servers.
    pub bootstrap: String,
    /// The applications' store.
    pub store: Store,
    /// How long to wait until nothing is left to process.
    pub timeout: Duration,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// In the order in which they were given.
    pub applications: Vec<ApplicationReport>,
}

/// What was found of one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApplicationReport {
    /// Name.
    pub name: String,
    /// Keys that were compared.
    pub keys: u64,
    /// Whether rows and fold are equal and versions without gaps.
    pub equal: bool,
    /// The first differences.
    pub differences: Vec<Difference>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Partition.
    pub partition: i32,
    /// Entity.
    pub key: String,
    /// What is different.
    pub problem: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}: {}", self.partition, self.key, self.problem)
    }
}

/// Why a verification ends without a report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Processing did not come to rest.
    #[error(
        "{application}[{partition}]: {topic} is at {position} of {end} after {timeout_s} s\n\
         wait for processing to catch up, or see what it waits for"
    )]
    Timeout {
        /// Application.
        application: String,
        /// Partition.
        partition: i32,
        /// Source topic.
        topic: String,
        /// The checkpoint's position.
        position: i64,
        /// The end of the topic.
        end: i64,
        /// How long it waited.
        timeout_s: u64,
    },
    /// Kafka's.
    #[error(transparent)]
    Log(#[from] ProcessorError),
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Verifies applications, one after the other: those whose outbound topic is
/// another's source come first.
///
/// # Errors
/// Kafka or the store cannot be read, or processing does not come to rest in time.
pub async fn verify(
    verifier: &Verifier,
    applications: &[AppTopics],
) -> Result<VerifyReport, VerifyError> {
    let deadline = Instant::now() + verifier.timeout;
    let consumer: BaseConsumer =
        reader_config(&verifier.bootstrap, GROUP)
            .create()
            .map_err(|source| ProcessorError::Kafka {
                what: "making a consumer".to_owned(),
                source,
            })?;
    let logs = Logs {
        verifier,
        consumer: Arc::new(consumer),
    };
    let mut report = VerifyReport {
        applications: Vec::new(),
    };
    for topics in applications {
        let names = Names::of(topics);
        let partitions = logs.partitions(&names).await?;
        logs.wait_for_rest(&names, partitions, deadline).await?;
        report
            .applications
            .push(logs.application(&names, partitions).await?);
    }
    Ok(report)
}

struct Logs<'a> {
    verifier: &'a Verifier,
    consumer: Arc<BaseConsumer>,
}

impl Logs<'_> {
    async fn partitions(&self, names: &Names) -> Result<i32, ProcessorError> {
        let topics = [names.outbound.to_string()];
        let counts = crate::kafka::topics::partition_counts(&self.verifier.bootstrap, &topics);
        let counts = counts.await.map_err(|_| ProcessorError::TopicMissing {
            application: names.application.clone(),
            topic: names.outbound.to_string(),
        })?;
        Ok(counts
            .values()
            .next()
            .map_or(0, |count| i32::try_from(*count).unwrap_or(i32::MAX)))
    }

    async fn ends(&self, topic: &Arc<str>, partition: i32) -> Result<Ends, ProcessorError> {
        let (consumer, topic) = (Arc::clone(&self.consumer), Arc::clone(topic));
        let read = tokio::task::spawn_blocking(move || watermarks(&*consumer, &topic, partition));
        read.await
            .map_err(|error| ProcessorError::Thread(std::io::Error::other(error)))?
    }

    async fn wait_for_rest(
        &self,
        names: &Names,
        partitions: i32,
        deadline: Instant,
    ) -> Result<(), VerifyError> {
        for partition in 0..partitions {
            for topic in &names.sources {
                loop {
                    let ends = self.ends(topic, partition).await?;
                    let checkpoints = self.verifier.store.checkpoints(&names.application).await?;
                    let position = checkpoints
                        .get(&partition)
                        .and_then(|checkpoint| checkpoint.positions.get(&**topic))
                        .copied()
                        .unwrap_or(ends.low);
                    if self.is_empty(topic, partition, position, ends.high).await? {
                        break;
                    }
                    if Instant::now() > deadline {
                        return Err(VerifyError::Timeout {
                            application: names.application.clone(),
                            partition,
                            topic: topic.to_string(),
                            position,
                            end: ends.high,
                            timeout_s: self.verifier.timeout.as_secs(),
                        });
                    }
                    tokio::time::sleep(POLL_INTERVAL).await;
                }
            }
        }
        Ok(())
    }

    /// Whether a stretch has no record: what is left may be the markers of
    /// transactions.
    async fn is_empty(
        &self,
        topic: &Arc<str>,
        partition: i32,
        from: i64,
        to: i64,
    ) -> Result<bool, ProcessorError> {
        let mut chunks = self.read(topic, partition, from, to);
        match chunks.recv().await {
            Some(chunk) => Ok(chunk?.is_empty()),
            None => Ok(true),
        }
    }

    fn read(
        &self,
        topic: &Arc<str>,
        partition: i32,
        from: i64,
        to: i64,
    ) -> tokio::sync::mpsc::Receiver<Result<Vec<Record>, ProcessorError>> {
        let range = Range {
            topic: Arc::clone(topic),
            partition,
            from,
            to,
        };
        read_range(&self.verifier.bootstrap, GROUP, range)
    }

    async fn application(
        &self,
        names: &Names,
        partitions: i32,
    ) -> Result<ApplicationReport, VerifyError> {
        let mut keys = 0;
        let mut differences = Vec::new();
        for partition in 0..partitions {
            let snapshot = self
                .verifier
                .store
                .snapshot(&names.application, partition)
                .await?;
            let ends = self.ends(&names.outbound, partition).await?;
            let to = snapshot.checkpoint.as_ref().and_then(|it| it.outbound_next);
            let mut fold = Fold::new(partition);
            let mut chunks =
                self.read(&names.outbound, partition, ends.low, to.unwrap_or(ends.low));
            while let Some(chunk) = chunks.recv().await {
                for record in chunk? {
                    fold.take(&record);
                }
            }
            let compared = fold.compare(&snapshot);
            keys += compared.keys;
            differences.extend(compared.differences);
        }
        let equal = differences.is_empty();
        differences.truncate(DIFFERENCES_MAX);
        Ok(ApplicationReport {
            name: names.application.clone(),
            keys,
            equal,
            differences,
        })
    }
}

/// The fold of one partition: the first record of a version wins.
#[derive(Debug)]
struct Fold {
    partition: i32,
    rows: BTreeMap<String, SnapshotRow>,
    next_offset: Option<i64>,
    /// Whether compaction may have taken records out.
    has_holes: bool,
    differences: Vec<Difference>,
}

#[derive(Debug)]
struct Compared {
    keys: u64,
    differences: Vec<Difference>,
}

impl Fold {
    fn new(partition: i32) -> Fold {
        Fold {
            partition,
            rows: BTreeMap::new(),
            next_offset: None,
            has_holes: false,
            differences: Vec::new(),
        }
    }

    fn take(&mut self, record: &Record) {
        let offset = record.position.offset;
        // One offset is a transaction's marker.
        let is_hole = self
            .next_offset
            .map_or(offset > 0, |next| offset > next + 1);
        self.has_holes |= is_hole;
        self.next_offset = Some(offset + 1);
        let key = record
            .key
            .as_deref()
            .map(String::from_utf8_lossy)
            .unwrap_or_default();
        let version = record
            .header(VERSION)
            .and_then(|text| text.parse::<i64>().ok());
        let datum = confluent::split(record.value.as_deref().unwrap_or_default());
        let (Some(version), Ok((_, datum))) = (version, datum) else {
            self.differ(&key, format!("the record at offset {offset} is no change"));
            return;
        };
        let current = self.rows.get(&*key).map_or(0, |row| row.version);
        if version <= current {
            return;
        }
        let may_begin_later = current == 0 && self.has_holes;
        if version != current + 1 && !may_begin_later {
            self.differ(
                &key,
                format!("version {version} at offset {offset} comes after {current}"),
            );
        }
        let row = SnapshotRow {
            version,
            sha256: Sha256::digest(datum).into(),
        };
        self.rows.insert(key.into_owned(), row);
    }

    fn compare(mut self, snapshot: &Snapshot) -> Compared {
        let folded = std::mem::take(&mut self.rows);
        let mut keys = 0;
        for (key, row) in &folded {
            keys += 1;
            match snapshot.rows.get(key) {
                None => self.differ(key, format!("version {} has no row", row.version)),
                Some(stored) if stored.version != row.version => {
                    let (found, expected) = (stored.version, row.version);
                    self.differ(
                        key,
                        format!("the row has version {found}, the topic {expected}"),
                    );
                }
                Some(stored) if stored.sha256 != row.sha256 => {
                    self.differ(
                        key,
                        format!("the row's bytes differ at version {}", row.version),
                    );
                }
                Some(_) => {}
            }
        }
        for (key, row) in &snapshot.rows {
            if !folded.contains_key(key) {
                keys += 1;
                self.differ(
                    key,
                    format!("the row of version {} is not in the topic", row.version),
                );
            }
        }
        Compared {
            keys,
            differences: self.differences,
        }
    }

    fn differ(&mut self, key: &str, problem: String) {
        self.differences.push(Difference {
            partition: self.partition,
            key: key.to_owned(),
            problem,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processor::Position;

    fn record(offset: i64, key: &str, version: i64, value: &str) -> Record {
        Record {
            position: Position {
                topic: "out".into(),
                partition: 0,
                offset,
            },
            timestamp_ms: 0,
            key: Some(key.as_bytes().to_vec()),
            value: Some([&[0, 0, 0, 0, 1], value.as_bytes()].concat()),
            headers: vec![(VERSION.to_owned(), version.to_string().into_bytes())],
        }
    }

    fn row(version: i64, value: &str) -> SnapshotRow {
        SnapshotRow {
            version,
            sha256: Sha256::digest(value).into(),
        }
    }

    /// Folds records (offset, key, version, value) and compares with rows.
    #[track_caller]
    fn check(records: &[(i64, &str, i64, &str)], rows: &[(&str, SnapshotRow)], expected: &[&str]) {
        let mut fold = Fold::new(0);
        for (offset, key, version, value) in records {
            fold.take(&record(*offset, key, *version, value));
        }
        let rows = rows
            .iter()
            .map(|(key, row)| ((*key).to_owned(), *row))
            .collect();
        let compared = fold.compare(&Snapshot {
            checkpoint: None,
            rows,
        });
        let found: Vec<String> = compared
            .differences
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn equal_is_the_same_keys_versions_and_bytes() {
        let log = [(0, "a", 1, "x"), (1, "a", 2, "y"), (2, "b", 1, "z")];
        check(&log, &[("a", row(2, "y")), ("b", row(1, "z"))], &[]);
        check(
            &log,
            &[("a", row(2, "y"))],
            &["[0] b: version 1 has no row"],
        );
        let rows = [("a", row(1, "x")), ("b", row(1, "?"))];
        check(
            &log,
            &rows,
            &[
                "[0] a: the row has version 1, the topic 2",
                "[0] b: the row's bytes differ at version 1",
            ],
        );
        let rows = [("a", row(2, "y")), ("b", row(1, "z")), ("c", row(1, "w"))];
        check(
            &log,
            &rows,
            &["[0] c: the row of version 1 is not in the topic"],
        );
    }

    #[test]
    fn the_first_record_of_a_version_counts() {
        let log = [
            (0, "a", 1, "x"),
            (1, "a", 1, "late"),
            (2, "a", 2, "y"),
            (3, "a", 1, "x"),
        ];
        check(&log, &[("a", row(2, "y"))], &[]);
    }

    #[test]
    fn a_missing_version_is_a_difference_unless_the_log_was_compacted() {
        let log = [(0, "a", 1, "x"), (1, "a", 3, "y")];
        check(
            &log,
            &[("a", row(3, "y"))],
            &["[0] a: version 3 at offset 1 comes after 1"],
        );
        let log = [(0, "a", 2, "y")];
        check(
            &log,
            &[("a", row(2, "y"))],
            &["[0] a: version 2 at offset 0 comes after 0"],
        );
        let log = [(5, "a", 2, "y"), (7, "a", 3, "z")];
        check(&log, &[("a", row(3, "z"))], &[]);
    }

    #[test]
    fn what_is_no_change_is_a_difference() {
        let mut fold = Fold::new(0);
        fold.take(&Record {
            value: Some(b"{}".to_vec()),
            ..record(0, "a", 1, "")
        });
        let compared = fold.compare(&Snapshot::default());
        assert_eq!(
            compared.differences[0].problem,
            "the record at offset 0 is no change"
        );
    }
}
