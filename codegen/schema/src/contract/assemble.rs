//! The steps of loading: folders, life of each version, references, schemas,
//! and what holds between contracts.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Contract, ContractKind, ContractName, ContractVersion, Contracts, Reference, State, Version,
    folder::{self, Folder, RawContract},
    lock::LOCK_FILE,
    paths::check_paths,
    references::{self, VersionAt, broken},
};
use crate::{
    Fingerprint, Kind, Limits, Problem, ProblemCode, Schema, Span, canonical_form, parse_with,
};

pub(super) fn assemble(
    files: &BTreeMap<String, Vec<u8>>,
    limits: &Limits,
) -> (Contracts, Vec<Problem>) {
    let mut folder = folder::read(files, limits);
    let mut problems = std::mem::take(&mut folder.problems);
    check_lock(&folder, &mut problems);
    for (name, contract) in &folder.contracts {
        check_numbers(&folder, name, contract, &mut problems);
    }
    let mut built = build_versions(&folder, limits, &mut problems);
    let mut contracts = Contracts {
        contracts: BTreeMap::new(),
        lock: folder.lock,
    };
    for (name, raw) in folder.contracts {
        let versions: Vec<ContractVersion> = raw
            .versions
            .keys()
            .filter_map(|version| built.remove(&(name.clone(), *version)))
            .collect();
        let Some(config) = raw.config.filter(|_| !versions.is_empty()) else {
            continue;
        };
        problems.extend(check_paths(
            &config,
            &versions,
            &format!("{name}/contract.toml"),
        ));
        let examples = raw.examples;
        let contract = Contract {
            name: name.clone(),
            config: config.config,
            versions,
            examples,
        };
        contracts.contracts.insert(name, contract);
    }
    check_subjects(&contracts, &mut problems);
    problems.sort_by(|a, b| (&a.file, a.span, a.code).cmp(&(&b.file, b.span, b.code)));
    (contracts, problems)
}

/// The lock's lines against the files.
fn check_lock(folder: &Folder<'_>, problems: &mut Vec<Problem>) {
    for line in &folder.lock.lines {
        let file = format!("{}/{}.avsc", line.name, line.version);
        let is_contract = folder.contracts.contains_key(&line.name);
        let raw = folder
            .contracts
            .get(&line.name)
            .and_then(|it| it.versions.get(&line.version));
        match raw {
            Some(raw) if Fingerprint::of(raw.text).to_string() != line.sha256 => {
                let message = format!(
                    "{} {} is released, and its file has changed since",
                    line.name, line.version
                );
                let fix = "restore the file from git, and make the change as a new version";
                let problem = Problem::new(ProblemCode::RELEASED_FILE_CHANGED, message);
                problems.push(problem.in_file(&raw.file).fix(fix));
            }
            Some(_) => {}
            // A file that is there and cannot be read has its own problem.
            None if problems.iter().any(|problem| problem.file == file) => {}
            None => {
                let what = if is_contract {
                    "its file is gone"
                } else {
                    "its contract is gone"
                };
                let message = format!("{} {} is released, and {what}", line.name, line.version);
                let fix = format!("restore {file} from git: old records outlive deployments");
                let problem = Problem::new(ProblemCode::RELEASED_FILE_GONE, message);
                problems.push(problem.in_file(LOCK_FILE).fix(fix));
            }
        }
    }
}

/// Gaps, drafts and retired versions of one contract.
fn check_numbers(
    folder: &Folder<'_>,
    name: &ContractName,
    contract: &RawContract<'_>,
    problems: &mut Vec<Problem>,
) {
    let is_released = |version: Version| folder.lock.line(name, version).is_some();
    let Some(highest) = contract.versions.keys().next_back().copied() else {
        return;
    };
    // Each step meets a file, so a far too high number costs nothing.
    let mut expected = 1;
    for version in contract.versions.keys() {
        let has_problem = |number: u32| {
            let file = format!("{name}/v{number}.avsc");
            problems.iter().any(|problem| problem.file == file)
        };
        let is_gap =
            version.0 != expected && !is_released(Version(expected)) && !has_problem(expected);
        if is_gap {
            let message = format!("{name} has {version}, and no v{expected}");
            let problem = Problem::new(ProblemCode::VERSION_GAP, message);
            let file = &contract.versions[version].file;
            problems.push(problem.in_file(file).fix(format!(
                "number the versions without a gap: rename it to v{expected}.avsc"
            )));
        }
        expected = version.0.saturating_add(1);
    }
    for (version, raw) in &contract.versions {
        if *version != highest && !is_released(*version) {
            let message =
                format!("{name} {version} is not released, and {highest} is there already");
            let problem = Problem::new(ProblemCode::TWO_DRAFTS, message);
            let fix = format!(
                "release {version} (accordant release), or fold it into {highest}: only the highest version may be a draft"
            );
            problems.push(problem.in_file(&raw.file).fix(fix));
        }
    }
    let Some(config) = &contract.config else {
        return;
    };
    for (index, number) in config.config.retired.iter().enumerate() {
        if !is_released(Version(*number)) {
            let message = format!("v{number} is not released, so it cannot be retired");
            let problem = Problem::new(ProblemCode::RETIRED_UNRELEASED, message);
            let span = config.spans.get(&format!("retired[{index}]")).copied();
            let problem = problem.in_file(&format!("{name}/contract.toml"));
            problems.push(Problem {
                span,
                ..problem.fix("remove it from \"retired\"")
            });
        }
    }
}

