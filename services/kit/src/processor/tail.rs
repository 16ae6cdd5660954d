//! Reading a stretch of one log to its end: what recovery and `verify` do.
//!
//! One short-lived client reads one partition, so that the end that librdkafka
//! reports is that partition's.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    error::KafkaError,
};
use tokio::sync::mpsc;

use super::{ProcessorError, Record, error::kafka};
use crate::kafka::client_config;

/// How long a broker may take for one answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a broker may hold an empty fetch back. The embedded one answers only
/// then, whatever arrives meanwhile; one of Kafka's answers at once.
const FETCH_WAIT_MS: &str = "50";
/// How long a poll waits.
const POLL_TIMEOUT: Duration = Duration::from_millis(100);
/// Polls without a record or an end before a read is given up: a broker that
/// is away this long is met again by the next attempt.
const IDLE_POLLS_MAX: usize = 300;
/// Records of one chunk.
const CHUNK_RECORDS: usize = 1_000;
/// Chunks that wait to be worked on.
const CHUNKS_MAX: usize = 2;

/// The ends of a partition: first offset, and the offset after the last one
/// that a reader of committed records can see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) low: i64,
    pub(crate) high: i64,
}

/// A stretch of one partition, `to` excluded.
#[derive(Debug, Clone)]
pub(crate) struct Range {
    pub(crate) topic: Arc<str>,
    pub(crate) partition: i32,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// Settings of every client that reads: committed records only, and an offset
/// that the log does not have is an error, never a jump.
pub(crate) fn reader_config(bootstrap: &str, group: &str) -> ClientConfig {
    let mut config = client_config(bootstrap);
    config
        .set("group.id", group)
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("isolation.level", "read_committed")
        .set("auto.offset.reset", "error")
        .set("fetch.wait.max.ms", FETCH_WAIT_MS)
        .set("queued.min.messages", "10000")
        .set("queued.max.messages.kbytes", "16384")
        .set("fetch.queue.backoff.ms", "10")
        .set("fetch.error.backoff.ms", "100");
    config
}

/// The ends of a partition. Blocks.
pub(crate) fn watermarks<C: Consumer<X>, X: rdkafka::consumer::ConsumerContext>(
    consumer: &C,
    topic: &str,
    partition: i32,
) -> Result<Ends, ProcessorError> {
    let (low, high) = consumer
        .fetch_watermarks(topic, partition, REQUEST_TIMEOUT)
        .map_err(kafka(format!("reading the ends of {topic}[{partition}]")))?;
    Ok(Ends { low, high })
}

/// Reads a range in chunks, the last of which ends at `to` or, where the rest
/// of the log is transaction markers, before it. The receiver is dropped to
/// stop early.
pub(crate) fn read_range(
    bootstrap: &str,
    group: &str,
    range: Range,
) -> mpsc::Receiver<Result<Vec<Record>, ProcessorError>> {
    let (tx, rx) = mpsc::channel(CHUNKS_MAX);
    if range.from >= range.to {
        return rx;
    }
    let mut config = reader_config(bootstrap, group);
    config.set("enable.partition.eof", "true");
    // Ends by itself: at the range's end, or when nobody listens any more.
    drop(tokio::task::spawn_blocking(move || {
        if let Err(error) = read_blocking(&config, &range, &tx) {
            // Nobody listens any more: nobody wants the error either.
            let _unwanted = tx.blocking_send(Err(error));
        }
    }));
    rx
}

fn read_blocking(
    config: &ClientConfig,
    range: &Range,
    tx: &mpsc::Sender<Result<Vec<Record>, ProcessorError>>,
) -> Result<(), ProcessorError> {
    let what = || {
        format!(
            "reading {}[{}]@{}",
            range.topic, range.partition, range.from
        )
    };
    let consumer: BaseConsumer = config.create().map_err(kafka(what()))?;
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(&range.topic, range.partition, Offset::Offset(range.from))
        .map_err(kafka(what()))?;
    consumer.assign(&list).map_err(kafka(what()))?;
    let mut chunk = Vec::new();
    let mut idle_polls = 0;
    loop {
        let step = match consumer.poll(POLL_TIMEOUT) {
            Some(Ok(message)) => {
                idle_polls = 0;
                if message.offset() < range.to {
                    chunk.push(Record::of(&message, &range.topic));
                }
                match message.offset() + 1 < range.to {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                }
            }
            Some(Err(KafkaError::PartitionEOF(_))) => ControlFlow::Break(()),
            Some(Err(error)) if is_transient(&error) => ControlFlow::Continue(()),
            Some(Err(error)) => return Err(kafka(what())(error)),
            None => {
                idle_polls += 1;
                if idle_polls > IDLE_POLLS_MAX {
                    let code = rdkafka::types::RDKafkaErrorCode::OperationTimedOut;
                    return Err(kafka(what())(KafkaError::MessageConsumption(code)));
                }
                ControlFlow::Continue(())
            }
        };
        let is_over = step.is_break();
        if (is_over || chunk.len() >= CHUNK_RECORDS) && !chunk.is_empty() {
            let full = std::mem::take(&mut chunk);
            if tx.blocking_send(Ok(full)).is_err() {
                return Ok(());
            }
        }
        if is_over || tx.is_closed() {
            return Ok(());
        }
    }
}

/// Errors after which the client goes on by itself.
pub(crate) fn is_transient(error: &KafkaError) -> bool {
    use rdkafka::types::RDKafkaErrorCode as Code;
    matches!(
        error.rdkafka_error_code(),
        Some(
            Code::BrokerTransportFailure
                | Code::AllBrokersDown
                | Code::OperationTimedOut
                | Code::RequestTimedOut
                | Code::Resolve
                | Code::NotLeaderForPartition
                | Code::LeaderNotAvailable
                | Code::CoordinatorNotAvailable
                | Code::NotCoordinator
                | Code::NetworkException
        )
    )
}
