//! The same on a real Kafka (with transactions) and a real PostgreSQL, one
//! after the other on the same topics: `ci/kafka.sh start`, `ci/postgres.sh
//! start`, then `ACCORDANT_TEST_KAFKA` and `ACCORDANT_TEST_POSTGRES`.

use super::{
    crash::{self, Victim},
    harness::{Backend, Pipeline},
    sample::{self, generated},
    stock_client,
};

/// Submissions of the first run, unless `ACCORDANT_TEST_EVENTS` says otherwise:
/// 100,000 take six minutes of a debug build.
const EVENTS: u64 = 20_000;
/// Submissions that the run with kills sends again and again.
const EVENTS_CRASH: u64 = 8_000;

/// A setting of the live lane; without it the test says that it was skipped.
pub(super) fn setting(name: &str) -> Option<String> {
    let value = std::env::var(name).ok().filter(|it| !it.is_empty());
    if value.is_none() {
        println!("skipped: {name} is not set");
    }
    value
}

/// How many submissions the run is asked to send.
pub(super) fn events_wanted() -> Option<u64> {
    let text = std::env::var("ACCORDANT_TEST_EVENTS").ok()?;
    Some(text.parse().expect("ACCORDANT_TEST_EVENTS is a number"))
}

#[test]
fn the_sample_at_size_and_ten_kills() {
    let Some(kafka) = setting("ACCORDANT_TEST_KAFKA") else {
        return;
    };
    let Some(database) = setting("ACCORDANT_TEST_POSTGRES") else {
        return;
    };
    let pipeline = Pipeline::new(Backend {
        kafka: Some(kafka),
        database: Some(database),
    });
    let up = pipeline.up();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let events = events_wanted().unwrap_or(EVENTS);
    sample::check(&pipeline, &generated(folder.path(), events, 1));
    stock_client::check(&pipeline);
    up.stop();

    let folder = tempfile::tempdir().expect("a temporary folder");
    crash::check(
        &pipeline,
        &generated(folder.path(), EVENTS_CRASH, 2),
        |_| Victim::Everything,
    );
}
