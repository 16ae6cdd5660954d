//! From a registry's schema ids to contract versions, and back for what the
//! application writes.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use accordant_wire::{DecodeError, Event, Limits, Reader, SchemaId, WriterVersion, confluent};

use super::{
    Input, Position, Processor, ProcessorError, Reason, Record, Source,
    adoption::AdoptedChange,
    batch::WriteIds,
    item::{Item, Origin},
    outgoing,
    view::Entity,
    writers::{Known, Writer, planned},
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

/// Ids that are remembered. A registry holds more only by accident, or by
/// somebody's design.
const WRITERS_MAX: usize = 1_000;

type Writers = BTreeMap<(&'static str, SchemaId), Writer>;

/// The schemas of an application.
pub(crate) struct Schemas<P: Processor> {
    registry: RegistryClient,
    sources: Vec<Source<P::Input>>,
    pub(crate) write: WriteIds,
    /// Who writes, by contract and id.
    writers: Mutex<Writers>,
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
        let mut writers = Writers::new();
        let mut read: Vec<Known> = sources
            .iter()
            .map(|it| Known {
                contract: it.contract,
                version: it.version,
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
                    writers.insert((known.contract, id), Writer::Version(writer.version));
                }
            }
        }
        let write = WriteIds {
            change: written(&writers, Known::of::<P::Change>(), P::Change::VERSION)?,
            outcome: written(&writers, Known::of::<Outcome>(), Outcome::VERSION)?,
        };
        Ok(Schemas {
            registry,
            sources,
            write,
            writers: Mutex::new(writers),
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
            version: source.version,
            subject: source.subject,
            versions: source.versions,
        };
        let input = match self.datum(known, &record).await? {
            Ok((version, datum)) => {
                let mut reader = Reader::new(&datum, Limits::default());
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
        let (version, datum) = match self.own_datum(Known::of::<P::Change>(), record).await? {
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
        let (version, datum) = match self.own_datum(Known::of::<Outcome>(), record).await? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(own_log(&record.position, reason.message))),
        };
        let outcome = Outcome::from_avro(version, datum, Limits::default());
        Ok(outcome.map_err(|error| own_log(&record.position, error.to_string())))
    }

    /// The datum of a framed record, and the version that it is of: the
    /// writer's, or the type's own where a plan has brought it there.
    async fn datum<'a>(
        &self,
        known: Known,
        record: &'a Record,
    ) -> Result<Result<(u32, Cow<'a, [u8]>), Reason>, RegistryError> {
        let (id, writer, datum) = match self.framed(known, record).await? {
            Ok(framed) => framed,
            Err(reason) => return Ok(Err(reason)),
        };
        Ok(match writer {
            Writer::Version(version) => Ok((version, Cow::Borrowed(datum))),
            Writer::Planned(plan) => match planned(&plan, datum) {
                Ok(datum) => Ok((known.version, Cow::Owned(datum))),
                Err(error) => {
                    let message = format!("{} by schema id {id}: {error}", known.contract);
                    Err(Reason::new(UNDECODABLE, message))
                }
            },
            Writer::Foreign => Err(unknown(known, id)),
        })
    }

    /// The same of an own log, where only released versions are written: what
    /// a plan leaves out would be lost to the store.
    async fn own_datum<'a>(
        &self,
        known: Known,
        record: &'a Record,
    ) -> Result<Result<(u32, &'a [u8]), Reason>, RegistryError> {
        let framed = self.framed(known, record).await?;
        Ok(framed.and_then(|(id, writer, datum)| match writer {
            Writer::Version(version) => Ok((version, datum)),
            Writer::Planned(_) | Writer::Foreign => Err(unknown(known, id)),
        }))
    }

    async fn framed<'a>(
        &self,
        known: Known,
        record: &'a Record,
    ) -> Result<Result<(SchemaId, Writer, &'a [u8]), Reason>, RegistryError> {
        let value = record.value.as_deref().unwrap_or_default();
        match confluent::split(value) {
            Ok((id, datum)) => Ok(Ok((id, self.writer(known, id).await?, datum))),
            Err(error) => Ok(Err(Reason::new(UNFRAMED, error.to_string()))),
        }
    }

    async fn writer(&self, known: Known, id: SchemaId) -> Result<Writer, RegistryError> {
        let key = (known.contract, id);
        let cached = self.lock().get(&key).cloned();
        if let Some(writer) = cached {
            return Ok(writer);
        }
        let found = match self.registry.by_id(id).await {
            Ok(found) => found,
            Err(error) if error.is_retryable() => return Err(error),
            // Not remembered: it may be registered later.
            Err(_) => return Ok(Writer::Foreign),
        };
        let writer = known.writer(&found.schema);
        let mut writers = self.lock();
        if writers.len() >= WRITERS_MAX {
            writers.clear();
        }
        writers.insert(key, writer.clone());
        Ok(writer)
    }

    fn lock(&self) -> MutexGuard<'_, Writers> {
        self.writers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown(known: Known, id: SchemaId) -> Reason {
    let message = format!("schema id {id} is no version of {}", known.contract);
    Reason::new(SCHEMA_UNKNOWN, message)
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

fn written(writers: &Writers, known: Known, version: u32) -> Result<SchemaId, SchemasError> {
    let found = writers.iter().find(|((contract, _), writer)| {
        *contract == known.contract && matches!(writer, Writer::Version(it) if *it == version)
    });
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
