//! Plain JSON: what it means, and what is wrong with it.

use std::sync::Arc;

use accordant_schema::{contract::UnknownFields, parse};
use accordant_wire::{
    Limits,
    dynamic::{JsonCodec, to_json},
};

fn codec(schema: &str, unknown: UnknownFields) -> (Arc<accordant_schema::Schema>, JsonCodec) {
    let schema = Arc::new(parse(schema).unwrap());
    (Arc::clone(&schema), JsonCodec::new(schema, unknown))
}

/// Accepted, and written out as `expected`.
#[track_caller]
fn check(schema: &str, json: &str, expected: &str) {
    let (schema, codec) = codec(schema, UnknownFields::Refuse);
    let mut avro = Vec::new();
    assert_eq!(codec.encode(json.as_bytes(), &mut avro), Ok(()));
    assert_eq!(
        to_json(&schema, &avro, Limits::default()).unwrap(),
        expected
    );
}

/// Refused with these errors, each `pointer rule`.
#[track_caller]
fn check_refused(schema: &str, json: &str, expected: &[&str]) {
    let (_, codec) = codec(schema, UnknownFields::Refuse);
    let mut out = vec![1];
    let errors = codec.encode(json.as_bytes(), &mut out).unwrap_err();
    let found: Vec<_> = errors
        .iter()
        .map(|it| format!("{} {}", it.pointer, it.rule))
        .collect();
    assert_eq!(found, expected, "{errors:?}");
    assert_eq!(out, [1]);
}

