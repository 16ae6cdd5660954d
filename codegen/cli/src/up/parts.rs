//! The running parts as tasks with a name: the first that ends by itself ends `up`.

use std::time::Duration;

use accordant_kit::{config::Config, health, health::Readiness, http};
use anyhow::Context;
use axum::Router;
use tokio::{
    net::TcpListener,
    task::{JoinError, JoinSet},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

type Ended = (&'static str, anyhow::Result<()>);

/// The tasks.
#[derive(Debug, Default)]
pub(super) struct Parts {
    services: JoinSet<Ended>,
    broker: JoinSet<Ended>,
}

impl Parts {
    pub(super) fn new() -> Parts {
        Parts::default()
    }

    pub(super) fn broker(
        &mut self,
        watch: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        self.broker.spawn(async move { ("broker", watch.await) });
    }

    pub(super) fn registry(
        &mut self,
        config: Config,
        listener: TcpListener,
        readiness: Readiness,
        shutdown: CancellationToken,
    ) {
        self.services.spawn(async move {
            (
                "registry",
                accordant_registry::run(&config, listener, readiness, shutdown).await,
            )
        });
    }

    pub(super) fn ingest(
        &mut self,
        config: Config,
        listener: TcpListener,
        readiness: Readiness,
        shutdown: CancellationToken,
    ) {
        self.services.spawn(async move {
            (
                "ingest",
                accordant_ingest::run(&config, listener, readiness, shutdown).await,
            )
        });
    }

    pub(super) fn shop(
        &mut self,
        config: Config,
        listener: TcpListener,
        readiness: Readiness,
        shutdown: CancellationToken,
    ) {
        self.services.spawn(async move {
            (
                "shop",
                shop_with_admin(&config, listener, readiness, shutdown).await,
            )
        });
    }

    /// Waits for the first part that ends, which none should.
    pub(super) async fn first_end(&mut self) -> anyhow::Error {
        let ended = tokio::select! {
            Some(ended) = self.services.join_next() => ended,
            Some(ended) = self.broker.join_next() => ended,
            else => std::future::pending().await,
        };
        match flatten(ended) {
            Ok(name) => anyhow::anyhow!("the {name} ended by itself"),
            Err(error) => error,
        }
    }

    /// Waits for the services after they were asked to stop; those that are
    /// late are dropped.
    pub(super) async fn stop_services(&mut self, patience: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + patience;
        let mut result = Ok(());
        while !self.services.is_empty() {
            match tokio::time::timeout_at(deadline, self.services.join_next()).await {
                Ok(Some(ended)) => result = result.and(flatten(ended).map(drop)),
                Ok(None) => break,
                Err(_) => {
                    self.services.shutdown().await;
                    let waited_ms = patience.as_millis();
                    return Err(anyhow::anyhow!("a service did not stop in {waited_ms} ms"));
                }
            }
        }
        result
    }

    /// Waits for the broker after it was asked to stop; its watcher has the bound.
    pub(super) async fn stop_broker(&mut self) -> anyhow::Result<()> {
        match self.broker.join_next().await {
            Some(ended) => flatten(ended).map(drop),
            None => Ok(()),
        }
    }
}

fn flatten(ended: Result<Ended, JoinError>) -> anyhow::Result<&'static str> {
    let (name, result) = ended.context("a part panicked")?;
    result.with_context(|| name.to_owned())?;
    Ok(name)
}

/// The example applications, and their status on the admin address.
///
/// # Errors
/// An application failed for good, or the listener did.
pub(crate) async fn shop_with_admin(
    config: &Config,
    listener: TcpListener,
    readiness: Readiness,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let shop = accordant_shop::Shop::new(config);
    let routes: Router = health::routes(readiness.clone()).merge(shop.admin_routes());
    let limits = config.limits.http();
    let stop = shutdown.child_token();
    let admin = async {
        let served = http::serve(listener, routes, &limits, stop.clone()).await;
        served.context("the admin address cannot be served")
    };
    let run = async {
        let result = shop.run(readiness, shutdown).await;
        stop.cancel();
        result
    };
    tokio::try_join!(admin, run).map(|_| ())
}
