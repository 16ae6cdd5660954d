//! `accordant explain`.

use std::process::ExitCode;

use accordant_compat::{explain as page, rules};
use accordant_schema::{likely, pages};
use anyhow::bail;
use clap::Args;

use crate::output;

/// What `explain` takes.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The code in brackets beside a message, such as C102, or its name
    code: String,
}

/// Prints the page of a rule or of a problem.
///
/// # Errors
/// There is no such page.
pub(crate) fn explain(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let Some(page) = page(&args.code) else {
        let code = args.code.to_ascii_uppercase();
        let rules = || rules::catalogue().map(|rule| (rule.code, rule.name));
        let names = || rules().chain(pages().map(|(code, name, _)| (code, name)));
        // A name is nearer to what was meant than a code: a code's neighbours
        // have nothing to do with it.
        let meant = likely(&args.code, names().map(|(_, name)| name));
        let alike: Vec<&str> = names()
            .map(|(known, _)| known)
            .filter(|known| !code.is_empty() && known.starts_with(&code))
            .collect();
        let fix = match (meant, alike.as_slice()) {
            (Some(name), _) => format!("did you mean {name}?"),
            (None, [_, ..]) => format!("name one of {}", alike.join(", ")),
            (None, []) => "accordant rules lists what the gate looks for; a message has its \
                           code in brackets"
                .to_owned(),
        };
        bail!("there is no page for {:?}\nfix: {fix}", args.code);
    };
    output::result_line(page.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
