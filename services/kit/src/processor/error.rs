//! Why an application or one of its partitions stops.

use accordant_wire::DecodeError;

use super::Position;
use crate::store::StoreError;

/// An error that stops an application, or one partition of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessorError {
    /// A topic that is not there.
    #[error("{application}: topic {topic} does not exist\nrun `accordant push` to create it")]
    TopicMissing {
        /// Application.
        application: String,
        /// Topic.
        topic: String,
    },
    /// Topics that are decided together and have different partition counts.
    #[error(
        "{application}: {topic} has {found} partitions and {source_topic} has {expected}\n\
         they must be equal: what shares a partition is decided by one worker"
    )]
    PartitionCounts {
        /// Application.
        application: String,
        /// The first source.
        source_topic: String,
        /// Its count.
        expected: usize,
        /// The other topic.
        topic: String,
        /// Its count.
        found: usize,
    },
    /// A schema that no registry knows.
    #[error(
        "{contract} v{version} is not registered under {subject}\nrun `accordant push` to register it"
    )]
    SchemaMissing {
        /// Contract.
        contract: String,
        /// Version.
        version: u32,
        /// Subject.
        subject: String,
    },
    /// What the registry answered.
    #[error("registry, for {contract} v{version}: {message}")]
    Registry {
        /// Contract.
        contract: String,
        /// Version.
        version: u32,
        /// Its message.
        message: String,
    },
    /// A broker without transactions.
    #[error(
        "{application}: the broker has no transactions ({message})\n\
         exactly-once needs them: use Apache Kafka, or set processing = \"at-least-once\" in [app.{application}]"
    )]
    TransactionsUnsupported {
        /// Application.
        application: String,
        /// What the broker answered.
        message: String,
    },
    /// A change whose version is not the next one.
    #[error("{position}: the change of `{key}` has version {found}, not {expected}")]
    VersionGap {
        /// The event that was decided, or the log record.
        position: Position,
        /// Entity.
        key: String,
        /// The next version.
        expected: i64,
        /// The change's.
        found: i64,
    },
    /// A contract whose changes are not counted.
    #[error("{contract}: changes have no version\nset `version` in contract.toml")]
    VersionAbsent {
        /// Contract.
        contract: String,
    },
    /// A read that `reads` did not announce.
    #[error("{position}: decide read what reads did not announce: {reads}")]
    Undeclared {
        /// The event that was decided.
        position: Position,
        /// What was read.
        reads: String,
    },
    /// The processor gave up.
    #[error("{position}: {message}")]
    Handler {
        /// The event that was decided.
        position: Position,
        /// Its message.
        message: String,
    },
    /// A change that cannot be encoded.
    #[error("{position}: {message}")]
    Encode {
        /// The event that was decided.
        position: Position,
        /// The encoder's message.
        message: String,
    },
    /// A row of the store that does not decode.
    #[error("the stored row of `{key}` does not decode: {source}")]
    Row {
        /// Entity.
        key: String,
        /// Why.
        #[source]
        source: DecodeError,
    },
    /// A record of the application's own log that is not one of its own.
    #[error("{position} in the application's own log: {message}")]
    OwnLog {
        /// Where.
        position: Position,
        /// What is wrong with it.
        message: String,
    },
    /// A position that the log does not have.
    #[error(
        "{application}: position {position} of {topic}[{partition}] is outside the log ({low}..{high})\n\
         the log was truncated, compacted or recreated: rebuild the application's store"
    )]
    OutsideLog {
        /// Application.
        application: String,
        /// Topic.
        topic: String,
        /// Partition.
        partition: i32,
        /// The position.
        position: i64,
        /// First offset of the log.
        low: i64,
        /// Its end.
        high: i64,
    },
    /// A source without a position although the application has run before.
    #[error(
        "{application}[{partition}]: no position in {topic} although it has run before\n\
         rebuild the application's store"
    )]
    PositionMissing {
        /// Application.
        application: String,
        /// Partition.
        partition: i32,
        /// Source topic.
        topic: String,
    },
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Kafka's.
    #[error("{what}: {source}")]
    Kafka {
        /// What was tried.
        what: String,
        /// Why it failed.
        #[source]
        source: rdkafka::error::KafkaError,
    },
    /// A client that cannot be made.
    #[error(transparent)]
    Thread(#[from] std::io::Error),
}

/// Why a worker leaves its loop.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Back to taking over, if still assigned.
    Again(String),
    /// The partition stops.
    Fatal(Box<ProcessorError>),
    /// The partition is no longer ours, or the process stops.
    Stopped,
}

impl From<ProcessorError> for Trouble {
    fn from(error: ProcessorError) -> Trouble {
        Trouble::Fatal(Box::new(error))
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Trouble {
        match error {
            // The database is away, or somebody took over.
            StoreError::Database(_) | StoreError::Fenced { .. } => {
                Trouble::Again(error.to_string())
            }
            StoreError::Scheme { .. }
            | StoreError::Locked { .. }
            | StoreError::File { .. }
            | StoreError::Migration { .. }
            | StoreError::Checkpoint { .. } => Trouble::Fatal(Box::new(error.into())),
        }
    }
}

/// An error after which taking over again is the answer.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn again(error: ProcessorError) -> Trouble {
    Trouble::Again(error.to_string())
}

/// Wraps a Kafka error with what was tried.
pub(crate) fn kafka(
    what: impl Into<String>,
) -> impl FnOnce(rdkafka::error::KafkaError) -> ProcessorError {
    let what = what.into();
    move |source| ProcessorError::Kafka { what, source }
}
