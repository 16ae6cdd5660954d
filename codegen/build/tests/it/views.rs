//! A view reads what the owned type reads, from every version, and refuses
//! what it refuses.

use std::sync::Arc;

use accordant_schema::contract::{UnknownFields, Version};
use accordant_wire::{Event, EventRef, Limits, dynamic::JsonCodec};

use crate::{
    contracts::{corpus, load},
    golden::{evolution::order, keys, names, shapes, shared::moved, r#unsafe, values::logical},
    round_trip::examples,
};

/// Every start of the bytes, the whole of them last.
#[track_caller]
pub(crate) fn check<'a, V>(version: u32, avro: &'a [u8])
where
    V: EventRef<'a>,
    V::Owned: PartialEq,
{
    for end in 0..=avro.len() {
        let bytes = &avro[..end];
        let owned = V::Owned::from_avro(version, bytes, Limits::default());
        let view = V::from_avro(version, bytes, Limits::default());
        assert_eq!(view.map(V::into_owned), owned, "{end} of {}", avro.len());
        assert_eq!(owned.is_ok(), end == avro.len());
    }
}

/// The examples of the latest version.
fn latest(contract: &str) -> Vec<Vec<u8>> {
    examples(load(&corpus()).get(contract).unwrap())
}

#[test]
fn names_unions_and_recursion() {
    for avro in latest("names.Option") {
        check::<names::option::OptionRef<'_>>(1, &avro);
    }
    for avro in latest("shapes.Unions") {
        check::<shapes::unions::UnionsRef<'_>>(1, &avro);
    }
    for avro in latest("shapes.Recursion") {
        check::<shapes::recursion::RecursionRef<'_>>(1, &avro);
    }
    for avro in latest("unsafe.Injection") {
        check::<r#unsafe::injection::InjectionRef<'_>>(1, &avro);
    }
    for avro in latest("keys.Entity") {
        check::<keys::entity::EntityRef<'_>>(1, &avro);
    }
}

/// Skipped, reordered, promoted, mapped and defaulted as in the owned type.
#[test]
fn older_versions() {
    let avro = written(
        "evolution.Order",
        1,
        r#"{"id": "a", "count": 7, "ratio": 0.5, "note": "text", "state": "LOST",
            "items": [{"sku": "s", "old": {"k": ["AQ==", ""]}}, {"sku": "t", "old": null}],
            "gone": {"a": 1.0, "b": {"a": 2.0, "b": null, "c": "AQID", "d": true}, "c": "AQID", "d": false},
            "maybe": 5, "kind": 3, "at": "2026-11-22T10:15:30.123Z"}"#,
    );
    check::<order::v1::OrderRef<'_>>(1, &avro);
    check::<order::v2::OrderRef<'_>>(1, &avro);
    let id = r#"{"id": "3f8a1c52-6b0e-4f0e-9d3c-0a4b1c9d7e21"}"#;
    check::<logical::v2::LogicalRef<'_>>(1, &written("values.Logical", 1, id));
    for avro in latest("shared.Moved") {
        check::<moved::v2::MovedRef<'_>>(2, &avro);
    }
}

/// JSON as Avro of a version.
#[track_caller]
fn written(contract: &str, version: u32, json: &str) -> Vec<u8> {
    let contracts = load(&corpus());
    let version = contracts
        .get(contract)
        .unwrap()
        .version(Version(version))
        .unwrap();
    let codec = JsonCodec::new(Arc::clone(&version.schema), UnknownFields::Refuse);
    let mut avro = Vec::new();
    assert_eq!(codec.encode(json.as_bytes(), &mut avro), Ok(()));
    avro
}
