//! A report as text: what `accordant check` prints, and a build that the gate
//! refuses; and the same report in the formats of other tools. Nothing here
//! prints.

mod entry;
mod excerpt;
mod format;
mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod sarif;
mod style;

use std::collections::BTreeMap;

use accordant_schema::{
    Problem,
    contract::{ContractName, State},
};

use crate::{
    Finding, History, Report, Severity,
    gate::Status,
    rules::{HISTORY_NOT_CHECKED, name_of},
};
use excerpt::{Located, excerpt, key_span, locate};
pub use format::{Format, UnknownFormat, render};
pub use markdown::MARKER;
pub use style::{Colour, Style};
use style::{Paint, label, note_label};

/// What an unread history means.
const HISTORY_MEANS: &str = "a line that was removed from contracts.lock would not be seen";
/// What to do about it.
const HISTORY_FIX: &str =
    "fetch the whole history (git fetch --unshallow), or pass --allow-shallow";

/// The files of a contracts folder: path relative to it (`/` between) and bytes.
pub type FileMap = BTreeMap<String, Vec<u8>>;

/// The report without colours, with files under `contracts/`.
pub fn text(report: &Report, files: &FileMap) -> String {
    text_with(report, files, &Style::default())
}

/// The report as `style` wants it.
pub fn text_with(report: &Report, files: &FileMap, style: &Style) -> String {
    let mut page = Page {
        files,
        style,
        paint: Paint(style.colour),
        out: String::new(),
    };
    page.header(report);
    page.problems(report);
    page.versions(report);
    page.ignored(report);
    page.history(report);
    page.summary(report);
    page.out
}

struct Page<'a> {
    files: &'a FileMap,
    style: &'a Style,
    paint: Paint,
    out: String,
}

