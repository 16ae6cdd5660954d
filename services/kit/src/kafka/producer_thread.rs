//! The threads behind an [`OrderedProducer`](super::OrderedProducer): one that
//! enqueues, in order; one that looks whether the cluster can be reached;
//! librdkafka's own, which reports deliveries.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rdkafka::{
    ClientConfig, ClientContext, Message,
    admin::AdminClient,
    config::RDKafkaLogLevel,
    error::KafkaError as ClientError,
    producer::{
        BaseRecord, DeliveryResult, Producer, ProducerContext, PurgeConfig, ThreadedProducer,
    },
    types::RDKafkaErrorCode,
};
use tokio::sync::mpsc;

use super::{
    Delivery, KafkaError, ProducerSettings, client_config,
    log_bridge::{self, LoggingContext},
    producer::{BrokerState, Pending, Waiter},
};
use crate::telemetry::metric;

/// Milliseconds between two tries while librdkafka's queue is full.
const QUEUE_FULL_RETRY_MS: u64 = 1;
/// Milliseconds that a broken producer has for the answers it still gets.
const REBUILD_FLUSH_MS: u64 = 1_000;
/// Milliseconds between two tries to build a producer.
const REBUILD_RETRY_MS: u64 = 200;
/// Milliseconds between two looks at a cluster that can be reached.
const WATCH_REACHABLE_MS: u64 = 2_000;
/// Milliseconds between two looks at a cluster that cannot.
const WATCH_AWAY_MS: u64 = 200;
/// Milliseconds that one look may take: a broker that is only busy is not away.
const WATCH_TIMEOUT_MS: u64 = 5_000;

type Client = ThreadedProducer<Deliveries>;

/// Starts the threads. They end when every sender of `pending` is gone.
pub(super) fn start(
    settings: &ProducerSettings,
    pending: mpsc::Receiver<Pending>,
    broker: &Arc<BrokerState>,
) -> Result<(), KafkaError> {
    let context = Deliveries::new(broker);
    let config = producer_config(settings);
    let client = build(&config, &context).map_err(|error| KafkaError::Client {
        bootstrap: settings.bootstrap.clone(),
        message: error.to_string(),
    })?;
    let enqueuer = Enqueuer {
        client,
        config,
        context,
        delivery_timeout: Duration::from_millis(settings.delivery_timeout_ms),
    };
    let watched_config = client_config(&settings.bootstrap);
    let watched = Arc::downgrade(broker);
    let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(run)
            .map_err(KafkaError::Thread)
    };
    spawn("kafka-enqueue", Box::new(move || enqueuer.run(pending)))?;
    spawn(
        "kafka-watch",
        Box::new(move || watch(&watched_config, &watched)),
    )?;
    Ok(())
}

fn producer_config(settings: &ProducerSettings) -> ClientConfig {
    let mut config = client_config(&settings.bootstrap);
    config
        .set("enable.idempotence", "true")
        .set("acks", "all")
        // Batches form while requests are in flight: nobody waits for them.
        .set("linger.ms", "0")
        .set(
            "message.timeout.ms",
            settings.delivery_timeout_ms.to_string(),
        )
        .set(
            "request.timeout.ms",
            settings.delivery_timeout_ms.min(5_000).to_string(),
        )
        .set(
            "socket.timeout.ms",
            settings
                .delivery_timeout_ms
                .clamp(1_000, 10_000)
                .to_string(),
        )
        .set("queue.buffering.max.messages", "100000")
        .set("queue.buffering.max.kbytes", "131072")
        // An event's limit is ours; records carry headers besides it.
        .set("message.max.bytes", "2000000");
    config
}

fn build(config: &ClientConfig, context: &Deliveries) -> Result<Client, ClientError> {
    config.create_with_context(context.clone())
}

/// Takes records one after another and enqueues each before the next.
struct Enqueuer {
    client: Client,
    config: ClientConfig,
    context: Deliveries,
    delivery_timeout: Duration,
}

