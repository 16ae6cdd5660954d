//! The `[lint]` table of `accordant.toml`, and `accordant lint`.

use std::{fs, path::Path, process::ExitCode};

use accordant_compat::{
    Category, gate,
    lint::{self, FieldCase, Selector, Versions},
    render,
};
use accordant_schema::Span;
use anyhow::Context;
use clap::Args;
use serde::Deserialize;
use toml::Spanned;

use super::{
    folder::{Folder, FolderArgs, today},
    format::FormatArgs,
};

/// The settings file that is read when no other is named.
const FILE_DEFAULT: &str = "accordant.toml";

/// What `lint` takes.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Look at every version that is not retired, not at the latest alone
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    format: FormatArgs,
}

/// Prints what the lint rules say and nothing else: 0 where nothing refuses, else 1.
///
/// # Errors
/// The settings or the folder cannot be read.
pub(crate) fn lint(args: &LintArgs) -> anyhow::Result<ExitCode> {
    let mut folder = Folder::open(&args.folder)?;
    let mut config = config(args.folder.config.as_deref(), &mut folder)?;
    if args.all {
        config.versions = Versions::All;
    }
    let today = today();
    let options = gate::Options {
        today: today.as_deref(),
        lint: Some(&config),
        is_part: false,
    };
    let mut report = gate::check_with(&folder.contracts, &folder.problems, &options);
    report.findings.retain(|it| it.category == Category::Lint);
    report
        .ignored
        .retain(|it| it.finding.category == Category::Lint);
    let text = render::render(&report, &folder.files, &folder.style(), args.format.format);
    args.format.write(&text)?;
    Ok(ExitCode::from(u8::from(report.failed())))
}

/// The lint configuration of a workspace; its text goes to the files of the
/// folder, so that a report can point into it.
pub(super) fn config(file: Option<&Path>, folder: &mut Folder) -> anyhow::Result<lint::Config> {
    let path = file.unwrap_or(Path::new(FILE_DEFAULT));
    let mut config = lint::Config::default();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(config);
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let parsed: SettingsFile =
        toml::from_str(&text).with_context(|| format!("{} is not valid", path.display()))?;
    folder.files.insert(config.file.clone(), text.into_bytes());
    let Some(table) = parsed.lint else {
        return Ok(config);
    };
    if let Some(uses) = table.uses {
        config.uses = uses.into_iter().map(selector).collect();
    }
    config.except = table.except.into_iter().map(selector).collect();
    config.ignore = table.ignore.into_iter().map(ignore).collect();
    if let Some(case) = table.field_case {
        config.field_case = match case {
            Case::Snake => FieldCase::Snake,
            Case::LowerCamel => FieldCase::LowerCamel,
        };
    }
    if let Some(fields_max) = table.fields_max {
        config.fields_max = fields_max;
    }
    Ok(config)
}

/// As much of the settings file as lint looks at.
#[derive(Debug, Deserialize)]
struct SettingsFile {
    lint: Option<LintTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LintTable {
    #[serde(rename = "use")]
    uses: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    except: Vec<Spanned<String>>,
    #[serde(default)]
    ignore: Vec<Spanned<IgnoreTable>>,
    field_case: Option<Case>,
    fields_max: Option<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreTable {
    code: String,
    contract: Option<String>,
    path: Option<String>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    until: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Case {
    Snake,
    LowerCamel,
}

fn selector(it: Spanned<String>) -> Selector {
    let span = span(it.span());
    Selector {
        text: it.into_inner(),
        span,
    }
}

fn ignore(it: Spanned<IgnoreTable>) -> lint::Ignore {
    let span = span(it.span());
    let it = it.into_inner();
    lint::Ignore {
        code: it.code,
        contract: it.contract,
        path: it.path,
        reason: it.reason,
        until: it.until,
        span,
    }
}

fn span(range: std::ops::Range<usize>) -> Option<Span> {
    Some(Span {
        start: range.start,
        end: range.end,
    })
}
