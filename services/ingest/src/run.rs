//! Starting: contracts from the folder, schema ids from the registry, partition
//! counts from the cluster; then serving until the end.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
    time::Duration,
};

use accordant_kit::{
    config::Config,
    contracts,
    health::{self, Readiness},
    http,
    kafka::{
        OrderedProducer, ProducerSettings,
        topics::{self, TopicsError},
    },
    registry_client::{RegistryClient, RegistryError},
};
use accordant_schema::contract::{Contract, ContractVersion, Contracts};
use accordant_wire::SchemaId;
use anyhow::{Context, bail};
use axum::{Router, extract::Request, response::IntoResponse};
use tokio::{net::TcpListener, time::sleep};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::{
    Closed, Entry, Ingest, Intake, app,
    problem::{Code, Problem},
    state::all_versions,
};

/// The name of the readiness check.
const CHECK: &str = "ingest";
/// Milliseconds before the first further try at start.
const RETRY_FIRST_MS: u64 = 50;
/// Milliseconds between two tries at most. They go on until it stops: whatever
/// ingest waits for may be started after it.
const RETRY_MAX_MS: u64 = 2_000;

/// Runs ingest until `shutdown` is cancelled. `/healthz` and `/readyz` answer
/// from the start, events are taken in as soon as everything is there.
///
/// # Errors
/// A contract is not valid, not registered, or its topic is not there; each
/// message names the command to run.
pub async fn run(
    config: &Config,
    listener: TcpListener,
    readiness: Readiness,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    readiness.set_missing(CHECK, "looking up schemas and topics");
    let contracts = contracts::load(&config.contracts)?;
    let ready_app = Arc::new(OnceLock::new());
    let limits = config.limits.http();
    let outer = starting_app(readiness.clone(), Arc::clone(&ready_app));
    let served = http::serve(listener, outer, &limits, shutdown);
    let worked = async {
        let ingest = start(config, &contracts, &readiness).await?;
        let producer = ingest.shared.producer.clone();
        let _is_new = ready_app.set(app(ingest));
        watch_broker(&producer, &readiness).await;
        bail!("the producer has stopped")
    };
    tokio::select! {
        served = served => served.context("ingest cannot serve"),
        failed = worked => failed,
    }
}

/// What is served: the service once it is there, until then its health only.
fn starting_app(readiness: Readiness, ready_app: Arc<OnceLock<Router>>) -> Router {
    health::routes(readiness).fallback(async move |request: Request| match ready_app.get() {
        Some(app) => app.clone().oneshot(request).await.into_response(),
        None => Problem::new(Code::NotReady, "see /readyz").into_response(),
    })
}

async fn start(
    config: &Config,
    contracts: &Contracts,
    readiness: &Readiness,
) -> anyhow::Result<Ingest> {
    let settings = ProducerSettings {
        bootstrap: config.bootstrap(),
        delivery_timeout_ms: config.limits.delivery_timeout_ms,
        queue_max: config.limits.producer_queue_max,
    };
    let producer = OrderedProducer::new(&settings)?;
    let registry = RegistryClient::of(config);
    let mut written: Vec<(&Contract, &ContractVersion, SchemaId)> = Vec::new();
    let mut entries = BTreeMap::new();
    for (contract, version) in all_versions(contracts, config.drafts) {
        match version {
            Some(version) => {
                let id = schema_id(&registry, contracts, contract, version, readiness).await?;
                written.push((contract, version, id));
            }
            None => {
                let closed = Closed::new(contract);
                entries.insert(closed.name.clone(), Entry::Closed(closed));
            }
        }
    }
    let names: Vec<String> = written
        .iter()
        .map(|(it, _, _)| it.config.topic.clone())
        .collect();
    let counts = partition_counts(&config.bootstrap(), &names, readiness).await?;
    for (contract, version, id) in written {
        // Every topic was asked for, and a missing one is an error.
        let partitions = counts
            .get(&contract.config.topic)
            .copied()
            .unwrap_or_default();
        let intake = Intake::new(contract, version, id, partitions)?;
        entries.insert(
            contract.name.as_str().to_owned(),
            Entry::Open(Box::new(intake)),
        );
    }
    Ok(Ingest::new(
        entries,
        producer,
        config.limits.clone(),
        readiness.clone(),
    ))
}

/// Looks a version's schema id up, again and again while the registry is away.
async fn schema_id(
    registry: &RegistryClient,
    contracts: &Contracts,
    contract: &Contract,
    version: &ContractVersion,
    readiness: &Readiness,
) -> anyhow::Result<SchemaId> {
    let mut wait_ms = RETRY_FIRST_MS;
    loop {
        match registry.id_of_version(contracts, contract, version).await {
            Ok(Some(id)) => return Ok(id),
            Ok(None) => bail!(
                "{} {} is not registered in the schema registry at {}\nfix: run `accordant push`",
                contract.name.as_str(),
                version.version,
                registry.url(),
            ),
            Err(error @ RegistryError::Unreachable { .. }) => {
                readiness.set_missing(CHECK, &error.to_string());
                tracing::warn!(%error, "waiting for the registry");
            }
            Err(error) => return Err(error.into()),
        }
        wait_ms = back_off(wait_ms).await;
    }
}

/// Asks for the partition counts, again and again while the cluster is away.
async fn partition_counts(
    bootstrap: &str,
    topics: &[String],
    readiness: &Readiness,
) -> anyhow::Result<BTreeMap<String, u32>> {
    let mut wait_ms = RETRY_FIRST_MS;
    loop {
        match topics::partition_counts(bootstrap, topics).await {
            Ok(counts) => return Ok(counts),
            Err(error @ TopicsError::Unreachable { .. }) => {
                readiness.set_missing(CHECK, &error.to_string());
                tracing::warn!(%error, "waiting for the cluster");
            }
            Err(error) => return Err(error.into()),
        }
        wait_ms = back_off(wait_ms).await;
    }
}

/// Waits, and says how long to wait next time.
async fn back_off(wait_ms: u64) -> u64 {
    sleep(Duration::from_millis(wait_ms)).await;
    (wait_ms * 2).min(RETRY_MAX_MS)
}

/// Keeps readiness in step with the broker. Ends when the producer has ended.
async fn watch_broker(producer: &OrderedProducer, readiness: &Readiness) {
    let mut reachable = producer.broker_reachable();
    loop {
        match *reachable.borrow_and_update() {
            true => readiness.set_ready(CHECK),
            false => readiness.set_missing(CHECK, "the broker cannot be reached"),
        }
        if reachable.changed().await.is_err() {
            return;
        }
    }
}
