//! One worker a partition: take over, recover, then decide, append, apply.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    Names, PartitionState, Processor, ProcessorError, Range, Record, Status,
    adoption::{AdoptedChange, Adoption},
    append::{Appender, LogEnds, SharedProducer},
    batch::{self, BatchFailure, Outputs},
    error::Trouble,
    fold,
    item::Item,
    membership::Membership,
    outgoing::Writer,
    reader::{Fetched, SourceReader, SourceStream},
    recover,
    schemas::Schemas,
    view::BatchState,
};
use crate::{
    config::Processing,
    outcome::Outcome,
    registry_client::RegistryError,
    store::{Batch, Checkpoint, Loaded, Store, StoreError, Wanted},
};

/// Events of one batch.
pub(super) const BATCH_RECORDS_MAX: usize = 1_000;
/// Bytes of one batch, about.
const BATCH_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The longest rest between two batches of a worker that keeps up.
const REST_MAX: Duration = Duration::from_millis(50);
/// The first pause after something failed; it doubles.
const BACKOFF_MIN_MS: u64 = 50;
/// The longest pause.
const BACKOFF_MAX_MS: u64 = 5_000;
/// Batches between two prunings of the dedup window.
const PRUNE_EVERY_BATCHES: u64 = 1_000;

/// What the workers of an application share.
pub(super) struct Shared<P: Processor> {
    pub(super) processor: P,
    pub(super) names: Names,
    pub(super) bootstrap: String,
    pub(super) guarantee: Processing,
    pub(super) store: Store,
    pub(super) schemas: Schemas<P>,
    pub(super) reader: Arc<SourceReader>,
    pub(super) producer: SharedProducer,
    pub(super) membership: Arc<Membership>,
    pub(super) status: Status,
}

/// One partition of an application, and when to leave it.
pub(super) struct Partition<P: Processor> {
    shared: Arc<Shared<P>>,
    number: i32,
    stop: CancellationToken,
}

/// What a worker has between two take-overs.
pub(super) struct Session<P: Processor> {
    pub(super) appender: Appender,
    pub(super) ends: LogEnds,
    pub(super) checkpoint: Checkpoint,
    pub(super) adoption: Adoption<P::Change>,
}

/// Runs until the partition is taken away or stops for good.
pub(super) async fn run<P: Processor>(
    shared: Arc<Shared<P>>,
    number: i32,
    stop: CancellationToken,
    live: mpsc::UnboundedSender<i32>,
) -> Result<(), ProcessorError> {
    let partition = Partition {
        shared,
        number,
        stop,
    };
    let mut backoff = Backoff::new();
    loop {
        partition.set_state(PartitionState::Recovering, None);
        let message = match partition.attempt(&live, &mut backoff).await {
            Trouble::Stopped => return Ok(()),
            Trouble::Fatal(error) => return Err(*error),
            Trouble::Again(message) => message,
        };
        tracing::warn!(
            application = partition.name(),
            partition = number,
            reason = message,
            "the partition is taken over again"
        );
        partition.set_state(PartitionState::Waiting, Some(&message));
        if backoff.pause(&partition.stop).await.is_err() {
            return Ok(());
        }
    }
}

impl<P: Processor> Partition<P> {
    async fn attempt(&self, live: &mpsc::UnboundedSender<i32>, backoff: &mut Backoff) -> Trouble {
        let taken = tokio::select! {
            // Taking over writes nothing that a later one does not repeat.
            () = self.stop.cancelled() => return Trouble::Stopped,
            taken = recover::take_over(self) => taken,
        };
        let mut session = match taken {
            Ok(session) => session,
            Err(trouble) => return trouble,
        };
        self.progress(&session);
        self.set_state(PartitionState::Live, None);
        tracing::info!(
            application = self.name(),
            partition = self.number,
            epoch = session.checkpoint.epoch,
            "the partition is live"
        );
        // The supervisor outlives its workers.
        let _sent = live.send(self.number);
        let sources = self.names().sources.iter();
        let offsets = sources
            .map(|topic| (Arc::clone(topic), session.checkpoint.positions[&**topic]))
            .collect();
        let mut stream = self.reader().open(self.number, offsets);
        let mut batches: u64 = 0;
        loop {
            let records = match self.take(&mut stream).await {
                Ok(records) => records,
                Err(trouble) => return trouble,
            };
            let (begin, is_full) = (Instant::now(), records.len() >= BATCH_RECORDS_MAX);
            if let Err(trouble) = self.process(&mut session, records).await {
                return trouble;
            }
            backoff.reset();
            if !is_full {
                self.rest(begin.elapsed()).await;
            }
            batches += 1;
            if batches.is_multiple_of(PRUNE_EVERY_BATCHES) {
                self.prune().await;
            }
        }
    }

