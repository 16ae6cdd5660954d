//! Which partitions this instance has: those that the consumer group gives it,
//! or all of them where it runs alone.
//!
//! The member's consumer reads nothing: its partitions are paused as soon as
//! they are assigned. It is polled for as long as it lives, whatever the
//! workers do, so that a slow batch never costs the membership.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use rdkafka::{
    ClientContext, TopicPartitionList,
    consumer::{BaseConsumer, Consumer, ConsumerContext, ConsumerGroupMetadata, Rebalance},
};
use tokio::sync::mpsc;

use super::{Names, ProcessorError, error::kafka, tail::reader_config};

/// How long a poll waits.
const POLL_TIMEOUT: Duration = Duration::from_millis(100);
/// How long a member may be silent before the group goes on without it.
const SESSION_TIMEOUT_MS: &str = "10000";
/// How often it says that it is there.
const HEARTBEAT_INTERVAL_MS: &str = "3000";

/// Polls after leaving, in which the group hears of it.
const LEAVE_POLLS_MAX: usize = 20;

/// A topic and a partition of it.
pub(crate) type TopicPartition = (String, i32);

/// A change of what is assigned.
#[derive(Debug)]
pub(crate) enum Assignment {
    Assigned(BTreeSet<TopicPartition>),
    Revoked(BTreeSet<TopicPartition>),
}

/// How this instance has its partitions.
#[derive(Debug)]
pub(crate) enum Membership {
    /// It is the only one; a lock sees to that.
    Alone,
    /// It is a member of the group.
    Group(Group),
}

/// A member of the consumer group. Dropping it leaves the group.
pub(crate) struct Group {
    consumer: Arc<BaseConsumer<Member>>,
    stop: Arc<AtomicBool>,
    polling: Mutex<Option<JoinHandle<()>>>,
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Member {
    events: mpsc::UnboundedSender<Assignment>,
}

impl ClientContext for Member {}

impl ConsumerContext for Member {
    fn pre_rebalance(&self, _consumer: &BaseConsumer<Member>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Revoke(list) = rebalance {
            // A supervisor that is gone has stopped every worker.
            let _gone = self.events.send(Assignment::Revoked(partitions_of(list)));
        }
    }

    fn post_rebalance(&self, consumer: &BaseConsumer<Member>, rebalance: &Rebalance<'_>) {
        match rebalance {
            Rebalance::Assign(list) => {
                if let Err(error) = consumer.pause(list) {
                    tracing::warn!(%error, "an assignment was not paused");
                }
                let _gone = self.events.send(Assignment::Assigned(partitions_of(list)));
            }
            Rebalance::Revoke(_) => {}
            Rebalance::Error(error) => tracing::error!(%error, "a rebalance failed"),
        }
    }
}

impl Membership {
    /// Has every partition, without a group.
    pub(crate) fn alone(
        names: &Names,
        partitions: i32,
    ) -> (Membership, mpsc::UnboundedReceiver<Assignment>) {
        let (events, rx) = mpsc::unbounded_channel();
        let all = names.sources.iter();
        let all = all
            .flat_map(|topic| (0..partitions).map(|p| (topic.to_string(), p)))
            .collect();
        // The receiver is below.
        let _sent = events.send(Assignment::Assigned(all));
        (Membership::Alone, rx)
    }

    /// Joins the group.
    pub(crate) fn join(
        bootstrap: &str,
        names: &Names,
        instance: Option<&str>,
    ) -> Result<(Membership, mpsc::UnboundedReceiver<Assignment>), ProcessorError> {
        let (events, rx) = mpsc::unbounded_channel();
        let strategy = match names.sources.as_slice() {
            [_one] => "cooperative-sticky",
            // Gives partition p of every source to the same member.
            _ => "range",
        };
        let what = || format!("joining the group {}", names.application);
        let mut config = reader_config(bootstrap, &names.application);
        if let Some(instance) = instance {
            config.set("group.instance.id", instance);
        }
        let consumer: BaseConsumer<Member> = config
            .set("partition.assignment.strategy", strategy)
            .set("session.timeout.ms", SESSION_TIMEOUT_MS)
            .set("heartbeat.interval.ms", HEARTBEAT_INTERVAL_MS)
            // Never used to read, so a position that is gone is no error here.
            .set("auto.offset.reset", "latest")
            .create_with_context(Member { events })
            .map_err(kafka(what()))?;
        let sources: Vec<&str> = names.sources.iter().map(|it| &**it).collect();
        consumer.subscribe(&sources).map_err(kafka(what()))?;
        let consumer = Arc::new(consumer);
        let stop = Arc::new(AtomicBool::new(false));
        let (polled, stopped) = (Arc::clone(&consumer), Arc::clone(&stop));
        let polling = std::thread::Builder::new()
            .name(format!("{}-member", names.application))
            .spawn(move || poll(&polled, &stopped))?;
        let polling = Mutex::new(Some(polling));
        Ok((
            Membership::Group(Group {
                consumer,
                stop,
                polling,
            }),
            rx,
        ))
    }

    /// The group's metadata, by which offsets of a transaction are fenced.
    pub(crate) fn metadata(&self) -> Option<ConsumerGroupMetadata> {
        match self {
            Membership::Alone => None,
            Membership::Group(group) => group.consumer.group_metadata(),
        }
    }
}

impl Membership {
    /// Leaves the group, so that the others need not wait for a timeout.
    pub(crate) async fn leave(&self) {
        let Membership::Group(group) = self else {
            return;
        };
        group.stop.store(true, Ordering::Release);
        let polling = group
            .polling
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(polling) = polling {
            let joined = tokio::task::spawn_blocking(move || polling.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::warn!("the group member's thread broke off");
            }
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

fn poll(consumer: &BaseConsumer<Member>, stop: &AtomicBool) {
    while !stop.load(Ordering::Acquire) {
        match consumer.poll(POLL_TIMEOUT) {
            // Fetched before the pause; the workers' reader has it too.
            Some(Ok(_unused)) => {}
            Some(Err(error)) => tracing::debug!(%error, "the group member reports an error"),
            None => {}
        }
    }
    consumer.unsubscribe();
    for _ in 0..LEAVE_POLLS_MAX {
        if consumer
            .assignment()
            .is_ok_and(|assignment| assignment.count() == 0)
        {
            break;
        }
        // Only the rebalance matters now.
        let _unused = consumer.poll(POLL_TIMEOUT);
    }
}

fn partitions_of(list: &TopicPartitionList) -> BTreeSet<TopicPartition> {
    let elements = list.elements();
    elements
        .iter()
        .map(|it| (it.topic().to_owned(), it.partition()))
        .collect()
}
