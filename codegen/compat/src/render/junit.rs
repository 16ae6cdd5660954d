//! JUnit's XML: a suite a contract, a case a version, a failure a finding that
//! refuses. Warnings are the case's output, as they fail nothing.

use std::collections::BTreeMap;

use super::{
    FileMap, Style,
    entry::{Entry, entries},
};
use crate::{Report, Severity, gate::Status};

pub(super) fn render(report: &Report, files: &FileMap, style: &Style) -> String {
    let mut suites: BTreeMap<String, BTreeMap<CaseName, Case>> = BTreeMap::new();
    for version in &report.versions {
        let suite = suites.entry(version.contract.to_string()).or_default();
        let case = suite
            .entry(CaseName::Version(version.version.0))
            .or_default();
        case.is_skipped = version.status == Status::Retired;
    }
    for entry in entries(report, files, style) {
        let (suite, name) = home(&entry);
        let case = suites.entry(suite).or_default().entry(name).or_default();
        match entry.severity {
            Severity::Error => case.failures.push(failure(&entry)),
            Severity::Warning => case.output.push_str(&page(&entry)),
        }
    }
    let all = || suites.values().flat_map(BTreeMap::values);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!(
        "<testsuites name=\"accordant\" {}>\n",
        counts(all())
    ));
    for (name, cases) in &suites {
        let counts = counts(cases.values());
        out.push_str(&format!(
            "  <testsuite name=\"{}\" {counts}>\n",
            attribute(name)
        ));
        for (case_name, case) in cases {
            write_case(&mut out, name, case_name, case);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// A case of a suite: versions in order, then files.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum CaseName {
    Version(u32),
    File(String),
}

#[derive(Debug, Default)]
struct Case {
    is_skipped: bool,
    /// Elements, written out.
    failures: Vec<String>,
    output: String,
}

/// Where an entry belongs: what has no version goes by its file.
fn home(entry: &Entry<'_>) -> (String, CaseName) {
    let suite = match entry.contract {
        "" => entry.place.file.clone(),
        contract => contract.to_owned(),
    };
    let name = match entry.version {
        Some(version) => CaseName::Version(version.0),
        None => CaseName::File(entry.place.file.clone()),
    };
    (suite, name)
}

fn counts<'c>(cases: impl Iterator<Item = &'c Case>) -> String {
    let (mut tests, mut failures, mut skipped) = (0, 0, 0);
    for case in cases {
        tests += 1;
        failures += usize::from(!case.failures.is_empty());
        skipped += usize::from(case.failures.is_empty() && case.is_skipped);
    }
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"")
}

fn write_case(out: &mut String, suite: &str, name: &CaseName, case: &Case) {
    let name = match name {
        CaseName::Version(number) => format!("v{number}"),
        CaseName::File(file) => file.clone(),
    };
    out.push_str(&format!(
        "    <testcase classname=\"{}\" name=\"{}\"",
        attribute(suite),
        attribute(&name)
    ));
    let is_skipped = case.is_skipped && case.failures.is_empty();
    if case.failures.is_empty() && case.output.is_empty() && !is_skipped {
        out.push_str("/>\n");
        return;
    }
    out.push_str(">\n");
    if is_skipped {
        out.push_str("      <skipped message=\"retired\"/>\n");
    }
    for failure in &case.failures {
        out.push_str(failure);
    }
    if !case.output.is_empty() {
        let output = escape(&case.output);
        out.push_str(&format!("      <system-out>{output}</system-out>\n"));
    }
    out.push_str("    </testcase>\n");
}

fn failure(entry: &Entry<'_>) -> String {
    format!(
        "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
        attribute(entry.code),
        attribute(entry.message),
        escape(&page(entry))
    )
}

/// An entry as lines of text.
fn page(entry: &Entry<'_>) -> String {
    let place = match entry.place.range {
        Some(range) => format!(
            "{}:{}:{}",
            entry.place.file, range.start.line, range.start.column
        ),
        None => entry.place.file.clone(),
    };
    let severity = entry.severity.as_str();
    let mut page = format!(
        "{place}: {severity}: {} [{}]\n",
        entry.message,
        entry.title()
    );
    for (word, text) in entry.notes() {
        page.push_str(&format!("{word}: {text}\n"));
    }
    page
}

/// A text for an attribute in double quotes, where a newline would be a space.
fn attribute(text: &str) -> String {
    escape(text).replace('\n', "&#10;")
}

/// A text in XML 1.0. What XML cannot say at all becomes a replacement
/// character.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            '\t' | '\r' => out.push_str(&format!("&#{};", u32::from(char))),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            char => out.push(char),
        }
    }
    out
}
