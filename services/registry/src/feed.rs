//! Who waits for changes, and how an instance learns of those that another one
//! has made: it looks at one number in the database, several times a second.

use std::{
    sync::{OnceLock, Weak},
    time::Duration,
};

use tokio::{sync::watch, task::AbortHandle, time::MissedTickBehavior};

use crate::ops::{Inner, Registry};

/// How often the number is looked at; what another instance changed is seen
/// here within a second.
const LOOK_INTERVAL: Duration = Duration::from_millis(400);
/// Every how many looks the fetches are written down.
const FLUSH_EVERY: u64 = 12;
/// Changes that are read at once.
const CHANGES_AT_ONCE: i64 = 1_000;

/// The number of the last change that is known here.
#[derive(Debug)]
pub(crate) struct Feed {
    last: watch::Sender<i64>,
    watcher: OnceLock<AbortHandle>,
}

impl Feed {
    /// From the last change that was there when the database was opened.
    pub(crate) fn new(last: i64) -> Feed {
        Feed {
            last: watch::Sender::new(last),
            watcher: OnceLock::new(),
        }
    }

    /// A change is committed; whoever waits wakes up.
    pub(crate) fn announce(&self, seq: i64) {
        self.last.send_if_modified(|last| {
            let newer = seq > *last;
            *last = (*last).max(seq);
            newer
        });
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<i64> {
        self.last.subscribe()
    }

    /// Starts the look-out, once; it ends with the registry.
    pub(crate) fn watch(&self, registry: &Registry) {
        self.watcher.get_or_init(|| {
            let mut tasks = tokio::task::JoinSet::new();
            let handle = tasks.spawn(look_out(registry.downgrade()));
            // It owns nothing and ends by itself when the registry is gone.
            tasks.detach_all();
            handle
        });
    }

    pub(crate) fn stop(&self) {
        if let Some(watcher) = self.watcher.get() {
            watcher.abort();
        }
    }
}

/// Follows the changes of all instances: forgets what they make untrue, writes
/// down who fetched what, and wakes whoever waits.
async fn look_out(registry: Weak<Inner>) {
    let mut ticks = tokio::time::interval(LOOK_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let Some(mut seen) = Registry::upgrade(&registry).map(|it| it.first_change()) else {
        return;
    };
    for tick in 1_u64.. {
        ticks.tick().await;
        let Some(registry) = Registry::upgrade(&registry) else {
            return;
        };
        // A database that is away is asked again with the next tick; what is
        // in memory stays served.
        while let Ok(changes) = registry.changes_after(seen, CHANGES_AT_ONCE).await {
            let Some(last) = changes.last() else {
                break;
            };
            for change in &changes {
                registry.library().forget(change);
            }
            seen = last.seq;
            registry.feed().announce(seen);
        }
        if tick.is_multiple_of(FLUSH_EVERY) {
            registry.flush_fetches().await;
        }
    }
}
