//! What `up` prints when everything is ready.

use std::time::Duration;

use accordant_kit::config::Config;
use accordant_schema::contract::{ContractKind, Contracts};

use crate::output::{self, bold, dim};

pub(super) fn print(
    config: &Config,
    contracts: &Contracts,
    elapsed: Duration,
) -> std::io::Result<()> {
    let count = contracts.contracts.len();
    let versions: usize = contracts
        .contracts
        .values()
        .map(|it| it.versions.len())
        .sum();
    let kafka = match &config.kafka {
        Some(cluster) => format!("{}  {}", bold(cluster), dim("your cluster")),
        None => format!(
            "{}         {}",
            bold(&config.broker_addr.to_string()),
            dim("embedded, for development")
        ),
    };
    let rows = match &config.database {
        Some(_) => "PostgreSQL".to_owned(),
        None => format!("SQLite in {}", config.data_dir.display()),
    };
    let counts = format!("{count} contracts, {versions} versions");
    output::result_line(&format!(
        "  Registry  {}  {}",
        bold(&config.registry_url()),
        dim(&counts)
    ))?;
    output::result_line(&format!("  Ingest    {}", bold(&config.ingest_url())))?;
    output::result_line(&format!("  Kafka     {kafka}"))?;
    output::result_line(&format!(
        "  Admin     {}  {}",
        bold(&config.admin_url()),
        dim(&rows)
    ))?;
    output::result_line(&format!(
        "Ready in {:.1} s. Send an event from another terminal:",
        elapsed.as_secs_f64()
    ))?;
    if let Some(line) = curl(config, contracts) {
        output::result_line("")?;
        output::result_line(&line)?;
        output::result_line("")?;
    }
    output::result_line(&dim(
        "Ctrl-C stops everything; what was sent stays in the data folder.",
    ))
}

/// One line to copy: the first submission that has an example.
fn curl(config: &Config, contracts: &Contracts) -> Option<String> {
    let (contract, example) = contracts.contracts.values().find_map(|contract| {
        let is_submission = contract.config.kind == ContractKind::Submission;
        let example = contract.examples.first().filter(|_| is_submission)?;
        Some((contract, example))
    })?;
    let json = accordant_schema::json::parse(&example.text, 64)
        .ok()?
        .to_text();
    let json = json.replace('\'', "'\\''");
    let (url, name) = (config.ingest_url(), contract.name.as_str());
    Some(format!("curl {url}/v1/events/{name} --json '{json}'"))
}
