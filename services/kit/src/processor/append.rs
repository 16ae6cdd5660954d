//! Appends a batch to the application's logs: in a transaction with the source
//! offsets, or one log after the other.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rdkafka::{
    Offset, TopicPartitionList,
    error::{KafkaError, RDKafkaErrorCode},
    producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer, PurgeConfig},
};

use super::{
    Names, ProcessorError,
    batch::Outputs,
    error::{Trouble, kafka},
    membership::Membership,
    outgoing::Outgoing,
    reader::{SourceReader, blocking},
};
use crate::kafka::client_config;

/// After this a transaction is aborted by the broker.
pub(super) const TRANSACTION_TIMEOUT_MS: &str = "10000";
/// How long a fence may take: the predecessor's transaction has to end first.
pub(super) const FENCE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a commit may take.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long to wait for room in the producer's queue.
const QUEUE_FULL_PAUSE: Duration = Duration::from_millis(5);
/// How often.
const QUEUE_FULL_RETRIES_MAX: usize = 2_000;

/// Where the next records of the own logs go, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogEnds {
    pub(crate) outbound: i64,
    pub(crate) outcomes: i64,
}

/// Writes the application's logs.
pub(crate) enum Appender {
    /// Each batch is a transaction of its partition's own producer.
    Transactional {
        producer: Elsewhere<FutureProducer>,
        membership: Arc<Membership>,
    },
    /// Each log is awaited before the next; offsets come last.
    Ordered {
        producer: SharedProducer,
        reader: Arc<SourceReader>,
    },
}

/// A producer that the workers share and replace together.
///
/// It has one request on its way and never gives a record up, so a log gets its
/// records in order, each at least once. It is not idempotent: a record that is
/// appended twice shows in its offset, and the next fold passes over it. (An
/// idempotent producer counts its epoch up by itself after some failures, which
/// not every broker takes.)
#[derive(Clone)]
pub(crate) struct SharedProducer {
    bootstrap: String,
    slot: Arc<Mutex<Slot>>,
}

#[derive(Default)]
struct Slot {
    generation: u64,
    producer: Option<FutureProducer>,
}

impl SharedProducer {
    pub(crate) fn new(bootstrap: &str) -> SharedProducer {
        SharedProducer {
            bootstrap: bootstrap.to_owned(),
            slot: Arc::default(),
        }
    }

    fn get(&self) -> Result<(u64, FutureProducer), ProcessorError> {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(producer) = &slot.producer {
            return Ok((slot.generation, producer.clone()));
        }
        let producer: FutureProducer = client_config(&self.bootstrap)
            .set("enable.idempotence", "false")
            .set("max.in.flight.requests.per.connection", "1")
            .set("acks", "all")
            .set("linger.ms", "1")
            .set("message.timeout.ms", "0")
            .create()
            .map_err(kafka("making a producer"))?;
        slot.producer = Some(producer.clone());
        Ok((slot.generation, producer))
    }

    /// Makes the next `get` build a new one, unless somebody did already.
    fn replace(&self, generation: u64) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.generation == generation {
            slot.generation += 1;
            if let Some(producer) = &slot.producer {
                // What comes after a record that failed must not be appended.
                producer.purge(PurgeConfig::default().queue().inflight());
            }
            drop_elsewhere(slot.producer.take());
        }
    }
}

impl Appender {
    /// A transactional producer that has fenced every earlier one of the
    /// partition.
    pub(crate) async fn fence(
        bootstrap: &str,
        names: &Names,
        partition: i32,
        membership: Arc<Membership>,
    ) -> Result<Appender, Trouble> {
        let transactional_id = format!("{}-{partition}", names.application);
        let producer = Elsewhere::new(transactional(bootstrap, &transactional_id)?);
        let fenced = {
            let producer = producer.get().clone();
            blocking(move || {
                producer
                    .init_transactions(FENCE_TIMEOUT)
                    .map_err(kafka("fencing the predecessor"))
            })
            .await
        };
        match fenced {
            Ok(()) => Ok(Appender::Transactional {
                producer,
                membership,
            }),
            Err(error) => Err(Trouble::Again(error.to_string())),
        }
    }

    /// Appends a batch. Anything but success leaves it open whether the records
    /// are in the logs: whoever called takes over and recovers again.
    pub(crate) async fn append(
        &self,
        partition: i32,
        outputs: &Outputs,
        ends: LogEnds,
    ) -> Result<LogEnds, Trouble> {
        let offsets = offsets_of(&outputs.positions, partition)?;
        match self {
            Appender::Transactional {
                producer,
                membership,
            } => {
                let appended =
                    in_transaction(producer.get(), membership, partition, outputs, offsets);
                let (outbound, outcomes) = appended.await?;
                Ok(LogEnds {
                    outbound: outbound.unwrap_or(ends.outbound),
                    outcomes: outcomes.unwrap_or(ends.outcomes),
                })
            }
            Appender::Ordered {
                producer: shared,
                reader,
            } => {
                let (generation, producer) = shared.get()?;
                let appended = in_order(&producer, partition, outputs, ends).await;
                if appended.is_err() {
                    shared.replace(generation);
                }
                let ends = appended?;
                if let Err(error) = reader.commit(&offsets) {
                    // The checkpoint has them too.
                    tracing::warn!(partition, %error, "offsets were not committed");
                }
                Ok(ends)
            }
        }
    }
}

/// A client that is dropped where it may block: librdkafka ends its threads
/// first.
pub(crate) struct Elsewhere<T: Send + 'static>(Option<T>);

impl<T: Send + 'static> Elsewhere<T> {
    fn new(client: T) -> Elsewhere<T> {
        Elsewhere(Some(client))
    }

    fn get(&self) -> &T {
        self.0
            .as_ref()
            .expect("it is taken out only when it is dropped")
    }
}

