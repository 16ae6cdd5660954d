//! The formats that a report comes in, by name.

use std::{fmt, str::FromStr};

use super::{FileMap, Style, github, gitlab, json, junit, markdown, sarif, text_with};
use crate::Report;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal.
    Text,
    /// For a program: see [`render`] for its shape.
    Json,
    /// Workflow commands, which GitHub Actions shows beside the lines.
    Github,
    /// GitLab's Code Quality report.
    Gitlab,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit's XML, which every CI shows as tests.
    Junit,
    /// A comment for a pull request.
    Markdown,
}

/// A word that is no format's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no output format: one of {}", Format::words())]
pub struct UnknownFormat {
    /// The word.
    pub text: String,
}

impl Format {
    /// Every format, the default one first.
    pub const ALL: [Format; 7] = [
        Format::Text,
        Format::Json,
        Format::Github,
        Format::Gitlab,
        Format::Sarif,
        Format::Junit,
        Format::Markdown,
    ];

    /// Its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Sarif => "sarif",
            Format::Junit => "junit",
            Format::Markdown => "markdown",
        }
    }

    fn words() -> String {
        Format::ALL.map(Format::as_str).join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Format, UnknownFormat> {
        let found = Format::ALL.into_iter().find(|it| it.as_str() == text);
        found.ok_or_else(|| UnknownFormat {
            text: text.to_owned(),
        })
    }
}

/// A report in a format. Colours are the text's alone; the root goes before
/// every file's path in all of them.
///
/// Problems of the files, findings and a history that could not be read are in
/// every format; ignored findings are in text, json, sarif (as suppressions)
/// and markdown, because the others cannot say that something is ignored.
///
/// # The json format
/// One object. `format` is 1 and grows when a key changes its meaning or goes;
/// a new key may come at any time. Every key is always there, `null` where
/// nothing is known. Lines and columns count from 1, columns in characters;
/// `end` is one past the last character.
///
/// ```text
/// format     1
/// failed     whether the gate refuses
/// summary    { versions, fresh, failed, retired, problems, errors, warnings, ignored }
/// history    { state: "not-asked" | "checked" | "not-checked", reason, refused }
/// versions   [{ contract, version, state: "draft" | "released" | "retired",
///               status: "fresh" | "failed" | "retired" }]
/// problems   [{ code, file, range: { start: { line, column }, end: { line, column } },
///               path, message, fix }]
/// findings   [{ code, name, category, severity: "error" | "warning", contract, version,
///               against: [version], path, file, range, other: { file, range },
///               message, means, witness, fix }]
/// ignored    findings, each with reason and until
/// ```
///
/// ```
/// use accordant_compat::{Report, render::{self, FileMap, Format, Style}};
///
/// let format: Format = "github".parse().unwrap();
/// let report = Report::default();
/// assert_eq!(render::render(&report, &FileMap::new(), &Style::default(), format), "");
/// assert!("xml".parse::<Format>().unwrap_err().to_string().contains("junit"));
/// ```
pub fn render(report: &Report, files: &FileMap, style: &Style, format: Format) -> String {
    match format {
        Format::Text => text_with(report, files, style),
        Format::Json => json::render(report, files, style),
        Format::Github => github::render(report, files, style),
        Format::Gitlab => gitlab::render(report, files, style),
        Format::Sarif => sarif::render(report, files, style),
        Format::Junit => junit::render(report, files, style),
        Format::Markdown => markdown::render(report, files, style),
    }
}

/// JSON for people to read too, with a newline at the end.
pub(super) fn pretty(value: &serde_json::Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a value has no unwritable part");
    text.push('\n');
    text
}
