//! Decides a batch: pure, from events, view and adopted decisions to records
//! and rows. Whoever appends and applies them does the I/O.

use std::collections::BTreeMap;

use accordant_wire::{Encode, Event, SchemaId, confluent};

use super::{
    Context, Decision, Failure, Position, Processor, ProcessorError, Read, Reason,
    adoption::{AdoptedChange, Adoption},
    item::{Item, Origin},
    outgoing::{Outgoing, Writer},
    view::{BatchState, Effects, Entity},
};
use crate::{
    outcome::{OUTCOME_CONTRACT, Ruling},
    store::{AuditRow, DEDUP_WINDOW_MS, DedupRow, StateRow, Wanted},
};

/// The reason of an event that may have been applied once, but whose change is
/// not in the log while later ones are.
const NOT_REPEATABLE: &str = "not_repeatable";
/// The reason of an event whose change its contract cannot hold.
const UNENCODABLE: &str = "unencodable";

/// The schemas that an application writes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WriteIds {
    pub(crate) change: SchemaId,
    pub(crate) outcome: SchemaId,
}

/// What a batch comes to.
#[derive(Debug)]
pub(crate) struct Outputs {
    pub(crate) outbound: Vec<Outgoing>,
    pub(crate) dead: Vec<Outgoing>,
    pub(crate) outcomes: Vec<Outgoing>,
    pub(crate) effects: Effects,
    pub(crate) audit: Vec<AuditRow>,
    /// Next offset by source topic.
    pub(crate) positions: BTreeMap<String, i64>,
}

/// Why a batch was not decided.
#[derive(Debug)]
pub(crate) enum BatchFailure {
    /// Try the whole batch again.
    Retry(String),
    /// The partition stops.
    Fatal(Box<ProcessorError>),
}

impl From<ProcessorError> for BatchFailure {
    fn from(error: ProcessorError) -> BatchFailure {
        BatchFailure::Fatal(Box::new(error))
    }
}

/// What the handler and the adopted decisions will look at.
pub(crate) fn wanted<P: Processor>(
    processor: &P,
    items: &[Item<P::Input>],
    adoption: &Adoption<P::Change>,
) -> Wanted {
    let mut wanted = Wanted::default();
    for item in items {
        wanted
            .keys
            .extend(adoption.keys(&item.origin.position).cloned());
        wanted.events.insert(item.origin.dedup_key());
        let Ok(input) = &item.input else { continue };
        for read in processor.reads(input) {
            match read {
                Read::Key(key) => {
                    wanted.keys.insert(key);
                }
                Read::Index { name, value } => {
                    wanted.indexes.insert((name.to_owned(), value));
                }
            }
        }
    }
    wanted
}

/// Decides items in order over a state in which the effects of the earlier
/// ones are visible.
pub(crate) fn decide<P: Processor>(
    processor: &P,
    writer: Writer<'_>,
    ids: WriteIds,
    items: &[Item<P::Input>],
    state: BatchState<P::Change>,
    adoption: &mut Adoption<P::Change>,
) -> Result<Outputs, BatchFailure> {
    let mut deciding = Deciding {
        processor,
        writer,
        ids,
        state,
        outbound: Vec::new(),
        dead: Vec::new(),
        outcomes: Vec::new(),
        audit: Vec::new(),
    };
    let mut positions = BTreeMap::new();
    for item in items {
        deciding.item(item, adoption)?;
        let position = &item.origin.position;
        positions.insert(position.topic.to_string(), position.offset + 1);
    }
    Ok(Outputs {
        outbound: deciding.outbound,
        dead: deciding.dead,
        outcomes: deciding.outcomes,
        effects: deciding.state.into_effects(processor),
        audit: deciding.audit,
        positions,
    })
}

