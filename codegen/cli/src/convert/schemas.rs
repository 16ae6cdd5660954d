//! The schema files that `convert` is given.

use std::{fs, path::Path, sync::Arc};

use accordant_kit::{contracts, registry_client::RegistryClient};
use accordant_schema::{
    Schema,
    contract::{Contract, ContractVersion, Contracts, UnknownFields, Version},
    parse,
};
use accordant_wire::SchemaId;
use anyhow::{Context, bail};

use crate::gate::problem_lines;

/// A schema from a file.
pub(super) struct SchemaFile {
    /// The file, for messages.
    pub(super) label: String,
    /// Resolved.
    pub(super) schema: Arc<Schema>,
    /// What its contract says of fields that it does not know.
    pub(super) unknown_fields: UnknownFields,
    origin: Origin,
}

enum Origin {
    /// A file that belongs to no contract.
    Alone { text: String },
    /// A version of a contract of a folder.
    Contract {
        contracts: Box<Contracts>,
        name: String,
        version: Version,
    },
}

impl SchemaFile {
    /// Opens a file: a version of a contract where a `contract.toml` stands
    /// beside it, with the references of its folder, else a schema by itself.
    ///
    /// # Errors
    /// It cannot be read, or is no schema.
    pub(super) fn open(path: &Path) -> anyhow::Result<SchemaFile> {
        let label = path.display().to_string();
        // The folder's real name is the contract's; a pipe has no real name.
        if let Ok(real) = fs::canonicalize(path)
            && let Some(folder) = real.parent()
            && folder.join("contract.toml").is_file()
        {
            return SchemaFile::of_contract(&real, folder, label);
        }
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {label}"))?;
        let schema = parse(&text).map_err(|problems| {
            let lines = problem_lines(&label, &text, &problems);
            anyhow::anyhow!("{label} is no valid schema\n{lines}")
        })?;
        Ok(SchemaFile {
            label,
            schema: Arc::new(schema),
            unknown_fields: UnknownFields::Refuse,
            origin: Origin::Alone { text },
        })
    }

    fn of_contract(real: &Path, folder: &Path, label: String) -> anyhow::Result<SchemaFile> {
        let root = folder.parent().unwrap_or(Path::new("/"));
        let contracts = contracts::load(root)?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let stem = real.file_stem().unwrap_or_default().to_string_lossy();
        let version = stem.strip_prefix('v').and_then(Version::from_digits);
        let found = contracts.get(&name).zip(version);
        let found = found.and_then(|(contract, version)| {
            let it = contract.version(version)?;
            Some((
                Arc::clone(&it.schema),
                contract.config.unknown_fields,
                version,
            ))
        });
        let Some((schema, unknown_fields, version)) = found else {
            bail!("{label} is no version of the contract {name}");
        };
        let name = name.into_owned();
        Ok(SchemaFile {
            label,
            schema,
            unknown_fields,
            origin: Origin::Contract {
                contracts: Box::new(contracts),
                name,
                version,
            },
        })
    }

    /// Its id in a registry, where it is under its contract's subject, or under
    /// `subject`.
    ///
    /// # Errors
    /// The registry does not answer, or does not have it.
    pub(super) async fn id(
        &self,
        registry: &RegistryClient,
        subject: Option<&str>,
    ) -> anyhow::Result<SchemaId> {
        let (id, subject) = match (&self.origin, subject) {
            (
                Origin::Contract {
                    contracts,
                    name,
                    version,
                },
                None,
            ) => {
                let (contract, version) = found_again(contracts, name, *version)?;
                let id = registry.id_of_version(contracts, contract, version).await?;
                (id, contract.subject())
            }
            (Origin::Alone { .. }, None) => bail!(
                "{} belongs to no contract, so that its subject is not known\nfix: add --subject SUBJECT",
                self.label
            ),
            (Origin::Alone { text }, Some(subject)) => (
                registry.id_of(subject, text, &[]).await?,
                subject.to_owned(),
            ),
            (Origin::Contract { .. }, Some(_)) => {
                bail!(
                    "{} has the subject of its contract\nfix: leave --subject out",
                    self.label
                )
            }
        };
        id.with_context(|| {
            format!(
                "{} is not registered under {subject} at {}\nfix: accordant push",
                self.label,
                registry.url()
            )
        })
    }
}

fn found_again<'c>(
    contracts: &'c Contracts,
    name: &str,
    version: Version,
) -> anyhow::Result<(&'c Contract, &'c ContractVersion)> {
    let contract = contracts.get(name);
    let found = contract.and_then(|it| Some((it, it.version(version)?)));
    found.with_context(|| format!("there is no {name} {version}"))
}
