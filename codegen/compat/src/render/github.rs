//! Workflow commands: what GitHub Actions shows beside the lines of a change.
//! GitHub shows ten errors and ten warnings of a step; the log has them all.

use super::{
    FileMap, Style,
    entry::{Entry, Range, entries},
};
use crate::{Report, Severity};

pub(super) fn render(report: &Report, files: &FileMap, style: &Style) -> String {
    let entries = entries(report, files, style);
    entries.iter().map(command).collect()
}

fn command(entry: &Entry<'_>) -> String {
    let word = match entry.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = vec![("file", entry.place.file.clone())];
    if let Some(Range { start, end }) = entry.place.range {
        properties.push(("line", start.line.to_string()));
        // GitHub drops columns of a place that has several lines.
        if start.line == end.line {
            properties.push(("col", start.column.to_string()));
        }
        properties.push(("endLine", end.line.to_string()));
        if start.line == end.line {
            properties.push(("endColumn", end.column.to_string()));
        }
    }
    properties.push(("title", entry.title()));
    let properties: Vec<String> = properties
        .iter()
        .map(|(key, value)| format!("{key}={}", property(value)))
        .collect();
    let mut message = entry.message.to_owned();
    for (word, text) in entry.notes() {
        message.push_str(&format!("\n{word}: {text}"));
    }
    format!("::{word} {}::{}\n", properties.join(","), data(&message))
}

/// A message, as the runner's own toolkit escapes it.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property's value, as the runner's own toolkit escapes it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
