//! `accordant generate`: the Rust types as a file that is checked in, for
//! people who want no build script. What is in the file is `accordant-build`'s.

use std::{path::PathBuf, process::ExitCode};

use accordant_build::{Error, Output, OutputState};
use clap::Args;

use super::folder::{Folder, FolderArgs, Missing};
use crate::output;

/// Where the file goes when no other folder is named.
const OUT_DEFAULT: &str = "src/generated";

/// What stands below the flags.
const HELP: &str = "\
Use the file with include!(\"generated/contracts.rs\"), which cargo fmt leaves alone, or
with #[rustfmt::skip] before its mod. The crate that holds it depends on accordant-wire.

The gate is the one that a build script asks: no date, no lint, no history; those are
what accordant check is for.";

/// What `generate` takes.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct GenerateArgs {
    /// The folder that contracts.rs is written into; made where there is none
    #[arg(long, value_name = "FOLDER", default_value = OUT_DEFAULT)]
    out: PathBuf,
    /// Write nothing; 1 where the file is missing or stale
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    folder: FolderArgs,
}

/// Writes the file and prints its name, unless it is fresh already. With
/// `--check` only prints the name of one that is not. 1 where it is not, or
/// where the gate refuses the contracts.
///
/// # Errors
/// The folder cannot be read, a contract has no Rust form, or the file cannot
/// be read or written.
pub(crate) fn generate(args: &GenerateArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::read(&args.folder, Missing::Refused)?;
    let code = match Output::new(&folder.files, &folder.style(), &args.out) {
        Ok(code) => code,
        Err(Error::Refused { text }) => {
            output::result_line(text.trim_end())?;
            output::talk("nothing is generated: the gate refuses");
            return Ok(ExitCode::from(1));
        }
        Err(error) => return Err(error.into()),
    };
    if args.check {
        check(args, &code)
    } else {
        write(&code)
    }
}

fn write(code: &Output) -> anyhow::Result<ExitCode> {
    let path = code.path().display();
    match code.write()? {
        OutputState::Missing => {
            output::result_line(&path.to_string())?;
            output::talk("it is new: commit it together with the contracts");
        }
        OutputState::Stale => {
            output::result_line(&path.to_string())?;
            output::talk("it was stale: commit it together with the contracts");
        }
        OutputState::Fresh => output::talk(&format!("{path} is fresh")),
    }
    Ok(ExitCode::SUCCESS)
}

fn check(args: &GenerateArgs, code: &Output) -> anyhow::Result<ExitCode> {
    let path = code.path().display();
    let state = match code.state()? {
        OutputState::Fresh => {
            output::talk(&format!("{path} is fresh"));
            return Ok(ExitCode::SUCCESS);
        }
        OutputState::Missing => "is missing",
        OutputState::Stale => "is stale",
    };
    output::result_line(&path.to_string())?;
    output::talk(&format!("{path} {state}\nfix: {}", refresh(args)));
    Ok(ExitCode::from(1))
}

/// The command that makes the file fresh, for a shell.
fn refresh(args: &GenerateArgs) -> String {
    let mut flags = args.folder.flags();
    if args.out.as_os_str() != OUT_DEFAULT {
        flags.push(("--out", &args.out));
    }
    let mut command = "accordant generate".to_owned();
    for (flag, path) in flags {
        let path = quoted(&path.display().to_string());
        command.push_str(&format!(" {flag} {path}"));
    }
    command
}

/// A word as a POSIX shell reads it back.
fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "/._-".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
