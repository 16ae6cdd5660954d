//! Everything that a report has to say as one list, for formats that know
//! only results: problems, findings, ignored findings and an unread history.

use accordant_schema::{
    Position, Problem, Span,
    contract::{LOCK_FILE, Version},
    position,
};
use sha2::{Digest, Sha256};

use super::{FileMap, HISTORY_FIX, HISTORY_MEANS, Style, excerpt::key_span};
use crate::{
    Finding, History, Report, Severity,
    rules::{HISTORY_NOT_CHECKED, name_of},
};

/// One result.
#[derive(Debug)]
pub(super) struct Entry<'r> {
    /// Stable code.
    pub(super) code: &'r str,
    /// The rule or the problem in words.
    pub(super) name: &'r str,
    pub(super) severity: Severity,
    /// The contract's name, as far as it is known.
    pub(super) contract: &'r str,
    pub(super) version: Option<Version>,
    /// Path in words; may be empty.
    pub(super) path: &'r str,
    pub(super) place: Spot,
    /// The other side's place.
    pub(super) other: Option<Spot>,
    pub(super) message: &'r str,
    pub(super) means: &'r str,
    pub(super) witness: &'r str,
    pub(super) fix: &'r str,
    /// Why and until when it is ignored.
    pub(super) ignored: Option<(&'r str, &'r str)>,
}

/// A file as a person finds it, and the place in it.
#[derive(Debug)]
pub(super) struct Spot {
    pub(super) file: String,
    pub(super) range: Option<Range>,
}

/// First character, and one past the last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) start: Position,
    pub(super) end: Position,
}

impl Entry<'_> {
    /// Code and name.
    pub(super) fn title(&self) -> String {
        match self.name {
            "" => self.code.to_owned(),
            name => format!("{} {name}", self.code),
        }
    }

    /// The same for the same trouble, wherever in its file it stands.
    pub(super) fn fingerprint(&self, occurrence: usize) -> String {
        let version = self.version.map(|it| it.to_string()).unwrap_or_default();
        let occurrence = occurrence.to_string();
        let mut digest = Sha256::new();
        for part in [
            self.code,
            self.contract,
            &version,
            &self.place.file,
            self.path,
            self.message,
            &occurrence,
        ] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        let bytes: [u8; 32] = digest.finalize().into();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What is not in the message, one line each, without empty ones.
    pub(super) fn notes(&self) -> Vec<(&'static str, &str)> {
        [
            ("at", self.path),
            ("means", self.means),
            ("witness", self.witness),
            ("fix", self.fix),
        ]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect()
    }
}

/// What refuses or warns, problems first.
pub(super) fn entries<'r>(report: &'r Report, files: &'r FileMap, style: &Style) -> Vec<Entry<'r>> {
    let mut entries = Vec::new();
    for problem in &report.problems {
        entries.push(of_problem(problem, files, style));
    }
    for finding in &report.findings {
        entries.push(of_finding(finding, files, style));
    }
    if let History::NotChecked { reason, refused } = &report.history {
        let severity = if *refused {
            Severity::Error
        } else {
            Severity::Warning
        };
        entries.push(Entry {
            code: HISTORY_NOT_CHECKED.code,
            name: HISTORY_NOT_CHECKED.name,
            severity,
            contract: "",
            version: None,
            path: "",
            place: Spot {
                file: style.path(LOCK_FILE),
                range: None,
            },
            other: None,
            message: reason,
            means: HISTORY_MEANS,
            witness: "",
            fix: HISTORY_FIX,
            ignored: None,
        });
    }
    entries
}

/// What a `contract.toml` ignores.
pub(super) fn ignored<'r>(report: &'r Report, files: &'r FileMap, style: &Style) -> Vec<Entry<'r>> {
    report
        .ignored
        .iter()
        .map(|it| Entry {
            ignored: Some((&it.reason, &it.until)),
            ..of_finding(&it.finding, files, style)
        })
        .collect()
}

fn of_problem<'r>(problem: &'r Problem, files: &FileMap, style: &Style) -> Entry<'r> {
    let (contract, rest) = problem.file.split_once('/').unwrap_or(("", &problem.file));
    let digits = rest
        .strip_prefix('v')
        .and_then(|rest| rest.strip_suffix(".avsc"));
    Entry {
        code: problem.code.0,
        name: name_of(problem.code),
        severity: Severity::Error,
        contract,
        version: digits.and_then(Version::from_digits),
        path: &problem.path,
        place: spot(files, style, &problem.file, problem.span),
        other: None,
        message: &problem.message,
        means: "",
        witness: "",
        fix: &problem.fix,
        ignored: None,
    }
}

fn of_finding<'r>(finding: &'r Finding, files: &FileMap, style: &Style) -> Entry<'r> {
    let span = finding
        .span
        .or_else(|| key_span(files, &finding.file, &finding.path));
    Entry {
        code: finding.code,
        name: finding.name,
        severity: finding.severity,
        contract: finding.contract.as_str(),
        version: Some(finding.version),
        path: &finding.path,
        place: spot(files, style, &finding.file, span),
        other: finding
            .other
            .as_ref()
            .map(|other| spot(files, style, &other.file, Some(other.span))),
        message: &finding.message,
        means: &finding.means,
        witness: finding.witness.as_deref().unwrap_or_default(),
        fix: &finding.fix,
        ignored: None,
    }
}

/// A place of a file; without a range where the file is not at hand.
pub(super) fn spot(files: &FileMap, style: &Style, file: &str, span: Option<Span>) -> Spot {
    let text = files
        .get(file)
        .and_then(|bytes| std::str::from_utf8(bytes).ok());
    let range = text.zip(span).map(|(text, span)| Range {
        start: position(text, span.start),
        end: position(text, span.end.max(span.start)),
    });
    Spot {
        file: style.path(file),
        range,
    }
}
