//! Composes the three applications: one store, one runtime each.

use std::time::Duration;

use accordant_kit::{
    config::{Config, Processing},
    health::Readiness,
    processor::{self, Processor, Runtime, Status, topics_of},
    push::AppTopics,
    registry_client::RegistryClient,
    store::Store,
    verify::{self, Verifier, VerifyReport},
};
use anyhow::Context as _;
use axum::Router;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{Articles, Offers, Prices};

/// The name of the store's database.
const DATABASE: &str = "shop";
/// The readiness check of the service itself.
const READINESS: &str = "shop";

/// The topics of every application, in the order in which events pass them.
pub fn topologies() -> Vec<AppTopics> {
    vec![
        topics_of::<Articles>(),
        topics_of::<Prices>(),
        topics_of::<Offers>(),
    ]
}

/// The service.
#[derive(Debug, Clone)]
pub struct Shop {
    config: Config,
    status: Status,
}

impl Shop {
    /// With these settings; nothing runs yet.
    pub fn new(config: &Config) -> Shop {
        Shop {
            config: config.clone(),
            status: Status::new(),
        }
    }

    /// What the applications do, for the admin address.
    pub fn admin_routes(&self) -> Router {
        processor::admin_routes(self.status.clone())
    }

    /// Runs the applications until told to stop.
    ///
    /// # Errors
    /// The store cannot be opened, or an application cannot start.
    pub async fn run(
        &self,
        readiness: Readiness,
        shutdown: CancellationToken,
    ) -> anyhow::Result<()> {
        for topics in topologies() {
            readiness.set_missing(&topics.app, "starting");
        }
        readiness.set_ready(READINESS);
        let store = open(&self.config).await?;
        let stop = shutdown.child_token();
        let mut applications = JoinSet::new();
        self.spawn(Articles, &mut applications, &store, &readiness, &stop);
        self.spawn(Prices, &mut applications, &store, &readiness, &stop);
        self.spawn(Offers, &mut applications, &store, &readiness, &stop);
        let mut result = Ok(());
        while let Some(ended) = applications.join_next().await {
            // One that cannot run stops the others: they are one service.
            stop.cancel();
            result = result.and(ended.context("an application broke off").flatten());
        }
        store.close().await;
        result
    }

    fn spawn<P: Processor>(
        &self,
        processor: P,
        applications: &mut JoinSet<anyhow::Result<()>>,
        store: &Store,
        readiness: &Readiness,
        stop: &CancellationToken,
    ) {
        let configured = self.config.app.get(P::NAME).and_then(|app| app.processing);
        let runtime = Runtime {
            bootstrap: self.config.bootstrap(),
            registry: RegistryClient::of(&self.config),
            store: store.clone(),
            data_dir: self.config.data_dir.clone(),
            processing: configured.unwrap_or(Processing::ExactlyOnce),
            instance: self.config.instance.clone(),
            status: self.status.clone(),
            readiness: readiness.clone(),
        };
        let run = processor::run(processor, runtime, stop.clone());
        applications.spawn(async move { run.await.with_context(|| P::NAME.to_owned()) });
    }
}

/// Compares every application's rows with the fold of its outbound topic, once
/// nothing is left to process.
///
/// # Errors
/// Kafka or the store cannot be read, or processing does not come to rest in time.
pub async fn verify(config: &Config, timeout: Duration) -> anyhow::Result<VerifyReport> {
    let store = open(config).await?;
    let verifier = Verifier {
        bootstrap: config.bootstrap(),
        store: store.clone(),
        timeout,
    };
    let report = verify::verify(&verifier, &topologies()).await?;
    store.close().await;
    Ok(report)
}

async fn open(config: &Config) -> anyhow::Result<Store> {
    let url = config.database_url(DATABASE);
    Store::open(&url).await.context("the shop's store")
}
