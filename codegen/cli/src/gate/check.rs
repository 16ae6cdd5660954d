//! `accordant check`.

use std::process::ExitCode;

use accordant_compat::{History, Report, gate, render};
use clap::Args;

use super::{
    folder::{Folder, FolderArgs, today},
    history,
};
use crate::output;

/// What `check` takes.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Accept in CI that the lock's history cannot be read
    #[arg(long)]
    allow_shallow: bool,
}

/// Checks the folder and prints the report: 0 where nothing refuses, else 1.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn check(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&args.folder)?;
    let in_ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "false"));
    let mut report = gate::check_on(&folder.contracts, &folder.problems, today().as_deref());
    add_history(&mut report, &folder, in_ci && !args.allow_shallow);
    let text = render::text_with(&report, &folder.files, &folder.style());
    output::result_line(text.trim_end())?;
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
