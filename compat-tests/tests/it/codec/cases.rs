//! What other implementations get wrong without an error, or refuse although
//! Avro Java reads it: a plan gives Java's bytes, or an error where Java has
//! one.

use accordant_schema::parse;
use accordant_wire::{Limits, dynamic::Plan};

use super::{hex, judge};

/// A writer's datum and what the reader makes of it, in hexadecimal; `None`
/// where it cannot be read.
struct Case {
    writer: &'static str,
    reader: &'static str,
    bytes: &'static [u8],
    expected: Option<&'static str>,
}

#[track_caller]
fn check(cases: &[Case]) {
    let mut judge = judge();
    for case in cases {
        let (writer, reader) = (parse(case.writer).unwrap(), parse(case.reader).unwrap());
        let mut out = Vec::new();
        let planned = Plan::new(&writer, &reader)
            .map_err(|error| error.to_string())
            .and_then(|plan| {
                plan.apply(case.bytes, Limits::default(), &mut out)
                    .map_err(|error| error.to_string())
            });
        let found = planned.as_ref().ok().map(|()| hex(&out));
        assert_eq!(
            found.as_deref(),
            case.expected,
            "{planned:?}\n  of {}\n  in {}",
            case.writer,
            case.reader
        );
        if let Some(judge) = &mut judge {
            let theirs = judge.decode(case.reader, case.writer, &hex(case.bytes));
            assert_eq!(theirs["hex"].as_str(), case.expected, "{theirs}");
        }
    }
}

const B: &str =
    r#"{"type": "record", "name": "B", "fields": [{"name": "x", "type": "int", "default": 0}]}"#;

/// The branch of the record's name, not the first one that could take it.
#[test]
fn a_record_finds_the_branch_of_its_name() {
    check(&[
        Case {
            writer: B,
            reader: r#"[{"type": "record", "name": "A", "fields": [{"name": "q", "type": "int", "default": 0}]},
                {"type": "record", "name": "B", "fields": [{"name": "x", "type": "int"}]}]"#,
            bytes: &[14],
            expected: Some("020e"),
        },
        Case {
            writer: B,
            reader: r#"[{"type": "record", "name": "A", "fields": [{"name": "x", "type": "int"}]},
                {"type": "record", "name": "B", "fields": [{"name": "x", "type": "int"}]}]"#,
            bytes: &[14],
            expected: Some("020e"),
        },
        // Without one of its name, the first of its shape.
        Case {
            writer: B,
            reader: r#"["null", {"type": "record", "name": "A", "fields": [{"name": "x", "type": "long"}]}]"#,
            bytes: &[14],
            expected: Some("020e"),
        },
    ]);
}

/// The same type before a promotion.
#[test]
fn an_int_finds_the_int_behind_the_float() {
    check(&[
        Case {
            writer: r#""int""#,
            reader: r#"["float", "int"]"#,
            bytes: &[6],
            expected: Some("0206"),
        },
        Case {
            writer: r#"["int", "string"]"#,
            reader: r#""double""#,
            bytes: &[0, 6],
            expected: Some("0000000000000840"),
        },
        Case {
            writer: r#"["int", "string"]"#,
            reader: r#""double""#,
            bytes: &[2, 2, b'x'],
            expected: None,
        },
    ]);
}

const NOTHING: &str = r#"{"type": "record", "name": "R", "fields": []}"#;

#[test]
fn defaults_of_bytes_are_code_points() {
    check(&[
        Case {
            writer: NOTHING,
            reader: r#"{"type": "record", "name": "R", "fields": [
                {"name": "a", "type": "bytes", "default": "\u00ff\u0001"}]}"#,
            bytes: &[],
            expected: Some("04ff01"),
        },
        Case {
            writer: NOTHING,
            reader: r#"{"type": "record", "name": "R", "fields": [
                {"name": "a", "type": {"type": "fixed", "name": "F", "size": 2}, "default": "\u00ff\u0001"}]}"#,
            bytes: &[],
            expected: Some("ff01"),
        },
        Case {
            writer: NOTHING,
            reader: r#"{"type": "record", "name": "R", "fields": [
                {"name": "a", "type": ["string", "null"], "default": null}]}"#,
            bytes: &[],
            expected: Some("02"),
        },
    ]);
}

#[test]
fn aliases_are_the_reader_s() {
    check(&[
        Case {
            writer: r#"{"type": "record", "name": "R", "fields": [{"name": "old", "type": "int"}]}"#,
            reader: r#"{"type": "record", "name": "R", "fields": [
                {"name": "new", "aliases": ["old"], "type": "long"}]}"#,
            bytes: &[6],
            expected: Some("06"),
        },
        Case {
            writer: r#"{"type": "fixed", "name": "Old", "size": 1}"#,
            reader: r#"{"type": "fixed", "name": "New", "aliases": ["Old"], "size": 1}"#,
            bytes: &[6],
            expected: Some("06"),
        },
        Case {
            writer: r#"{"type": "fixed", "name": "Old", "size": 1}"#,
            reader: r#"{"type": "fixed", "name": "New", "size": 1}"#,
            bytes: &[6],
            expected: None,
        },
    ]);
}

#[test]
fn an_unknown_symbol_is_the_default_or_an_error() {
    let writer = r#"{"type": "enum", "name": "E", "symbols": ["A", "B", "C"]}"#;
    let with = r#"{"type": "enum", "name": "E", "symbols": ["C", "U"], "default": "U"}"#;
    let without = r#"{"type": "enum", "name": "E", "symbols": ["C", "U"]}"#;
    let case = |reader, bytes, expected| Case {
        writer,
        reader,
        bytes,
        expected,
    };
    check(&[
        case(with, &[2], Some("02")),
        case(with, &[4], Some("00")),
        case(without, &[4], Some("00")),
        case(without, &[2], None),
    ]);
}

/// The raw value stays; what it means is the reader's to say.
#[test]
fn a_logical_type_changes_no_byte() {
    let same = |writer, reader, bytes, expected| Case {
        writer,
        reader,
        bytes,
        expected: Some(expected),
    };
    check(&[
        same(
            r#"{"type": "int", "logicalType": "date"}"#,
            r#""long""#,
            &[6],
            "06",
        ),
        same(
            r#"{"type": "long", "logicalType": "timestamp-millis"}"#,
            r#"{"type": "long", "logicalType": "timestamp-micros"}"#,
            &[6],
            "06",
        ),
        same(
            r#"{"type": "string", "logicalType": "uuid"}"#,
            r#""string""#,
            &[2, b'x'],
            "0278",
        ),
        same(
            r#""string""#,
            r#"{"type": "string", "logicalType": "uuid"}"#,
            &[2, b'x'],
            "0278",
        ),
        same(
            r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}"#,
            r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 3}"#,
            &[2, 7],
            "0207",
        ),
    ]);
}