impl Enqueuer {
    fn run(mut self, mut pending: mpsc::Receiver<Pending>) {
        while let Some(next) = pending.blocking_recv() {
            self.enqueue(next);
        }
        // Whoever waited has gone; what is in flight still gets its chance.
        if let Err(error) = self.client.flush(self.delivery_timeout) {
            tracing::warn!(%error, "records were left behind when the producer stopped");
        }
    }

    fn enqueue(&mut self, next: Pending) {
        let Pending { record, waiter } = next;
        let mut waiter = Some(Box::new(waiter));
        let deadline = Instant::now() + self.delivery_timeout;
        while let Some(opaque) = waiter.take() {
            if self.context.is_broken.load(Ordering::Acquire) {
                self.rebuild();
            }
            let base = BaseRecord::with_opaque_to(&record.topic, opaque)
                .partition(record.partition)
                .key(&record.key)
                .payload(&record.value)
                .headers(record.headers.clone());
            let Err((error, base)) = self.client.send(base) else {
                return;
            };
            let opaque = base.delivery_opaque;
            match error.rdkafka_error_code() {
                Some(RDKafkaErrorCode::QueueFull) => {
                    // This record waits, and all others behind it: order is kept.
                    // The queue drains at the latest when its records time out.
                    thread::sleep(Duration::from_millis(QUEUE_FULL_RETRY_MS));
                    waiter = Some(opaque);
                }
                Some(RDKafkaErrorCode::Fatal) if Instant::now() < deadline => {
                    self.context.is_broken.store(true, Ordering::Release);
                    waiter = Some(opaque);
                }
                _ => opaque.complete(Delivery::Refused(error.to_string())),
            }
        }
    }

    /// A new producer instead of one with a fatal error. What the old one had
    /// in flight ends durable if the broker still says so, else unknown; only
    /// then does the new one write.
    fn rebuild(&mut self) {
        metrics::counter!(metric::PRODUCER_REBUILDS).increment(1);
        tracing::warn!(error = ?self.client.client().fatal_error(), "producer is built again");
        if let Err(error) = self.client.flush(Duration::from_millis(REBUILD_FLUSH_MS)) {
            tracing::debug!(%error, "flush of a broken producer");
        }
        self.client.purge(PurgeConfig::default().queue().inflight());
        let context = Deliveries::new(&self.context.broker);
        loop {
            match build(&self.config, &context) {
                Ok(client) => {
                    self.client = client;
                    self.context = context;
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "producer cannot be built");
                    thread::sleep(Duration::from_millis(REBUILD_RETRY_MS));
                }
            }
        }
    }
}

/// Receives librdkafka's delivery reports and errors.
#[derive(Clone)]
struct Deliveries {
    broker: Arc<BrokerState>,
    /// The highest offset of each topic and partition so far.
    highest: Arc<Mutex<BTreeMap<String, BTreeMap<i32, i64>>>>,
    /// Set on a fatal error: this producer writes nothing any more.
    is_broken: Arc<AtomicBool>,
}

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log_bridge::log(level, facility, message);
    }

    fn error(&self, error: ClientError, reason: &str) {
        log_bridge::client_error(&error, reason);
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::AllBrokersDown) => self.broker.set_reachable(false),
            Some(RDKafkaErrorCode::Fatal) => self.is_broken.store(true, Ordering::Release),
            _ => {}
        }
    }
}

impl Deliveries {
    fn new(broker: &Arc<BrokerState>) -> Deliveries {
        Deliveries {
            broker: Arc::clone(broker),
            highest: Arc::default(),
            is_broken: Arc::default(),
        }
    }

