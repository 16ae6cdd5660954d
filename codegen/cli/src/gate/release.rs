//! `accordant release`: draft versions become frozen lines of the lock.

use std::process::ExitCode;

use accordant_compat::{gate, render};
use accordant_schema::{
    ProblemCode,
    contract::{Contract, ContractVersion, Contracts, LOCK_FILE, State},
};
use anyhow::{Context, bail};
use clap::Args;

use super::{
    check::add_history,
    files,
    folder::{Folder, FolderArgs, no_contract, today},
};
use crate::output;

/// What `release` takes.
#[derive(Debug, Args)]
pub(crate) struct ReleaseArgs {
    /// Which contracts [default: every one that has a draft]
    #[arg(value_name = "CONTRACT")]
    names: Vec<String>,
    #[command(flatten)]
    folder: FolderArgs,
}

/// Runs the gate; where nothing refuses, appends the drafts to the lock. 1
/// where the gate refuses, and then nothing is written.
///
/// # Errors
/// The folder cannot be read or written, or a contract is not there.
pub(crate) fn release(args: &ReleaseArgs) -> anyhow::Result<ExitCode> {
    let mut folder = Folder::open(&args.folder)?;
    // Several drafts of one contract are released in turn, lowest first.
    folder
        .problems
        .retain(|problem| problem.code != ProblemCode::TWO_DRAFTS);
    let mut report = gate::check_on(&folder.contracts, &folder.problems, today().as_deref());
    add_history(&mut report, &folder, false);
    if report.failed() {
        let text = render::text_with(&report, &folder.files, &folder.style());
        output::result_line(text.trim_end())?;
        output::talk("nothing is released: the gate refuses");
        return Ok(ExitCode::from(1));
    }
    let drafts = drafts(&folder.contracts, &args.names)?;
    pinned_to_released(&folder.contracts, &drafts)?;
    let mut lock = folder.contracts.lock.clone();
    for (contract, version) in &drafts {
        lock.insert(contract.lock_line(version));
    }
    if drafts.is_empty() {
        output::result_line("Nothing to release: no contract has a draft")?;
        return Ok(ExitCode::SUCCESS);
    }
    let path = folder.path.join(LOCK_FILE);
    files::replace(&path, lock.to_text().as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))?;
    for (contract, version) in &drafts {
        let line = format!("{} {} {}", head("Released"), contract.name, version.version);
        output::result_line(&line)?;
    }
    output::talk(&format!(
        "commit {} together with the files it names",
        path.display()
    ));
    Ok(ExitCode::SUCCESS)
}

fn head(word: &str) -> String {
    output::bold(&format!("{word:>12}"))
}

type Drafts<'c> = Vec<(&'c Contract, &'c ContractVersion)>;

/// The drafts of the contracts that are named, or of all.
fn drafts<'c>(contracts: &'c Contracts, names: &[String]) -> anyhow::Result<Drafts<'c>> {
    for name in names {
        if contracts.get(name).is_none() {
            bail!(no_contract(contracts, name));
        }
    }
    let wanted = |contract: &&Contract| {
        names.is_empty() || names.iter().any(|name| name == contract.name.as_str())
    };
    let versions_of = |contract: &'c Contract| {
        let drafts = contract
            .versions
            .iter()
            .filter(|it| it.state == State::Draft);
        drafts.map(move |version| (contract, version))
    };
    Ok(contracts
        .contracts
        .values()
        .filter(wanted)
        .flat_map(versions_of)
        .collect())
}

/// A released version refers to released ones only, or to those that are
/// released together with it.
fn pinned_to_released(contracts: &Contracts, drafts: &Drafts<'_>) -> anyhow::Result<()> {
    for (contract, version) in drafts {
        for (shared, referred) in contracts.references_of(version) {
            let together = drafts.iter().any(|(other, draft)| {
                other.name == shared.name && draft.version == referred.version
            });
            if referred.state == State::Draft && !together {
                let (name, shared) = (&contract.name, &shared.name);
                bail!(
                    "{name} {} uses {shared} {}, which is a draft\n\
                     fix: accordant release {shared} {name}",
                    version.version,
                    referred.version,
                );
            }
        }
    }
    Ok(())
}
