//! Feeds the workers of an application: one consumer for all of its source
//! partitions, assigned by hand at exact offsets, polled by one thread.
//!
//! It never commits and never decides where to start. A worker that is slow has
//! its partitions paused, so what is in flight stays bounded.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, CommitMode, Consumer},
    error::KafkaError,
    message::BorrowedMessage,
    types::RDKafkaErrorCode,
};
use tokio::sync::mpsc;

use super::{
    Ends, ProcessorError, Record,
    error::kafka,
    tail::{is_transient, reader_config, watermarks},
};

/// How long a poll waits; commands wait as long.
const POLL_TIMEOUT: Duration = Duration::from_millis(20);
/// How long a broker may take for one answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Records in flight to one worker, above which its partitions are paused.
const IN_FLIGHT_RECORDS_MAX: usize = 2_000;
/// The same in bytes.
const IN_FLIGHT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The application's consumer. Dropping it stops its thread.
pub(crate) struct SourceReader {
    consumer: Arc<BaseConsumer>,
    commands: std::sync::mpsc::Sender<Command>,
    stop: Arc<AtomicBool>,
}

/// What a worker hears.
#[derive(Debug)]
pub(crate) enum Fetched {
    Record(Record),
    /// The stream cannot go on: look at the log again.
    Broken(String),
}

/// The source records of one partition, all sources together.
#[derive(Debug)]
pub(crate) struct SourceStream {
    rx: mpsc::UnboundedReceiver<Fetched>,
    in_flight: Arc<InFlight>,
    partition: i32,
    commands: std::sync::mpsc::Sender<Command>,
}

#[derive(Debug, Default)]
struct InFlight {
    records: AtomicUsize,
    bytes: AtomicUsize,
}

impl InFlight {
    fn is_full(&self) -> bool {
        self.records.load(Ordering::Acquire) >= IN_FLIGHT_RECORDS_MAX
            || self.bytes.load(Ordering::Acquire) >= IN_FLIGHT_BYTES_MAX
    }

    fn is_low(&self) -> bool {
        self.records.load(Ordering::Acquire) <= IN_FLIGHT_RECORDS_MAX / 2
            && self.bytes.load(Ordering::Acquire) <= IN_FLIGHT_BYTES_MAX / 2
    }
}

#[derive(Debug)]
enum Command {
    Open {
        partition: i32,
        offsets: Vec<(Arc<str>, i64)>,
        route: Route,
    },
    Close {
        partition: i32,
    },
}

#[derive(Debug)]
struct Route {
    topics: Vec<Arc<str>>,
    tx: mpsc::UnboundedSender<Fetched>,
    in_flight: Arc<InFlight>,
    is_paused: bool,
}

impl SourceReader {
    /// Starts the consumer and its thread.
    pub(crate) fn start(
        bootstrap: &str,
        application: &str,
    ) -> Result<Arc<SourceReader>, ProcessorError> {
        let consumer: BaseConsumer = reader_config(bootstrap, application)
            .create()
            .map_err(kafka(format!("making the consumer of {application}")))?;
        let consumer = Arc::new(consumer);
        let (commands, rx) = std::sync::mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let polling = Polling {
            consumer: Arc::clone(&consumer),
            commands: rx,
            routes: BTreeMap::new(),
            stop: Arc::clone(&stop),
        };
        std::thread::Builder::new()
            .name(format!("{application}-reader"))
            .spawn(move || polling.run())?;
        Ok(Arc::new(SourceReader {
            consumer,
            commands,
            stop,
        }))
    }

    /// Opens the stream of a partition at these offsets. An open one of the
    /// same partition is closed.
    pub(crate) fn open(&self, partition: i32, offsets: Vec<(Arc<str>, i64)>) -> SourceStream {
        let (tx, rx) = mpsc::unbounded_channel();
        let in_flight = Arc::new(InFlight::default());
        let route = Route {
            topics: offsets.iter().map(|(topic, _)| Arc::clone(topic)).collect(),
            tx,
            in_flight: Arc::clone(&in_flight),
            is_paused: false,
        };
        // Without its thread the stream ends at once, and the worker with it.
        let _stopped = self.commands.send(Command::Open {
            partition,
            offsets,
            route,
        });
        SourceStream {
            rx,
            in_flight,
            partition,
            commands: self.commands.clone(),
        }
    }

