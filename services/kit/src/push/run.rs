//! Doing it: types first, then every version in order, then the topics.

use std::fmt;

use accordant_schema::contract::{Contract, ContractKind, Contracts, Reference, State, Version};
use accordant_wire::SchemaId;

use super::{AppTopics, ClusterKind, Drafts, topics_of};
use crate::{
    kafka::topics::{self, TopicsError},
    registry_client::{RegistryClient, RegistryError},
};

/// What a push would do, or has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushReport {
    /// Versions that are registered by it, in the order of the work.
    pub registered: Vec<PushedVersion>,
    /// Versions that were registered before, in the same order.
    pub present: Vec<PushedVersion>,
    /// Topics that are made by it, sorted.
    pub topics_created: Vec<String>,
    /// Topics that were there before, sorted.
    pub topics_present: Vec<String>,
    /// Drafts that are left out, as `name vN`.
    pub drafts_left: Vec<String>,
}

impl PushReport {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.registered.is_empty() && self.topics_created.is_empty()
    }
}

impl fmt::Display for PushReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for it in &self.registered {
            write!(
                f,
                "    Register {} {} ({}",
                it.contract, it.version, it.subject
            )?;
            match it.id {
                Some(id) => writeln!(f, ", id {id})")?,
                None => writeln!(f, ")")?,
            }
        }
        for topic in &self.topics_created {
            writeln!(f, "      Create topic {topic}")?;
        }
        for draft in &self.drafts_left {
            writeln!(f, "        Skip {draft} (draft)")?;
        }
        write!(
            f,
            "{} to register, {} registered already; {} topics to create, {} there already; {} drafts left out",
            self.registered.len(),
            self.present.len(),
            self.topics_created.len(),
            self.topics_present.len(),
            self.drafts_left.len(),
        )
    }
}

/// A version in the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedVersion {
    /// The contract.
    pub contract: String,
    /// Its version.
    pub version: Version,
    /// The registry subject.
    pub subject: String,
    /// The registry's id of the schema; `None` in a plan that has none yet.
    pub id: Option<SchemaId>,
}

/// Why a push ended early. Pushing again continues it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// The registry did not take a version.
    #[error("{contract} {version}: {source}")]
    Register {
        /// The contract.
        contract: String,
        /// Its version.
        version: Version,
        /// Why.
        #[source]
        source: RegistryError,
    },
    /// A version refers to a type that is not registered.
    #[error(
        "{contract} {version} refers to a type that is not registered\nfix: release the type \
         first (`accordant release`), then `accordant push` again"
    )]
    Reference {
        /// The contract.
        contract: String,
        /// Its version.
        version: Version,
    },
    /// The contracts that the kit brings along do not load: a fault of ours.
    #[error("the built-in contracts are not valid: {0}")]
    BuiltIn(String),
    /// The topics are not as they must be.
    #[error(transparent)]
    Topics(#[from] TopicsError),
}

/// What [`push`] would do; it is empty exactly when that would change nothing.
///
/// # Errors
/// The registry or the cluster does not answer, or has something that a push
/// would fail on.
pub async fn plan(
    contracts: &Contracts,
    registry: &RegistryClient,
    bootstrap: &str,
    cluster: ClusterKind,
    drafts: Drafts,
    apps: &[AppTopics],
) -> Result<PushReport, PushError> {
    let mut report = PushReport::default();
    let own = own_contracts()?;
    // The kit's own are there at every version that it was built with.
    plan_all(&own, registry, Drafts::Include, &mut report).await?;
    plan_all(contracts, registry, drafts, &mut report).await?;
    let specs = topics_of(contracts, apps, cluster, drafts);
    report.topics_created = topics::missing(bootstrap, &specs).await?;
    let names = specs.into_iter().map(|spec| spec.name);
    report.topics_present = names
        .filter(|name| !report.topics_created.contains(name))
        .collect();
    Ok(report)
}

/// Registers every released version (and with [`Drafts::Include`] the drafts) of
/// these contracts and of the kit's own, then makes the topics of the contracts
/// and applications: what [`plan`] says, and nothing else. Doing it twice
/// changes nothing.
///
/// # Errors
/// The registry or the cluster does not answer, or refuses something.
pub async fn push(
    contracts: &Contracts,
    registry: &RegistryClient,
    bootstrap: &str,
    cluster: ClusterKind,
    drafts: Drafts,
    apps: &[AppTopics],
) -> Result<PushReport, PushError> {
    let mut report = plan(contracts, registry, bootstrap, cluster, drafts, apps).await?;
    let own = own_contracts()?;
    for planned in &mut report.registered {
        let from = match contracts.get(&planned.contract) {
            Some(_) => contracts,
            None => &own,
        };
        planned.id = Some(register(from, planned, registry).await?);
    }
    if !report.topics_created.is_empty() {
        let specs = topics_of(contracts, apps, cluster, drafts);
        topics::ensure(bootstrap, &specs).await?;
    }
    Ok(report)
}

