//! What a batch comes to: duplicates, dead letters, adoption, and what stops a
//! partition.

use accordant_wire::{
    DecodeError, Encode, EncodeError, Event, Limits, Reader, SchemaId, WriterVersion, confluent,
    write,
};

use super::{
    Context, Decision, Failure, Names, Position, Processor, ProcessorError, Read, Reason, Record,
    View,
    adoption::{AdoptedChange, Adoption},
    batch::{self, BatchFailure, Outputs, WriteIds},
    item::{Item, Origin},
    outgoing::Writer,
    topics_of,
    view::{BatchState, Entity},
};
use crate::{
    kafka::headers::CloudEvent,
    outcome::{Outcome, OutcomeResult},
    store::{DEDUP_WINDOW_MS, Loaded, StateRow},
};

/// An entity that counts how often it was touched.
#[derive(Debug, Clone, PartialEq)]
struct Counter {
    key: String,
    version: i64,
}

impl Encode for Counter {
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        write::string(&self.key, out);
        write::long(self.version, out);
        Ok(())
    }
}

impl Event for Counter {
    const CONTRACT: &'static str = "test.Counter";
    const VERSION: u32 = 1;
    const TOPIC: &'static str = "counter";
    const SUBJECT: &'static str = "counter-value";
    const SCHEMA: &'static str = "";
    const VERSIONS: &'static [WriterVersion] = &[];

    fn decode_version(_one: u32, reader: &mut Reader<'_>) -> Result<Counter, DecodeError> {
        Ok(Counter {
            key: reader.string()?,
            version: reader.long()?,
        })
    }

    fn key(&self) -> String {
        self.key.clone()
    }

    fn partition_text(&self) -> String {
        self.key.clone()
    }

    fn entity_version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn is_deleted(&self) -> bool {
        false
    }
}

/// Touches the counter that the event names; what else the name says is trouble.
struct Touches;

impl Processor for Touches {
    type Input = Counter;
    type Change = Counter;
    const NAME: &'static str = "touches";

    fn reads(&self, input: &Counter) -> Vec<Read> {
        vec![Read::Key(input.key.clone())]
    }

    fn decide(
        &self,
        _ctx: &Context,
        input: &Counter,
        view: &View<Counter>,
    ) -> Result<Decision<Counter>, Failure> {
        let current = view.version(&input.key);
        match input.key.as_str() {
            "retry" => Err(Failure::Retry("away".to_owned())),
            "poison" => Err(Failure::Poison(Reason::new("broken", "it breaks"))),
            "refused" => Ok(Decision::Reject(vec![Reason::new("no", "never")])),
            "jump" => Ok(Decision::Apply(vec![Counter {
                version: current + 2,
                ..input.clone()
            }])),
            "peek" => {
                view.get("another");
                Ok(Decision::Nothing)
            }
            _ => Ok(Decision::Apply(vec![Counter {
                version: current + 1,
                ..input.clone()
            }])),
        }
    }
}

fn position(offset: i64) -> Position {
    Position {
        topic: "counter".into(),
        partition: 0,
        offset,
    }
}

fn item(offset: i64, event_id: &str, key: &str) -> Item<Counter> {
    let record = Record {
        position: position(offset),
        timestamp_ms: offset,
        key: Some(key.as_bytes().to_vec()),
        value: Some(b"original".to_vec()),
        headers: vec![("ce_id".to_owned(), event_id.as_bytes().to_vec())],
    };
    Item {
        origin: Origin::of(record, Counter::CONTRACT),
        input: Ok(Counter {
            key: key.to_owned(),
            version: 0,
        }),
    }
}

fn adopted(offset: i64, source: i64, key: &str, version: i64) -> AdoptedChange<Counter> {
    let change = Counter {
        key: key.to_owned(),
        version,
    };
    let mut value = Vec::new();
    change.encode(&mut value).unwrap();
    let row = StateRow {
        key: key.to_owned(),
        version,
        deleted: false,
        value,
        writer_version: 1,
    };
    AdoptedChange {
        entity: Entity { change, row },
        offset,
        source: position(source),
        cause: "cause".to_owned(),
        at_ms: 0,
    }
}

fn run(items: &[Item<Counter>], adoption: &mut Adoption<Counter>) -> Result<Outputs, BatchFailure> {
    let names = Names::of(&topics_of::<Touches>());
    let wanted = batch::wanted(&Touches, items, adoption);
    let state = BatchState::new(&wanted, Loaded::default()).unwrap();
    let writer = Writer {
        names: &names,
        epoch: 1,
    };
    let ids = WriteIds {
        change: SchemaId(1),
        outcome: SchemaId(2),
    };
    batch::decide(&Touches, writer, ids, items, state, adoption)
}

fn decide(items: &[Item<Counter>]) -> Outputs {
    run(items, &mut Adoption::none()).unwrap()
}

/// Each outcome as its event id, result, version, reasons and duplicate.
fn outcomes(outputs: &Outputs) -> Vec<String> {
    let read = |value: &Option<Vec<u8>>| {
        let (_, datum) = confluent::split(value.as_deref().unwrap()).unwrap();
        Outcome::from_avro(1, datum, Limits::default()).unwrap()
    };
    let text = |outcome: Outcome| {
        let result = match outcome.result {
            OutcomeResult::Applied => "applied",
            OutcomeResult::Rejected => "rejected",
            OutcomeResult::Failed => "failed",
            OutcomeResult::Unknown => "unknown",
        };
        let codes: Vec<String> = outcome.reasons.into_iter().map(|it| it.code).collect();
        let version = outcome
            .version
            .map(|it| format!(" v{it}"))
            .unwrap_or_default();
        let first = outcome
            .duplicate_of
            .map(|it| format!(" of {it}"))
            .unwrap_or_default();
        format!(
            "{} {result}{version}{}{first}",
            outcome.event_id,
            codes.join(" ")
        )
    };
    outputs
        .outcomes
        .iter()
        .map(|outgoing| text(read(&outgoing.value)))
        .collect()
}

