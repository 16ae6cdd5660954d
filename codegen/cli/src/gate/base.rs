//! What `check --against` and `diff` compare with: contracts of a git ref, of
//! another folder, or of a registry.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use accordant_compat::gate::Source;
use accordant_kit::{
    contracts::{self, FileMap},
    registry_client::RegistryClient,
};
use accordant_schema::{
    Fingerprint, Limits, canonical_form,
    contract::{Contract, ContractVersion, Contracts, Lock, State, Version},
};
use anyhow::{Context, bail};

use super::{folder::Folder, git};

/// Contracts from elsewhere, and the files that findings point into.
pub(super) struct Elsewhere {
    pub(super) source: Source,
    pub(super) label: String,
    /// What stands before the paths of `files`.
    pub(super) prefix: String,
    pub(super) contracts: Contracts,
    pub(super) files: FileMap,
}

/// Loads what a text names: a URL is a registry, a folder that is there is a
/// folder, and anything else a git ref.
///
/// # Errors
/// It cannot be read, or its contracts do not load.
pub(super) fn load(text: &str, folder: &Folder) -> anyhow::Result<Elsewhere> {
    if text.starts_with("http://") || text.starts_with("https://") {
        return registry(text, folder);
    }
    if Path::new(text).is_dir() {
        let path = Path::new(text);
        let files = contracts::read(path)?;
        let prefix = format!("{}/", path.display());
        return of_files(files, text, &prefix);
    }
    let files = git::folder_at(&folder.path, text)?;
    let prefix = format!("{text}:{}/", folder.path.display());
    of_files(files, text, &prefix)
}

fn of_files(files: FileMap, label: &str, prefix: &str) -> anyhow::Result<Elsewhere> {
    let (contracts, problems) = Contracts::load(&files, &Limits::default());
    // A draft over there may be broken: it binds nobody.
    let broken = problems.iter().find(|problem| {
        let name = problem.file.split('/').next().unwrap_or_default();
        contracts.get(name).is_none()
    });
    if let Some(problem) = broken {
        bail!(
            "the contracts of {label} do not load: {}: {}\nfix: repair them there first, or compare with something else",
            problem.file,
            problem.message
        );
    }
    // Above the folder, so that its name does not come before theirs.
    let prefix = format!("../{prefix}");
    let files = files
        .into_iter()
        .map(|(file, bytes)| (format!("{prefix}{file}"), bytes))
        .collect();
    Ok(Elsewhere {
        source: Source::Folder,
        label: label.to_owned(),
        prefix,
        contracts,
        files,
    })
}

/// The registry's versions of every subject that the folder has a contract for.
fn registry(url: &str, folder: &Folder) -> anyhow::Result<Elsewhere> {
    let client = RegistryClient::with_token(url, folder.registry_token.as_deref());
    let label = client.url().to_owned();
    let prefix = format!("../{label}/subjects/");
    let mut contracts = Contracts {
        contracts: BTreeMap::new(),
        lock: Lock::default(),
    };
    let mut files = FileMap::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for contract in folder.contracts.contracts.values() {
        let versions = runtime
            .block_on(subject_versions(&client, &contract.subject()))
            .with_context(|| format!("{} in the registry", contract.name))?;
        for version in &versions {
            files.insert(
                format!("{prefix}{}", version.file),
                version.text.clone().into_bytes(),
            );
        }
        let other = Contract {
            versions,
            examples: Vec::new(),
            ..contract.clone()
        };
        contracts.contracts.insert(contract.name.clone(), other);
    }
    Ok(Elsewhere {
        source: Source::Registry,
        label,
        prefix,
        contracts,
        files,
    })
}

/// Every version of a subject, ascending; none when there is no such subject.
pub(super) async fn subject_versions(
    client: &RegistryClient,
    subject: &str,
) -> anyhow::Result<Vec<ContractVersion>> {
    let mut versions = Vec::new();
    for number in client.versions(subject).await? {
        let found = client.version(subject, number).await?;
        versions.push(ContractVersion {
            version: Version(number),
            state: State::Released,
            file: format!("{subject}/versions/{number}"),
            fingerprint: Fingerprint::of(&canonical_form(&found.schema)).to_string(),
            sha256: Fingerprint::of(&found.text).to_string(),
            schema: Arc::new(found.schema),
            references: Vec::new(),
            text: found.text,
        });
    }
    Ok(versions)
}
