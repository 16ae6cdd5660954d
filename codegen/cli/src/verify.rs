//! `accordant verify`: rows against the fold of the outbound topics.

use accordant_kit::{config::Config, verify::VerifyReport};
use clap::Args;

use crate::{args::ServiceArgs, output};

/// What `verify` takes.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// How long to wait until nothing is left to process, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

/// Compares and prints; `true` if all is equal.
///
/// # Errors
/// Kafka or the database cannot be read, or processing does not come to rest in time.
pub(crate) async fn verify(args: &VerifyArgs, config: &Config) -> anyhow::Result<bool> {
    let timeout = std::time::Duration::from_secs(args.timeout);
    let report = accordant_shop::verify(config, timeout).await?;
    let equal = report.applications.iter().all(|it| it.equal);
    if args.json {
        output::result_line(&serde_json::to_string(&report)?)?;
    } else {
        print(&report)?;
    }
    Ok(equal)
}

fn print(report: &VerifyReport) -> std::io::Result<()> {
    for application in &report.applications {
        let verdict = if application.equal {
            "equal"
        } else {
            "DIFFERENT"
        };
        output::result_line(&format!(
            "{:>10}  {:>9} keys  {verdict}",
            application.name, application.keys
        ))?;
        for difference in &application.differences {
            output::result_line(&format!("            {difference}"))?;
        }
    }
    Ok(())
}
