//! Topics: made where they are missing, compared where they are there. Never
//! changed and never deleted.

use std::{collections::BTreeMap, time::Duration};

use rdkafka::{
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    types::RDKafkaErrorCode,
};

use super::{client_config, log_bridge::LoggingContext};

/// Milliseconds for one question to the cluster.
const REQUEST_TIMEOUT_MS: u64 = 10_000;
/// How often a new topic is looked for until every broker knows it.
const VISIBLE_ATTEMPTS_MAX: usize = 100;
/// Milliseconds between two looks.
const VISIBLE_INTERVAL_MS: u64 = 50;

/// A topic as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSpec {
    /// Name.
    pub name: String,
    /// Partition count.
    pub partitions: u32,
    /// Topic settings, such as `cleanup.policy`.
    pub configs: BTreeMap<String, String>,
}

/// Why topics are not as they must be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TopicsError {
    /// The cluster does not answer.
    #[error("the Kafka cluster at {bootstrap} does not answer: {message}")]
    Unreachable {
        /// The bootstrap servers.
        bootstrap: String,
        /// What librdkafka says.
        message: String,
    },
    /// A topic is there with another partition count.
    #[error(
        "topic {topic} has {found} partitions, its contract says {wanted}\nfix: set partitions = \
         {found} in the contract, or move to a new topic: a changed count would move keys and \
         break their order"
    )]
    PartitionCount {
        /// The topic.
        topic: String,
        /// As it is.
        found: u32,
        /// As it must be.
        wanted: u32,
    },
    /// The cluster refused to make a topic.
    #[error("cannot create topic {topic}: {message}")]
    Create {
        /// The topic.
        topic: String,
        /// What the cluster says.
        message: String,
    },
    /// A topic is not there.
    #[error("topic {topic} is not there\nfix: run `accordant push`")]
    Missing {
        /// The topic.
        topic: String,
    },
}

/// Makes the topics that are missing and checks the partition count of the
/// others. Returns the names of those that were made, sorted.
///
/// # Errors
/// The cluster does not answer, refuses one, or has one with another count.
pub async fn ensure(bootstrap: &str, specs: &[TopicSpec]) -> Result<Vec<String>, TopicsError> {
    let found = metadata(bootstrap).await?;
    let missing = missing_of(&found, specs)?;
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    create(bootstrap, &missing, found.brokers).await?;
    wait_until_visible(bootstrap, &missing).await?;
    Ok(missing.into_iter().map(|spec| spec.name.clone()).collect())
}

/// The names of those that [`ensure`] would make, sorted.
///
/// # Errors
/// As [`ensure`], but that nothing is made.
pub async fn missing(bootstrap: &str, specs: &[TopicSpec]) -> Result<Vec<String>, TopicsError> {
    let found = metadata(bootstrap).await?;
    let missing = missing_of(&found, specs)?;
    Ok(missing.into_iter().map(|spec| spec.name.clone()).collect())
}

fn missing_of<'s>(
    found: &Metadata,
    specs: &'s [TopicSpec],
) -> Result<Vec<&'s TopicSpec>, TopicsError> {
    let mut missing = Vec::new();
    for spec in specs {
        match found.partitions.get(&spec.name) {
            None => missing.push(spec),
            Some(count) if *count == spec.partitions => {}
            Some(count) => {
                return Err(TopicsError::PartitionCount {
                    topic: spec.name.clone(),
                    found: *count,
                    wanted: spec.partitions,
                });
            }
        }
    }
    missing.sort_by(|one, other| one.name.cmp(&other.name));
    missing.dedup_by(|one, other| one.name == other.name);
    Ok(missing)
}

/// The partition count of each of these topics.
///
/// # Errors
/// The cluster does not answer, or a topic is not there.
pub async fn partition_counts(
    bootstrap: &str,
    topics: &[String],
) -> Result<BTreeMap<String, u32>, TopicsError> {
    let mut found = metadata(bootstrap).await?.partitions;
    let mut counts = BTreeMap::new();
    for topic in topics {
        let missing = || TopicsError::Missing {
            topic: topic.clone(),
        };
        let (name, count) = found.remove_entry(topic).ok_or_else(missing)?;
        counts.insert(name, count);
    }
    Ok(counts)
}

