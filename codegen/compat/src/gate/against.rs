//! A folder against contracts from elsewhere: what was released there must be
//! here as it was, and the latest version here must agree with it.

use accordant_schema::{
    contract::{Contract, ContractVersion, Contracts, State},
    java_text,
};

use super::compare::{self, Elsewhere};
use crate::{
    Finding, Severity,
    levels::{self, Reach},
    rules::{CONTRACT_REMOVED, RELEASE_CHANGED, Rule},
};

/// Contracts to compare with.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// What they are.
    pub source: Source,
    /// Their name in messages, such as `main`.
    pub label: &'a str,
    /// What stands before the paths of their files in findings, such as
    /// `../main:contracts/`.
    pub prefix: &'a str,
    /// The contracts. Of a registry: one version for each of the subject's.
    pub contracts: &'a Contracts,
}

/// Where contracts are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A contracts folder: a git ref's or another one. Its version numbers mean
    /// what they mean here, and nothing that it released may be missing.
    Folder,
    /// A registry, whose version numbers are its own; what it does not have yet
    /// is fine, and what it has besides is nobody's business here.
    Registry,
}

/// Every finding. A contract that is not in the base is fine; drafts of the base
/// bind nobody.
pub fn against(contracts: &Contracts, base: &Base<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for other in base.contracts.contracts.values() {
        let released: Vec<&ContractVersion> = other
            .versions
            .iter()
            .filter(|it| it.state != State::Draft)
            .collect();
        let Some(last) = released.last() else {
            continue;
        };
        let Some(contract) = contracts.get(other.name.as_str()) else {
            if base.source == Source::Folder {
                findings.push(removed(other, last, base));
            }
            continue;
        };
        if base.source == Source::Folder {
            findings.extend(released.iter().filter_map(|it| changed(contract, it, base)));
        }
        findings.extend(latest(contracts, contract, &released, base));
    }
    findings
}

/// The latest version here against those of the base that are not here too.
fn latest(
    contracts: &Contracts,
    contract: &Contract,
    released: &[&ContractVersion],
    base: &Base<'_>,
) -> Vec<Finding> {
    let usable = |it: &&ContractVersion| it.state != State::Retired;
    let Some(new) = contract.versions.iter().rev().find(usable) else {
        return Vec::new();
    };
    let (_, reach) = levels::demands(contract.config.compatibility);
    let olds = released.iter().rev().copied().filter(usable);
    let olds: Vec<&ContractVersion> = match reach {
        Reach::Latest => olds.take(1).collect(),
        Reach::Every => olds.collect(),
    };
    // What is here too has been compared here.
    let here: Vec<String> = contract
        .versions
        .iter()
        .map(|it| java_text(&it.schema, true))
        .collect();
    let olds: Vec<&ContractVersion> = olds
        .into_iter()
        .filter(|old| !here.contains(&java_text(&old.schema, true)))
        .collect();
    let elsewhere = Elsewhere {
        contracts: base.contracts,
        label: base.label,
        prefix: base.prefix,
    };
    compare::with_others(contracts, contract, new, &elsewhere, &olds)
}

fn removed(other: &Contract, last: &ContractVersion, base: &Base<'_>) -> Finding {
    Finding {
        message: format!("{} is gone, {} has it", other.name, base.label),
        means: format!(
            "whoever writes or reads topic {} has no contract any more",
            other.config.topic
        ),
        fix: format!(
            "bring the folder {} back; `accordant retire` ends a version",
            other.name
        ),
        ..finding(CONTRACT_REMOVED, other, last, base)
    }
}

fn changed(contract: &Contract, old: &ContractVersion, base: &Base<'_>) -> Option<Finding> {
    let label = base.label;
    let what = match contract.version(old.version) {
        Some(now) if now.text == old.text => return None,
        Some(_) => format!(
            "{} {} is not the one of {label}",
            contract.name, old.version
        ),
        None => format!("{} {} is gone, {label} has it", contract.name, old.version),
    };
    Some(Finding {
        message: what,
        means: "records of it are out there, and nobody can say any more what they are".to_owned(),
        fix: format!(
            "restore {} as it is in {label}, and make the change a new version",
            old.file
        ),
        ..finding(RELEASE_CHANGED, contract, old, base)
    })
}

fn finding(rule: Rule, contract: &Contract, version: &ContractVersion, base: &Base<'_>) -> Finding {
    Finding {
        code: rule.code,
        name: rule.name,
        category: rule.category,
        severity: Severity::Error,
        contract: contract.name.clone(),
        version: version.version,
        against: vec![version.version],
        path: format!("{} {}", contract.name, version.version),
        file: format!("{}{}", base.prefix, version.file),
        span: None,
        other: None,
        message: String::new(),
        means: String::new(),
        witness: None,
        fix: String::new(),
    }
}
