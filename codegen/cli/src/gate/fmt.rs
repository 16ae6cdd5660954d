//! `accordant fmt`: one layout for the schemas that may still be edited.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use accordant_schema::contract::State;
use anyhow::{Context, bail};
use clap::Args;

use super::{
    files,
    folder::{Folder, FolderArgs, problem_lines},
};
use crate::output;

/// What `fmt` takes.
#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Schema files [default: every draft; released ones are frozen]
    #[arg(value_name = "FILE")]
    paths: Vec<PathBuf>,
    /// Change nothing; 1 where something would be
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    folder: FolderArgs,
}

/// Lays the files out and prints the name of each that changed.
///
/// # Errors
/// A file cannot be read or written, is released, or is no JSON.
pub(crate) fn fmt(args: &FmtArgs) -> anyhow::Result<ExitCode> {
    let mut count = 0;
    let mut laid_out = Vec::new();
    let paths = paths(args)?;
    for path in &paths {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let formatted = match accordant_schema::format(&text) {
            Ok(formatted) => formatted,
            Err(problems) => {
                let lines = problem_lines(&path.display().to_string(), &text, &problems);
                bail!("nothing is written\n{lines}");
            }
        };
        count += 1;
        if formatted != text {
            laid_out.push((path, formatted));
        }
    }
    for (path, formatted) in &laid_out {
        if !args.check {
            files::replace(path, formatted.as_bytes())
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        output::result_line(&path.display().to_string())?;
    }
    let what = if args.check {
        "would change"
    } else {
        "changed"
    };
    output::talk(&format!("{} of {count} files {what}", laid_out.len()));
    Ok(ExitCode::from(u8::from(args.check && !laid_out.is_empty())))
}

/// The files that are named, or every draft's.
fn paths(args: &FmtArgs) -> anyhow::Result<BTreeSet<PathBuf>> {
    let folder = match Folder::open(&args.folder) {
        Ok(folder) => folder,
        // Files by name need no folder around them.
        Err(_) if !args.paths.is_empty() => return Ok(args.paths.iter().cloned().collect()),
        Err(error) => return Err(error),
    };
    let in_lock = |path: &Path| {
        let versions = folder
            .contracts
            .contracts
            .values()
            .flat_map(|it| &it.versions);
        let mut released = versions.filter(|it| it.state != State::Draft);
        released
            .find(|it| same_file(&folder.path.join(&it.file), path))
            .is_some()
    };
    if let Some(path) = args.paths.iter().find(|path| in_lock(path)) {
        bail!(
            "{} is released: its bytes are frozen\nfix: leave it as it is",
            path.display()
        );
    }
    if !args.paths.is_empty() {
        return Ok(args.paths.iter().cloned().collect());
    }
    let released: BTreeSet<String> = folder
        .contracts
        .lock
        .lines
        .iter()
        .map(|line| format!("{}/{}.avsc", line.name, line.version))
        .collect();
    // Also those that do not load: a person in the middle of an edit wants them laid out.
    let drafts = folder
        .files
        .keys()
        .filter(|file| file.ends_with(".avsc") && !released.contains(*file));
    Ok(drafts.map(|file| folder.path.join(file)).collect())
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        (Ok(_) | Err(_), _) => false,
    }
}
