//! JSON texts that nobody should write, and those that are hard to read right.

use std::sync::Arc;

use accordant_schema::{contract::UnknownFields, json, parse};
use accordant_wire::dynamic::JsonCodec;
use proptest::{collection::vec, prelude::*};

/// The bytes, or the first error as `pointer rule: found`.
#[track_caller]
fn check(schema: &str, text: impl AsRef<[u8]>, expected: Result<&[u8], &str>) {
    let codec = JsonCodec::new(Arc::new(parse(schema).unwrap()), UnknownFields::Refuse);
    let mut out = vec![7];
    let encoded = codec.encode(text.as_ref(), &mut out);
    let found = encoded.map(|()| out[1..].to_vec()).map_err(|errors| {
        assert_eq!(out, [7]);
        let first = &errors[0];
        format!("{} {}: {}", first.pointer, first.rule, first.found)
    });
    assert_eq!(found, expected.map(<[u8]>::to_vec).map_err(str::to_owned));
}

#[test]
fn numbers_are_exact_or_refused() {
    check(r#""int""#, "-0", Ok(&[0]));
    check(r#""int""#, "1.0", Err(" type: 1.0"));
    check(r#""double""#, "1e400", Err(" range: 1e400"));
    check(
        r#""double""#,
        "NaN",
        Err(" json: no JSON value begins like this at line 1, column 1"),
    );
    check(
        r#""long""#,
        "9007199254740993",
        Ok(&[130, 128, 128, 128, 128, 128, 128, 32]),
    );
    check(
        r#""long""#,
        "01",
        Err(" json: a number has a zero in front at line 1, column 2"),
    );
}

#[test]
fn texts_that_are_no_text_are_refused() {
    let half = "half of a surrogate pair in a string at line 1, column 2";
    check(r#""string""#, r#""\ud800""#, Err(&format!(" json: {half}")));
    check(
        r#""string""#,
        r#""\ud83d\ude00""#,
        Ok(&[8, 0xf0, 0x9f, 0x98, 0x80]),
    );
    check(
        r#""string""#,
        b"\"a\xff\"",
        Err(" json: bytes that are not UTF-8, from byte 2"),
    );
    check(
        r#""string""#,
        "\"12345678\n\"",
        Err(" json: a control character stands in a string at line 1, column 10"),
    );
}

#[test]
fn ten_thousand_levels_are_refused() {
    let deep = "[".repeat(10_000);
    let expected = " json: the JSON nests deeper than 512 levels at line 1, column 513";
    for schema in [r#""int""#, r#"{"type": "array", "items": "int"}"#] {
        check(schema, &deep, Err(expected));
    }
}

#[test]
fn a_long_string_and_many_items_are_whole() {
    let text = "x".repeat(1 << 20);
    let mut expected = vec![128, 128, 128, 1];
    expected.extend(text.bytes());
    check(r#""string""#, format!("\"{text}\""), Ok(&expected));
    let items = vec!["1"; 1_000_000].join(",");
    let mut expected = vec![128, 137, 122];
    expected.extend(std::iter::repeat_n(2, 1_000_000));
    expected.push(0);
    check(
        r#"{"type": "array", "items": "int"}"#,
        format!("[{items}]"),
        Ok(&expected),
    );
}

#[test]
fn fields_in_any_order_are_written_in_the_schemas() {
    let record = r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": "int"}, {"name": "b", "type": "int", "default": 8},
        {"name": "c", "type": "int"}, {"name": "d", "type": "int", "default": 9}]}"#;
    check(record, r#"{"a": 1, "c": 3}"#, Ok(&[2, 16, 6, 18]));
    check(record, r#"{"a": 1, "c": 3, "b": 2}"#, Ok(&[2, 4, 6, 18]));
    check(
        record,
        r#"{"d": 4, "c": 3, "b": 2, "a": 1}"#,
        Ok(&[2, 4, 6, 8]),
    );
    check(record, r#"{"c": 3, "d": 4, "a": 1}"#, Ok(&[2, 16, 6, 8]));
    check(
        record,
        r#"{"a": 1, "c": 3, "b": 2, "c": 3}"#,
        Err("/c duplicate_key: the same key again"),
    );
    check(record, r#"{"c": 3}"#, Err("/a required: nothing"));
    let map = r#"{"type": "map", "values": "int"}"#;
    check(
        map,
        r#"{"b": 2, "a": 1}"#,
        Ok(&[4, 2, b'a', 2, 2, b'b', 4, 0]),
    );
    check(
        map,
        r#"{"b": 2, "a": 1, "b": 3}"#,
        Err("/b duplicate_key: the same key again"),
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The scanner and the parser of trees take the same texts and refuse the
    /// others in the same words: an unknown field is passed over by the scanner.
    #[test]
    fn a_text_is_json_or_not_for_the_same_reason(pieces in vec(0..PIECES.len(), 0..14)) {
        let text: String = pieces.iter().map(|at| PIECES[*at]).collect();
        let text = format!("{{\"unknown\":{text}");
        let schema = r#"{"type": "record", "name": "R", "fields": []}"#;
        let codec = JsonCodec::new(Arc::new(parse(schema).unwrap()), UnknownFields::Ignore);
        let errors = codec.encode(text.as_bytes(), &mut Vec::new()).err().unwrap_or_default();
        let found = errors.iter().find(|error| error.rule == "json").map(|error| &error.found);
        let expected = json::parse(&text, json::DEPTH_CEILING).err().map(|problem| {
            let at = accordant_schema::position(&text, problem.span.unwrap().start);
            format!("{} at line {}, column {}", problem.message, at.line, at.column)
        });
        prop_assert_eq!(found, expected.as_ref(), "{}", text);
    }
}

const PIECES: [&str; 30] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"a\"",
    "\"b\":",
    "1",
    "-",
    "0",
    ".5",
    "e3",
    "null",
    "true",
    "fals",
    "\"",
    "\\",
    "\\u00e",
    "\"\\ud83d\\ude00\"",
    "\"\\ud800\"",
    " ",
    "\n",
    "/",
    "[]",
    "{}",
    "}",
    "\"long enough for a word\"",
    "\u{1}",
    "ü",
];
