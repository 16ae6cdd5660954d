//! `accordant export`: contracts as other tools read them.

use std::{path::PathBuf, process::ExitCode};

use accordant_schema::{contract::Contract, export};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use super::{
    files,
    folder::{Folder, FolderArgs, no_contract},
};
use crate::output;

/// What `export` takes.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The form
    #[arg(value_enum)]
    form: Form,
    /// Which contract, such as catalog.ArticleChanged or catalog.ArticleChanged@v1;
    /// asyncapi is about all of them
    #[arg(value_name = "CONTRACT")]
    name: Option<String>,
    /// Write it to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    folder: FolderArgs,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A schema that stands alone, shared types written out
    Bundle,
    /// JSON Schema of the event's plain JSON
    JsonSchema,
    /// AsyncAPI 3 for the whole folder
    Asyncapi,
    /// A page for people
    Markdown,
}

/// Writes the contract in the form.
///
/// # Errors
/// The folder cannot be read or does not load, there is no such contract, or
/// the file cannot be written.
pub(crate) fn export(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&args.folder)?;
    if let Some(problem) = folder.problems.first() {
        bail!(
            "the contracts have {} problem(s), the first in {}: {}\nfix: accordant check",
            folder.problems.len(),
            problem.file,
            problem.message
        );
    }
    let text = match args.form {
        Form::Asyncapi => pretty(&export::asyncapi(&folder.contracts))?,
        Form::Bundle | Form::JsonSchema | Form::Markdown => {
            let Some(text) = &args.name else {
                bail!("name the contract that is to be exported\nfix: accordant list shows them");
            };
            let (name, version) = match text.split_once('@') {
                Some((name, version)) => (name, Some(version)),
                None => (text.as_str(), None),
            };
            let Some(contract) = folder.contracts.get(name) else {
                bail!(no_contract(&folder.contracts, name));
            };
            one(args.form, contract, version)?
        }
    };
    match &args.output {
        Some(path) => files::replace(path, format!("{}\n", text.trim_end()).as_bytes())
            .with_context(|| format!("cannot write {}", path.display()))?,
        None => output::result_line(text.trim_end())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn one(form: Form, contract: &Contract, version: Option<&str>) -> anyhow::Result<String> {
    let version = super::folder::version_of(contract, version)?;
    match form {
        Form::Bundle => Ok(export::bundle(version)),
        Form::JsonSchema => pretty(&export::json_schema(contract, version)),
        Form::Asyncapi | Form::Markdown => Ok(export::markdown(contract)),
    }
}

fn pretty(value: &serde_json::Value) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)?)
}
