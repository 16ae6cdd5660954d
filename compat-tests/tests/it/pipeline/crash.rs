//! kill -9 at random moments while a file is sent: nothing that was accepted is
//! lost, rows and logs agree, versions have no gap.

use std::{
    sync::mpsc,
    time::{Duration, SystemTime},
};

use super::{
    harness::{Backend, Pipeline, signal},
    sample::{Sample, check_settled, committed},
};

const KILLS: u32 = 10;
/// Longest time between "Ready" and a kill, in milliseconds.
const PAUSE_MS_MAX: u64 = 1_500;

/// What is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Victim {
    /// `up` with all its services; its broker goes down with it.
    Everything,
    /// The broker alone: `up` starts it again.
    Broker,
}

/// A small generator of random numbers, so that a seed repeats a run.
pub(super) struct Random(u64);

impl Random {
    /// `ACCORDANT_TEST_SEED` or the clock's; printed, to be repeated.
    fn new() -> Random {
        let given = std::env::var("ACCORDANT_TEST_SEED")
            .ok()
            .and_then(|it| it.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            now.map_or(1, |it| u64::from(it.subsec_nanos()) | 1)
        });
        println!("ACCORDANT_TEST_SEED={seed}");
        Random(seed)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Sends a sample, again and again, while `up` or its broker is killed.
#[track_caller]
pub(super) fn check(pipeline: &Pipeline, sample: &Sample, pick: fn(&mut Random) -> Victim) {
    let mut random = Random::new();
    let up = std::thread::scope(|scope| {
        let mut up = pipeline.up();
        let (stop, stopped) = mpsc::channel::<()>();
        let sender = scope.spawn(move || {
            let mut summaries = Vec::new();
            // It ends when the other side is gone, however that went.
            while stopped.try_recv() == Err(mpsc::TryRecvError::Empty) {
                summaries.push(pipeline.send("catalog.ArticleSubmitted", &sample.articles));
                summaries.push(pipeline.send("pricing.PriceSubmitted", &sample.prices));
            }
            summaries
        });
        for _ in 1..=KILLS {
            std::thread::sleep(Duration::from_millis(random.below(PAUSE_MS_MAX)));
            assert!(!sender.is_finished(), "nothing is sent any more");
            match (pick(&mut random), up.children().first()) {
                (Victim::Broker, Some(broker)) => signal("-KILL", *broker),
                (Victim::Broker, None) | (Victim::Everything, _) => {
                    up.kill();
                    up = pipeline.up();
                }
            }
        }
        drop(stop);
        for summary in sender.join().expect("send ends") {
            assert_eq!(summary["unknown"], 0, "{summary}");
        }
        up
    });
    check_settled(pipeline, sample);
    up.stop();
}

#[test]
fn nothing_is_lost_when_everything_or_the_broker_is_killed() {
    let pipeline = Pipeline::new(Backend::default());
    check(&pipeline, &committed(), |random| match random.below(2) {
        0 => Victim::Everything,
        _ => Victim::Broker,
    });
}
