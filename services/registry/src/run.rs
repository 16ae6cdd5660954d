//! The registry as a service.

use accordant_kit::{config::Config, health, health::Readiness, http};
use anyhow::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{Registry, Settings, Store, app};

/// The name of its check in [`Readiness`], of its database and in its metrics.
const NAME: &str = "registry";

/// Serves the registry on a listener until `shutdown` is cancelled, and sets
/// the check `registry` when requests are taken.
///
/// # Errors
/// The database cannot be opened, or the listener is broken.
pub async fn run(
    config: &Config,
    listener: TcpListener,
    readiness: Readiness,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let store = Store::open(&config.database_url(NAME))
        .await
        .context("the registry cannot start")?;
    let settings = Settings {
        schema_limits: config.limits.schema(),
        ..Settings::default()
    };
    let registry = Registry::new(store, settings);
    let api = http::observed(app(registry.clone()), NAME);
    let api = api.merge(health::routes(readiness.clone()));
    readiness.set_ready(NAME);
    let served = http::serve(listener, api, &config.limits.http(), shutdown).await;
    registry.close().await;
    served.context("the registry's listener is broken")
}
