//! SARIF 2.1.0, as code scanning reads it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    FileMap, Style,
    entry::{Entry, Range, Spot, entries, ignored},
    format::pretty,
};
use crate::{Report, Severity, explain, rules};

/// Where the format is described.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn render(report: &Report, files: &FileMap, style: &Style) -> String {
    let mut entries = entries(report, files, style);
    entries.extend(ignored(report, files, style));
    let mut rules: BTreeMap<&str, &str> = BTreeMap::new();
    for entry in &entries {
        rules.entry(entry.code).or_insert(entry.name);
    }
    let index: BTreeMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let results = entries.iter().map(|entry| {
        let occurrence = seen.entry(entry.fingerprint(0)).or_default();
        let fingerprint = entry.fingerprint(*occurrence);
        *occurrence += 1;
        result(entry, index[entry.code], &fingerprint)
    });
    let results: Vec<Value> = results.collect();
    let rules: Vec<Value> = rules.iter().map(|(code, name)| rule(code, name)).collect();
    pretty(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "accordant",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": rules,
                },
            },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

/// A rule that the report names; its page is its help.
fn rule(code: &str, name: &str) -> Value {
    let title = if name.is_empty() { code } else { name };
    let mut rule = json!({ "id": code, "shortDescription": { "text": title } });
    if !name.is_empty() {
        rule["name"] = json!(name);
    }
    if let Some(page) = explain(code) {
        rule["fullDescription"] = json!({ "text": summary(page) });
        rule["help"] = json!({ "text": page, "markdown": page });
    }
    if let Some(known) = rules::ALL.iter().find(|it| it.code == code) {
        rule["properties"] = json!({ "tags": [known.category.as_str()] });
    }
    rule
}

/// The paragraph under a page's heading.
fn summary(page: &str) -> String {
    let paragraph = page.split("\n\n").nth(1).unwrap_or(page);
    paragraph.trim().replace('\n', " ")
}

fn result(entry: &Entry<'_>, rule_index: usize, fingerprint: &str) -> Value {
    let level = match entry.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut text = entry.message.to_owned();
    for (word, note) in entry.notes() {
        text.push_str(&format!("\n{word}: {note}"));
    }
    let mut location = location(&entry.place);
    if !entry.path.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": entry.path }]);
    }
    let mut result = json!({
        "ruleId": entry.code,
        "ruleIndex": rule_index,
        "level": level,
        "message": { "text": text },
        "locations": [location],
        "partialFingerprints": { "accordant/v1": fingerprint },
    });
    if let Some(other) = &entry.other {
        let mut related = self::location(other);
        related["id"] = json!(1);
        related["message"] = json!({ "text": "the other version" });
        result["relatedLocations"] = json!([related]);
    }
    if let Some((reason, until)) = entry.ignored {
        let justification = format!("{reason} (until {until})");
        result["suppressions"] = json!([{
            "kind": "external",
            "status": "accepted",
            "justification": justification,
        }]);
    }
    result
}

fn location(spot: &Spot) -> Value {
    let artifact = json!({ "uri": uri(&spot.file), "uriBaseId": "%SRCROOT%" });
    let mut physical = json!({ "artifactLocation": artifact });
    if let Some(Range { start, end }) = spot.range {
        physical["region"] = json!({
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        });
    }
    json!({ "physicalLocation": physical })
}

/// A relative path as a URI reference: all but the unreserved characters of
/// RFC 3986 and the slash is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