/// Applies changes from the outbound log to a state: the first record of a
/// version wins, and a version that is missing is an error.
pub(crate) fn adopt<P: Processor>(
    processor: &P,
    state: &mut BatchState<P::Change>,
    change: AdoptedChange<P::Change>,
) -> Result<i64, ProcessorError> {
    let row = &change.entity.row;
    let current = state.version(&row.key).unwrap_or_default();
    let found = row.version;
    // A compacted log may begin with any version of an entity.
    if current > 0 && found > current + 1 {
        return Err(ProcessorError::VersionGap {
            position: change.source,
            key: row.key.clone(),
            expected: current + 1,
            found,
        });
    }
    if found > current {
        state.put(processor, change.entity);
    }
    Ok(found)
}

struct Deciding<'a, P: Processor> {
    processor: &'a P,
    writer: Writer<'a>,
    ids: WriteIds,
    state: BatchState<P::Change>,
    outbound: Vec<Outgoing>,
    dead: Vec<Outgoing>,
    outcomes: Vec<Outgoing>,
    audit: Vec<AuditRow>,
}

impl<P: Processor> Deciding<'_, P> {
    fn item(
        &mut self,
        item: &Item<P::Input>,
        adoption: &mut Adoption<P::Change>,
    ) -> Result<(), BatchFailure> {
        let origin = &item.origin;
        let adopted = adoption.take_changes(&origin.position);
        let has_outcome = adoption.take_outcome(&origin.position);
        if !adopted.is_empty() {
            let mut version = 0;
            for change in adopted {
                self.audit.push(audit_row(origin, &change.entity.row));
                version = adopt(self.processor, &mut self.state, change)?;
            }
            if !has_outcome {
                self.outcome(origin, &Ruling::applied(Some(version)))?;
            }
            return Ok(());
        }
        if has_outcome {
            return Ok(());
        }
        let input = match &item.input {
            Ok(input) => input,
            Err(reason) => return self.poison(origin, reason.clone()),
        };
        if let Some(ruling) = self.duplicate(origin) {
            return self.outcome(origin, &ruling);
        }
        let ctx = Context {
            source: origin.position.clone(),
            event_id: origin.event_id.clone(),
            key: origin.key.clone(),
            log_time_ms: origin.record.timestamp_ms,
        };
        let decided = self.processor.decide(&ctx, input, &self.state.view);
        let undeclared = self.state.take_undeclared();
        if !undeclared.is_empty() {
            let position = origin.position.clone();
            return Err(ProcessorError::Undeclared {
                position,
                reads: undeclared.join(", "),
            }
            .into());
        }
        match decided {
            Ok(Decision::Apply(changes)) if changes.is_empty() => {
                self.outcome(origin, &Ruling::applied(None))
            }
            Ok(Decision::Apply(_)) if adoption.is_below_floor(&origin.position) => {
                let message = "it was not in the log when later events already were";
                self.outcome(
                    origin,
                    &Ruling::rejected(vec![Reason::new(NOT_REPEATABLE, message)]),
                )
            }
            Ok(Decision::Apply(changes)) => self.apply(origin, changes),
            Ok(Decision::Reject(reasons)) => self.outcome(origin, &Ruling::rejected(reasons)),
            Ok(Decision::Nothing) => self.outcome(origin, &Ruling::applied(None)),
            Err(Failure::Retry(message)) => Err(BatchFailure::Retry(message)),
            Err(Failure::Poison(reason)) => self.poison(origin, reason),
            Err(Failure::Fatal(message)) => {
                let position = origin.position.clone();
                Err(ProcessorError::Handler { position, message }.into())
            }
        }
    }

    fn apply(&mut self, origin: &Origin, changes: Vec<P::Change>) -> Result<(), BatchFailure> {
        // All of them before the first takes effect.
        let mut encoded = Vec::with_capacity(changes.len());
        for change in changes {
            let mut value = Vec::new();
            if let Err(error) = change.encode(&mut value) {
                let message = format!("{}: {error}", P::Change::CONTRACT);
                return self.poison(origin, Reason::new(UNENCODABLE, message));
            }
            encoded.push((change, value));
        }
        let mut version = None;
        for (index, (change, value)) in encoded.into_iter().enumerate() {
            version = Some(self.change(origin, change, value, index)?);
        }
        self.outcome(origin, &Ruling::applied(version))
    }

    fn change(
        &mut self,
        origin: &Origin,
        change: P::Change,
        value: Vec<u8>,
        index: usize,
    ) -> Result<i64, BatchFailure> {
        let position = &origin.position;
        let key = change.key();
        let Some(current) = self.state.version(&key) else {
            let reads = format!("it changes key `{key}`");
            return Err(ProcessorError::Undeclared {
                position: position.clone(),
                reads,
            }
            .into());
        };
        let Some(found) = change.entity_version() else {
            let contract = P::Change::CONTRACT.to_owned();
            return Err(ProcessorError::VersionAbsent { contract }.into());
        };
        if found != current + 1 {
            let position = position.clone();
            let expected = current + 1;
            return Err(ProcessorError::VersionGap {
                position,
                key,
                expected,
                found,
            }
            .into());
        }
        let framed = framed(self.ids.change, &value);
        self.outbound.push(self.writer.outbound(
            origin,
            P::Change::CONTRACT,
            &key,
            found,
            index,
            framed,
        ));
        let row = StateRow {
            key,
            version: found,
            deleted: change.is_deleted(),
            value,
            writer_version: P::Change::VERSION,
        };
        self.audit.push(audit_row(origin, &row));
        self.state.put(self.processor, Entity { change, row });
        Ok(found)
    }

    fn poison(&mut self, origin: &Origin, reason: Reason) -> Result<(), BatchFailure> {
        self.dead.push(self.writer.dead(origin, &reason));
        self.outcome(origin, &Ruling::failed(reason))
    }

    /// The ruling on an event whose id was seen before within the window.
    fn duplicate(&self, origin: &Origin) -> Option<Ruling> {
        let first = self.state.seen(&origin.dedup_key())?;
        let is_earlier =
            *first.topic == *origin.position.topic && first.offset < origin.position.offset;
        let is_in_window = first.at_ms >= origin.record.timestamp_ms - DEDUP_WINDOW_MS;
        if !is_earlier || !is_in_window {
            return None;
        }
        let position = Position {
            topic: first.topic.as_str().into(),
            partition: origin.position.partition,
            offset: first.offset,
        };
        let mut ruling = Ruling::from_bytes(&first.outcome)?;
        ruling.duplicate_of = Some(position.to_string());
        Some(ruling)
    }

    fn outcome(&mut self, origin: &Origin, ruling: &Ruling) -> Result<(), BatchFailure> {
        let outcome = ruling.outcome_of(origin, &self.writer.names.application);
        let mut value = Vec::new();
        outcome
            .encode(&mut value)
            .map_err(|error| ProcessorError::Encode {
                position: origin.position.clone(),
                message: error.to_string(),
            })?;
        let framed = framed(self.ids.outcome, &value);
        self.outcomes
            .push(self.writer.outcome(origin, OUTCOME_CONTRACT, framed));
        if ruling.duplicate_of.is_none() {
            self.state.remember(dedup_row(origin, ruling));
        }
        Ok(())
    }
}

fn dedup_row(origin: &Origin, ruling: &Ruling) -> DedupRow {
    DedupRow {
        id: origin.dedup_key(),
        at_ms: origin.record.timestamp_ms,
        topic: origin.position.topic.to_string(),
        offset: origin.position.offset,
        outcome: ruling.to_bytes(),
    }
}

fn audit_row(origin: &Origin, row: &StateRow) -> AuditRow {
    AuditRow {
        key: row.key.clone(),
        version: row.version,
        event_id: origin.cause.clone(),
        source: origin.position.to_string(),
        at_ms: origin.record.timestamp_ms,
    }
}

fn framed(id: SchemaId, value: &[u8]) -> Vec<u8> {
    let mut framed = Vec::with_capacity(confluent::HEADER_BYTES + value.len());
    confluent::frame(id, &mut framed);
    framed.extend_from_slice(value);
    framed
}
