//! How a report is written, and where to.

use std::path::PathBuf;

use accordant_compat::render::Format;
use anyhow::Context;
use clap::Args;

use super::files;
use crate::output;

/// The format of a report.
#[derive(Debug, Args)]
pub(crate) struct FormatArgs {
    /// text, json, github, gitlab, sarif, junit or markdown
    #[arg(long, value_name = "FORMAT", default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Write it to a file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl FormatArgs {
    /// Writes a report. An empty one (GitHub's, where nothing was found) is no line.
    ///
    /// # Errors
    /// The file or standard output cannot be written.
    pub(super) fn write(&self, text: &str) -> anyhow::Result<()> {
        let text = text.trim_end();
        match &self.output {
            Some(path) => files::replace(path, format!("{text}\n").as_bytes())
                .with_context(|| format!("cannot write {}", path.display())),
            None if text.is_empty() => Ok(()),
            None => Ok(output::result_line(text)?),
        }
    }
}
