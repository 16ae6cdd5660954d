//! What one version wrote, another reads: Avro's resolution in generated code.

use std::sync::Arc;

use accordant_schema::contract::UnknownFields;
use accordant_wire::{
    Encode, Event, Limits,
    dynamic::{JsonCodec, Plan, to_json},
};

use crate::{
    contracts::{corpus, load},
    golden::{
        evolution::{order, symbols},
        shared::moved,
        values::{logical, numbers},
    },
};

/// Plain JSON, written with one version and read by the type of another, as
/// the JSON of the type's version.
fn read_as<E: Event>(writer: u32, json: &str) -> String {
    let contracts = load(&corpus());
    let contract = contracts.get(E::CONTRACT).unwrap();
    let schema = |version: u32| {
        let version = accordant_schema::contract::Version(version);
        Arc::clone(&contract.version(version).unwrap().schema)
    };
    let mut avro = Vec::new();
    let codec = JsonCodec::new(schema(writer), UnknownFields::Refuse);
    assert_eq!(codec.encode(json.as_bytes(), &mut avro), Ok(()));
    let event = E::from_avro(writer, &avro, Limits::default()).unwrap();
    let mut encoded = Vec::new();
    event.encode(&mut encoded).unwrap();
    let plan = Plan::new(&schema(writer), &schema(E::VERSION)).unwrap();
    let mut planned = Vec::new();
    plan.apply(&avro, Limits::default(), &mut planned).unwrap();
    let by_plan = E::from_avro(E::VERSION, &planned, Limits::default()).unwrap();
    assert_eq!(format!("{by_plan:?}"), format!("{event:?}"));
    to_json(&schema(E::VERSION), &encoded, Limits::default()).unwrap()
}

#[track_caller]
fn check<E: Event>(writer: u32, json: &str, expected: &str) {
    assert_eq!(
        read_as::<E>(writer, json),
        expected.replace("\n        ", "")
    );
}

/// Reordered, renamed by an alias, promoted, skipped, defaulted, and a symbol
/// and branches mapped. The milliseconds of `at` are read as microseconds, raw,
/// as Avro Java does.
#[test]
fn the_second_version_reads_the_first() {
    check::<order::v2::Order>(
        1,
        r#"{"id": "a", "count": 7, "ratio": 0.5, "note": "text", "state": "LOST",
            "items": [{"sku": "s", "old": {"k": ["AQ==", ""]}}, {"sku": "t", "old": null}],
            "gone": {"a": 1.0, "b": {"a": 2.0, "b": null, "c": "AQID", "d": true}, "c": "AQID", "d": false},
            "maybe": 5, "kind": 3, "at": "2026-11-22T10:15:30.123Z"}"#,
        r#"{"at":"1970-01-21T18:42:22.530123Z","count":7,"id":"a","ratio":0.5,"note":"dGV4dA==","state":"UNKNOWN",
        "items":[{"quantity":1,"sku":"s"},{"quantity":1,"sku":"t"}],"maybe":5,"kind":3.0,
        "label":"quote \" backslash \\ newline \n brace } end","bytes":"/wEi","negative":-7,"least":-9223372036854775808,
        "tiny":1e-5,"minus":-2.5,"list":[1,-2],"map":{"":"w","k":"v"},"union":null,"second":"x",
        "record":{"a":5,"b":"y","c":{"a":5,"b":"z","c":null}}}"#,
    );
}

#[test]
fn logical_defaults_are_values() {
    check::<logical::v2::Logical>(
        1,
        r#"{"id": "3f8a1c52-6b0e-4f0e-9d3c-0a4b1c9d7e21"}"#,
        r#"{"id":"3f8a1c52-6b0e-4f0e-9d3c-0a4b1c9d7e21","uuid_text":"3f8a1c52-6b0e-4f0e-9d3c-0a4b1c9d7e21",
        "uuid_bytes":"00000000-0000-0000-0000-000000000001","money":"12.99","fixed_money":"-0.128","huge":"0.0000000001",
        "date":"1969-12-31","time_millis":"00:00:00.001","time_micros":"00:00:00.000001",
        "ts_millis":"1969-12-31T23:59:59.999Z","ts_micros":"1970-01-01T00:00:00.000000Z","ts_nanos":"1970-01-01T00:00:00.000000001Z",
        "local_millis":"1970-01-01T00:00:00.001","local_micros":"1970-01-01T00:00:00.000002","local_nanos":"1970-01-01T00:00:00.000000003",
        "duration":"P1M2DT0.003S"}"#,
    );
}

/// Floats are exact, text is what it says, bytes are code points.
#[test]
fn defaults_are_exact() {
    let avro = [2, b'a'];
    let numbers = numbers::v2::Numbers::from_avro(1, &avro, Limits::default()).unwrap();
    assert_eq!(
        [numbers.pi, numbers.big, numbers.small, numbers.whole],
        [314.0 / 100.0, 1e308, 5e-324, 7.0].map(std::hint::black_box)
    );
    assert_eq!((numbers.float_max, numbers.exact), (f32::MAX, 16_777_216.0));
    assert!(numbers.zero.is_sign_negative());
    assert_eq!((numbers.int_least, numbers.long_most), (i32::MIN, i64::MAX));
    assert_eq!(numbers.raw, b"\x00\x7f\x80\xff\"\\");
    assert_eq!(numbers.two, [0xff, 0]);
    let text = "\u{202e}\u{2066} {} \\u0022 \" */ \r\n \u{0} \u{feff}";
    assert_eq!(numbers.text, text);
    let mut expected = Vec::new();
    numbers.encode(&mut expected).unwrap();
    let again = numbers::v2::Numbers::from_avro(2, &expected, Limits::default());
    assert_eq!(again.unwrap(), numbers);
}

/// The other symbols of the writer are read; the one that is gone is named.
#[test]
fn a_symbol_without_a_default_is_an_error_that_names_it() {
    let read = |avro: &[u8]| symbols::v2::Symbols::from_avro(1, avro, Limits::default());
    let state = read(&[2, b'a', 4, 0, 4, 0]).unwrap().state;
    assert_eq!(state, [symbols::v2::State::Open, symbols::v2::State::Paid]);
    let error = read(&[2, b'a', 4, 0, 2, 0]).unwrap_err().to_string();
    assert!(error.contains("no symbol \"GONE\""), "{error}");
    assert!(error.contains("state[1]"), "{error}");
}

/// Each version of an event has the version of a shared type that it is pinned to.
#[test]
fn a_shared_type_evolves_with_whoever_refers_to_it() {
    check::<moved::v2::Moved>(
        1,
        r#"{"id": 1, "to": {"x": 2, "y": 3}}"#,
        r#"{"id":1,"to":{"x":2,"y":3,"z":null},"unit":"METRE","hash":null}"#,
    );
    check::<moved::v1::Moved>(
        2,
        r#"{"id": 1, "to": {"x": 2, "y": 3, "z": "up"}, "unit": "FOOT", "hash": "AQIDBA=="}"#,
        r#"{"id":1,"to":{"x":2,"y":3}}"#,
    );
}

#[test]
fn a_version_that_cannot_be_resolved_is_left_out() {
    let versions = |versions: &[accordant_wire::WriterVersion]| {
        versions.iter().map(|it| it.version).collect::<Vec<_>>()
    };
    assert_eq!(versions(order::v3::Order::VERSIONS), [3]);
    assert_eq!(versions(order::v2::Order::VERSIONS), [1, 2]);
    assert!(order::v3::Order::from_avro(1, &[], Limits::default()).is_err());
}