impl<T: Send + 'static> Drop for Elsewhere<T> {
    fn drop(&mut self) {
        drop_elsewhere(self.0.take());
    }
}

/// A producer with a transactional id, not yet initialised.
pub(super) fn transactional(
    bootstrap: &str,
    transactional_id: &str,
) -> Result<FutureProducer, ProcessorError> {
    client_config(bootstrap)
        .set("transactional.id", transactional_id)
        .set("transaction.timeout.ms", TRANSACTION_TIMEOUT_MS)
        .set("message.timeout.ms", TRANSACTION_TIMEOUT_MS)
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("linger.ms", "1")
        // The default of 100 ms is what each commit would wait for.
        .set("retry.backoff.ms", "1")
        .create()
        .map_err(kafka(format!("making the producer {transactional_id}")))
}

async fn in_transaction(
    producer: &FutureProducer,
    membership: &Membership,
    partition: i32,
    outputs: &Outputs,
    offsets: TopicPartitionList,
) -> Result<(Option<i64>, Option<i64>), Trouble> {
    let Some(metadata) = membership.metadata() else {
        return Err(Trouble::Again("the group has no metadata yet".to_owned()));
    };
    producer
        .begin_transaction()
        .map_err(|error| again("beginning a transaction", &error))?;
    let outbound = enqueue(producer, partition, &outputs.outbound).await?;
    let dead = enqueue(producer, partition, &outputs.dead).await?;
    let outcomes = enqueue(producer, partition, &outputs.outcomes).await?;
    let outbound = delivered(outbound).await?;
    delivered(dead).await?;
    let outcomes = delivered(outcomes).await?;
    let producer = producer.clone();
    let committed = blocking(move || {
        producer
            .send_offsets_to_transaction(&offsets, &metadata, COMMIT_TIMEOUT)
            .map_err(kafka("adding the offsets to the transaction"))?;
        producer
            .commit_transaction(COMMIT_TIMEOUT)
            .map_err(kafka("committing"))
    });
    committed
        .await
        .map_err(|error| Trouble::Again(error.to_string()))?;
    Ok((after(&outbound), after(&outcomes)))
}

async fn in_order(
    producer: &FutureProducer,
    partition: i32,
    outputs: &Outputs,
    ends: LogEnds,
) -> Result<LogEnds, Trouble> {
    let outbound = delivered(enqueue(producer, partition, &outputs.outbound).await?).await?;
    expect(&outbound, ends.outbound, "the outbound topic")?;
    // Before the outcomes: what has one is settled.
    delivered(enqueue(producer, partition, &outputs.dead).await?).await?;
    let outcomes = delivered(enqueue(producer, partition, &outputs.outcomes).await?).await?;
    expect(&outcomes, ends.outcomes, "the outcome topic")?;
    Ok(LogEnds {
        outbound: after(&outbound).unwrap_or(ends.outbound),
        outcomes: after(&outcomes).unwrap_or(ends.outcomes),
    })
}

/// Hands records to the producer in order.
async fn enqueue(
    producer: &FutureProducer,
    partition: i32,
    records: &[Outgoing],
) -> Result<Vec<DeliveryFuture>, Trouble> {
    let mut deliveries = Vec::with_capacity(records.len());
    for outgoing in records {
        let mut record = FutureRecord::<[u8], [u8]>::to(&outgoing.topic)
            .partition(partition)
            .headers(outgoing.headers.clone());
        record.key = outgoing.key.as_deref();
        record.payload = outgoing.value.as_deref();
        let mut retries = 0;
        loop {
            match producer.send_result(record) {
                Ok(delivery) => {
                    deliveries.push(delivery);
                    break;
                }
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), refused))
                    if retries < QUEUE_FULL_RETRIES_MAX =>
                {
                    record = refused;
                    retries += 1;
                    tokio::time::sleep(QUEUE_FULL_PAUSE).await;
                }
                Err((error, _)) => return Err(again("appending", &error)),
            }
        }
    }
    Ok(deliveries)
}

/// Waits until every record is durable; their offsets, in order.
async fn delivered(deliveries: Vec<DeliveryFuture>) -> Result<Vec<i64>, Trouble> {
    let mut offsets = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        match delivery.await {
            Ok(Ok(delivery)) => offsets.push(delivery.offset),
            Ok(Err((error, _))) => return Err(again("appending", &error)),
            Err(_) => return Err(Trouble::Again("appending: the producer is gone".to_owned())),
        }
    }
    Ok(offsets)
}

/// Each offset must be the next one: anything else says that another writer's
/// record, or an earlier one of ours, has landed in between.
fn expect(offsets: &[i64], first: i64, what: &str) -> Result<(), Trouble> {
    for (expected, found) in (first..).zip(offsets) {
        if *found != expected {
            return Err(Trouble::Again(format!(
                "{what}: appended at {found}, not {expected}"
            )));
        }
    }
    Ok(())
}

fn after(offsets: &[i64]) -> Option<i64> {
    offsets.last().map(|offset| offset + 1)
}

fn again(what: &str, error: &KafkaError) -> Trouble {
    Trouble::Again(format!("{what}: {error}"))
}

fn offsets_of(
    positions: &BTreeMap<String, i64>,
    partition: i32,
) -> Result<TopicPartitionList, ProcessorError> {
    let mut list = TopicPartitionList::new();
    for (topic, next) in positions {
        list.add_partition_offset(topic, partition, Offset::Offset(*next))
            .map_err(kafka(format!("the offset {next} of {topic}[{partition}]")))?;
    }
    Ok(list)
}

/// Drops a client where it may block.
pub(super) fn drop_elsewhere<T: Send + 'static>(client: T) {
    drop(tokio::task::spawn_blocking(move || drop(client)));
}