    /// The ends of a partition.
    pub(crate) async fn ends(
        &self,
        topic: &Arc<str>,
        partition: i32,
    ) -> Result<Ends, ProcessorError> {
        let consumer = Arc::clone(&self.consumer);
        let topic = Arc::clone(topic);
        blocking(move || watermarks(&*consumer, &topic, partition)).await
    }

    /// The partition counts of topics; `None` for one that is not there.
    pub(crate) async fn partition_count(
        &self,
        topic: &str,
    ) -> Result<Option<usize>, ProcessorError> {
        let consumer = Arc::clone(&self.consumer);
        let topic = topic.to_owned();
        blocking(move || {
            let metadata = consumer
                .fetch_metadata(Some(&topic), REQUEST_TIMEOUT)
                .map_err(kafka(format!("reading the metadata of {topic}")))?;
            let found = metadata.topics().iter().find(|it| it.name() == topic);
            Ok(found
                .filter(|it| it.error().is_none())
                .map(|it| it.partitions().len()))
        })
        .await
    }

    /// The group's committed offsets of a partition; topics without one are
    /// left out.
    pub(crate) async fn committed(
        &self,
        topics: &[Arc<str>],
        partition: i32,
    ) -> Result<BTreeMap<String, i64>, ProcessorError> {
        let consumer = Arc::clone(&self.consumer);
        let mut list = TopicPartitionList::new();
        for topic in topics {
            list.add_partition(topic, partition);
        }
        blocking(move || {
            let committed = consumer
                .committed_offsets(list, REQUEST_TIMEOUT)
                .map_err(kafka("reading the committed offsets"))?;
            let mut offsets = BTreeMap::new();
            for element in committed.elements() {
                if let Offset::Offset(offset) = element.offset() {
                    offsets.insert(element.topic().to_owned(), offset);
                }
            }
            Ok(offsets)
        })
        .await
    }

    /// Commits offsets for the group, without waiting for the answer.
    pub(crate) fn commit(&self, offsets: &TopicPartitionList) -> Result<(), KafkaError> {
        self.consumer.commit(offsets, CommitMode::Async)
    }
}

impl fmt::Debug for SourceReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceReader").finish_non_exhaustive()
    }
}

impl Drop for SourceReader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

impl SourceStream {
    /// The next record; `None` when the reader has stopped.
    pub(crate) async fn next(&mut self) -> Option<Fetched> {
        let fetched = self.rx.recv().await?;
        self.taken(&fetched);
        Some(fetched)
    }

    /// A record that is there already.
    pub(crate) fn ready(&mut self) -> Option<Fetched> {
        let fetched = self.rx.try_recv().ok()?;
        self.taken(&fetched);
        Some(fetched)
    }

    fn taken(&self, fetched: &Fetched) {
        if let Fetched::Record(record) = fetched {
            self.in_flight.records.fetch_sub(1, Ordering::AcqRel);
            self.in_flight
                .bytes
                .fetch_sub(record.bytes(), Ordering::AcqRel);
        }
    }
}

impl Drop for SourceStream {
    fn drop(&mut self) {
        let _stopped = self.commands.send(Command::Close {
            partition: self.partition,
        });
    }
}

struct Polling {
    consumer: Arc<BaseConsumer>,
    commands: std::sync::mpsc::Receiver<Command>,
    routes: BTreeMap<i32, Route>,
    stop: Arc<AtomicBool>,
}

