//! `accordant list`: the contracts of the folder, a line each.

use std::process::ExitCode;

use accordant_schema::contract::{Contract, ContractKind, State};
use clap::Args;
use serde_json::{Value, json};

use super::folder::{Folder, FolderArgs};
use crate::output;

/// What `list` takes.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the contracts; what does not load is left to `check`.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn list(args: &ListArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&args.folder)?;
    let contracts = folder.contracts.contracts.values();
    if args.json {
        let contracts: Vec<Value> = contracts.map(as_json).collect();
        let text = serde_json::to_string_pretty(&json!({ "format": 1, "contracts": contracts }))?;
        output::result_line(&text)?;
    } else {
        let rows: Vec<[String; 5]> = contracts.map(row).collect();
        let heads = ["contract", "kind", "versions", "topic", "owner"].map(str::to_owned);
        for line in table(&heads, &rows) {
            output::result_line(&line)?;
        }
    }
    if !folder.problems.is_empty() {
        let count = folder.problems.len();
        output::talk(&format!(
            "{count} problem(s) keep contracts or versions from loading: `accordant check` shows them"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn row(contract: &Contract) -> [String; 5] {
    let versions: Vec<String> = contract
        .versions
        .iter()
        .map(|it| match it.state {
            State::Draft => format!("{} draft", it.version),
            State::Released => it.version.to_string(),
            State::Retired => format!("{} retired", it.version),
        })
        .collect();
    let topic = match contract.config.kind {
        ContractKind::Type => "-",
        ContractKind::Submission | ContractKind::Event | ContractKind::Change => {
            &contract.config.topic
        }
    };
    [
        contract.name.to_string(),
        contract.config.kind.as_str().to_owned(),
        versions.join(", "),
        topic.to_owned(),
        contract.config.owner.clone(),
    ]
}

/// Lines of columns as wide as their widest cell, the heads dimmed.
pub(super) fn table<const N: usize>(heads: &[String; N], rows: &[[String; N]]) -> Vec<String> {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .chain([heads])
            .map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    };
    let line = |row: &[String; N]| {
        let cells = row.iter().enumerate();
        let padded: Vec<String> = cells
            .map(|(at, cell)| {
                let pad = width(at).saturating_sub(cell.chars().count());
                format!("{cell}{}", " ".repeat(pad))
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![output::dim(&line(heads))];
    lines.extend(rows.iter().map(line));
    lines
}

fn as_json(contract: &Contract) -> Value {
    let config = &contract.config;
    let versions: Vec<Value> = contract
        .versions
        .iter()
        .map(|it| {
            let state = match it.state {
                State::Draft => "draft",
                State::Released => "released",
                State::Retired => "retired",
            };
            json!({ "version": it.version.0, "state": state, "file": it.file })
        })
        .collect();
    json!({
        "contract": contract.name.as_str(),
        "kind": config.kind.as_str(),
        "description": config.description,
        "owner": config.owner,
        "audience": config.audience,
        "topic": config.topic,
        "subject": contract.subject(),
        "key": config.key,
        "partition_by": config.partition_by,
        "partitions": config.partitions,
        "compatibility": config.compatibility.as_str(),
        "versions": versions,
    })
}
