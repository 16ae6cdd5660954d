//! `From` of an older version gives what the latest reader makes of the older
//! version's bytes.

use accordant_schema::contract::{Contracts, Version};
use accordant_wire::{Event, Limits};

use crate::{
    contracts::{corpus, folder, load},
    generate::{Rng, datum, tame},
    golden::{evolution, shared, values},
    large::shapes,
};

const DATA: usize = 300;
/// So many data at least are compared.
const COMPARED_MIN: usize = 50;

/// Random data of the older type's version.
#[track_caller]
fn check<Old: Event, New: Event + From<Old>>(contracts: &Contracts) {
    let contract = contracts.get(New::CONTRACT).unwrap();
    let writer = &contract.version(Version(Old::VERSION)).unwrap().schema;
    let mut rng = Rng::new(7);
    let mut compared = 0;
    for _ in 0..DATA {
        let Some(mut value) = datum(&mut rng, writer) else {
            continue;
        };
        tame(&mut rng, writer, writer.root, &mut value);
        let bytes = value.encode(writer).unwrap();
        let old = Old::from_avro(Old::VERSION, &bytes, Limits::default()).unwrap();
        let new = New::from_avro(Old::VERSION, &bytes, Limits::default()).unwrap();
        // As text, where NaN is NaN.
        assert_eq!(format!("{:?}", New::from(old)), format!("{new:?}"));
        compared += 1;
    }
    assert!(compared > COMPARED_MIN, "{}: {compared}", New::CONTRACT);
}

#[test]
fn everything_that_has_a_place() {
    check::<evolution::upgrade::v1::Upgrade, evolution::Upgrade>(&load(&corpus()));
}

#[test]
fn defaults_of_every_type() {
    let corpus = load(&corpus());
    check::<values::logical::v1::Logical, values::Logical>(&corpus);
    check::<values::numbers::v1::Numbers, values::Numbers>(&corpus);
}

#[test]
fn a_shared_type_of_another_version() {
    check::<shared::moved::v1::Moved, shared::Moved>(&load(&corpus()));
    let point = shared::Point::from(shared::point::v1::Point { x: 1, y: 2 });
    assert_eq!((point.x, point.y, point.z), (1, 2, None));
}

#[test]
fn many_fields() {
    check::<shapes::large::v1::Large, shapes::Large>(&load(&folder("large")));
}

/// Why there is none stands in the documentation of the version's module.
#[test]
fn what_has_no_place_is_documented() {
    let golden = include_str!("../golden/corpus.rs");
    let missing = |text: &str| assert!(golden.contains(text), "{text}");
    missing(
        "There is no From of v1: evolution.State: \
            it has neither the symbol \"GONE\" nor a default.",
    );
    missing("There is no From of v2: evolution.Order.count: long has no place in string.");
    let golden = include_str!("../golden/options.rs");
    let text = "There is no From of v1: options.Chosen.new_money: \
        its default is made by decoders only.";
    assert!(golden.contains(text));
}
