//! `accordant up`: the whole pipeline in one process, the embedded broker
//! beside it. Everything starts here in order, and stops in the other order.

mod broker;
mod data_dir;
mod parts;
pub(crate) mod signals;
mod welcome;

use std::{net::TcpListener as StdListener, time::Duration};

use accordant_kit::{
    config::{Config, Processing},
    contracts,
    health::Readiness,
    http,
    push::{self, Drafts},
    registry_client::RegistryClient,
};
use accordant_schema::contract::Contracts;
use anyhow::{Context, bail};
use tokio::{net::TcpListener, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::output;
use broker::Broker;
use data_dir::DataDir;
use parts::Parts;
pub(crate) use parts::shop_with_admin;

/// Longest wait for the services after a request to stop; the broker comes after.
const SERVICES_STOP_TIMEOUT_MS: u64 = 6_000;
/// Longest wait for the broker of an earlier `up` to end.
const OLD_BROKER_TIMEOUT_MS: u64 = 3_000;
const OLD_BROKER_PAUSE_MS: u64 = 20;
/// Longest wait for a part to become ready.
const READY_TIMEOUT_S: u64 = 60;

/// The HTTP listeners, taken before anything else starts: a port in use ends
/// `up` before it has touched anything.
struct Listeners {
    registry: TcpListener,
    ingest: TcpListener,
    admin: TcpListener,
}

/// Runs until Ctrl-C, SIGTERM, or until a part ends by itself.
///
/// # Errors
/// A port or the data folder is in use, a contract is not valid, or a part failed.
pub(crate) async fn up(mut config: Config) -> anyhow::Result<()> {
    let started = Instant::now();
    let shutdown = signals::shutdown_on_signal()?;
    settle(&mut config);
    let data_dir = DataDir::take(&config.data_dir)?;
    if config.instance.is_none() {
        config.instance = Some(data_dir.instance()?);
    }
    let listeners = listen(&config).await?;
    let broker_shutdown = CancellationToken::new();
    let services_shutdown = CancellationToken::new();
    let mut parts = Parts::new();
    let result = tokio::select! {
        () = shutdown.token.cancelled() => Ok(()),
        result = start(&config, listeners, &mut parts, &services_shutdown, &broker_shutdown) => {
            match result {
                Ok(contracts) => {
                    welcome::print(&config, &contracts, started.elapsed())?;
                    tokio::select! {
                        () = shutdown.token.cancelled() => Ok(()),
                        ended = parts.first_end() => Err(ended),
                    }
                }
                Err(error) => Err(error),
            }
        }
    };
    if result.is_ok() {
        output::talk("Stopping");
    }
    services_shutdown.cancel();
    let late = parts
        .stop_services(Duration::from_millis(SERVICES_STOP_TIMEOUT_MS))
        .await;
    broker_shutdown.cancel();
    let broker = parts.stop_broker().await;
    result.and(late).and(broker)
}

/// What `up` decides for a single machine unless the user has.
fn settle(config: &mut Config) {
    config.drafts = true;
    if config.is_broker_embedded() {
        for topology in accordant_shop::topologies() {
            let app = config.app.entry(topology.app).or_default();
            app.processing.get_or_insert(Processing::AtLeastOnce);
        }
    }
}

async fn listen(config: &Config) -> anyhow::Result<Listeners> {
    if config.is_broker_embedded() {
        // The broker binds it itself, in its own process: say it here, in one sentence.
        broker_port_is_free(config).await?;
    }
    Ok(Listeners {
        registry: http::bind(config.registry_addr, "registry").await?,
        ingest: http::bind(config.ingest_addr, "ingest").await?,
        admin: http::bind(config.admin_addr, "admin").await?,
    })
}

/// Waits a moment for the broker of an `up` that was killed: it ends when it
/// notices that its parent is gone.
async fn broker_port_is_free(config: &Config) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_millis(OLD_BROKER_TIMEOUT_MS);
    loop {
        match StdListener::bind(config.broker_addr) {
            Ok(_closed_here) => return Ok(()),
            Err(error) if Instant::now() > deadline => {
                return Err(error).with_context(|| {
                    format!(
                        "the broker cannot listen on {}; give another address with --broker-addr",
                        config.broker_addr
                    )
                });
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(OLD_BROKER_PAUSE_MS)).await,
        }
    }
}

/// Starts every part in order; returns when each is ready.
async fn start(
    config: &Config,
    listeners: Listeners,
    parts: &mut Parts,
    services: &CancellationToken,
    broker: &CancellationToken,
) -> anyhow::Result<Contracts> {
    let contracts = contracts::load(&config.contracts)?;
    if config.is_broker_embedded() {
        let embedded = Broker::start(config.broker_addr, &config.data_dir).await?;
        parts.broker(embedded.watch(broker.clone()));
    }
    let registry = Readiness::new(&["registry"]);
    parts.registry(
        config.clone(),
        listeners.registry,
        registry.clone(),
        services.clone(),
    );
    ready(&registry, parts).await?;
    let client = RegistryClient::of(config);
    let topologies = accordant_shop::topologies();
    let bootstrap = config.bootstrap();
    push::push(
        &contracts,
        &client,
        &bootstrap,
        config.cluster_kind(),
        Drafts::Include,
        &topologies,
    )
    .await?;
    let readiness = Readiness::new(&["ingest", "shop"]);
    parts.ingest(
        config.clone(),
        listeners.ingest,
        readiness.clone(),
        services.clone(),
    );
    parts.shop(
        config.clone(),
        listeners.admin,
        readiness.clone(),
        services.clone(),
    );
    ready(&readiness, parts).await?;
    Ok(contracts)
}

/// Waits until all checks hold; a part that ends meanwhile ends the wait.
async fn ready(readiness: &Readiness, parts: &mut Parts) -> anyhow::Result<()> {
    tokio::select! {
        () = readiness.wait_ready() => Ok(()),
        ended = parts.first_end() => Err(ended),
        () = tokio::time::sleep(Duration::from_secs(READY_TIMEOUT_S)) => {
            let missing = readiness.missing();
            let missing: Vec<String> =
                missing.iter().map(|(name, why)| format!("{name}: {why}")).collect();
            bail!("not ready after {READY_TIMEOUT_S} s ({})", missing.join("; "))
        }
    }
}
