//! `accordant rules`: everything that the gate looks for.

use std::process::ExitCode;

use accordant_compat::rules::ALL;
use clap::Args;
use serde_json::{Value, json};

use super::list::table;
use crate::output;

/// What `rules` takes.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the catalogue.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn rules(args: &RulesArgs) -> anyhow::Result<ExitCode> {
    if args.json {
        let rule = |it: &accordant_compat::rules::Rule| json!({ "code": it.code, "name": it.name, "category": it.category.as_str() });
        let rules: Vec<Value> = ALL.iter().map(rule).collect();
        let text = serde_json::to_string_pretty(&json!({ "format": 1, "rules": rules }))?;
        output::result_line(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<[String; 4]> = ALL
        .iter()
        .map(|it| {
            // The first line of a page is its title, the third says what it finds.
            let finds = it.page.lines().nth(2).unwrap_or_default();
            [it.code, it.name, it.category.as_str(), finds].map(str::to_owned)
        })
        .collect();
    for line in table(
        &["code", "name", "category", "finds"].map(str::to_owned),
        &rows,
    ) {
        output::result_line(&line)?;
    }
    output::talk("accordant explain CODE says more");
    Ok(ExitCode::SUCCESS)
}
