//! JSON text that nobody vouches for, and text at the edges of its types.

use std::sync::Arc;

use accordant_schema::{contract::UnknownFields, parse};
use accordant_wire::dynamic::JsonCodec;

fn codec(schema: &str, unknown: UnknownFields) -> JsonCodec {
    JsonCodec::new(Arc::new(parse(schema).unwrap()), unknown)
}

#[track_caller]
fn check(schema: &str, json: &str, expected: &[u8]) {
    let mut out = vec![1];
    let encoded = codec(schema, UnknownFields::Refuse).encode(json.as_bytes(), &mut out);
    assert_eq!(encoded, Ok(()));
    assert_eq!(&out[1..], expected);
}

/// Refused with these errors, each `pointer rule: found`.
#[track_caller]
fn check_refused(schema: &str, json: &[u8], expected: &[&str]) {
    let mut out = vec![1];
    let errors = codec(schema, UnknownFields::Refuse).encode(json, &mut out);
    let found: Vec<String> = errors
        .unwrap_err()
        .iter()
        .map(|it| format!("{} {}: {}", it.pointer, it.rule, it.found))
        .collect();
    assert_eq!(found, expected);
    assert_eq!(out, [1]);
}

const POINT: &str = r#"{"type": "record", "name": "P", "fields": [
    {"name": "x", "type": "int"},
    {"name": "y", "type": "int", "default": 3},
    {"name": "z", "type": ["null", "int"], "default": null}]}"#;