fn own_contracts() -> Result<Contracts, PushError> {
    let files = crate::outcome::contract_files();
    let (own, problems) = Contracts::load(&files, &accordant_schema::Limits::default());
    match problems.first() {
        Some(problem) => Err(PushError::BuiltIn(format!(
            "{}: {}",
            problem.file, problem.message
        ))),
        None => Ok(own),
    }
}

async fn plan_all(
    contracts: &Contracts,
    registry: &RegistryClient,
    drafts: Drafts,
    report: &mut PushReport,
) -> Result<(), PushError> {
    for contract in types_in_order(contracts) {
        plan_contract(contracts, contract, registry, drafts, report).await?;
    }
    let others = contracts
        .contracts
        .values()
        .filter(|it| it.config.kind != ContractKind::Type);
    for contract in others {
        plan_contract(contracts, contract, registry, drafts, report).await?;
    }
    Ok(())
}

/// The type contracts, each after those that its versions refer to. Loading has
/// refused cycles, so every pass finds one at least.
fn types_in_order(contracts: &Contracts) -> Vec<&Contract> {
    let is_type = |it: &&Contract| it.config.kind == ContractKind::Type;
    let mut pending: Vec<&Contract> = contracts.contracts.values().filter(is_type).collect();
    let mut ordered: Vec<&Contract> = Vec::new();
    while !pending.is_empty() {
        let waits = |it: &Contract| {
            let mut references = it.versions.iter().flat_map(|version| &version.references);
            references.any(|reference| {
                reference.name != it.name
                    && pending.iter().any(|other| other.name == reference.name)
            })
        };
        let (later, now): (Vec<&Contract>, Vec<&Contract>) =
            pending.iter().copied().partition(|it| waits(it));
        if now.is_empty() {
            // Types whose versions refer to each other in turn: by name, then;
            // a reference that is not there yet is reported.
            ordered.extend(later);
            break;
        }
        ordered.extend(now);
        pending = later;
    }
    ordered
}

async fn plan_contract(
    contracts: &Contracts,
    contract: &Contract,
    registry: &RegistryClient,
    drafts: Drafts,
    report: &mut PushReport,
) -> Result<(), PushError> {
    let name = contract.name.as_str().to_owned();
    let subject = contract.subject();
    for version in &contract.versions {
        if version.state == State::Draft && drafts == Drafts::Refuse {
            report
                .drafts_left
                .push(format!("{name} {}", version.version));
            continue;
        }
        let failed = |source| PushError::Register {
            contract: name.clone(),
            version: version.version,
            source,
        };
        let is_planned = |it: &Reference| {
            report.registered.iter().any(|planned| {
                planned.contract == it.name.as_str() && planned.version == it.version
            })
        };
        let references = registry
            .references_of_version(contracts, version)
            .await
            .map_err(failed)?;
        let id = match references {
            Some(references) => registry
                .id_of(&subject, &version.text, &references)
                .await
                .map_err(failed)?,
            // It cannot be there before what it refers to.
            None if version.references.iter().any(is_planned) => None,
            None => {
                return Err(PushError::Reference {
                    contract: name,
                    version: version.version,
                });
            }
        };
        let place = match id {
            Some(_) => &mut report.present,
            None => &mut report.registered,
        };
        place.push(PushedVersion {
            contract: name.clone(),
            version: version.version,
            subject: subject.clone(),
            id,
        });
    }
    Ok(())
}

async fn register(
    contracts: &Contracts,
    planned: &PushedVersion,
    registry: &RegistryClient,
) -> Result<SchemaId, PushError> {
    let failed = |source| PushError::Register {
        contract: planned.contract.clone(),
        version: planned.version,
        source,
    };
    let reference = || PushError::Reference {
        contract: planned.contract.clone(),
        version: planned.version,
    };
    let version = contracts
        .get(&planned.contract)
        .and_then(|it| it.version(planned.version))
        .ok_or_else(reference)?;
    let references = registry
        .references_of_version(contracts, version)
        .await
        .map_err(failed)?
        .ok_or_else(reference)?;
    registry
        .register(&planned.subject, &version.text, &references)
        .await
        .map_err(failed)
}
