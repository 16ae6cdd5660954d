//! `accordant check`.

use std::process::ExitCode;

use accordant_compat::{
    History, Report,
    gate::{self, Base},
    render,
};
use clap::Args;

use super::{
    base,
    folder::{Folder, FolderArgs, today},
    format::FormatArgs,
    history, lint,
};

/// What `check` takes.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Check these alone, with what they use and who uses them: names of
    /// contracts, or files [default: all]
    #[arg(value_name = "CONTRACT|FILE")]
    only: Vec<String>,
    #[command(flatten)]
    folder: FolderArgs,
    /// Compare with a git ref, another contracts folder, or a registry's URL too
    #[arg(long, value_name = "REF|DIR|URL")]
    against: Vec<String>,
    /// Accept in CI that the lock's history cannot be read
    #[arg(long)]
    allow_shallow: bool,
    #[command(flatten)]
    format: FormatArgs,
}

/// Checks the folder and prints the report: 0 where nothing refuses, else 1.
///
/// # Errors
/// The folder, or what it is compared with, cannot be read.
pub(crate) fn check(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let (mut folder, is_part) = Folder::open_part(&args.folder, &args.only)?;
    let lint = lint::config(args.folder.config.as_deref(), &mut folder)?;
    let in_ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "false"));
    let today = today();
    let options = gate::Options {
        today: today.as_deref(),
        lint: Some(&lint),
        is_part,
    };
    let mut report = gate::check_with(&folder.contracts, &folder.problems, &options);
    add_history(&mut report, &folder, in_ci && !args.allow_shallow);
    for text in &args.against {
        let elsewhere = base::load(text, &folder)?;
        let base = Base {
            source: elsewhere.source,
            label: &elsewhere.label,
            prefix: &elsewhere.prefix,
            contracts: &elsewhere.contracts,
        };
        let findings = gate::against(&folder.contracts, &base).into_iter();
        // Of a part, what is not in it has not been looked at.
        for finding in
            findings.filter(|it| !is_part || folder.contracts.contracts.contains_key(&it.contract))
        {
            report.add(finding);
        }
        folder.files.extend(elsewhere.files);
    }
    let text = render::render(&report, &folder.files, &folder.style(), args.format.format);
    args.format.write(&text)?;
    Ok(ExitCode::from(u8::from(report.failed())))
}

/// Adds what the lock's history says; `must` fails a report without one.
pub(super) fn add_history(report: &mut Report, folder: &Folder, must: bool) {
    match history::removed_lines(&folder.path, &folder.files) {
        Ok(findings) => {
            report.history = History::Checked;
            findings.into_iter().for_each(|finding| report.add(finding));
        }
        Err(reason) => {
            report.history = History::NotChecked {
                reason,
                refused: must,
            }
        }
    }
}