impl Page<'_> {
    fn line(&mut self, head: &str, rest: &str) {
        self.out.push_str(head);
        self.out.push(' ');
        self.out.push_str(rest);
        self.out.push('\n');
    }

    fn header(&mut self, report: &Report) {
        let count = |state| {
            report
                .versions
                .iter()
                .filter(|it| it.state == state)
                .count()
        };
        let mut states = vec![format!("{} released", count(State::Released))];
        for (state, word) in [(State::Draft, "draft"), (State::Retired, "retired")] {
            let many = count(state);
            if many > 0 {
                states.push(format!("{many} {word}"));
            }
        }
        let contracts = by_contract(report).len();
        let history = match &report.history {
            History::NotAsked => "",
            History::Checked => "; history: checked",
            History::NotChecked { .. } => "; history: not checked",
        };
        let rest = format!(
            "{}, {} ({}{history})",
            plural(contracts, "contract"),
            plural(report.versions.len(), "version"),
            states.join(", ")
        );
        let head = self.paint.good(&label("Checking"));
        self.line(&head, &rest);
    }

    fn problems(&mut self, report: &Report) {
        let mut by_file: BTreeMap<&str, Vec<&Problem>> = BTreeMap::new();
        for problem in &report.problems {
            by_file.entry(&problem.file).or_default().push(problem);
        }
        for (file, problems) in by_file {
            let head = self.paint.bad(&label("Failure"));
            self.line(&head, &self.style.path(file));
            for problem in problems {
                let code = format!("[{} {}]", problem.code.0, name_of(problem.code));
                self.message(Severity::Error, &problem.message, &code);
                let located = locate(self.files, file, problem.span);
                self.place(&problem.path, &located);
                self.fix(&problem.fix, problem.code.0);
            }
        }
    }

    fn versions(&mut self, report: &Report) {
        for (contract, versions) in by_contract(report) {
            for (state, word) in [(State::Released, "released"), (State::Draft, "draft")] {
                let fresh: Vec<String> = versions
                    .iter()
                    .filter(|it| it.state == state && it.status == Status::Fresh)
                    .map(|it| it.version.to_string())
                    .collect();
                if !fresh.is_empty() {
                    let head = self.paint.good(&label("Fresh"));
                    self.line(&head, &format!("{contract} {} ({word})", fresh.join(", ")));
                }
            }
            for version in versions {
                let findings: Vec<&Finding> = report
                    .findings
                    .iter()
                    .filter(|it| it.contract == *contract && it.version == version.version)
                    .collect();
                if findings.is_empty() {
                    continue;
                }
                let word = match version.state {
                    State::Draft => "draft",
                    State::Released => "released",
                    State::Retired => "retired",
                };
                let head = match version.status {
                    Status::Failed => self.paint.bad(&label("Failure")),
                    Status::Fresh | Status::Retired => self.paint.warn(&label("Warning")),
                };
                self.line(&head, &format!("{contract} {} ({word})", version.version));
                for finding in findings {
                    self.finding(finding);
                }
            }
        }
        // Findings whose version did not load, such as a lock line without a file.
        for finding in &report.findings {
            let loaded = report
                .versions
                .iter()
                .any(|it| it.contract == finding.contract && it.version == finding.version);
            if !loaded {
                let head = self.paint.bad(&label("Failure"));
                self.line(&head, &format!("{} {}", finding.contract, finding.version));
                self.finding(finding);
            }
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let code = format!("[{} {}]", finding.code, finding.name);
        self.message(finding.severity, &finding.message, &code);
        let span = finding
            .span
            .or_else(|| key_span(self.files, &finding.file, &finding.path));
        let located = locate(self.files, &finding.file, span);
        self.place(&finding.path, &located);
        if let Some(other) = &finding.other {
            let located = locate(self.files, &other.file, Some(other.span));
            let own = format!("{}/{}.avsc", finding.contract, finding.version);
            let word = if other.file == own { "now" } else { "was" };
            self.note(word, &self.style.position(&located));
        }
        self.note("means", &finding.means);
        if let Some(witness) = &finding.witness {
            self.note("witness", witness);
        }
        self.fix(&finding.fix, finding.code);
    }

    fn fix(&mut self, fix: &str, code: &str) {
        self.note("fix", &format!("{fix} (accordant explain {code})"));
    }

    fn message(&mut self, severity: Severity, message: &str, code: &str) {
        let head = note_label(severity.as_str());
        let head = match severity {
            Severity::Error => self.paint.bad(&head),
            Severity::Warning => self.paint.warn(&head),
        };
        let message = self.paint.strong(message);
        let code = self.paint.quiet(code);
        self.line(&head, &format!("{message}  {code}"));
    }

    fn place(&mut self, path: &str, located: &Located<'_>) {
        let position = self.style.position(located);
        let rest = match path {
            "" => position,
            path => format!("{path}  {position}"),
        };
        self.note("at", &rest);
        for line in excerpt(located, self.paint) {
            self.out.push_str(&line);
            self.out.push('\n');
        }
    }

    fn note(&mut self, word: &str, rest: &str) {
        if !rest.is_empty() {
            let head = self.paint.quiet(&note_label(word));
            self.line(&head, rest);
        }
    }

    fn ignored(&mut self, report: &Report) {
        for it in &report.ignored {
            let head = self.paint.quiet(&label("Ignored"));
            let Ignored {
                contract,
                version,
                code,
                name,
            } = Ignored::of(&it.finding);
            let rest = format!(
                "{contract} {version} {code} {name} until {}: {}",
                it.until, it.reason
            );
            self.line(&head, &rest);
        }
    }

    fn history(&mut self, report: &Report) {
        let History::NotChecked { reason, refused } = &report.history else {
            return;
        };
        let head = if *refused {
            self.paint.bad(&label("Failure"))
        } else {
            self.paint.warn(&label("Warning"))
        };
        self.line(&head, &format!("history not checked: {reason}"));
        if *refused {
            self.note("means", HISTORY_MEANS);
            self.fix(HISTORY_FIX, HISTORY_NOT_CHECKED.code);
        }
    }

    fn summary(&mut self, report: &Report) {
        let count = |status| {
            report
                .versions
                .iter()
                .filter(|it| it.status == status)
                .count()
        };
        let mut parts = vec![format!("{} fresh", count(Status::Fresh))];
        for (many, word) in [
            (count(Status::Failed), "failed"),
            (count(Status::Retired), "retired"),
        ] {
            if many > 0 {
                parts.push(format!("{many} {word}"));
            }
        }
        if !report.problems.is_empty() {
            parts.push(plural(report.problems.len(), "problem"));
        }
        if matches!(&report.history, History::NotChecked { refused: true, .. }) {
            parts.push("history not checked".to_owned());
        }
        self.out.push_str("     -------\n");
        let head = if report.failed() {
            self.paint.bad(&label("Failure"))
        } else {
            self.paint.good(&label("Success"))
        };
        let rest = format!(
            "{} checked: {}",
            plural(report.versions.len(), "version"),
            parts.join(", ")
        );
        self.line(&head, &rest);
    }
}

/// What a line says of an ignored finding.
struct Ignored<'f> {
    contract: &'f ContractName,
    version: accordant_schema::contract::Version,
    code: &'f str,
    name: &'f str,
}

impl<'f> Ignored<'f> {
    fn of(finding: &'f Finding) -> Ignored<'f> {
        Ignored {
            contract: &finding.contract,
            version: finding.version,
            code: finding.code,
            name: finding.name,
        }
    }
}

fn by_contract(report: &Report) -> BTreeMap<&ContractName, Vec<&crate::gate::VersionReport>> {
    let mut map: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for version in &report.versions {
        map.entry(&version.contract).or_default().push(version);
    }
    map
}

fn plural(many: usize, word: &str) -> String {
    let ending = if many == 1 { "" } else { "s" };
    format!("{many} {word}{ending}")
}
