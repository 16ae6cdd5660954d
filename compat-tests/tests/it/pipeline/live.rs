//! The same on a real Kafka (with transactions) and a real PostgreSQL, one
//! after the other on the same topics: `ci/kafka.sh start`, `ci/postgres.sh
//! start`, then `ACCORDANT_TEST_KAFKA` and `ACCORDANT_TEST_POSTGRES`.

use super::{
    crash::{self, Victim},
    harness::{Backend, Pipeline},
    sample::{self, generated},
    stock_client,
};

/// Submissions of the first run.
const EVENTS: u64 = 100_000;
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

#[test]
fn a_hundred_thousand_submissions_and_ten_kills() {
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
    sample::check(&pipeline, &generated(folder.path(), EVENTS, 1));
    stock_client::check(&pipeline);
    up.stop();

    let folder = tempfile::tempdir().expect("a temporary folder");
    crash::check(
        &pipeline,
        &generated(folder.path(), EVENTS_CRASH, 2),
        |_| Victim::Everything,
    );
}
