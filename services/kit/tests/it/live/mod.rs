//! Against a broker that is no mock, where `ACCORDANT_TEST_KAFKA` names one
//! (`HOST:PORT`).

mod kafka;

/// The cluster's address; `None`, and a line that says so, when there is none.
fn bootstrap() -> Option<String> {
    let bootstrap = std::env::var("ACCORDANT_TEST_KAFKA").ok();
    if bootstrap.is_none() {
        eprintln!("skipped: ACCORDANT_TEST_KAFKA is not set");
    }
    bootstrap
}
