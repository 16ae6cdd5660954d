//! A producer that keeps the order of acceptance: idempotent, `acks=all`, and
//! one point where records are enqueued, also while its queue is full.
//!
//! Its answer never says less than the truth: what the broker did not say is
//! unknown, not failed.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use rdkafka::message::OwnedHeaders;
use tokio::sync::{mpsc, oneshot, watch};

use super::{KafkaError, producer_thread};

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// On every in-sync replica.
    Durable {
        /// Its partition.
        partition: i32,
        /// Its offset; `None` where the broker only said that it has the
        /// record already, after a retry.
        offset: Option<i64>,
    },
    /// Never written, and why.
    Refused(String),
    /// The broker did not say whether it was written, and what happened instead.
    Unknown(String),
}

/// A record to be written.
#[derive(Debug, Clone)]
pub struct Record {
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Key.
    pub key: Vec<u8>,
    /// Value.
    pub value: Vec<u8>,
    /// Headers.
    pub headers: OwnedHeaders,
}

/// Settings of a producer.
#[derive(Debug, Clone)]
pub struct ProducerSettings {
    /// Bootstrap servers.
    pub bootstrap: String,
    /// Milliseconds until a record without an answer is unknown.
    pub delivery_timeout_ms: u64,
    /// Records that wait to be enqueued; more wait in their senders.
    pub queue_max: usize,
}

/// The producer. Cheap to clone; clones share the queue. It flushes, for a
/// bounded time, when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct OrderedProducer {
    queue: mpsc::Sender<Pending>,
    broker: Arc<BrokerState>,
}

/// A place in the queue.
#[derive(Debug)]
pub struct Slot<'a> {
    /// `None` when the producer's thread is gone.
    permit: Option<mpsc::Permit<'a, Pending>>,
}

/// Resolves to what became of one record.
#[derive(Debug)]
pub struct DeliveryFuture {
    delivery: oneshot::Receiver<Delivery>,
}

/// A record on its way, and who waits for it.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) record: Record,
    pub(super) waiter: Waiter,
}

/// Who waits for a delivery.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) topic: String,
    pub(super) accepted_at: Instant,
    pub(super) done: oneshot::Sender<Delivery>,
}

/// Whether any broker of the cluster can be reached.
#[derive(Debug, Default)]
pub(super) struct BrokerState {
    is_reachable: watch::Sender<bool>,
}

impl BrokerState {
    pub(super) fn is_reachable(&self) -> bool {
        *self.is_reachable.borrow()
    }

    pub(super) fn set_reachable(&self, is_reachable: bool) {
        let has_changed = self.is_reachable.send_if_modified(|was| {
            let has_changed = *was != is_reachable;
            *was = is_reachable;
            has_changed
        });
        if has_changed {
            tracing::info!(is_reachable, "kafka broker");
        }
    }
}

impl OrderedProducer {
    /// Starts a producer with its threads. Does not wait for the cluster.
    ///
    /// # Errors
    /// The settings are refused by librdkafka, or a thread cannot be started.
    pub fn new(settings: &ProducerSettings) -> Result<OrderedProducer, KafkaError> {
        let (queue, pending) = mpsc::channel(settings.queue_max.max(1));
        let broker = Arc::new(BrokerState::default());
        producer_thread::start(settings, pending, &broker)?;
        Ok(OrderedProducer { queue, broker })
    }

    /// Hands a record over; records are appended in the order in which these
    /// calls return. Waits while the queue is full.
    pub async fn send(&self, record: Record) -> DeliveryFuture {
        self.reserve().await.send(record)
    }

    /// Waits for a place in the queue. May be dropped while it waits: then
    /// nothing has happened.
    pub async fn reserve(&self) -> Slot<'_> {
        Slot {
            permit: self.queue.reserve().await.ok(),
        }
    }

    /// Whether the cluster could be reached when last looked at; it is looked
    /// at all the time.
    pub fn is_broker_reachable(&self) -> bool {
        self.broker.is_reachable()
    }

    /// The same, to wait for a change of it.
    pub fn broker_reachable(&self) -> watch::Receiver<bool> {
        self.broker.is_reachable.subscribe()
    }
}

impl Slot<'_> {
    /// Puts a record into the place.
    pub fn send(self, record: Record) -> DeliveryFuture {
        let (done, delivery) = oneshot::channel();
        let waiter = Waiter {
            topic: record.topic.clone(),
            accepted_at: Instant::now(),
            done,
        };
        match self.permit {
            Some(permit) => permit.send(Pending { record, waiter }),
            None => waiter.complete(Delivery::Refused("the producer has stopped".to_owned())),
        }
        DeliveryFuture { delivery }
    }
}

impl Future for DeliveryFuture {
    type Output = Delivery;

    fn poll(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<Delivery> {
        let lost = || Delivery::Unknown("the producer was dropped".to_owned());
        Pin::new(&mut self.delivery)
            .poll(ctx)
            .map(|delivery| delivery.unwrap_or_else(|_| lost()))
    }
}
