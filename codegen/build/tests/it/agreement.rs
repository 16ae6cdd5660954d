//! The decoder that was generated for a version beside the plan that is made
//! of the same two schemas at run time: random data, whole and damaged, give
//! the same value, or an error of both.

use std::sync::Arc;

use accordant_schema::{
    Schema,
    contract::{Contract, Contracts, Version},
};
use accordant_wire::{Event, Limits, dynamic::Plan};

use crate::{
    contracts::{corpus, load},
    generate::{Rng, datum, tame},
    golden::{
        bare,
        evolution::{order, upgrade},
        keys, names, shapes,
        shared::moved,
        values::logical,
    },
};

const DATA_A_PAIR: usize = 300;
/// So many data at least are read.
const READ_MIN: usize = 50;
/// Of so many data one is damaged.
const DAMAGED_ONE_IN: usize = 4;

/// Every version that the type can decode.
#[track_caller]
fn check<E: Event + PartialEq>() {
    check_of::<E>(&load(&corpus()));
}

#[track_caller]
pub(crate) fn check_of<E: Event + PartialEq>(contracts: &Contracts) {
    let contract = contracts.get(E::CONTRACT).unwrap();
    let reader = schema(contract, E::VERSION);
    for writer in E::VERSIONS {
        check_pair::<E>(writer.version, &schema(contract, writer.version), &reader);
    }
}

fn schema(contract: &Contract, version: u32) -> Arc<Schema> {
    Arc::clone(&contract.version(Version(version)).unwrap().schema)
}

#[track_caller]
fn check_pair<E: Event + PartialEq>(version: u32, writer: &Schema, reader: &Schema) {
    let plan = Plan::new(writer, reader).unwrap();
    let mut rng = Rng::new(u64::from(version));
    let mut planned = Vec::new();
    let mut read = 0;
    for _ in 0..DATA_A_PAIR {
        let Some(mut value) = datum(&mut rng, writer) else {
            continue;
        };
        tame(&mut rng, writer, writer.root, &mut value);
        let mut bytes = value.encode(writer).unwrap();
        let is_whole = !rng.one_in(DAMAGED_ONE_IN);
        if !is_whole && !bytes.is_empty() {
            let at = rng.below(bytes.len());
            bytes[at] ^= 1 << rng.below(8);
        }
        let generated = E::from_avro(version, &bytes, Limits::default());
        planned.clear();
        let by_plan = plan
            .apply(&bytes, Limits::default(), &mut planned)
            .and_then(|()| E::from_avro(E::VERSION, &planned, Limits::default()));
        // NaN is NaN as text only, and a hashed map is itself as a value only.
        let is_equal = matches!((&generated, &by_plan), (Ok(one), Ok(other)) if one == other);
        let texts = (
            generated.as_ref().ok().map(|it| format!("{it:?}")),
            by_plan.as_ref().ok().map(|it| format!("{it:?}")),
        );
        assert!(
            is_equal || texts.0 == texts.1,
            "{texts:?} {} v{version} as v{}: {bytes:x?}: {:?} {:?}",
            E::CONTRACT,
            E::VERSION,
            generated.err(),
            by_plan.err()
        );
        read += usize::from(is_whole && texts.0.is_some());
    }
    assert!(read > READ_MIN, "{} v{version}: {read}", E::CONTRACT);
}

#[test]
fn versions_of_one_contract() {
    check::<upgrade::v1::Upgrade>();
    check::<upgrade::v2::Upgrade>();
    check::<order::v1::Order>();
    check::<order::v2::Order>();
    check::<order::v3::Order>();
    check::<logical::v1::Logical>();
    check::<logical::v2::Logical>();
    check::<moved::v1::Moved>();
    check::<moved::v2::Moved>();
}

#[test]
fn contracts_of_one_version() {
    check::<bare::v1::Bare>();
    check::<keys::entity::v1::Entity>();
    check::<names::option::v1::Option>();
    check::<shapes::recursion::v1::Recursion>();
    check::<shapes::unions::v1::Unions>();
}
