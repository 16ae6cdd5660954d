//! From a registry's schema ids to contract versions, and back for what the
//! application writes.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use accordant_schema::{Fingerprint, canonical_form};
use accordant_wire::{DecodeError, Event, Limits, Reader, SchemaId, WriterVersion, confluent};

use super::{
    Input, Position, Processor, ProcessorError, Reason, Record, Source,
    adoption::AdoptedChange,
    batch::WriteIds,
    item::{Item, Origin},
    outgoing,
    view::Entity,
};
use crate::{
    outcome::Outcome,
    registry_client::{RegistryClient, RegistryError},
    store::StateRow,
};

/// The reason of a value without Confluent framing.
const UNFRAMED: &str = "unframed";
/// The reason of a value whose schema is none of the contract's versions.
const SCHEMA_UNKNOWN: &str = "schema_unknown";
/// The reason of a value that is no datum of its schema.
const UNDECODABLE: &str = "undecodable";

/// The schemas of an application.
pub(crate) struct Schemas<P: Processor> {
    registry: RegistryClient,
    sources: Vec<Source<P::Input>>,
    pub(crate) write: WriteIds,
    /// The contract's version by contract and id; `None` is none of them.
    versions: Mutex<BTreeMap<(&'static str, SchemaId), Option<u32>>>,
}

/// The versions of a contract that can be decoded.
#[derive(Debug, Clone, Copy)]
struct Known {
    contract: &'static str,
    subject: &'static str,
    versions: &'static [WriterVersion],
}

impl Known {
    fn of<E: Event>() -> Known {
        Known {
            contract: E::CONTRACT,
            subject: E::SUBJECT,
            versions: E::VERSIONS,
        }
    }
}

/// Why the schemas of an application are not there.
#[derive(Debug)]
pub(crate) enum SchemasError {
    /// The registry is away.
    Unreachable(String),
    /// It is not.
    Fatal(Box<ProcessorError>),
}

impl<P: Processor> Schemas<P> {
    /// Looks up every version that may be met, and those that are written.
    pub(crate) async fn look_up(registry: RegistryClient) -> Result<Schemas<P>, SchemasError> {
        let sources = P::Input::sources();
        let mut versions = BTreeMap::new();
        let mut read: Vec<Known> = sources
            .iter()
            .map(|it| Known {
                contract: it.contract,
                subject: it.subject,
                versions: it.versions,
            })
            .collect();
        read.push(Known::of::<P::Change>());
        read.push(Known::of::<Outcome>());
        for known in read {
            for writer in known.versions {
                // One that is not registered here may still be met under an id
                // of another subject; it is looked up then.
                if let Some(id) = id_of(&registry, known, writer).await? {
                    versions.insert((known.contract, id), Some(writer.version));
                }
            }
        }
        let write = WriteIds {
            change: written(&versions, Known::of::<P::Change>(), P::Change::VERSION)?,
            outcome: written(&versions, Known::of::<Outcome>(), Outcome::VERSION)?,
        };
        Ok(Schemas {
            registry,
            sources,
            write,
            versions: Mutex::new(versions),
        })
    }

    /// Decodes a source record. The outer error is the registry being away;
    /// the inner one is the record's own.
    pub(crate) async fn item(&self, record: Record) -> Result<Item<P::Input>, RegistryError> {
        let topic = &*record.position.topic;
        let source = self.sources.iter().find(|it| it.topic == topic);
        let source = source.expect("records are read from the sources' topics only");
        let known = Known {
            contract: source.contract,
            subject: source.subject,
            versions: source.versions,
        };
        let input = match self.datum(known, &record).await? {
            Ok((version, datum)) => {
                let mut reader = Reader::new(datum, Limits::default());
                let decoded = source.decode(version, &mut reader);
                let finished = decoded.and_then(|input| reader.finish().map(|()| input));
                finished.map_err(|error| undecodable(source.contract, version, &error))
            }
            Err(reason) => Err(reason),
        };
        Ok(Item {
            origin: Origin::of(record, source.contract),
            input,
        })
    }