/// Parses every version, each after those that it refers to.
fn build_versions(
    folder: &Folder<'_>,
    limits: &Limits,
    problems: &mut Vec<Problem>,
) -> BTreeMap<VersionAt, ContractVersion> {
    let direct = references::direct(folder, limits, problems);
    let file_of = |at: &VersionAt| references::file_of(folder, at);
    let order = references::order(&direct, &file_of, problems);
    let mut built: BTreeMap<VersionAt, ContractVersion> = BTreeMap::new();
    for at in order {
        match build_version(folder, &at, &direct[&at], &built, limits) {
            Ok(version) => {
                built.insert(at, version);
            }
            Err(found) => problems.extend(found),
        }
    }
    built
}

fn build_version(
    folder: &Folder<'_>,
    (name, number): &VersionAt,
    direct: &[Reference],
    built: &BTreeMap<VersionAt, ContractVersion>,
    limits: &Limits,
) -> Result<ContractVersion, Vec<Problem>> {
    let contract = &folder.contracts[name];
    let raw = &contract.versions[number];
    let in_file = |problem: Problem| problem.in_file(&raw.file);
    let built_of = |reference: &Reference| built.get(&(reference.name.clone(), reference.version));
    let direct_of = |reference: &Reference| built_of(reference).map(|it| &it.references[..]);
    let reached =
        references::reached(direct, &direct_of).map_err(|problem| vec![in_file(problem)])?;
    let mut texts = Vec::new();
    for reference in reached {
        let Some(version) = built_of(reference) else {
            let Reference { name, version } = reference;
            let message = format!("it uses {name} {version}, which has problems of its own");
            return Err(vec![in_file(broken(&message))]);
        };
        texts.push(version.text.as_str());
    }
    let schema = parse_with(raw.text, &texts, limits)
        .map_err(|found| found.into_iter().map(in_file).collect::<Vec<_>>())?;
    check_full_name(&schema, name, contract).map_err(|problem| vec![in_file(problem)])?;
    let state = match folder.lock.line(name, *number) {
        None => State::Draft,
        Some(_) if is_retired(contract, *number) => State::Retired,
        Some(_) => State::Released,
    };
    Ok(ContractVersion {
        version: *number,
        state,
        file: raw.file.clone(),
        text: raw.text.to_owned(),
        references: direct.to_vec(),
        sha256: Fingerprint::of(raw.text).to_string(),
        fingerprint: Fingerprint::of(&canonical_form(&schema)).to_string(),
        schema: Arc::new(schema),
    })
}

fn is_retired(contract: &RawContract<'_>, version: Version) -> bool {
    contract
        .config
        .as_ref()
        .is_some_and(|it| it.config.retired.contains(&version.0))
}

/// The schema's top-level type is the contract's, and an event is a record. A
/// type that is none of Avro's named ones is called as its folder is.
fn check_full_name(
    schema: &Schema,
    name: &ContractName,
    contract: &RawContract<'_>,
) -> Result<(), Problem> {
    let root = schema.root();
    let wrong = |message: String, fix: String| {
        let span = if root.source == 0 {
            root.span
        } else {
            Span::default()
        };
        Problem::new(ProblemCode::WRONG_FULL_NAME, message)
            .at(span)
            .fix(fix)
    };
    let fix = format!(
        "write \"type\": \"record\", \"name\": {:?}, \"namespace\": {:?}",
        name.name(),
        name.namespace()
    );
    let is_type = contract
        .config
        .as_ref()
        .is_none_or(|it| it.config.kind == ContractKind::Type);
    match schema.name_of(schema.root) {
        Some(found) if found != name => Err(wrong(
            format!("the schema is named {found}, and its folder {name}"),
            fix,
        )),
        Some(_) if is_type || matches!(root.kind, Kind::Record(_)) => Ok(()),
        Some(_) => Err(wrong("an event must be a record".to_owned(), fix)),
        None if is_type => Ok(()),
        None => Err(wrong(
            "the schema's top-level type has no name".to_owned(),
            fix,
        )),
    }
}

/// Two contracts under one subject would be versions of one another.
fn check_subjects(contracts: &Contracts, problems: &mut Vec<Problem>) {
    let mut owners: BTreeMap<String, &ContractName> = BTreeMap::new();
    for contract in contracts.contracts.values() {
        let subject = contract.subject();
        if let Some(owner) = owners.get(&subject) {
            let name = &contract.name;
            let message = format!("{name} and {owner} share the registry subject {subject:?}");
            let problem = Problem::new(ProblemCode::SHARED_SUBJECT, message);
            let fix = "give it another topic, or subject = \"record\" in both";
            problems.push(problem.in_file(&format!("{name}/contract.toml")).fix(fix));
        } else {
            owners.insert(subject, &contract.name);
        }
    }
}