    /// Lets a worker that keeps up rest for twice as long as it has worked, so
    /// that a steady load costs fewer and larger transactions and leaves the
    /// machine to whoever answers. A record that comes to an idle partition
    /// never waits.
    async fn rest(&self, worked: Duration) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = tokio::time::sleep((2 * worked).min(REST_MAX)) => {}
        }
    }

    /// What is there: one record at least, no waiting for more.
    async fn take(&self, stream: &mut SourceStream) -> Result<Vec<Record>, Trouble> {
        let first = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Err(Trouble::Stopped),
            first = stream.next() => first,
        };
        let mut records = Vec::new();
        let mut bytes = 0;
        let mut next = Some(first.ok_or(Trouble::Stopped)?);
        while let Some(fetched) = next {
            match fetched {
                Fetched::Record(record) => {
                    bytes += record.bytes();
                    records.push(record);
                }
                Fetched::Broken(message) => return Err(Trouble::Again(message)),
            }
            let is_full = records.len() >= BATCH_RECORDS_MAX || bytes >= BATCH_BYTES_MAX;
            next = if is_full { None } else { stream.ready() };
        }
        Ok(records)
    }

    /// Decides, appends and applies one batch.
    pub(super) async fn process(
        &self,
        session: &mut Session<P>,
        records: Vec<Record>,
    ) -> Result<(), Trouble> {
        let mut items = Vec::with_capacity(records.len());
        for record in records {
            items.push(self.item(record).await?);
        }
        let outputs = self.decide(session, &items).await?;
        let ends = session
            .appender
            .append(self.number, &outputs, session.ends)
            .await?;
        session.ends = ends;
        let checkpoint = &mut session.checkpoint;
        checkpoint.positions.extend(outputs.positions);
        // A log that is not adopted to its end is read again after a crash.
        checkpoint.outbound_next = Some(session.adoption.outbound_first().unwrap_or(ends.outbound));
        if session.adoption.is_outcomes_settled() {
            checkpoint.outcome_next = Some(ends.outcomes);
        }
        let effects = outputs.effects;
        let batch = Batch {
            checkpoint: checkpoint.clone(),
            rows: effects.rows,
            index_removed: effects.index_removed,
            index_added: effects.index_added,
            audit: outputs.audit,
            dedup: effects.dedup,
            ..self.batch()
        };
        self.apply(&batch).await?;
        self.progress(session);
        Ok(())
    }

    async fn decide(
        &self,
        session: &mut Session<P>,
        items: &[Item<P::Input>],
    ) -> Result<Outputs, Trouble> {
        let shared = &self.shared;
        let mut backoff = Backoff::new();
        loop {
            let wanted = batch::wanted(&shared.processor, items, &session.adoption);
            let loaded = self.load(&wanted).await?;
            let state = BatchState::new(&wanted, loaded)?;
            let writer = Writer {
                names: &shared.names,
                epoch: session.checkpoint.epoch,
            };
            // A batch that fails half-way must find all of it again.
            let mut adoption = session.adoption.clone();
            let decided = batch::decide(
                &shared.processor,
                writer,
                shared.schemas.write,
                items,
                state,
                &mut adoption,
            );
            match decided {
                Ok(outputs) => {
                    session.adoption = adoption;
                    return Ok(outputs);
                }
                Err(BatchFailure::Fatal(error)) => return Err(Trouble::Fatal(error)),
                Err(BatchFailure::Retry(message)) => self.wait(&mut backoff, &message).await?,
            }
        }
    }

    async fn item(&self, record: Record) -> Result<Item<P::Input>, Trouble> {
        let mut backoff = Backoff::new();
        loop {
            match self.shared.schemas.item(record.clone()).await {
                Ok(item) => return Ok(item),
                Err(error) => self.wait_for_registry(&mut backoff, &error).await?,
            }
        }
    }

    /// Reads a record of the own outbound topic.
    pub(super) async fn change(
        &self,
        record: &Record,
    ) -> Result<AdoptedChange<P::Change>, Trouble> {
        let mut backoff = Backoff::new();
        loop {
            match self.shared.schemas.change(record).await {
                Ok(change) => return Ok(change?),
                Err(error) => self.wait_for_registry(&mut backoff, &error).await?,
            }
        }
    }

    /// Reads a record of the own outcome topic.
    pub(super) async fn outcome(&self, record: &Record) -> Result<Outcome, Trouble> {
        let mut backoff = Backoff::new();
        loop {
            match self.shared.schemas.outcome(record).await {
                Ok(outcome) => return Ok(outcome?),
                Err(error) => self.wait_for_registry(&mut backoff, &error).await?,
            }
        }
    }

    /// Reads from the store, for as long as it takes.
    pub(super) async fn load(&self, wanted: &Wanted) -> Result<Loaded, Trouble> {
        let mut backoff = Backoff::new();
        loop {
            match self
                .shared
                .store
                .load(self.name(), self.number, wanted)
                .await
            {
                Ok(loaded) => return Ok(loaded),
                Err(StoreError::Database(error)) => {
                    self.wait(&mut backoff, &error.to_string()).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Applies to the store, for as long as it takes: the logs have it already.
    pub(super) async fn apply(&self, batch: &Batch) -> Result<(), Trouble> {
        let mut backoff = Backoff::new();
        loop {
            match self.shared.store.apply(batch).await {
                Ok(()) => return Ok(()),
                Err(StoreError::Database(error)) => {
                    self.wait(&mut backoff, &error.to_string()).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A batch of this partition with nothing in it.
    pub(super) fn batch(&self) -> Batch {
        Batch {
            application: self.name().to_owned(),
            partition: self.number,
            ..Batch::default()
        }
    }

    /// What fences the predecessor's appends, and appends ours.
    pub(super) async fn appender(&self) -> Result<Appender, Trouble> {
        let shared = &self.shared;
        match shared.guarantee {
            Processing::ExactlyOnce => {
                let membership = Arc::clone(&shared.membership);
                Appender::fence(&shared.bootstrap, &shared.names, self.number, membership).await
            }
            Processing::AtLeastOnce => Ok(Appender::Ordered {
                producer: shared.producer.clone(),
                reader: Arc::clone(&shared.reader),
            }),
        }
    }

    /// Reads a stretch of a log of this partition.
    pub(super) fn read(
        &self,
        range: &Range,
    ) -> mpsc::Receiver<Result<Vec<Record>, ProcessorError>> {
        fold::read(self, range)
    }

    pub(super) fn processor(&self) -> &P {
        &self.shared.processor
    }

    pub(super) fn names(&self) -> &Names {
        &self.shared.names
    }

    pub(super) fn name(&self) -> &str {
        &self.shared.names.application
    }

    pub(super) fn number(&self) -> i32 {
        self.number
    }

    pub(super) fn store(&self) -> &Store {
        &self.shared.store
    }

    pub(super) fn reader(&self) -> &Arc<SourceReader> {
        &self.shared.reader
    }

    pub(super) fn guarantee(&self) -> Processing {
        self.shared.guarantee
    }

    pub(super) fn bootstrap(&self) -> &str {
        &self.shared.bootstrap
    }

    fn set_state(&self, state: PartitionState, message: Option<&str>) {
        self.shared
            .status
            .set_state(self.name(), self.number, state, message);
    }

    fn progress(&self, session: &Session<P>) {
        let checkpoint = &session.checkpoint;
        let status = &self.shared.status;
        status.set_positions(
            self.name(),
            self.number,
            checkpoint.epoch,
            &checkpoint.positions,
        );
    }

    async fn prune(&self) {
        let now_ms = chrono::Utc::now().timestamp_millis();
        let pruned = self
            .shared
            .store
            .prune_dedup(self.name(), self.number, now_ms)
            .await;
        if let Err(error) = pruned {
            // The next one prunes more.
            tracing::warn!(application = self.name(), %error, "the dedup window was not pruned");
        }
    }

    async fn wait_for_registry(
        &self,
        backoff: &mut Backoff,
        error: &RegistryError,
    ) -> Result<(), Trouble> {
        self.wait(backoff, &error.to_string()).await
    }

    async fn wait(&self, backoff: &mut Backoff, message: &str) -> Result<(), Trouble> {
        tracing::warn!(
            application = self.name(),
            partition = self.number,
            reason = message,
            "waiting to try again"
        );
        self.set_state(PartitionState::Waiting, Some(message));
        backoff.pause(&self.stop).await?;
        self.set_state(PartitionState::Live, None);
        Ok(())
    }
}

/// Pauses that grow, with jitter, up to a bound.
#[derive(Debug)]
pub(super) struct Backoff {
    next_ms: u64,
}

impl Backoff {
    pub(super) fn new() -> Backoff {
        Backoff {
            next_ms: BACKOFF_MIN_MS,
        }
    }

    fn reset(&mut self) {
        self.next_ms = BACKOFF_MIN_MS;
    }

    /// Waits, unless it is time to leave.
    pub(super) async fn pause(&mut self, stop: &CancellationToken) -> Result<(), Trouble> {
        let [random, ..] = *uuid::Uuid::new_v4().as_bytes();
        let pause_ms = self.next_ms / 2 + self.next_ms * u64::from(random) / 512;
        self.next_ms = (self.next_ms * 2).min(BACKOFF_MAX_MS);
        tokio::select! {
            () = stop.cancelled() => Err(Trouble::Stopped),
            () = tokio::time::sleep(Duration::from_millis(pause_ms)) => Ok(()),
        }
    }
}
