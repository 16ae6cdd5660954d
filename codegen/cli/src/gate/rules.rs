//! `accordant rules`: everything that the gate looks for.

use std::process::ExitCode;

use accordant_compat::{
    lint::Set,
    rules::{self, Rule},
};
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
        let rule = |it: &Rule| {
            json!({
                "code": it.code,
                "name": it.name,
                "category": it.category.as_str(),
                "set": it.set.map(Set::as_str),
                "severity": it.severity.as_str(),
                "purpose": it.purpose(),
            })
        };
        let rules: Vec<Value> = rules::catalogue().map(rule).collect();
        let text = serde_json::to_string_pretty(&json!({ "format": 1, "rules": rules }))?;
        output::result_line(&text)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<[String; 4]> = rules::catalogue()
        .map(|it| {
            let set = it.set.map_or(it.category.as_str(), Set::as_str);
            [it.code, it.name, set, it.purpose()].map(str::to_owned)
        })
        .collect();
    for line in table(&["code", "name", "set", "finds"].map(str::to_owned), &rows) {
        output::result_line(&line)?;
    }
    output::talk("accordant explain CODE says more");
    Ok(ExitCode::SUCCESS)
}