#[test]
fn an_event_sees_what_the_batch_did_before_it() {
    let outputs = decide(&[item(0, "a", "k"), item(1, "b", "k"), item(2, "c", "other")]);
    assert_eq!(
        outcomes(&outputs),
        ["a applied v1", "b applied v2", "c applied v1"]
    );
    let versions: Vec<i64> = outputs.effects.rows.iter().map(|row| row.version).collect();
    assert_eq!(versions, [2, 1], "one row a key, the last one");
    assert_eq!(outputs.outbound.len(), 3);
    assert_eq!(outputs.positions["counter"], 3);
}

#[test]
fn a_second_event_with_an_id_has_no_effect() {
    let late = {
        let mut late = item(9, "a", "k");
        late.origin.record.timestamp_ms = DEDUP_WINDOW_MS + 1;
        late
    };
    let items = [
        item(0, "a", "k"),
        item(1, "a", "k"),
        item(2, "a", "another"),
        late,
    ];
    let outputs = decide(&items);
    let expected = [
        "a applied v1",
        "a applied v1 of counter/0/0",
        "a applied v1",
        "a applied v2",
    ];
    assert_eq!(
        outcomes(&outputs),
        expected,
        "the key counts, and the window"
    );
    assert_eq!(outputs.outbound.len(), 3);
}

#[test]
fn a_duplicate_of_a_rejected_event_is_rejected_alike() {
    let outputs = decide(&[item(0, "a", "refused"), item(1, "a", "refused")]);
    assert_eq!(
        outcomes(&outputs),
        ["a rejectedno", "a rejectedno of counter/0/0"]
    );
}

#[test]
fn what_cannot_be_processed_is_kept_as_it_came() {
    let undecodable = Item {
        input: Err(Reason::new("undecodable", "no datum")),
        ..item(0, "a", "k")
    };
    let outputs = decide(&[undecodable, item(1, "b", "poison"), item(2, "c", "k")]);
    let expected = ["a failedundecodable", "b failedbroken", "c applied v1"];
    assert_eq!(outcomes(&outputs), expected);
    let [first, _second] = outputs.dead.as_slice() else {
        panic!("{:?}", outputs.dead)
    };
    assert_eq!(first.topic, "counter.touches.dead");
    assert_eq!(first.value.as_deref(), Some(b"original".as_slice()));
}

#[test]
fn what_the_log_has_is_not_decided_again() {
    let mut adoption = Adoption::none();
    adoption.add_change(adopted(7, 0, "k", 1));
    adoption.add_outcome(position(0));
    adoption.add_change(adopted(8, 2, "k", 2));
    assert_eq!(adoption.outbound_first(), Some(7));
    let items = [
        item(0, "a", "k"),
        item(1, "b", "k"),
        item(2, "c", "k"),
        item(3, "d", "k"),
    ];
    let outputs = run(&items, &mut adoption).unwrap();
    // `a` has its outcome; `b` can have no change between two that are there.
    let expected = ["b rejectednot_repeatable", "c applied v2", "d applied v3"];
    assert_eq!(outcomes(&outputs), expected);
    assert_eq!(outputs.outbound.len(), 1);
    assert!(adoption.is_settled());
}

#[test]
fn a_copy_in_the_log_is_passed_over() {
    let mut adoption = Adoption::none();
    adoption.add_change(adopted(7, 0, "k", 1));
    adoption.add_change(adopted(8, 0, "k", 1));
    let outputs = run(&[item(0, "a", "k")], &mut adoption).unwrap();
    assert_eq!(outcomes(&outputs), ["a applied v1"]);
    assert_eq!(outputs.effects.rows.len(), 1);
}

#[test]
fn a_retry_takes_the_whole_batch() {
    let failed = run(
        &[item(0, "a", "k"), item(1, "b", "retry")],
        &mut Adoption::none(),
    );
    assert!(matches!(failed, Err(BatchFailure::Retry(message)) if message == "away"));
}

#[test]
fn a_wrong_version_or_an_unannounced_read_stops_the_partition() {
    for (key, expected) in [
        (
            "jump",
            "counter/0/0: the change of `jump` has version 2, not 1",
        ),
        (
            "peek",
            "counter/0/0: decide read what reads did not announce: key `another`",
        ),
    ] {
        match run(&[item(0, "a", key)], &mut Adoption::none()) {
            Err(BatchFailure::Fatal(error)) => assert_eq!(error.to_string(), expected),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_gap_in_the_log_is_an_error() {
    let mut adoption = Adoption::none();
    adoption.add_change(adopted(7, 0, "k", 1));
    adoption.add_change(adopted(8, 1, "k", 3));
    let failed = run(&[item(0, "a", "k"), item(1, "b", "k")], &mut adoption);
    let Err(BatchFailure::Fatal(error)) = failed else {
        panic!("{failed:?}")
    };
    assert!(matches!(
        *error,
        ProcessorError::VersionGap {
            expected: 2,
            found: 3,
            ..
        }
    ));
}

#[test]
fn event_ids_depend_on_nothing_but_the_source() {
    let id = |offset| {
        let outputs = decide(&[item(offset, "a", "k")]);
        CloudEvent::from_headers(&outputs.outbound[0].headers).id
    };
    assert_eq!(id(4), id(4));
    assert_ne!(id(4), id(5));
}
