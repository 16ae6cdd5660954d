//! Logs on standard error and the metrics' recorder, each set up once a process.
//! Payloads are never logged.

use std::{
    io::{self, IsTerminal},
    sync::{Once, OnceLock},
    time::Duration,
};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// The names of the kit's metrics.
pub mod metric {
    /// Requests by service, method, route and status.
    pub const HTTP_REQUESTS: &str = "accordant_http_requests_total";
    /// Seconds from a request's header to its answer's header, same labels.
    pub const HTTP_REQUEST_SECONDS: &str = "accordant_http_request_seconds";
    /// Records by topic and delivery (durable, refused, unknown).
    pub const DELIVERIES: &str = "accordant_kafka_deliveries_total";
    /// Seconds from a record's acceptance to its delivery.
    pub const DELIVERY_SECONDS: &str = "accordant_kafka_delivery_seconds";
    /// How often a producer was built again after a fatal error.
    pub const PRODUCER_REBUILDS: &str = "accordant_kafka_producer_rebuilds_total";
}

/// Bounds of the histograms' buckets, in seconds.
const SECONDS_BUCKETS: &[f64] = &[
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// How often the recorder's histograms are drained when nobody asks for them.
const UPKEEP_INTERVAL_MS: u64 = 5_000;

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Why logging cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error(
    "the log filter {filter:?} is not valid: {message}\nfix: for example --log info,rdkafka=warn"
)]
pub struct TelemetryError {
    filter: String,
    message: String,
}

/// Sets up logging on standard error with a filter such as `info` or
/// `info,accordant_ingest=debug`, and the metrics' recorder. Further calls in
/// the same process change nothing.
///
/// # Errors
/// The filter cannot be parsed.
pub fn init(filter: &str) -> Result<(), TelemetryError> {
    static LOGGING: Once = Once::new();
    let parsed = EnvFilter::try_new(filter).map_err(|error| TelemetryError {
        filter: filter.to_owned(),
        message: error.to_string(),
    })?;
    LOGGING.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(parsed)
            .with_ansi(io::stderr().is_terminal())
            .with_writer(io::stderr)
            .finish();
        // A test harness may have its own: then that one stays.
        let _already_set = tracing::subscriber::set_global_default(subscriber);
    });
    recorder();
    Ok(())
}

/// Every metric in Prometheus' text format.
pub fn metrics_text() -> String {
    recorder().map_or_else(String::new, PrometheusHandle::render)
}

/// Installs the metrics' recorder, once a process: what is counted before is
/// lost.
pub(crate) fn install_recorder() {
    recorder();
}

/// The recorder's handle; `None` where another recorder was installed first.
fn recorder() -> Option<&'static PrometheusHandle> {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let builder = match PrometheusBuilder::new().set_buckets(SECONDS_BUCKETS) {
            Ok(builder) => builder,
            Err(_no_buckets) => PrometheusBuilder::new(),
        };
        let Ok(handle) = builder.install_recorder() else {
            return;
        };
        let upkeep = handle.clone();
        let spawned = std::thread::Builder::new()
            .name("metrics-upkeep".to_owned())
            .spawn(move || {
                loop {
                    std::thread::sleep(Duration::from_millis(UPKEEP_INTERVAL_MS));
                    upkeep.run_upkeep();
                }
            });
        if let Err(error) = spawned {
            tracing::warn!(%error, "metrics are drained only when they are read");
        }
        let _first = RECORDER.set(handle);
    });
    RECORDER.get()
}
