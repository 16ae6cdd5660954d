//! The gate over a whole contracts folder: every version that somebody may
//! still write or read against its predecessors, and every released version
//! against what its lock line froze.

mod compare;
mod report;

pub use report::{History, Ignored, Report, Status, VersionReport};

use accordant_schema::{
    Problem,
    contract::{Contract, Contracts, LockLine, State},
};

use crate::{Finding, Severity, rules};

/// Applies every rule. `problems` are those that loading the folder gave; they
/// are part of the report.
///
/// Findings that a `contract.toml` ignores are left out, whatever the date; see
/// [`check_on`].
pub fn check(contracts: &Contracts, problems: &[Problem]) -> Report {
    check_on(contracts, problems, None)
}

/// As [`check`], with today's date (`YYYY-MM-DD`): an ignore that has ended
/// does not hold.
pub fn check_on(contracts: &Contracts, problems: &[Problem], today: Option<&str>) -> Report {
    let mut report = Report {
        problems: problems.to_vec(),
        ..Report::default()
    };
    for contract in contracts.contracts.values() {
        let lines: Vec<&LockLine> = contracts
            .lock
            .lines
            .iter()
            .filter(|line| line.name == contract.name)
            .collect();
        let mut findings = compare::compatibility(contracts, contract);
        findings.extend(rules::frozen_facts(contract, &lines));
        let kept = apply_ignores(contract, findings, today, &mut report.ignored);
        report.versions.extend(versions(contract, &kept, problems));
        report.findings.extend(kept);
    }
    report
}

fn apply_ignores(
    contract: &Contract,
    findings: Vec<Finding>,
    today: Option<&str>,
    ignored: &mut Vec<Ignored>,
) -> Vec<Finding> {
    let mut kept = Vec::new();
    for mut finding in findings {
        let Some(rule) = contract.config.ignore.get(finding.code) else {
            kept.push(finding);
            continue;
        };
        if today.is_some_and(|today| today > rule.until.as_str()) {
            finding
                .fix
                .push_str(&format!(" (it was ignored until {})", rule.until));
            kept.push(finding);
        } else {
            ignored.push(Ignored {
                finding,
                reason: rule.reason.clone(),
                until: rule.until.clone(),
            });
        }
    }
    kept
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