struct Metadata {
    brokers: usize,
    partitions: BTreeMap<String, u32>,
}

async fn metadata(bootstrap: &str) -> Result<Metadata, TopicsError> {
    let owned = bootstrap.to_owned();
    let unreachable = |message: String| TopicsError::Unreachable {
        bootstrap: bootstrap.to_owned(),
        message,
    };
    // librdkafka's call blocks, so it has a thread of its own.
    let answer = tokio::task::spawn_blocking(move || {
        let client = admin_client(&owned)?;
        let metadata = client
            .inner()
            .fetch_metadata(None, Duration::from_millis(REQUEST_TIMEOUT_MS))?;
        let count = |topic: &rdkafka::metadata::MetadataTopic| {
            let partitions = u32::try_from(topic.partitions().len()).unwrap_or(u32::MAX);
            (topic.error().is_none()).then(|| (topic.name().to_owned(), partitions))
        };
        Ok::<Metadata, rdkafka::error::KafkaError>(Metadata {
            brokers: metadata.brokers().len(),
            partitions: metadata.topics().iter().filter_map(count).collect(),
        })
    });
    match answer.await {
        Ok(Ok(metadata)) => Ok(metadata),
        Ok(Err(error)) => Err(unreachable(error.to_string())),
        Err(error) => Err(unreachable(error.to_string())),
    }
}

fn admin_client(
    bootstrap: &str,
) -> Result<AdminClient<LoggingContext>, rdkafka::error::KafkaError> {
    client_config(bootstrap).create_with_context(LoggingContext)
}

async fn create(bootstrap: &str, specs: &[&TopicSpec], brokers: usize) -> Result<(), TopicsError> {
    let unreachable = |error: rdkafka::error::KafkaError| TopicsError::Unreachable {
        bootstrap: bootstrap.to_owned(),
        message: error.to_string(),
    };
    // On a cluster the operator's default replication holds.
    let replicas = if brokers <= 1 { 1 } else { -1 };
    let new_topics: Vec<NewTopic<'_>> = specs
        .iter()
        .map(|spec| {
            let partitions = i32::try_from(spec.partitions).unwrap_or(i32::MAX);
            let mut topic =
                NewTopic::new(&spec.name, partitions, TopicReplication::Fixed(replicas));
            for (key, value) in &spec.configs {
                topic = topic.set(key, value);
            }
            topic
        })
        .collect();
    let timeout = Some(Duration::from_millis(REQUEST_TIMEOUT_MS));
    let options = AdminOptions::new()
        .operation_timeout(timeout)
        .request_timeout(timeout);
    let client = admin_client(bootstrap).map_err(unreachable)?;
    let results = client
        .create_topics(&new_topics, &options)
        .await
        .map_err(unreachable)?;
    for result in results {
        match result {
            // Somebody else was quicker: the count is checked by the next look.
            Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((topic, code)) => {
                return Err(TopicsError::Create {
                    topic,
                    message: code.to_string(),
                });
            }
        }
    }
    Ok(())
}

async fn wait_until_visible(bootstrap: &str, specs: &[&TopicSpec]) -> Result<(), TopicsError> {
    for _attempt in 0..VISIBLE_ATTEMPTS_MAX {
        let found = metadata(bootstrap).await?.partitions;
        if specs
            .iter()
            .all(|spec| found.get(&spec.name) == Some(&spec.partitions))
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(VISIBLE_INTERVAL_MS)).await;
    }
    let found = metadata(bootstrap).await?.partitions;
    for spec in specs {
        match found.get(&spec.name) {
            Some(count) if *count == spec.partitions => {}
            Some(count) => {
                return Err(TopicsError::PartitionCount {
                    topic: spec.name.clone(),
                    found: *count,
                    wanted: spec.partitions,
                });
            }
            None => {
                return Err(TopicsError::Missing {
                    topic: spec.name.clone(),
                });
            }
        }
    }
    Ok(())
}
