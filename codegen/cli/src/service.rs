//! `accordant registry`, `ingest` and `shop`: one service alone, its own address.

use accordant_kit::{config::Config, health::Readiness, http};

use crate::{output, up::signals};

/// Runs the registry until Ctrl-C.
///
/// # Errors
/// Its port is in use, or its database cannot be opened.
pub(crate) async fn registry(config: Config) -> anyhow::Result<()> {
    let listener = http::bind(config.registry_addr, "registry").await?;
    let shutdown = signals::shutdown_on_signal()?;
    // The port that it has, where any would do.
    output::talk(&format!("registry on http://{}", listener.local_addr()?));
    accordant_registry::run(
        &config,
        listener,
        Readiness::new(&[]),
        shutdown.token.clone(),
    )
    .await
}

/// Runs ingest until Ctrl-C.
///
/// # Errors
/// Its port is in use, or a contract is not registered.
pub(crate) async fn ingest(config: Config) -> anyhow::Result<()> {
    let listener = http::bind(config.ingest_addr, "ingest").await?;
    let shutdown = signals::shutdown_on_signal()?;
    output::talk(&format!("ingest on http://{}", config.ingest_addr));
    accordant_ingest::run(
        &config,
        listener,
        Readiness::new(&[]),
        shutdown.token.clone(),
    )
    .await
}

/// Runs the example applications until Ctrl-C, with their status on the admin address.
///
/// # Errors
/// The port is in use, a topic or a schema is missing, or a partition failed for good.
pub(crate) async fn shop(config: Config) -> anyhow::Result<()> {
    let listener = http::bind(config.admin_addr, "admin").await?;
    let shutdown = signals::shutdown_on_signal()?;
    output::talk(&format!("status on http://{}", config.admin_addr));
    crate::up::shop_with_admin(
        &config,
        listener,
        Readiness::new(&[]),
        shutdown.token.clone(),
    )
    .await
}