#[test]
fn fields_come_in_any_order() {
    check(POINT, r#"{"x": 1, "y": 2, "z": 5}"#, &[2, 4, 2, 10]);
    check(POINT, r#"{"x": 1, "z": 5}"#, &[2, 6, 2, 10]);
    check(POINT, r#"{"z": 5, "y": 2, "x": 1}"#, &[2, 4, 2, 10]);
    check(POINT, r#"{"x": 1, "z": 5, "y": 2}"#, &[2, 4, 2, 10]);
    check(POINT, r#"{"z": 5, "x": 1}"#, &[2, 6, 2, 10]);
    check(POINT, r#"{"\u0079": 2, "x": 1}"#, &[2, 4, 0]);
    check_refused(POINT, br#"{"z": 5, "y": 1}"#, &["/x required: nothing"]);
    check_refused(
        POINT,
        br#"{"z": 5, "x": 1, "z": 6}"#,
        &["/z duplicate_key: the same key again"],
    );
}

#[test]
fn a_maps_entries_are_in_the_order_of_their_keys() {
    let map = r#"{"type": "map", "values": "int"}"#;
    let sorted = [4, 2, b'a', 2, 2, b'b', 4, 0];
    check(map, r#"{"a": 1, "b": 2}"#, &sorted);
    check(map, r#"{"b": 2, "a": 1}"#, &sorted);
    check(map, "{ }", &[0]);
    check_refused(
        map,
        br#"{"b": 2, "a": 1, "b": 3}"#,
        &["/b duplicate_key: the same key again"],
    );
}

#[test]
fn bytes_that_are_not_utf_8_and_half_a_surrogate_pair() {
    check_refused(
        r#""string""#,
        b"\"\xff\"",
        &[" json: bytes that are not UTF-8, from byte 1"],
    );
    check_refused(
        r#""string""#,
        br#""\ud800x""#,
        &[" json: half of a surrogate pair in a string at line 1, column 2"],
    );
    check(r#""string""#, r#""\ud83d\ude00""#, "\u{8}😀".as_bytes());
}

#[test]
fn numbers_at_their_edges() {
    check_refused(r#""double""#, b"1e400", &[" range: 1e400"]);
    check_refused(r#""float""#, b"1e39", &[" range: 1e39"]);
    check_refused(
        r#""double""#,
        b"NaN",
        &[" json: no JSON value begins like this at line 1, column 1"],
    );
    check(r#""int""#, "-0", &[0]);
    check(r#""double""#, "-0", &[0, 0, 0, 0, 0, 0, 0, 0x80]);
    check(r#""double""#, "\"NaN\"", &f64::NAN.to_le_bytes());
    check_refused(r#""int""#, b"1.0", &[" type: 1.0"]);
    check_refused(r#""int""#, b"1e0", &[" type: 1e0"]);
    check_refused(
        r#""int""#,
        b"01",
        &[" json: a number has a zero in front at line 1, column 2"],
    );
    check_refused(
        r#""long""#,
        b"9223372036854775808",
        &[" range: 9223372036854775808"],
    );
    for exact in ["9007199254740993", "\"9007199254740993\""] {
        let bytes = [0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
        check(r#""long""#, exact, &bytes);
    }
}

/// Of one megabyte and of a million items: more than one byte for the count.
#[test]
fn long_strings_and_many_items() {
    let text = "é".repeat(1 << 19);
    let mut expected = vec![0x80, 0x80, 0x80, 0x01];
    expected.extend_from_slice(text.as_bytes());
    check(r#""string""#, &format!("\"{text}\""), &expected);
    let items = vec!["1"; 1_000_000].join(",");
    let mut expected = vec![0x80, 0x89, 0x7a];
    expected.resize(3 + 1_000_000, 2);
    expected.push(0);
    let array = r#"{"type": "array", "items": "int"}"#;
    check(array, &format!("[{items}]"), &expected);
}

/// A thousand errors are told, not a million.
#[test]
fn errors_have_an_end() {
    let items = vec!["x"; 1_000_000].join("\",\"");
    let array = r#"{"type": "array", "items": "int"}"#;
    let errors = codec(array, UnknownFields::Refuse)
        .encode(format!("[\"{items}\"]").as_bytes(), &mut Vec::new())
        .unwrap_err();
    assert_eq!(errors.len(), 1_000);
}

#[test]
fn ten_thousand_levels() {
    let deep = "[".repeat(10_000);
    let levels = |json: String, unknown| {
        let codec = codec(POINT, unknown);
        let errors = codec.encode(json.as_bytes(), &mut Vec::new()).unwrap_err();
        errors[0].found.clone()
    };
    let expected = "the JSON nests deeper than 512 levels at line 1, column";
    let alone = levels(deep.clone(), UnknownFields::Refuse);
    assert!(alone.starts_with(expected), "{alone}");
    let inside = levels(format!(r#"{{"x": 1, "new": {deep}"#), UnknownFields::Ignore);
    assert!(inside.starts_with(expected), "{inside}");
}

/// Each level could be either record, and the last one tells which.
#[test]
fn unions_of_records_that_are_alike_take_time_in_proportion() {
    let record = |name: &str, last: &str| {
        format!(
            r#"{{"type": "record", "name": "{name}", "fields": [
                {{"name": "next", "type": ["null", "A", "B"], "default": null}},
                {{"name": "{last}", "type": "int"}}]}}"#
        )
    };
    let b = record("B", "b");
    let a = record("A", "a").replace("\"A\", \"B\"", &format!("\"A\", {b}"));
    let mut json = r#"{"a": 1}"#.to_owned();
    let mut expected = vec![0, 2];
    for level in 0..200 {
        let name = ["b", "a"][level % 2];
        // The branch of the value inside, before it.
        expected.insert(0, [2, 4][level % 2]);
        expected.push(2);
        json = format!(r#"{{"next": {json}, "{name}": 1}}"#);
    }
    check(&a, &json, &expected);
}

/// Two bytes a record, and a thousand times as many of defaults.
#[test]
fn defaults_do_not_multiply_a_text() {
    let default = "x".repeat(2_000);
    let list = format!(
        r#"{{"type": "array", "items": {{"type": "record", "name": "R", "fields": [
            {{"name": "x", "type": "string", "default": "{default}"}}]}}}}"#
    );
    let text = |records: usize| format!("[{}]", vec!["{}"; records].join(","));
    let codec = codec(&list, UnknownFields::Refuse);
    let mut out = Vec::new();
    assert_eq!(codec.encode(text(8_000).as_bytes(), &mut out), Ok(()));
    assert!(out.len() > 16_000_000);
    let mut out = vec![1];
    let errors = codec.encode(text(9_000).as_bytes(), &mut out).unwrap_err();
    let first = format!(
        "{} {}: {}",
        errors[0].pointer, errors[0].rule, errors[0].found
    );
    assert_eq!(first, "/8380 size: more of them");
    assert_eq!(out, [1]);
    assert!(out.capacity() < 40_000_000);
}
