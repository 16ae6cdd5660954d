//! `accordant pull`: what a registry has, as a contract's folder.

use std::process::ExitCode;

use accordant_kit::{
    config::Config,
    contracts::{self, ContractsError},
    registry_client::RegistryClient,
};
use accordant_schema::{
    Kind, Limits,
    contract::{ContractKind, Contracts, Outline},
};
use anyhow::{Context, bail};
use clap::Args;

use super::{base::subject_versions, files};
use crate::{args::ServiceArgs, output};

/// What `pull` takes.
#[derive(Debug, Args)]
pub(crate) struct PullArgs {
    /// The registry's subject, such as catalog.article-value
    #[arg(value_name = "SUBJECT")]
    subject: String,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

/// Writes the subject's versions as drafts of a contract that must not be there
/// yet, with a `contract.toml` to be completed.
///
/// # Errors
/// There is no such subject, its schema is no record, or a file is there already.
pub(crate) async fn pull(args: &PullArgs, config: &Config) -> anyhow::Result<ExitCode> {
    let client = RegistryClient::of(config);
    let versions = subject_versions(&client, &args.subject).await?;
    let Some(latest) = versions.last() else {
        let subjects = client.subjects().await?;
        let nearest = subjects
            .iter()
            .min_by_key(|it| strsim::damerau_levenshtein(&args.subject, it));
        let near = nearest.map_or_else(String::new, |it| format!("; the nearest one is {it:?}"));
        bail!(
            "the registry at {} has no subject {:?}{near}",
            client.url(),
            args.subject
        );
    };
    let schema = &latest.schema;
    let Kind::Record(record) = &schema.root().kind else {
        bail!(
            "{} has no record as its latest schema: a contract is one",
            args.subject
        );
    };
    let name = record.name.to_string();
    let files = match contracts::read(&config.contracts) {
        Err(ContractsError::Missing { .. }) => contracts::FileMap::new(),
        other => other?,
    };
    let (known, _) = Contracts::load(&files, &Limits::default());
    if known.get(&name).is_some() {
        bail!(
            "there is a contract {name} already; nothing is written\n\
             fix: accordant check --against {} compares the two",
            client.url()
        );
    }
    let topic = args.subject.strip_suffix("-value");
    let first_field = record.fields.first();
    let outline = Outline {
        kind: match topic {
            Some(_) => ContractKind::Event,
            None => ContractKind::Type,
        },
        description: record.doc.as_deref().unwrap_or("Say what it is."),
        owner: name.split('.').next().unwrap_or(&name),
        topic: topic.unwrap_or_default(),
        key: first_field.map_or("id", |field| field.name.as_str()),
    };
    let mut written = vec![(format!("{name}/contract.toml"), outline.to_toml())];
    for (at, version) in versions.iter().enumerate() {
        // A registry may have gaps, a contract has none.
        let text = accordant_schema::format(&version.text).unwrap_or_else(|_| version.text.clone());
        written.push((format!("{name}/v{}.avsc", at + 1), text));
    }
    files::create(&config.contracts, &written)
        .with_context(|| format!("subject {}", args.subject))?;
    for (file, _) in &written {
        let head = output::bold(&format!("{:>12}", "Created"));
        output::result_line(&format!("{head} {}", config.contracts.join(file).display()))?;
    }
    // What a registry has is read already, so all of it is to be frozen.
    output::talk(&format!(
        "complete contract.toml (key and partitions above all), then: accordant release {name}"
    ));
    Ok(ExitCode::SUCCESS)
}
