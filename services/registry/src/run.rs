//! The registry as a service.

use accordant_kit::{config::Config, health::Readiness, http};
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
    let settings = Settings::of(config)?;
    let cannot_start = "the registry cannot start";
    let registry = match config.registry.in_memory {
        true => Registry::in_memory(settings).await.context(cannot_start)?,
        false => {
            let store = Store::open(&config.database_url(NAME)).await;
            Registry::new(store.context(cannot_start)?, settings)
        }
    };
    let api = http::observed(app(registry.clone()), NAME);
    readiness.set_ready(NAME);
    let served = http::serve(listener, api, &config.limits.http(), shutdown).await;
    registry.close().await;
    served.context("the registry's listener is broken")
}
