//! Which version of which shared type a version's schema uses: as pinned by the
//! lock for a released version, the latest for a draft. Nothing here recurses:
//! chains of references may be long.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ContractKind, ContractName, Reference, Version,
    folder::{Folder, RawContract, RawVersion},
};
use crate::{
    Limits, Problem, ProblemCode,
    parse::{Unresolved, unresolved_names},
};

/// A version of a contract.
pub(super) type VersionAt = (ContractName, Version);

/// References that one version reaches at most, over however many steps.
const REACHED_MAX: usize = 64;

/// The direct references of every version that has no problem with them.
pub(super) fn direct(
    folder: &Folder<'_>,
    limits: &Limits,
    problems: &mut Vec<Problem>,
) -> BTreeMap<VersionAt, Vec<Reference>> {
    let mut uses: BTreeMap<VersionAt, Vec<Unresolved>> = BTreeMap::new();
    for (name, contract) in &folder.contracts {
        for (version, raw) in &contract.versions {
            uses.insert((name.clone(), *version), unresolved_names(raw.text, limits));
        }
    }
    let inner = inner_names(folder, limits);
    let mut direct = BTreeMap::new();
    for ((name, version), uses) in uses {
        let raw = &folder.contracts[&name].versions[&version];
        let mut references = BTreeSet::new();
        let mut is_whole = true;
        for use_ in uses {
            let target = use_.names.iter().find_map(|name| {
                let direct = folder.contracts.get_key_value(name).map(|(name, _)| name);
                direct.or_else(|| inner.get(name.as_str()))
            });
            // A name that no contract has is the parser's to report.
            let Some(target) = target.filter(|target| **target != name) else {
                continue;
            };
            match pin(folder, &name, version, target) {
                Ok(reference) => {
                    references.insert(reference);
                }
                Err(problem) => {
                    is_whole = false;
                    problems.push(problem.in_file(&raw.file).at(use_.span));
                }
            }
        }
        if is_whole {
            direct.insert((name, version), references.into_iter().collect());
        }
    }
    direct
}

/// Types that are defined inside a shared type's schema, and whose it is.
fn inner_names(folder: &Folder<'_>, limits: &Limits) -> BTreeMap<String, ContractName> {
    let mut inner = BTreeMap::new();
    for (name, contract) in folder
        .contracts
        .iter()
        .filter(|(_, contract)| is_type(contract))
    {
        for raw in contract.versions.values() {
            for defined in crate::parse::defined_names(raw.text, limits) {
                inner
                    .entry(defined.as_str().to_owned())
                    .or_insert_with(|| name.clone());
            }
        }
    }
    inner
}

fn is_type(contract: &RawContract<'_>) -> bool {
    contract
        .config
        .as_ref()
        .is_some_and(|it| it.config.kind == ContractKind::Type)
}

/// The version of `target` that a version of `name` uses.
fn pin(
    folder: &Folder<'_>,
    name: &ContractName,
    version: Version,
    target: &ContractName,
) -> Result<Reference, Problem> {
    let contract = &folder.contracts[target];
    if contract.config.is_some() && !is_type(contract) {
        let message = format!("{target} is no shared type, so another contract cannot use it");
        let problem = Problem::new(ProblemCode::NOT_A_TYPE, message);
        return Err(problem.fix("move what both need into a contract of kind \"type\""));
    }
    let version = match folder.lock.line(name, version) {
        None => contract.versions.keys().next_back().copied(),
        Some(line) => {
            let pinned = line
                .references
                .iter()
                .find(|reference| reference.name == *target);
            let Some(pinned) = pinned else {
                let message = format!(
                    "{name} {version} uses {target}, and its lock line pins no version of that"
                );
                let problem = Problem::new(ProblemCode::PIN_GONE, message);
                return Err(problem.fix("restore the lock line from git"));
            };
            if !contract.versions.contains_key(&pinned.version) {
                let message = format!(
                    "{name} {version} is pinned to {target} {}, which is not there",
                    pinned.version
                );
                let problem = Problem::new(ProblemCode::PIN_GONE, message);
                return Err(problem.fix("restore that version's file from git"));
            }
            Some(pinned.version)
        }
    };
    match version {
        Some(version) => Ok(Reference {
            name: target.clone(),
            version,
        }),
        None => Err(broken(&format!("{target} has no version that can be read"))),
    }
}

/// A problem that only follows from another one.
pub(super) fn broken(message: &str) -> Problem {
    Problem::new(ProblemCode::REFERENCE_BROKEN, message).fix("solve the problem there first")
}