#[test]
fn longs_are_exact() {
    check(r#""long""#, "9223372036854775807", "9223372036854775807");
    check(
        r#""long""#,
        "\"-9223372036854775808\"",
        "-9223372036854775808",
    );
    check_refused(r#""long""#, "9223372036854775808", &[" range"]);
    check_refused(r#""long""#, "1.0", &[" type"]);
    check_refused(r#""int""#, "2147483648", &[" range"]);
    check_refused(r#""int""#, "\"1\"", &[" type"]);
}

#[test]
fn decimals_are_exact() {
    let decimal = r#"{"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2}"#;
    check(decimal, "12.5", "\"12.50\"");
    check(decimal, "\"-0.01\"", "\"-0.01\"");
    check(decimal, "1e2", "\"100.00\"");
    check_refused(decimal, "12.345", &[" decimal"]);
    check_refused(decimal, "\"1000\"", &[" decimal"]);
    check_refused(decimal, "true", &[" type"]);
}

#[test]
fn instants_are_text_or_the_raw_number() {
    let instant = r#"{"type": "long", "logicalType": "timestamp-millis"}"#;
    check(
        instant,
        "\"2026-11-22T12:15:30.5+02:00\"",
        "\"2026-11-22T10:15:30.500Z\"",
    );
    check(instant, "0", "\"1970-01-01T00:00:00.000Z\"");
    check(instant, "9223372036854775807", "9223372036854775807");
    check_refused(instant, "\"2026-11-22T10:15:30.1234Z\"", &[" format"]);
    check_refused(instant, "\"yesterday\"", &[" format"]);
}

#[test]
fn a_union_is_plain_where_one_branch_accepts_the_value() {
    let union = r#"["null", "long", "string", {"type": "enum", "name": "a.E", "symbols": ["X"]}]"#;
    check(union, "null", "null");
    check(union, "12", "12");
    check(union, "\"12\"", "\"12\"");
    check(union, r#"{"long": "12"}"#, "12");
    check(union, r#"{"a.E": "X"}"#, r#"{"a.E":"X"}"#);
    check(union, r#"{"string": "X"}"#, r#"{"string":"X"}"#);
    check_refused(union, "\"X\"", &[" ambiguous"]);
    check_refused(union, "true", &[" union"]);
    check_refused(union, r#"{"a.E": "Y"}"#, &["/a.E enum"]);
}

/// A map's entry can look like a branch's name: then it is one, and a map that
/// would be misread is written with its own.
#[test]
fn a_value_is_never_misread() {
    let union = r#"["string", {"type": "map", "values": "string"}]"#;
    check(union, r#"{"string": "x"}"#, "\"x\"");
    check(
        union,
        r#"{"map": {"string": "x"}}"#,
        r#"{"map":{"string":"x"}}"#,
    );
    check(union, r#"{"other": "x"}"#, r#"{"other":"x"}"#);
}

const RECORD: &str = r#"{"type": "record", "name": "R", "fields": [
    {"name": "id", "type": "string"},
    {"name": "list", "type": {"type": "array", "items": "int"}, "default": [1, 2]},
    {"name": "bytes", "type": "bytes", "default": "\u00ff"},
    {"name": "inner", "type": {"type": "record", "name": "I", "fields": [
        {"name": "a", "type": "int", "default": 5},
        {"name": "b/c", "type": {"type": "map", "values": "boolean"}, "default": {"k": true}}]}, "default": {"a": 6}},
    {"name": "maybe", "type": ["null", "string"], "default": null}]}"#;

fn record() -> String {
    RECORD.replace("b/c", "b_c")
}

#[test]
fn an_absent_field_takes_its_default() {
    check(
        &record(),
        r#"{"id": "x"}"#,
        r#"{"id":"x","list":[1,2],"bytes":"/w==","inner":{"a":6,"b_c":{"k":true}},"maybe":null}"#,
    );
}

#[test]
fn everything_that_is_wrong_is_found_at_once() {
    check_refused(
        &record(),
        r#"{"list": [1, "2", 3.5], "bytes": "?", "inner": {"a": null, "b_c": {"x/y~": 1}}, "maybe": 1, "new": 1, "new": 2}"#,
        &[
            "/new duplicate_key",
            "/new unknown_field",
            "/id required",
            "/list/1 type",
            "/list/2 type",
            "/bytes format",
            "/inner/a type",
            "/inner/b_c/x~1y~0 type",
            "/maybe union",
        ],
    );
    check_refused(&record(), "[]", &[" type"]);
    check_refused(
        &record(),
        r#"{"id": "x", "id": "y"}"#,
        &["/id duplicate_key"],
    );
    check_refused(&record(), "{\"id\": \"x\"} x", &[" json"]);
    check_refused(&record(), "", &[" json"]);
}

/// Where only one branch can be meant, its own errors are told.
#[test]
fn the_errors_of_the_only_branch_in_question_are_the_unions() {
    let union = r#"{"type": "record", "name": "R", "fields": [{"name": "u", "type": ["null",
        {"type": "record", "name": "I", "fields": [{"name": "a", "type": "int"}]}]}]}"#;
    check_refused(
        union,
        r#"{"u": {"a": "x", "b": 1}}"#,
        &["/u/b unknown_field", "/u/a type"],
    );
}

#[test]
fn unknown_fields_are_passed_over_where_the_contract_says_so() {
    let (schema, codec) = codec(&record(), UnknownFields::Ignore);
    let mut avro = Vec::new();
    codec
        .encode(
            br#"{"id": "x", "new": {"deep": []}, "inner": {"z": 1}}"#,
            &mut avro,
        )
        .unwrap();
    let json = to_json(&schema, &avro, Limits::default()).unwrap();
    assert!(json.starts_with(r#"{"id":"x","list":[1,2]"#), "{json}");
    assert!(
        codec
            .encode(br#"{"id": "x", "new": 1, "new": 2}"#, &mut avro)
            .is_err()
    );
}

/// Unions in unions in unions: looked at once each, not once a level.
#[test]
fn nested_unions_take_time_in_proportion() {
    let list = r#"{"type": "record", "name": "A", "fields": [{"name": "next", "type": ["null", "A",
        {"type": "record", "name": "B", "fields": [{"name": "next", "type": ["null", "A", "B"]}, {"name": "b", "type": "int", "default": 0}]}]}]}"#;
    let (_, codec) = codec(list, UnknownFields::Ignore);
    let mut json = "null".to_owned();
    (0..200).for_each(|_| json = format!(r#"{{"next":{json}}}"#));
    let errors = codec.encode(json.as_bytes(), &mut Vec::new()).unwrap_err();
    assert_eq!((errors.len(), errors[0].rule), (1, "union"));
}
