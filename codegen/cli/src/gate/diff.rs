//! `accordant diff`: what changed between two versions, and whom it hurts.

use std::{fs, path::Path, process::ExitCode, sync::Arc};

use accordant_compat::diff::{self, Change, Effect};
use accordant_kit::registry_client::RegistryClient;
use accordant_schema::{Limits, Schema, contract::Contracts, parse_with};
use anyhow::{Context, bail};
use clap::Args;

use super::{
    folder::{Folder, FolderArgs, Missing, no_contract, problem_lines, version_of},
    git,
};
use crate::output;

/// What `diff` takes.
#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// The older one: a contract (catalog.ArticleChanged@v1), a file, a contract
    /// at a git ref (main:catalog.ArticleChanged), or a version in a registry
    /// (http://127.0.0.1:8081/subjects/catalog.article-value/versions/1)
    #[arg(value_name = "OLD")]
    old: String,
    /// The newer one, in the same forms
    #[arg(value_name = "NEW")]
    new: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    folder: FolderArgs,
}

/// Prints an effect a line: 0 where nobody is hurt, else 1.
///
/// # Errors
/// One of the two cannot be found or read.
pub(crate) fn diff(args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open_or(&args.folder, Missing::Empty)?;
    let old = load(&args.old, &folder)?;
    let new = load(&args.new, &folder)?;
    let changes = diff::diff(&old, &new);
    if args.json {
        output::result_line(&serde_json::to_string_pretty(&diff::json(&changes))?)?;
    } else if !changes.is_empty() {
        output::result_line(diff::text(&changes).trim_end())?;
    }
    let hurt = changes.iter().filter(|it| is_hurt(it)).count();
    output::talk(&match (changes.len(), hurt) {
        (0, _) => "nothing changed that a reader or a writer could notice".to_owned(),
        (1, 0) => "1 change, which hurts nobody".to_owned(),
        (1, _) => "1 change, which hurts somebody".to_owned(),
        (count, 0) => format!("{count} changes; none hurts anybody"),
        (count, hurt) => format!("{count} changes; {hurt} of them hurt somebody"),
    });
    Ok(ExitCode::from(u8::from(hurt > 0)))
}

/// Whether a reader fails, or reads on with another meaning.
fn is_hurt(change: &Change) -> bool {
    [change.backward, change.forward]
        .iter()
        .any(|effect| match effect {
            Effect::Breaks(_) | Effect::Misreads(_) => true,
            Effect::Fine => false,
        })
}

/// The schema that a text names.
fn load(text: &str, folder: &Folder) -> anyhow::Result<Arc<Schema>> {
    if text.starts_with("http://") || text.starts_with("https://") {
        return in_registry(text, folder);
    }
    if Path::new(text).is_file() {
        return in_file(text, folder);
    }
    match text.split_once(':') {
        Some((name, rest)) => {
            let files = git::folder_at(&folder.path, name)?;
            let (contracts, _) = Contracts::load(&files, &Limits::default());
            in_contracts(rest, &contracts).with_context(|| format!("at {name}"))
        }
        None => in_contracts(text, &folder.contracts),
    }
}

fn in_contracts(text: &str, contracts: &Contracts) -> anyhow::Result<Arc<Schema>> {
    let (name, version) = match text.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (text, None),
    };
    let Some(contract) = contracts.get(name) else {
        bail!(no_contract(contracts, name));
    };
    Ok(Arc::clone(&version_of(contract, version)?.schema))
}

/// A file; shared types are those of the contracts folder.
fn in_file(path: &str, folder: &Folder) -> anyhow::Result<Arc<Schema>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let types: Vec<&str> = folder
        .contracts
        .contracts
        .values()
        .filter(|it| it.config.kind == accordant_schema::contract::ContractKind::Type)
        .map(|it| it.latest().text.as_str())
        .collect();
    let parsed = parse_with(&text, &[], &Limits::default())
        .or_else(|_| parse_with(&text, &types, &Limits::default()));
    match parsed {
        Ok(schema) => Ok(Arc::new(schema)),
        Err(problems) => {
            let lines = problem_lines(path, &text, &problems);
            bail!("{path} is no valid schema\n{lines}");
        }
    }
}

/// `URL/subjects/SUBJECT/versions/N`, as the registry's own API has it.
fn in_registry(text: &str, folder: &Folder) -> anyhow::Result<Arc<Schema>> {
    let parts = text
        .split_once("/subjects/")
        .and_then(|(url, rest)| rest.split_once("/versions/").map(|(it, at)| (url, it, at)));
    let Some((url, subject, version)) = parts else {
        bail!(
            "{text} names no version in a registry\n\
             fix: write it as http://HOST:PORT/subjects/SUBJECT/versions/NUMBER or .../latest"
        );
    };
    let client = RegistryClient::with_token(url, folder.registry_token.as_deref());
    let subject = subject
        .replace("%2F", "/")
        .replace("%2f", "/")
        .replace("%25", "%");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let version = match version.trim_end_matches('/') {
            "latest" => client.versions(&subject).await?.pop(),
            number => number.parse().ok(),
        };
        let Some(version) = version else {
            bail!("{text} names no version: {subject} has none, or it is no number");
        };
        Ok(Arc::new(client.version(&subject, version).await?.schema))
    })
}