/// Versions in an order in which each comes after those that it refers to.
/// Versions in a circle, or behind one, are left out; each circle is reported.
pub(super) fn order(
    direct: &BTreeMap<VersionAt, Vec<Reference>>,
    versions: &dyn Fn(&VersionAt) -> Option<String>,
    problems: &mut Vec<Problem>,
) -> Vec<VersionAt> {
    let at = |reference: &Reference| (reference.name.clone(), reference.version);
    let mut waiting: BTreeMap<&VersionAt, usize> = BTreeMap::new();
    let mut users: BTreeMap<VersionAt, Vec<&VersionAt>> = BTreeMap::new();
    for (user, references) in direct {
        let known = references
            .iter()
            .map(at)
            .filter(|target| direct.contains_key(target));
        let mut count = 0;
        for target in known {
            count += 1;
            users.entry(target).or_default().push(user);
        }
        waiting.insert(user, count);
    }
    let mut ready: Vec<&VersionAt> = waiting
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(user, _)| *user)
        .collect();
    let mut order = Vec::new();
    while let Some(next) = ready.pop() {
        waiting.remove(next);
        order.push(next.clone());
        for user in users.get(next).into_iter().flatten() {
            let count = waiting
                .get_mut(user)
                .expect("a version waits until its last reference is ready");
            *count -= 1;
            if *count == 0 {
                ready.push(user);
            }
        }
    }
    report_circles(
        direct,
        &waiting.into_keys().cloned().collect(),
        versions,
        problems,
    );
    order
}

/// Walks what is left over along its references until it meets itself.
fn report_circles(
    direct: &BTreeMap<VersionAt, Vec<Reference>>,
    left: &BTreeSet<VersionAt>,
    file_of: &dyn Fn(&VersionAt) -> Option<String>,
    problems: &mut Vec<Problem>,
) {
    let mut seen: BTreeSet<VersionAt> = BTreeSet::new();
    for start in left {
        let mut walk: Vec<VersionAt> = Vec::new();
        let mut on_walk: BTreeSet<VersionAt> = BTreeSet::new();
        let mut next = Some(start.clone());
        while let Some(version) = next.filter(|version| !seen.contains(version)) {
            if !on_walk.insert(version.clone()) {
                let from = walk
                    .iter()
                    .position(|it| *it == version)
                    .unwrap_or_default();
                problems.push(circle(&walk[from..], file_of));
                break;
            }
            next = direct[&version]
                .iter()
                .map(|reference| (reference.name.clone(), reference.version))
                .find(|target| left.contains(target));
            walk.push(version);
        }
        seen.extend(walk);
    }
}

fn circle(members: &[VersionAt], file_of: &dyn Fn(&VersionAt) -> Option<String>) -> Problem {
    let shown = members.iter().take(8).chain(members.first());
    let names: Vec<String> = shown
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    let message = format!(
        "contracts refer to each other in a circle: {}",
        names.join(" -> ")
    );
    let file = members.first().and_then(file_of).unwrap_or_default();
    Problem::new(ProblemCode::REFERENCE_CYCLE, message)
        .in_file(&file)
        .fix("put the types that need each other into one schema")
}

/// Everything that a version reaches, each after what it uses itself.
///
/// `direct_of` gives the references of a version.
pub(super) fn reached<'r>(
    references: &'r [Reference],
    direct_of: &dyn Fn(&Reference) -> Option<&'r [Reference]>,
) -> Result<Vec<&'r Reference>, Problem> {
    let mut order: Vec<&Reference> = Vec::new();
    let mut versions: BTreeMap<&ContractName, Version> = BTreeMap::new();
    let mut open: Vec<(&'r [Reference], usize)> = vec![(references, 0)];
    let mut path: Vec<&'r Reference> = Vec::new();
    while let Some((list, index)) = open.last_mut() {
        let Some(reference) = list.get(*index) else {
            open.pop();
            order.extend(path.pop());
            continue;
        };
        *index += 1;
        match versions.insert(&reference.name, reference.version) {
            None => {
                if versions.len() > REACHED_MAX {
                    let message = format!("it reaches more than {REACHED_MAX} other contracts");
                    let problem = Problem::new(ProblemCode::TOO_MANY_REFERENCES, message);
                    return Err(problem.fix("put types that belong together into one contract"));
                }
                path.push(reference);
                open.push((direct_of(reference).unwrap_or_default(), 0));
            }
            Some(version) if version == reference.version => {}
            Some(version) => {
                let Reference {
                    name,
                    version: other,
                } = reference;
                let message = format!("it reaches {name} both as {version} and as {other}");
                let problem = Problem::new(ProblemCode::REFERENCE_CLASH, message);
                let fix =
                    format!("release a new version of the types that still use the older {name}");
                return Err(problem.fix(fix));
            }
        }
    }
    Ok(order)
}

/// The file of a version.
pub(super) fn file_of(folder: &Folder<'_>, (name, version): &VersionAt) -> Option<String> {
    let raw: &RawVersion<'_> = folder.contracts.get(name)?.versions.get(version)?;
    Some(raw.file.clone())
}
