//! Every pair of `corpus/pairs/` with random data of the writer: Java's
//! resolution and our plan give the same datum of the reader, or an error each.
//! A pair's name begins with what becomes of the writer's data.

use std::{fmt::Write, sync::Arc};

use accordant_compat::java;
use accordant_schema::contract::{UnknownFields, Version};
use accordant_wire::{
    DecodeErrorKind, Limits,
    dynamic::{AvroJson, Plan},
};

use super::{Datum, FIXED_SEED, Range, Text, folder, fresh_seed, hex, judge, names, types::Types};
use crate::{
    codec::{Judge, check_java_s_json},
    generated::Unread,
};

const PAIRS_MIN: usize = 100;
/// Data of a pair that the snapshot shows, and characters of a line.
const SHOWN_DATA: usize = 2;
const SHOWN_CHARACTERS: usize = 160;

pub(super) struct Pair {
    name: String,
    pub(super) writer: Text,
    pub(super) reader: Text,
    plan: Result<Plan, String>,
}

/// Why there is no datum of the reader.
#[derive(Debug)]
enum Refusal {
    Resolution(String),
    /// A text that is no UTF-8, which Java passes on as it is.
    Text(String),
}

/// What becomes of the data of a writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Every datum is read.
    Reads,
    /// Some are, and some are not.
    Some,
    /// None is.
    Refused,
}

impl Fate {
    #[track_caller]
    fn of(name: &str) -> Fate {
        match name.split_once('-') {
            Some(("reads", _)) => Fate::Reads,
            Some(("some", _)) => Fate::Some,
            Some(("refused", _)) => Fate::Refused,
            _ => panic!("{name} begins with none of reads-, some-, refused-"),
        }
    }

    fn allows(self, read: usize, refused: usize) -> bool {
        match self {
            Fate::Reads => refused == 0 && read > 0,
            Fate::Some => refused > 0 && read > 0,
            Fate::Refused => refused > 0 && read == 0,
        }
    }
}

impl Pair {
    #[track_caller]
    fn read(name: &str) -> Pair {
        let side = |side: &str| {
            let path = folder().join("pairs").join(name).join(side);
            Text::read(&path, &format!("{name}/{side}"))
        };
        let (writer, reader) = (side("writer.avsc"), side("reader.avsc"));
        let plan = Plan::new(&writer.schema, &reader.schema);
        Pair {
            name: name.to_owned(),
            plan: plan.map_err(|error| error.to_string()),
            writer,
            reader,
        }
    }

    /// The reader's datum.
    fn apply(&self, bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
        let no_plan = |error: &String| Refusal::Resolution(error.clone());
        let plan = self.plan.as_ref().map_err(no_plan)?;
        let mut out = Vec::new();
        let applied = plan.apply(bytes, Limits::default(), &mut out);
        applied.map(|()| out).map_err(|error| match error.kind() {
            DecodeErrorKind::InvalidUtf8 => Refusal::Text(error.to_string()),
            _ => Refusal::Resolution(error.to_string()),
        })
    }

    /// The reader's generated type reads what the plan reads, but for what its
    /// own logical types have no value for. What the gate lets pass has such a
    /// decoder; where it would not, a plan alone may know what to do.
    #[track_caller]
    fn check_type(&self, types: &Types, bytes: &[u8], planned: &Result<Vec<u8>, Refusal>) {
        let Pair { name, .. } = self;
        match (types.read(name, Version(1), bytes), planned) {
            (Ok(read), Ok(planned)) => assert_eq!(hex(&read), hex(planned), "{name}"),
            (Err(_), Err(_)) => {}
            (Ok(read), Err(why)) => panic!("{name}: {} {why:?}", hex(&read)),
            (Err(Unread::Encode(_)), Ok(_)) => {}
            (Err(Unread::Decode(error)), Ok(_)) => {
                let is_value = matches!(error.kind(), DecodeErrorKind::InvalidLogical { .. });
                assert!(is_value, "{name}: {error}");
            }
        }
    }

