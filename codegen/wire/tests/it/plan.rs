//! Hostile bytes and schemas through a plan, on a thread with a small stack.

use accordant_schema::parse;
use accordant_wire::{Limits, dynamic::Plan, write};

const STACK_BYTES: usize = 1 << 20;

/// What a datum becomes, or the error.
#[track_caller]
fn check(writer: &str, reader: &str, bytes: &[u8], expected: Result<&[u8], &str>) {
    let (writer, reader) = (writer.to_owned(), reader.to_owned());
    let bytes = bytes.to_owned();
    let apply = move || {
        let (writer, reader) = (parse(&writer).unwrap(), parse(&reader).unwrap());
        let plan = Plan::new(&writer, &reader).map_err(|error| error.to_string())?;
        let mut out = vec![7];
        let applied = plan.apply(&bytes, Limits::default(), &mut out);
        let left = applied.as_ref().map_or(1, |()| out.len());
        assert_eq!(out.len(), left, "an error leaves nothing behind");
        applied
            .map(|()| out.split_off(1))
            .map_err(|error| error.to_string())
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let found = thread.spawn(apply).unwrap().join().unwrap();
    assert_eq!(found.as_deref().map_err(String::as_str), expected);
}

fn longs(values: &[i64]) -> Vec<u8> {
    let mut out = Vec::new();
    values
        .iter()
        .for_each(|value| write::long(*value, &mut out));
    out
}

fn record(fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#)
}

const NULLS: &str = r#"{"type": "array", "items": "null"}"#;
const LIST: &str =
    r#"{"type": "record", "name": "L", "fields": [{"name": "next", "type": ["null", "L"]}]}"#;

#[test]
fn a1_items_without_bytes_are_counted_a_datum() {
    let many = "more than 1000000 items that take no bytes";
    check(
        NULLS,
        NULLS,
        &longs(&[10_000_000]),
        Err(&format!("{many} (at byte 4)")),
    );
    let field = |name| format!(r#"{{"name": "{name}", "type": {NULLS}}}"#);
    let two = record(&format!("{}, {}", field("a"), field("b")));
    let bytes = longs(&[600_000, 0, 600_000, 0]);
    check(&two, &two, &bytes, Err(&format!("b: {many} (at byte 7)")));
}

#[test]
fn a1_a_long_list_ends_at_the_depth() {
    let error = (0..255).map(|_| "next").collect::<Vec<_>>().join(".");
    let deep = format!("{error}.next: nested deeper than 256 (at byte 256)");
    check(LIST, LIST, &[2; 1_000], Err(&deep));
    let mut bytes = vec![2; 255];
    bytes.push(0);
    check(LIST, LIST, &bytes, Ok(&bytes));
}

#[test]
fn a1_a_record_that_contains_itself_has_no_datum() {
    let endless = record(r#"{"name": "r", "type": "R"}"#);
    let path = vec!["r"; 256].join(".");
    let deep = format!("{path}: nested deeper than 256 (at byte 0)");
    check(&endless, &endless, &[], Err(&deep));
}

/// Each record holds the next twice, and all of them no byte.
#[test]
fn a1_laughs_are_one_step() {
    let mut schema = r#""null""#.to_owned();
    for level in 0..20 {
        let again = if level == 0 {
            "null".to_owned()
        } else {
            format!("L{}", level - 1)
        };
        schema = format!(
            r#"{{"type": "record", "name": "L{level}", "fields": [
                {{"name": "a", "type": {schema}}}, {{"name": "b", "type": "{again}"}}]}}"#
        );
    }
    check(&schema, &schema, &[], Ok(&[]));
    let list = format!(r#"{{"type": "array", "items": {schema}}}"#);
    check(&list, &list, &longs(&[1_000, 0]), Ok(&longs(&[1_000, 0])));
}

/// Items without bytes that become a default of many.
#[test]
fn a1_what_comes_out_is_bounded() {
    let items = |fields: &str| format!(r#"{{"type": "array", "items": {}}}"#, record(fields));
    let text = "x".repeat(1_000);
    let reader = items(&format!(
        r#"{{"name": "a", "type": "string", "default": "{text}"}}"#
    ));
    let large = "the datum needs more than 16777216 bytes of memory";
    let error = format!("[16743]: {large} (at byte 3)");
    check(&items(""), &reader, &longs(&[1_000_000, 0]), Err(&error));
}

#[test]
fn a2_counts_and_sizes_that_cannot_be() {
    let ints = r#"{"type": "array", "items": "int"}"#;
    let wide = r#"{"type": "array", "items": "double"}"#;
    let error = "a block of 9223372036854775808 items, 0 bytes left (at byte 11)";
    check(ints, wide, &longs(&[i64::MIN, 0]), Err(error));
    let error = "a block of 9223372036854775807 items, 0 bytes left (at byte 10)";
    check(ints, wide, &longs(&[i64::MAX]), Err(error));
    // In what is passed over as well.
    let writer = record(&format!(r#"{{"name": "a", "type": {ints}}}"#));
    let error = format!("a: {error}");
    check(&writer, &record(""), &longs(&[i64::MAX]), Err(&error));
    // A size that is wrong does not reach the reader, one that the input cannot
    // have is refused.
    check(ints, ints, &longs(&[-1, 2, 5, 0]), Ok(&longs(&[1, 5, 0])));
    let error = "the input ends: 77 bytes needed, 2 left (at byte 3)";
    check(ints, ints, &longs(&[-1, 77, 5, 0]), Err(error));
}

#[test]
fn a3_branches_and_symbols_that_are_not_there() {
    let union = r#"["null", "int"]"#;
    for index in [-1, 2, 1 << 31] {
        let error = format!("branch {index} of a union of 2 (at byte 0)");
        check(union, union, &longs(&[index]), Err(&error));
        let symbols = r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#;
        let error = format!("symbol {index} of an enum of 2 (at byte 0)");
        check(symbols, symbols, &longs(&[index]), Err(&error));
    }
}

#[test]
fn a4_numbers_end() {
    let error = "a variable-length integer has more than 64 bits (at byte 0)";
    check(r#""long""#, r#""double""#, &[0xff; 11], Err(error));
    let error = "2147483648 does not fit an int of 32 bits (at byte 0)";
    check(r#""int""#, r#""long""#, &longs(&[1 << 31]), Err(error));
}

#[test]
fn a5_keys_may_stand_often() {
    let map = r#"{"type": "map", "values": "null"}"#;
    let mut bytes = longs(&[100_000]);
    (0..100_000).for_each(|_| write::string("k", &mut bytes));
    bytes.push(0);
    check(map, map, &bytes, Ok(&bytes));
}

#[test]
fn a6_text_is_utf8() {
    let map = r#"{"type": "map", "values": "int"}"#;
    check(
        map,
        map,
        &[2, 2, 0xff, 0, 0],
        Err("a string is not UTF-8 (at byte 1)"),
    );
    check(
        r#""bytes""#,
        r#""string""#,
        &[2, 0xff],
        Err("a string is not UTF-8 (at byte 0)"),
    );
}

#[test]
fn a7_nothing_follows_the_datum() {
    check(
        r#""int""#,
        r#""long""#,
        &[2, 0],
        Err("1 bytes after the datum (at byte 1)"),
    );
}

#[test]
fn a_symbol_without_a_match_is_named_with_its_path() {
    let of = |symbols: &str| {
        record(&format!(
            r#"{{"name": "a", "type": {{"type": "map", "values":
                {{"type": "enum", "name": "E", "symbols": [{symbols}]}}}}}}"#
        ))
    };
    let error = r#"a["k"]: the reader has no symbol "B" (at byte 3)"#;
    check(
        &of(r#""A", "B""#),
        &of(r#""A""#),
        &[2, 2, b'k', 2, 0],
        Err(error),
    );
    check(
        &of(r#""A", "B""#),
        &of(r#""B", "A""#),
        &[2, 2, b'k', 2, 0],
        Ok(&[2, 2, b'k', 0, 0]),
    );
}
