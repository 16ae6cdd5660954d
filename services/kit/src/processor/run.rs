//! Runs an application: checks its topics, looks its schemas up, and keeps one
//! worker for each partition that it has.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    Names, PartitionState, Processor, ProcessorError, Status,
    append::SharedProducer,
    error::Trouble,
    membership::{Assignment, Membership, TopicPartition},
    probe,
    reader::SourceReader,
    schemas::{Schemas, SchemasError},
    topics_of,
    worker::{self, Backoff, Shared},
};
use crate::{config::Processing, health::Readiness, registry_client::RegistryClient, store::Store};

/// How long workers may take to finish their batch when the process stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(8);

/// What an application runs with.
#[derive(Debug, Clone)]
pub struct Runtime {
    /// Kafka's bootstrap servers.
    pub bootstrap: String,
    /// The registry.
    pub registry: RegistryClient,
    /// The store.
    pub store: Store,
    /// Where lock files go.
    pub data_dir: PathBuf,
    /// The guarantee.
    pub processing: Processing,
    /// The name in the consumer group of an instance that comes back
    /// (`group.instance.id`).
    pub instance: Option<String>,
    /// Told what the application does.
    pub status: Status,
    /// Told under the application's name when every partition is live.
    pub readiness: Readiness,
}

/// Runs an application until it is told to stop.
///
/// # Errors
/// Topics or schemas that are missing, partition counts that differ, a broker
/// without transactions where they are needed, another instance where there
/// must be one. What is away is waited for; a partition that stops for good is
/// logged and shown, and the others go on.
pub async fn run<P: Processor>(
    processor: P,
    runtime: Runtime,
    shutdown: CancellationToken,
) -> Result<(), ProcessorError> {
    let names = Names::of(&topics_of::<P>());
    let application = names.application.clone();
    let reader = SourceReader::start(&runtime.bootstrap, &application)?;
    let Some(partitions) = partition_count(&reader, &names, &shutdown).await? else {
        return Ok(());
    };
    let Some(schemas) = look_up::<P>(&runtime, &shutdown).await? else {
        return Ok(());
    };
    // Held until the workers are gone.
    let _lock = match runtime.processing {
        Processing::AtLeastOnce => Some(
            runtime
                .store
                .lock_application(&application, &runtime.data_dir)
                .await?,
        ),
        Processing::ExactlyOnce => {
            probe::transactions(&runtime.bootstrap, &names).await?;
            None
        }
    };
    let (membership, assignments) = match runtime.processing {
        Processing::AtLeastOnce => Membership::alone(&names, partitions),
        Processing::ExactlyOnce => {
            Membership::join(&runtime.bootstrap, &names, runtime.instance.as_deref())?
        }
    };
    tracing::info!(
        application,
        processing = ?runtime.processing,
        partitions,
        "the application starts"
    );
    runtime.status.add(&names, runtime.processing, &reader);
    let shared = Arc::new(Shared {
        processor,
        bootstrap: runtime.bootstrap.clone(),
        guarantee: runtime.processing,
        store: runtime.store,
        schemas,
        reader,
        producer: SharedProducer::new(&runtime.bootstrap),
        membership: Arc::new(membership),
        status: runtime.status.clone(),
        names,
    });
    let supervisor = Supervisor {
        shared,
        partitions,
        assigned: BTreeSet::new(),
        has_assignment: false,
        workers: BTreeMap::new(),
        live: BTreeSet::new(),
        failed: BTreeMap::new(),
        tasks: JoinSet::new(),
        readiness: runtime.readiness,
    };
    supervisor.run(assignments, shutdown).await;
    runtime.status.remove(&application);
    Ok(())
}

/// The partition count that all topics share; `None` when told to stop while
/// the broker is away.
async fn partition_count(
    reader: &SourceReader,
    names: &Names,
    shutdown: &CancellationToken,
) -> Result<Option<i32>, ProcessorError> {
    let mut expected: Option<(String, usize)> = None;
    let mut backoff = Backoff::new();
    for topic in names.all() {
        let count = loop {
            match reader.partition_count(&topic).await {
                Ok(count) => break count,
                Err(error) => tracing::warn!(%error, "waiting for the broker"),
            }
            if let Err(Trouble::Stopped) = backoff.pause(shutdown).await {
                return Ok(None);
            }
        };
        let application = names.application.clone();
        let Some(count) = count else {
            return Err(ProcessorError::TopicMissing { application, topic });
        };
        match &expected {
            None => expected = Some((topic, count)),
            Some((_, first)) if *first == count => {}
            Some((source_topic, first)) => {
                return Err(ProcessorError::PartitionCounts {
                    application,
                    source_topic: source_topic.clone(),
                    expected: *first,
                    topic,
                    found: count,
                });
            }
        }
    }
    let count = expected.map_or(0, |(_, count)| count);
    Ok(Some(i32::try_from(count).unwrap_or(i32::MAX)))
}