    #[track_caller]
    fn check_java(&self, judge: &mut Judge, bytes: &[u8], ours: &Result<Vec<u8>, Refusal>) {
        let Pair { name, .. } = self;
        let bytes = hex(bytes);
        let theirs = judge.decode(&self.reader.text, &self.writer.text, &bytes);
        let ours = match ours {
            Ok(ours) => ours,
            Err(Refusal::Text(_)) => return,
            Err(Refusal::Resolution(why)) => {
                let exception = theirs.get("exception");
                assert!(exception.is_some(), "{name}: {bytes} {theirs} {why}");
                return;
            }
        };
        assert_eq!(theirs["hex"], hex(ours), "{name}: {bytes} {theirs}");
        check_java_s_json(&self.reader.schema, theirs["json"].as_str().unwrap(), ours);
    }
}

pub(super) fn pairs() -> impl Iterator<Item = Pair> {
    let names = names(&folder().join("pairs")).into_iter();
    names.map(|name| Pair::read(&name))
}

fn codec(text: &Text) -> AvroJson {
    AvroJson::new(Arc::new(text.schema.clone()), UnknownFields::Refuse)
}

fn json(text: &Text, bytes: &[u8]) -> String {
    codec(text).decode(bytes, Limits::default()).unwrap()
}

#[test]
fn every_pair_reads_what_java_reads() {
    let mut judge = judge();
    let types = Types::new();
    let fresh = fresh_seed();
    let (mut pairs_read, mut decoders) = (0, 0);
    let (mut data_read, mut data_refused) = (0, 0);
    for pair in pairs() {
        let (mut read, mut refused) = (0, 0);
        let has_decoder = types.reads(&pair.name, Version(1));
        let is_let_pass = java::check(&pair.reader.schema, &pair.writer.schema).is_empty();
        assert!(has_decoder || !is_let_pass, "{} has no decoder", pair.name);
        for datum in [pair.writer.data(FIXED_SEED), pair.writer.data(fresh)].concat() {
            let Datum { bytes, range } = datum;
            let ours = pair.apply(&bytes);
            if range == Range::Meant && has_decoder {
                pair.check_type(&types, &bytes, &ours);
            }
            if let Some(judge) = &mut judge {
                pair.check_java(judge, &bytes, &ours);
            }
            match ours {
                Ok(_) => read += 1,
                Err(_) => refused += 1,
            }
        }
        let fate = Fate::of(&pair.name);
        assert!(
            fate.allows(read, refused),
            "{}: {read} read, {refused} refused",
            pair.name
        );
        pairs_read += 1;
        decoders += usize::from(has_decoder);
        data_read += read;
        data_refused += refused;
    }
    println!("{pairs_read} pairs, {decoders} with a decoder");
    println!("{data_read} data read, {data_refused} refused");
    assert!(pairs_read >= PAIRS_MIN, "{pairs_read}");
}

/// What a reader of this test sees; the other one holds it against Java.
#[test]
fn what_becomes_of_a_datum() {
    let mut text = String::new();
    for pair in pairs() {
        let _ = writeln!(text, "{}", pair.name);
        for bytes in pair.writer.plain_data().take(SHOWN_DATA) {
            let _ = writeln!(text, "    {}", shown(&json(&pair.writer, &bytes)));
            let read = pair.apply(&bytes).map(|it| json(&pair.reader, &it));
            let _ = match read {
                Ok(json) => writeln!(text, "    = {}", shown(&json)),
                Err(Refusal::Resolution(why) | Refusal::Text(why)) => {
                    writeln!(text, "    ! {}", shown(&why))
                }
            };
        }
    }
    insta::assert_snapshot!(text);
}

fn shown(line: &str) -> String {
    match line.char_indices().nth(SHOWN_CHARACTERS) {
        Some((at, _)) => format!("{}...", &line[..at]),
        None => line.to_owned(),
    }
}
