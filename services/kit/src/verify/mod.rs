//! Compares a store's rows with the fold of the outbound topic: its own reader,
//! its own fold. Rows and checkpoint are read as of one instant, and the topic
//! is folded to exactly that checkpoint.

mod fold;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use rdkafka::consumer::BaseConsumer;
use serde::Serialize;

use self::fold::Fold;
use crate::{
    processor::{
        Ends, Names, ProcessorError, Range, Record, read_range, reader_config, watermarks,
    },
    push::AppTopics,
    store::{Store, StoreError},
};

/// Differences that a report names, an application.
const DIFFERENCES_MAX: usize = 20;
/// How often it looks whether processing has come to rest.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// The group whose name the reader bears; it never joins it.
const GROUP: &str = "accordant-verify";

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
