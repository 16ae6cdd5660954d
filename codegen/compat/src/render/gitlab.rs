//! GitLab's Code Quality report, the part of Code Climate's that it reads.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    FileMap, Style,
    entry::{Entry, entries},
    format::pretty,
};
use crate::{Report, Severity};

pub(super) fn render(report: &Report, files: &FileMap, style: &Style) -> String {
    // GitLab shows one of several issues with one fingerprint.
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let issues = entries(report, files, style).into_iter().map(|entry| {
        let occurrence = seen.entry(entry.fingerprint(0)).or_default();
        let fingerprint = entry.fingerprint(*occurrence);
        *occurrence += 1;
        issue(&entry, &fingerprint)
    });
    pretty(&Value::Array(issues.collect()))
}

fn issue(entry: &Entry<'_>, fingerprint: &str) -> Value {
    let severity = match entry.severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
    };
    // A line is demanded also where the whole file is meant.
    let lines = match entry.place.range {
        Some(range) => json!({ "begin": range.start.line, "end": range.end.line }),
        None => json!({ "begin": 1 }),
    };
    let description = match entry.fix {
        "" => entry.message.to_owned(),
        fix => format!("{} (fix: {fix})", entry.message),
    };
    json!({
        "description": description,
        "check_name": entry.title(),
        "fingerprint": fingerprint,
        "severity": severity,
        "location": { "path": entry.place.file, "lines": lines },
    })
}