impl Polling {
    fn run(mut self) {
        while !self.stop.load(Ordering::Acquire) {
            while let Ok(command) = self.commands.try_recv() {
                self.command(command);
            }
            self.resume_drained();
            let consumer = Arc::clone(&self.consumer);
            match consumer.poll(POLL_TIMEOUT) {
                Some(Ok(message)) => self.deliver(&message),
                Some(Err(error)) => self.report(&error),
                None => {}
            }
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Open {
                partition,
                offsets,
                route,
            } => {
                self.close(partition);
                let mut list = TopicPartitionList::new();
                for (topic, offset) in &offsets {
                    // Fails only for offsets below zero, which no log has.
                    let added =
                        list.add_partition_offset(topic, partition, Offset::Offset(*offset));
                    if let Err(error) = added {
                        tracing::error!(%topic, partition, offset, %error, "offset refused");
                    }
                }
                match self.consumer.incremental_assign(&list) {
                    Ok(()) => {
                        self.routes.insert(partition, route);
                    }
                    Err(error) => {
                        let _gone = route.tx.send(Fetched::Broken(error.to_string()));
                    }
                }
            }
            // Of a stream that was replaced meanwhile, the new one stays.
            Command::Close { partition } => {
                if self
                    .routes
                    .get(&partition)
                    .is_some_and(|route| route.tx.is_closed())
                {
                    self.close(partition);
                }
            }
        }
    }

    fn close(&mut self, partition: i32) {
        let Some(route) = self.routes.remove(&partition) else {
            return;
        };
        let list = list_of(&route.topics, partition);
        if let Err(error) = self.consumer.incremental_unassign(&list) {
            tracing::warn!(partition, %error, "a partition could not be unassigned");
        }
    }

    fn deliver(&mut self, message: &BorrowedMessage<'_>) {
        let partition = message.partition();
        let Some(route) = self.routes.get_mut(&partition) else {
            return;
        };
        let Some(topic) = route.topics.iter().find(|it| ***it == *message.topic()) else {
            return;
        };
        let record = Record::of(message, topic);
        route.in_flight.records.fetch_add(1, Ordering::AcqRel);
        route
            .in_flight
            .bytes
            .fetch_add(record.bytes(), Ordering::AcqRel);
        // A receiver that is gone has sent `Close` or will be replaced.
        let _gone = route.tx.send(Fetched::Record(record));
        if route.in_flight.is_full() && !route.is_paused {
            match self.consumer.pause(&list_of(&route.topics, partition)) {
                Ok(()) => route.is_paused = true,
                Err(error) => tracing::warn!(partition, %error, "a partition was not paused"),
            }
        }
    }

    fn resume_drained(&mut self) {
        for (partition, route) in &mut self.routes {
            if !route.is_paused || !route.in_flight.is_low() {
                continue;
            }
            match self.consumer.resume(&list_of(&route.topics, *partition)) {
                Ok(()) => route.is_paused = false,
                Err(error) => tracing::warn!(partition, %error, "a partition was not resumed"),
            }
        }
    }

    fn report(&mut self, error: &KafkaError) {
        if is_transient(error) {
            tracing::debug!(%error, "the consumer waits for a broker");
            return;
        }
        tracing::warn!(%error, "the consumer reports an error");
        let is_lost = matches!(
            error.rdkafka_error_code(),
            Some(
                RDKafkaErrorCode::AutoOffsetReset
                    | RDKafkaErrorCode::OffsetOutOfRange
                    | RDKafkaErrorCode::UnknownTopicOrPartition
                    | RDKafkaErrorCode::Fatal
            )
        );
        if is_lost {
            // It does not say which partition: each looks for itself.
            for route in self.routes.values() {
                let _gone = route.tx.send(Fetched::Broken(error.to_string()));
            }
        }
    }
}

fn list_of(topics: &[Arc<str>], partition: i32) -> TopicPartitionList {
    let mut list = TopicPartitionList::new();
    for topic in topics {
        list.add_partition(topic, partition);
    }
    list
}

/// Runs a call of librdkafka's that blocks.
pub(crate) async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, ProcessorError> + Send + 'static,
) -> Result<T, ProcessorError> {
    match tokio::task::spawn_blocking(call).await {
        Ok(result) => result,
        Err(error) => Err(ProcessorError::Thread(std::io::Error::other(error))),
    }
}
