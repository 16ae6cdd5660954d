//! `accordant infer`: a schema to begin with, from events that are there.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::ExitCode,
};

use accordant_schema::{FullName, Inference};
use anyhow::{Context, bail};
use clap::Args;

use super::files;
use crate::output;

/// What `infer` takes.
#[derive(Debug, Args)]
pub(crate) struct InferArgs {
    /// JSON events, one a line; - is standard input
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// The record's full name
    #[arg(long, value_name = "NAME", default_value = "example.Event")]
    name: String,
    /// Write the schema to a file that must not be there yet
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Prints the draft, and on standard error what a person should look at.
///
/// # Errors
/// The file cannot be read, or a line is no event.
pub(crate) fn infer(args: &InferArgs) -> anyhow::Result<ExitCode> {
    let name = FullName::new(&args.name)
        .map_err(|error| anyhow::anyhow!("{:?} is no Avro full name: {error}", args.name))?;
    let input: Box<dyn BufRead> = if args.path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = File::open(&args.path);
        Box::new(BufReader::new(file.with_context(|| {
            format!("cannot read {}", args.path.display())
        })?))
    };
    let mut inference = Inference::new(name);
    let mut count = 0_u64;
    for (at, line) in input.lines().enumerate() {
        let place = || format!("{} line {}", args.path.display(), at + 1);
        let line = line.with_context(place)?;
        if line.trim().is_empty() {
            continue;
        }
        inference.sample(&line).with_context(place)?;
        count += 1;
    }
    if count == 0 {
        bail!(
            "{} has no events\nfix: give JSON objects, one a line",
            args.path.display()
        );
    }
    let draft = inference.finish();
    match &args.output {
        Some(path) => {
            let name = path.file_name().context("the output has no file name")?;
            let root = path.parent().map_or_else(PathBuf::new, PathBuf::from);
            let root = if root.as_os_str().is_empty() {
                PathBuf::from(".")
            } else {
                root
            };
            let file = (name.to_string_lossy().into_owned(), draft.schema_text);
            files::create(&root, &[file])?;
        }
        None => output::result_line(draft.schema_text.trim_end())?,
    }
    for note in &draft.notes {
        output::talk(&format!("note: {note}"));
    }
    output::talk(&format!(
        "drafted from {count} events; read it before anybody relies on it"
    ));
    Ok(ExitCode::SUCCESS)
}
