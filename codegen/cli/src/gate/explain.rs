//! `accordant explain`.

use std::process::ExitCode;

use accordant_compat::{explain as page, rules};
use anyhow::bail;
use clap::Args;

use crate::output;

/// What `explain` takes.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The code in brackets beside a finding, such as C102
    code: String,
}

/// Prints a rule's page.
///
/// # Errors
/// There is no such rule.
pub(crate) fn explain(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let Some(page) = page(&args.code) else {
        let codes: Vec<&str> = rules::ALL.iter().map(|rule| rule.code).collect();
        bail!(
            "there is no page for {:?}\nfix: name one of {}",
            args.code,
            codes.join(", ")
        );
    };
    output::result_line(page.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
