//! The versioned JSON of a report; its shape is described at
//! [`render`](super::render).

use accordant_schema::{
    Problem,
    contract::{State, Version},
};
use serde_json::{Value, json};

use super::{
    FileMap, Style,
    entry::{Range, Spot, spot},
    excerpt::key_span,
    format::pretty,
};
use crate::{Finding, History, Report, Severity, gate::Status};

/// Grows when a key changes its meaning or goes.
const FORMAT: u32 = 1;

pub(super) fn render(report: &Report, files: &FileMap, style: &Style) -> String {
    let page = Page { files, style };
    let problems = report.problems.iter().map(|it| page.problem(it));
    let findings = report.findings.iter().map(|it| page.finding(it));
    let ignored = report.ignored.iter().map(|it| {
        let mut finding = page.finding(&it.finding);
        finding["reason"] = json!(it.reason);
        finding["until"] = json!(it.until);
        finding
    });
    let versions = report.versions.iter().map(|it| {
        json!({
            "contract": it.contract.as_str(),
            "version": it.version.0,
            "state": state_word(it.state),
            "status": status_word(it.status),
        })
    });
    pretty(&json!({
        "format": FORMAT,
        "failed": report.failed(),
        "summary": summary(report),
        "history": history(&report.history),
        "versions": versions.collect::<Vec<_>>(),
        "problems": problems.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "ignored": ignored.collect::<Vec<_>>(),
    }))
}

fn summary(report: &Report) -> Value {
    let versions = |status| {
        report
            .versions
            .iter()
            .filter(|it| it.status == status)
            .count()
    };
    let findings = |severity| {
        report
            .findings
            .iter()
            .filter(|it| it.severity == severity)
            .count()
    };
    json!({
        "versions": report.versions.len(),
        "fresh": versions(Status::Fresh),
        "failed": versions(Status::Failed),
        "retired": versions(Status::Retired),
        "problems": report.problems.len(),
        "errors": findings(Severity::Error),
        "warnings": findings(Severity::Warning),
        "ignored": report.ignored.len(),
    })
}

fn history(history: &History) -> Value {
    let (state, reason, refused) = match history {
        History::NotAsked => ("not-asked", None, false),
        History::Checked => ("checked", None, false),
        History::NotChecked { reason, refused } => ("not-checked", Some(reason), *refused),
    };
    json!({ "state": state, "reason": reason, "refused": refused })
}

struct Page<'a> {
    files: &'a FileMap,
    style: &'a Style,
}

impl Page<'_> {
    fn problem(&self, problem: &Problem) -> Value {
        let Spot { file, range } = spot(self.files, self.style, &problem.file, problem.span);
        json!({
            "code": problem.code.0,
            "file": file,
            "range": range_value(range),
            "path": problem.path,
            "message": problem.message,
            "fix": problem.fix,
        })
    }

    fn finding(&self, finding: &Finding) -> Value {
        let span = finding
            .span
            .or_else(|| key_span(self.files, &finding.file, &finding.path));
        let Spot { file, range } = spot(self.files, self.style, &finding.file, span);
        let other = finding.other.as_ref().map(|other| {
            let Spot { file, range } = spot(self.files, self.style, &other.file, Some(other.span));
            json!({ "file": file, "range": range_value(range) })
        });
        let against: Vec<u32> = finding.against.iter().map(|Version(it)| *it).collect();
        json!({
            "code": finding.code,
            "name": finding.name,
            "category": finding.category.as_str(),
            "severity": finding.severity.as_str(),
            "contract": finding.contract.as_str(),
            "version": finding.version.0,
            "against": against,
            "path": finding.path,
            "file": file,
            "range": range_value(range),
            "other": other,
            "message": finding.message,
            "means": finding.means,
            "witness": finding.witness,
            "fix": finding.fix,
        })
    }
}

fn range_value(range: Option<Range>) -> Value {
    range.map_or(Value::Null, |Range { start, end }| {
        json!({
            "start": { "line": start.line, "column": start.column },
            "end": { "line": end.line, "column": end.column },
        })
    })
}

fn state_word(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Released => "released",
        State::Retired => "retired",
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Fresh => "fresh",
        Status::Failed => "failed",
        Status::Retired => "retired",
    }
}
