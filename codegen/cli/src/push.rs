//! `accordant push` and `plan`: released versions to the registry, topics to Kafka.

use accordant_kit::{
    config::Config,
    contracts,
    push::{self, Drafts},
    registry_client::RegistryClient,
};

use crate::output;

/// Registers and creates what is missing; what is there already stays.
///
/// # Errors
/// The registry or Kafka refuses or cannot be reached.
pub(crate) async fn push(config: &Config) -> anyhow::Result<()> {
    let contracts = contracts::load(&config.contracts)?;
    let report = push::push(
        &contracts,
        &RegistryClient::of(config),
        &config.bootstrap(),
        config.cluster_kind(),
        Drafts::Refuse,
        &accordant_shop::topologies(),
    )
    .await?;
    output::result_line(&report.to_string())?;
    let done = if report.is_empty() {
        "nothing had to be done"
    } else {
        "done"
    };
    output::talk(done);
    Ok(())
}

/// Prints what `push` would do; `false` when it would do something.
///
/// # Errors
/// The registry or Kafka cannot be reached, or `push` would fail.
pub(crate) async fn plan(config: &Config) -> anyhow::Result<bool> {
    let contracts = contracts::load(&config.contracts)?;
    let report = push::plan(
        &contracts,
        &RegistryClient::of(config),
        &config.bootstrap(),
        config.cluster_kind(),
        Drafts::Refuse,
        &accordant_shop::topologies(),
    )
    .await?;
    output::result_line(&report.to_string())?;
    Ok(report.is_empty())
}