/// The schemas; `None` when told to stop while the registry is away.
async fn look_up<P: Processor>(
    runtime: &Runtime,
    shutdown: &CancellationToken,
) -> Result<Option<Schemas<P>>, ProcessorError> {
    let mut backoff = Backoff::new();
    loop {
        match Schemas::look_up(runtime.registry.clone()).await {
            Ok(schemas) => return Ok(Some(schemas)),
            Err(SchemasError::Fatal(error)) => return Err(*error),
            Err(SchemasError::Unreachable(message)) => {
                tracing::warn!(reason = message, "waiting for the registry");
            }
        }
        if let Err(Trouble::Stopped) = backoff.pause(shutdown).await {
            return Ok(None);
        }
    }
}

/// Keeps the workers in step with the assignment.
struct Supervisor<P: Processor> {
    shared: Arc<Shared<P>>,
    partitions: i32,
    assigned: BTreeSet<TopicPartition>,
    has_assignment: bool,
    workers: BTreeMap<i32, CancellationToken>,
    live: BTreeSet<i32>,
    failed: BTreeMap<i32, String>,
    tasks: JoinSet<(i32, Result<(), ProcessorError>)>,
    readiness: Readiness,
}

impl<P: Processor> Supervisor<P> {
    async fn run(
        mut self,
        mut assignments: mpsc::UnboundedReceiver<Assignment>,
        shutdown: CancellationToken,
    ) {
        let (live_tx, mut live) = mpsc::unbounded_channel();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                Some(assignment) = assignments.recv() => self.assign(assignment),
                Some(partition) = live.recv() => {
                    self.live.insert(partition);
                }
                Some(ended) = self.tasks.join_next() => self.ended(ended),
            }
            self.reconcile(&live_tx);
            self.report();
        }
        for stop in self.workers.values() {
            stop.cancel();
        }
        let drained = tokio::time::timeout(DRAIN_TIMEOUT, async {
            while self.tasks.join_next().await.is_some() {}
        });
        if drained.await.is_err() {
            tracing::warn!(
                application = self.name(),
                "workers were cut off in their batch; recovery finishes it"
            );
        }
        self.shared.membership.leave().await;
    }

    fn assign(&mut self, assignment: Assignment) {
        match assignment {
            Assignment::Assigned(partitions) => {
                self.has_assignment = true;
                self.assigned.extend(partitions);
            }
            Assignment::Revoked(partitions) => {
                self.assigned.retain(|it| !partitions.contains(it));
            }
        }
    }

    fn ended(&mut self, ended: Result<(i32, Result<(), ProcessorError>), tokio::task::JoinError>) {
        let (partition, result) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                // A panic in a handler: which partition it was is not said.
                tracing::error!(application = self.name(), %error, "a worker broke off");
                self.readiness
                    .set_missing(self.name(), "a worker broke off");
                return;
            }
        };
        self.workers.remove(&partition);
        self.live.remove(&partition);
        let status = &self.shared.status;
        match result {
            Ok(()) => status.forget(self.name(), partition),
            Err(error) => {
                let message = error.to_string();
                tracing::error!(
                    application = self.name(),
                    partition,
                    reason = message,
                    "the partition stops"
                );
                status.set_state(
                    self.name(),
                    partition,
                    PartitionState::Failed,
                    Some(&message),
                );
                self.failed.insert(partition, message);
            }
        }
    }

    fn reconcile(&mut self, live: &mpsc::UnboundedSender<i32>) {
        for partition in 0..self.partitions {
            let is_ours = self.is_ours(partition);
            match (is_ours, self.workers.get(&partition)) {
                (true, None) if !self.failed.contains_key(&partition) => {
                    let stop = CancellationToken::new();
                    self.workers.insert(partition, stop.clone());
                    let (shared, live) = (Arc::clone(&self.shared), live.clone());
                    self.tasks.spawn(async move {
                        (partition, worker::run(shared, partition, stop, live).await)
                    });
                }
                (false, Some(stop)) => stop.cancel(),
                // A worker that still stops is waited for before the next.
                (true, _) | (false, None) => {}
            }
        }
    }

    /// Whether this instance has the partition of every source.
    fn is_ours(&self, partition: i32) -> bool {
        let mut sources = self.shared.names.sources.iter();
        sources.all(|topic| self.assigned.contains(&(topic.to_string(), partition)))
    }

    fn report(&self) {
        if let Some((partition, message)) = self.failed.first_key_value() {
            let reason = format!("partition {partition} has stopped: {message}");
            self.readiness.set_missing(self.name(), &reason);
            return;
        }
        let is_live = (0..self.partitions).all(|it| !self.is_ours(it) || self.live.contains(&it));
        if self.has_assignment && is_live {
            self.readiness.set_ready(self.name());
        }
    }

    fn name(&self) -> &str {
        &self.shared.names.application
    }
}