    /// Reads a record of the application's own outbound topic.
    pub(crate) async fn change(
        &self,
        record: &Record,
    ) -> Result<Result<AdoptedChange<P::Change>, ProcessorError>, RegistryError> {
        let (version, datum) = match self.datum(Known::of::<P::Change>(), record).await? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(own_log(&record.position, reason.message))),
        };
        let Some(source) = source_of(record) else {
            let message = format!("no header {}", outgoing::SOURCE);
            return Ok(Err(own_log(&record.position, message)));
        };
        let change = match P::Change::from_avro(version, datum, Limits::default()) {
            Ok(change) => change,
            Err(error) => return Ok(Err(own_log(&record.position, error.to_string()))),
        };
        let Some(entity_version) = change.entity_version() else {
            let contract = P::Change::CONTRACT.to_owned();
            return Ok(Err(ProcessorError::VersionAbsent { contract }));
        };
        let row = StateRow {
            key: change.key(),
            version: entity_version,
            deleted: change.is_deleted(),
            value: datum.to_vec(),
            writer_version: version,
        };
        let cause = record
            .header(outgoing::CAUSE)
            .map_or_else(|| source.to_string(), str::to_owned);
        Ok(Ok(AdoptedChange {
            entity: Entity { change, row },
            offset: record.position.offset,
            source,
            cause,
            at_ms: record.timestamp_ms,
        }))
    }

    /// Reads a record of the application's own outcome topic.
    pub(crate) async fn outcome(
        &self,
        record: &Record,
    ) -> Result<Result<Outcome, ProcessorError>, RegistryError> {
        let (version, datum) = match self.datum(Known::of::<Outcome>(), record).await? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(own_log(&record.position, reason.message))),
        };
        let outcome = Outcome::from_avro(version, datum, Limits::default());
        Ok(outcome.map_err(|error| own_log(&record.position, error.to_string())))
    }

    /// The writer's version and the datum of a framed record.
    async fn datum<'a>(
        &self,
        known: Known,
        record: &'a Record,
    ) -> Result<Result<(u32, &'a [u8]), Reason>, RegistryError> {
        let value = record.value.as_deref().unwrap_or_default();
        let (id, datum) = match confluent::split(value) {
            Ok(split) => split,
            Err(error) => return Ok(Err(Reason::new(UNFRAMED, error.to_string()))),
        };
        match self.version_of(known, id).await? {
            Some(version) => Ok(Ok((version, datum))),
            None => {
                let message = format!("schema id {id} is no version of {}", known.contract);
                Ok(Err(Reason::new(SCHEMA_UNKNOWN, message)))
            }
        }
    }

    async fn version_of(&self, known: Known, id: SchemaId) -> Result<Option<u32>, RegistryError> {
        let key = (known.contract, id);
        let cached = self
            .versions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .copied();
        if let Some(version) = cached {
            return Ok(version);
        }
        let found = match self.registry.by_id(id).await {
            Ok(found) => found,
            Err(error) if error.is_retryable() => return Err(error),
            // Not remembered: it may be registered later.
            Err(_) => return Ok(None),
        };
        let fingerprint = Fingerprint::of(&canonical_form(&found.schema)).0;
        let writer = known
            .versions
            .iter()
            .find(|it| it.fingerprint == fingerprint);
        let version = writer.map(|it| it.version);
        self.versions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, version);
        Ok(version)
    }
}

async fn id_of(
    registry: &RegistryClient,
    known: Known,
    writer: &WriterVersion,
) -> Result<Option<SchemaId>, SchemasError> {
    registry
        .id_of_writer(known.subject, writer)
        .await
        .map_err(|error| {
            if error.is_retryable() {
                return SchemasError::Unreachable(error.to_string());
            }
            SchemasError::Fatal(Box::new(ProcessorError::Registry {
                contract: known.contract.to_owned(),
                version: writer.version,
                message: error.to_string(),
            }))
        })
}

fn written(
    versions: &BTreeMap<(&'static str, SchemaId), Option<u32>>,
    known: Known,
    version: u32,
) -> Result<SchemaId, SchemasError> {
    let mut ids = versions.iter();
    let found =
        ids.find(|((contract, _), it)| *contract == known.contract && **it == Some(version));
    found.map(|((_, id), _)| *id).ok_or_else(|| {
        SchemasError::Fatal(Box::new(ProcessorError::SchemaMissing {
            contract: known.contract.to_owned(),
            version,
            subject: known.subject.to_owned(),
        }))
    })
}

/// The source position that a record of an own log carries.
pub(crate) fn source_of(record: &Record) -> Option<Position> {
    record.header(outgoing::SOURCE)?.parse().ok()
}

fn undecodable(contract: &str, version: u32, error: &DecodeError) -> Reason {
    Reason::new(UNDECODABLE, format!("{contract} v{version}: {error}"))
}

fn own_log(position: &Position, message: String) -> ProcessorError {
    ProcessorError::OwnLog {
        position: position.clone(),
        message,
    }
}
