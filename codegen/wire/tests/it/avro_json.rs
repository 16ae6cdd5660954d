//! The specification's JSON encoding, as Avro Java writes and reads it.

use std::sync::Arc;

use accordant_schema::{contract::UnknownFields, parse};
use accordant_wire::{
    Limits,
    dynamic::{AvroJson, FieldError},
};

fn codec(schema: &str) -> AvroJson {
    AvroJson::new(Arc::new(parse(schema).unwrap()), UnknownFields::Refuse)
}

/// Accepted, and written as `expected`.
#[track_caller]
fn check(schema: &str, json: &str, expected: &str) {
    let codec = codec(schema);
    let mut avro = Vec::new();
    assert_eq!(codec.encode(json.as_bytes(), &mut avro), Ok(()));
    assert_eq!(codec.decode(&avro, Limits::default()).unwrap(), expected);
}

/// Refused with these errors, a line each: `pointer rule: expected, found`.
#[track_caller]
fn check_refused(schema: &str, json: &str, expected: &str) {
    let mut out = vec![1];
    let errors = codec(schema).encode(json.as_bytes(), &mut out).unwrap_err();
    let line =
        |it: &FieldError| format!("{} {}: {}, {}", it.pointer, it.rule, it.expected, it.found);
    let found: Vec<String> = errors.iter().map(line).collect();
    assert_eq!(found.join("\n"), expected);
    assert_eq!(out, [1]);
}

const RECORD: &str = r#"{"type": "record", "name": "a.R", "fields": [
    {"name": "u", "type": ["null", "string", "a.R"], "default": null},
    {"name": "b", "type": "bytes"},
    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}"#;

#[test]
fn unions_are_tagged_bytes_are_code_points_logical_types_raw() {
    check(
        RECORD,
        r#" {"at": 1500, "b": "\u00ff\u0000A", "u": {"string": "x\u000by"}} "#,
        "{\"u\":{\"string\":\"x\\u000By\"},\"b\":\"ÿ\\u0000A\",\"at\":1500}",
    );
    check(
        RECORD,
        r#"{"u": {"a.R": {"u": null, "b": "", "at": -1}}, "b": "\"\\/", "at": 0}"#,
        r#"{"u":{"a.R":{"u":null,"b":"","at":-1}},"b":"\"\\/","at":0}"#,
    );
}

#[test]
fn numbers_are_written_as_java_writes_them() {
    check(r#""double""#, "1", "1.0");
    check(r#""double""#, "12345678.9", "1.23456789E7");
    check(r#""double""#, "0.0001", "1.0E-4");
    check(r#""double""#, "-0.0", "-0.0");
    check(r#""double""#, "\"NaN\"", "\"NaN\"");
    check(r#""double""#, "\"-Infinity\"", "\"-Infinity\"");
    check(r#""double""#, "4.9E-324", "4.9E-324");
    check(r#""double""#, "1e-323", "9.9E-324");
    check(r#""double""#, "0.002", "0.002");
    check(r#""double""#, "1e7", "1.0E7");
    check(r#""float""#, "1e10", "1.0E10");
    check(r#""int""#, "1.0", "1");
    check(r#""float""#, "0.1", "0.10000000149011612");
    check(r#""float""#, "\"Infinity\"", "\"Infinity\"");
    check(r#""long""#, "-9223372036854775808", "-9223372036854775808");
}

#[test]
fn fields_that_are_not_known_are_ignored_where_that_is_asked_for() {
    let schema = r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#;
    let codec = AvroJson::new(Arc::new(parse(schema).unwrap()), UnknownFields::Ignore);
    let mut avro = Vec::new();
    assert_eq!(codec.encode(br#"{"c": [], "a": 1}"#, &mut avro), Ok(()));
    assert_eq!(avro, [2]);
}

#[test]
fn everything_that_is_wrong_is_told_with_its_place() {
    let fields = r#""b": "", "at": 1}"#;
    check_refused(
        RECORD,
        &format!(r#"{{"u": "x", {fields}"#),
        r#"/u union: one of null, string, a.R, "x""#,
    );
    check_refused(
        RECORD,
        &format!(r#"{{"u": {{"a.R": {{"u": null, "b": 1, "at": 1}}}}, {fields}"#),
        "/u/a.R/b type: a string of code points up to 255, 1",
    );
    check_refused(
        RECORD,
        r#"{"u": null, "b": "\u0100", "at": 1}"#,
        "/b format: a string of code points up to 255, \"Ā\"",
    );
    check_refused(
        RECORD,
        r#"{"b": "", "at": 1}"#,
        "/u required: one of null, string, a.R, nothing",
    );
    check_refused(
        RECORD,
        &format!(r#"{{"u": null, "v": [], {fields}"#),
        "/v unknown_field: no such field, an array",
    );
    check_refused(
        RECORD,
        &format!(r#"{{"u": null, "u": null, {fields}"#),
        "/u duplicate_key: each key once, the same key again",
    );
    check_refused(
        RECORD,
        r#"{"u": {"a.R": {"u": 1, "at": "now"}}, "b": null}"#,
        "/u/a.R/u union: one of null, string, a.R, 1\n\
         /u/a.R/b required: bytes, nothing\n\
         /u/a.R/at type: a long of 64 bits, \"now\"\n\
         /b type: a string of code points up to 255, null\n\
         /at required: long, nothing",
    );
    check_refused(r#""int""#, "1.5", " type: an int of 32 bits, 1.5");
    check_refused(
        r#""int""#,
        "2147483648",
        " range: an int of 32 bits, 2147483648",
    );
    check_refused(r#""long""#, "\"1\"", " type: a long of 64 bits, \"1\"");
    check_refused(
        r#"{"type": "map", "values": "int"}"#,
        r#"{"a/b~": true}"#,
        "/a~1b~0 type: an int of 32 bits, true",
    );
    check_refused(
        r#"["null", "int"]"#,
        r#"{"int": 1, "x": 2}"#,
        " union: one entry, which names a branch, more than one",
    );
    check_refused(
        r#""int""#,
        "1 x",
        " json: a JSON text, text after the end of the JSON value at line 1, column 3",
    );
}
