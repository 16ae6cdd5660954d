//! `accordant push`: released versions to the registry, topics to Kafka.

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
    let client = RegistryClient::of(config);
    let topologies = accordant_shop::topologies();
    let report = push::push(
        &contracts,
        &client,
        &config.bootstrap(),
        config.cluster_kind(),
        Drafts::Refuse,
        &topologies,
    )
    .await?;
    output::result_line(&report.to_string())?;
    Ok(())
}
