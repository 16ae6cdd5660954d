//! What must hold for any bytes at all: a byte that chooses a pair of versions
//! of a contract, and a datum of the writer. The generated decoder and the plan
//! of the same pair give the same value, or an error each.
//!
//! `ci/fuzz` compiles this file too.

use std::sync::LazyLock;

use accordant_schema::{Limits as SchemaLimits, Schema, contract::Version, parse_with};
use accordant_wire::{DecodeErrorKind, Limits, WriterVersion, dynamic::Plan};

use crate::generated::{Generated, Unread, generated};

/// A version that reads another one.
struct Pair {
    reader: Generated,
    writer: Version,
    plan: Plan,
}

static PAIRS: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let mut pairs = Vec::new();
    for reader in generated() {
        let own = reader
            .writers
            .iter()
            .find(|it| it.version == reader.version.0);
        let Some(own) = own.map(schema) else {
            // A shared type, which the events hold.
            continue;
        };
        for writer in reader.writers {
            let same = generated().into_iter();
            let mut same =
                same.filter(|it| (it.contract, it.version) == (reader.contract, reader.version));
            pairs.push(Pair {
                reader: same.next().expect("it is one of them"),
                writer: Version(writer.version),
                plan: Plan::new(&schema(writer), &own).expect("the gate let it pass"),
            });
        }
    }
    pairs
});

fn schema(version: &WriterVersion) -> Schema {
    let references: Vec<&str> = version.references.iter().map(|it| it.schema).collect();
    parse_with(version.schema, &references, &SchemaLimits::default())
        .expect("the generator took it")
}

/// # Panics
/// Something does not hold.
pub(crate) fn check(input: &[u8]) {
    let Some((choice, bytes)) = input.split_first() else {
        return;
    };
    let pair = &PAIRS[usize::from(*choice) % PAIRS.len()];
    let mut planned = Vec::new();
    let in_two_steps = pair
        .plan
        .apply(bytes, Limits::default(), &mut planned)
        .map_err(Unread::from)
        .and_then(|()| pair.reader.read(pair.reader.version, &planned));
    let at_once = pair.reader.read_by(&pair.plan, bytes);
    let by_type = pair.reader.read(pair.writer, bytes);
    for by_plan in [in_two_steps, at_once] {
        match (&by_type, by_plan) {
            (Ok(by_type), Ok(by_plan)) => assert_eq!(by_type, &by_plan),
            (Err(_), Err(_)) => {}
            // Each counts memory by itself.
            (Ok(_), Err(error)) => assert!(is_limit(&error), "by plan only: {error}"),
            (Err(error), Ok(_)) => assert!(is_limit(error), "by type only: {error}"),
        }
    }
}

fn is_limit(error: &Unread) -> bool {
    match error {
        Unread::Decode(error) => matches!(error.kind(), DecodeErrorKind::TooLarge { .. }),
        Unread::Encode(_) => false,
    }
}