    /// A broker that has a batch already may answer without its offset; then
    /// librdkafka counts up from -1. One producer's offsets only ever rise, so
    /// what does not is no offset.
    fn durable(&self, message: &impl Message) -> Delivery {
        let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
        let mut highest = self.highest.lock().unwrap_or_else(PoisonError::into_inner);
        if !highest.contains_key(topic) {
            highest.insert(topic.to_owned(), BTreeMap::new());
        }
        let is_rising = highest.get_mut(topic).is_some_and(|partitions| {
            let known = partitions.entry(partition).or_insert(-1);
            let is_rising = offset > *known;
            *known = offset.max(*known);
            is_rising
        });
        Delivery::Durable {
            partition,
            offset: is_rising.then_some(offset),
        }
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Box<Waiter>;

    fn delivery(&self, result: &DeliveryResult<'_>, waiter: Box<Waiter>) {
        let delivery = match result {
            Ok(message) => self.durable(message),
            Err((error, _message)) => of_error(error),
        };
        if matches!(delivery, Delivery::Durable { .. }) {
            self.broker.set_reachable(true);
        }
        waiter.complete(delivery);
    }
}

impl Waiter {
    /// Tells whoever waits, if anybody still does.
    pub(super) fn complete(self, delivery: Delivery) {
        let outcome = match &delivery {
            Delivery::Durable { .. } => "durable",
            Delivery::Refused(_) => "refused",
            Delivery::Unknown(_) => "unknown",
        };
        let labels = [("topic", self.topic), ("delivery", outcome.to_owned())];
        metrics::counter!(metric::DELIVERIES, &labels).increment(1);
        metrics::histogram!(metric::DELIVERY_SECONDS, &labels)
            .record(self.accepted_at.elapsed().as_secs_f64());
        let _nobody_waits = self.done.send(delivery);
    }
}

/// What a failed delivery says about the record. Only errors that a broker (or
/// librdkafka, before it sent anything) answers instead of appending are a
/// refusal; a timeout, a lost connection or a purge says nothing.
fn of_error(error: &ClientError) -> Delivery {
    match error.rdkafka_error_code() {
        Some(
            RDKafkaErrorCode::MessageSizeTooLarge
            | RDKafkaErrorCode::InvalidMessageSize
            | RDKafkaErrorCode::InvalidRecord
            | RDKafkaErrorCode::InvalidTopic
            | RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::UnknownPartition
            | RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::ClusterAuthorizationFailed
            | RDKafkaErrorCode::PolicyViolation
            | RDKafkaErrorCode::InvalidTimestamp,
        ) => Delivery::Refused(error.to_string()),
        _ => Delivery::Unknown(error.to_string()),
    }
}

/// Looks at the cluster again and again, through a client of its own, until the
/// producer is gone: it also notices a broker that takes connections and does
/// not answer, and one that is back while nobody writes.
fn watch(config: &ClientConfig, broker: &Weak<BrokerState>) {
    let client: Result<AdminClient<LoggingContext>, ClientError> =
        config.create_with_context(LoggingContext);
    let client = match client {
        Ok(client) => client,
        Err(error) => {
            tracing::error!(%error, "the cluster cannot be watched");
            return;
        }
    };
    loop {
        let answer = client
            .inner()
            .fetch_metadata(None, Duration::from_millis(WATCH_TIMEOUT_MS));
        let Some(state) = broker.upgrade() else {
            return;
        };
        state.set_reachable(answer.is_ok());
        drop(state);
        if !rest(broker) {
            return;
        }
    }
}

/// Waits until it is time to look again: soon when the cluster is away, also
/// when it goes away meanwhile. `false` when the producer is gone.
fn rest(broker: &Weak<BrokerState>) -> bool {
    for _turn in 0..WATCH_REACHABLE_MS / WATCH_AWAY_MS {
        thread::sleep(Duration::from_millis(WATCH_AWAY_MS));
        match broker.upgrade() {
            None => return false,
            Some(state) if !state.is_reachable() => return true,
            Some(_) => {}
        }
    }
    true
}
