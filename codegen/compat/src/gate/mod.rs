//! The gate over a whole contracts folder: every version that somebody may
//! still write or read against its predecessors, and every released version
//! against what its lock line froze; with lint, each latest version by itself.

mod against;
mod compare;
mod report;

pub use against::{Base, Source, against};
pub use report::{History, Ignored, Report, Status, VersionReport};

use accordant_schema::{
    Problem,
    contract::{Contract, Contracts, LockLine, State},
};

use crate::{Finding, Severity, lint, rules};

/// What the gate looks at beside the folder.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// Today's date (`YYYY-MM-DD`): an ignore that has ended does not hold.
    /// Without it, every ignore holds.
    pub today: Option<&'a str>,
    /// Lint and what it is to do; `None` leaves lint out, and with it what lint
    /// says of the ignores themselves.
    pub lint: Option<&'a lint::Config>,
    /// The contracts are a part of their folder: an ignore of the workspace that
    /// matches nothing here may match elsewhere.
    pub is_part: bool,
}

/// Applies every rule that compares. `problems` are those that loading the
/// folder gave; they are part of the report.
///
/// Findings that a `contract.toml` ignores are left out, whatever the date; see
/// [`check_with`].
pub fn check(contracts: &Contracts, problems: &[Problem]) -> Report {
    check_on(contracts, problems, None)
}

/// As [`check`], with today's date (`YYYY-MM-DD`): an ignore that has ended
/// does not hold.
pub fn check_on(contracts: &Contracts, problems: &[Problem], today: Option<&str>) -> Report {
    let options = Options {
        today,
        ..Options::default()
    };
    check_with(contracts, problems, &options)
}

/// Applies the rules that compare, and those of lint where `options` has them.
///
/// What is wrong with an ignore, or with a name in the lint configuration, is a
/// finding in a `contract.toml` and a problem in the workspace's file.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use accordant_compat::{gate, lint};
/// use accordant_schema::{Limits, contract::Contracts};
///
/// let (contracts, problems) = Contracts::load(&BTreeMap::new(), &Limits::default());
/// let lint = lint::Config {
///     uses: vec!["standrad".into()],
///     ..lint::Config::default()
/// };
/// let options = gate::Options { lint: Some(&lint), ..gate::Options::default() };
/// let report = gate::check_with(&contracts, &problems, &options);
/// assert_eq!(report.problems[0].fix, "did you mean \"standard\"?");
/// ```
pub fn check_with(contracts: &Contracts, problems: &[Problem], options: &Options<'_>) -> Report {
    let mut report = Report {
        problems: problems.to_vec(),
        ..Report::default()
    };
    let chosen = options.lint.map(|it| (it, lint::Selection::of(it)));
    let mut ignores = lint::Ignores::new(contracts.contracts.values(), options.lint, options.today);
    for contract in contracts.contracts.values() {
        let lines: Vec<&LockLine> = contracts.lock.lines_of(&contract.name).iter().collect();
        let mut findings = compare::compatibility(contracts, contract);
        findings.extend(rules::frozen_facts(contract, &lines));
        if let Some((config, selection)) = &chosen {
            findings.extend(lint::findings(contracts, config, selection, contract));
        }
        let mut kept = Vec::new();
        for finding in findings {
            match ignores.apply(finding) {
                lint::Applied::Kept(finding) => kept.push(finding),
                lint::Applied::Ignored {
                    finding,
                    reason,
                    until,
                } => report.ignored.push(Ignored {
                    finding,
                    reason,
                    until,
                }),
            }
        }
        report.versions.extend(versions(contract, &kept, problems));
        report.findings.extend(kept);
    }
    if let Some((_, selection)) = chosen {
        let (findings, problems) = ignores.leftovers(&selection, options.is_part);
        report.problems.extend(selection.problems);
        report.problems.extend(problems);
        for finding in findings {
            report.add(finding);
        }
    }
    report
}

fn versions<'c>(
    contract: &'c Contract,
    findings: &'c [Finding],
    problems: &'c [Problem],
) -> impl Iterator<Item = VersionReport> + 'c {
    contract.versions.iter().map(move |version| {
        let to_blame = |finding: &&Finding| {
            finding.severity == Severity::Error
                && (finding.version == version.version
                    || (finding.span.is_none() && finding.against.contains(&version.version)))
        };
        let failed = findings.iter().any(|finding| to_blame(&finding))
            || problems.iter().any(|problem| problem.file == version.file);
        let status = match (failed, version.state) {
            (true, State::Draft | State::Released | State::Retired) => Status::Failed,
            (false, State::Draft | State::Released) => Status::Fresh,
            (false, State::Retired) => Status::Retired,
        };
        VersionReport {
            contract: contract.name.clone(),
            version: version.version,
            state: version.state,
            status,
        }
    })
}
