//! What is hostile to a plan, wherever it stands: in what is copied, in what is
//! left out and behind what is added, on a small stack; and schemas that grow.

use std::fmt::Write as _;

use accordant_schema::{Schema, parse};
use accordant_wire::{
    Limits,
    dynamic::{Plan, PlanError},
    write,
};

/// What a thread has for a plan, in a build that optimises nothing.
const STACK_BYTES: usize = 512 << 10;

/// Runs where deep recursion would end the process.
#[track_caller]
fn on_a_small_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let running = thread.spawn_scoped(scope, run).unwrap();
        running.join().unwrap()
    })
}

fn long(value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    write::long(value, &mut out);
    out
}

/// A record of one field `f`, or of it and others around it.
fn record(fields: &[(&str, &str)]) -> Schema {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, rest)| format!(r#"{{"name": "{name}", {rest}}}"#))
        .collect();
    let text = format!(
        r#"{{"type": "record", "name": "R", "fields": [{}]}}"#,
        fields.join(", ")
    );
    parse(&text).unwrap()
}

fn applied(writer: &Schema, reader: &Schema, bytes: &[u8]) -> Result<Vec<u8>, String> {
    on_a_small_stack(|| {
        let plan = Plan::new(writer, reader).unwrap();
        let mut out = vec![9];
        match plan.apply(bytes, Limits::default(), &mut out) {
            Ok(()) => Ok(out.split_off(1)),
            Err(error) => {
                assert_eq!(out, [9], "{error}");
                Err(error.to_string())
            }
        }
    })
}

/// The bytes are refused where the field `f` is copied and where it is left
/// out; what is expected is a part of both errors.
#[track_caller]
fn check_refused(ty: &str, bytes: &[u8], expected: &str) {
    check_copy_refused(ty, bytes, expected);
    let writer = record(&[("f", &format!(r#""type": {ty}"#))]);
    let without = applied(&writer, &record(&[]), bytes).unwrap_err();
    assert!(without.contains(expected), "left out: {without}");
}

#[track_caller]
fn check_copy_refused(ty: &str, bytes: &[u8], expected: &str) {
    let ty = format!(r#""type": {ty}"#);
    let writer = record(&[("f", &ty)]);
    let copied = applied(&writer, &writer, bytes).unwrap_err();
    assert!(copied.contains(expected), "copied: {copied}");
    assert!(copied.starts_with("f"), "copied: {copied}");
    let added = record(&[("a", r#""type": "int", "default": 1"#), ("f", &ty)]);
    let behind = applied(&writer, &added, bytes).unwrap_err();
    assert_eq!(behind, copied, "behind a default");
}

const NULLS: &str = r#"{"type": "array", "items": "null"}"#;

#[test]
fn items_without_bytes_are_counted_over_the_datum() {
    let expected = "more than 1000000 items that take no bytes";
    check_refused(NULLS, &long(10_000_000), expected);
    let nested = format!(r#"{{"type": "array", "items": {NULLS}}}"#);
    let inner = [long(900_000), long(0)].concat();
    let bytes = [long(8), inner.repeat(8), long(0)].concat();
    check_refused(&nested, &bytes, expected);
    let many = format!(
        r#"{{"type": "record", "name": "Many", "fields": [
            {{"name": "a", "type": {NULLS}}}, {{"name": "b", "type": {NULLS}}}]}}"#
    );
    check_refused(&many, &inner.repeat(2), expected);
}

#[test]
fn a_list_is_as_deep_as_the_limit() {
    let list = |extra: &str| {
        parse(&format!(
            r#"{{"type": "record", "name": "L", "fields": [
                {{"name": "next", "type": ["null", "L"]}}{extra}]}}"#
        ))
        .unwrap()
    };
    let (plain, added) = (
        list(""),
        list(r#", {"name": "n", "type": "int", "default": 5}"#),
    );
    let deep = |levels: usize| [vec![2; levels - 1], vec![0]].concat();
    assert_eq!(applied(&plain, &plain, &deep(256)), Ok(deep(256)));
    let changed = applied(&plain, &added, &deep(256)).unwrap();
    assert_eq!(changed, [deep(256), vec![10; 256]].concat());
    for levels in [257, 1_000, 100_000] {
        for reader in [&plain, &added] {
            let error = applied(&plain, reader, &deep(levels)).unwrap_err();
            assert!(error.contains("nested deeper than 256"), "{error}");
        }
        let holder = record(&[(
            "f",
            r#""type": {"type": "record", "name": "L", "fields": [
            {"name": "next", "type": ["null", "L"]}]}"#,
        )]);
        let error = applied(&holder, &record(&[]), &deep(levels)).unwrap_err();
        assert!(error.contains("nested deeper than 256"), "{error}");
    }
}

#[test]
fn a_record_that_contains_itself_has_no_datum() {
    let endless = r#"{"type": "record", "name": "E", "fields": [
        {"name": "a", "type": "E"}, {"name": "b", "type": "E"}]}"#;
    check_refused(endless, &[0; 4], "nested deeper than 256");
}

/// Each of 18 records holds the next one twice; the last is `end`. A parser
/// refuses more of them.
fn laughs(end: &str) -> Schema {
    let mut text = end.to_owned();
    for level in (0..18).rev() {
        text = format!(
            r#"{{"type": "record", "name": "L{level}", "fields": [
                {{"name": "a", "type": {text}}}, {{"name": "b", "type": "L{}"}}]}}"#,
            level + 1
        );
    }
    parse(&text).unwrap()
}

fn last(fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "L18", "fields": [{fields}]}}"#)
}

/// 2^18 records of no bytes: nobody goes through them.
#[test]
fn a_billion_laughs_take_the_time_of_their_text() {
    let nothing = laughs(&last(r#"{"name": "n", "type": "null"}"#));
    assert_eq!(applied(&nothing, &nothing, &[]), Ok(Vec::new()));
    let empty = laughs(&last(""));
    assert_eq!(applied(&nothing, &empty, &[]), Ok(Vec::new()));
    let added = laughs(&last(
        r#"{"name": "t", "type": "string", "default": "0123456789"}"#,
    ));
    let error = on_a_small_stack(|| Plan::new(&nothing, &added).unwrap_err());
    assert_eq!(error, PlanError::TooLarge);
}

/// A text of 1 MB names an enum of 9,000 symbols in 20,000 fields.
#[test]
fn an_enum_is_planned_once_however_often_it_is_named() {
    let mut fields =
        String::from(r#"{"name": "f", "type": {"type": "enum", "name": "E", "symbols": ["#);
    for symbol in 0..9_000 {
        let comma = if symbol == 0 { "" } else { "," };
        write!(fields, r#"{comma}"S{symbol}""#).unwrap();
    }
    fields.push_str("]}}");
    for field in 0..20_000 {
        write!(fields, r#",{{"name":"f{field}","type":"E"}}"#).unwrap();
    }
    let text = format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#);
    let schema = parse(&text).unwrap();
    let bytes = long(8_999).repeat(20_001);
    assert_eq!(applied(&schema, &schema, &bytes), Ok(bytes.clone()));
    let error = applied(&schema, &record(&[]), &bytes[..bytes.len() - 1]).unwrap_err();
    assert!(error.starts_with("f19999: the input ends"), "{error}");
}

#[test]
fn block_counts_are_checked_before_anything_is_done() {
    let ints = r#"{"type": "array", "items": "int"}"#;
    let texts = r#"{"type": "map", "values": "string"}"#;
    for ty in [ints, texts] {
        check_refused(ty, &long(i64::MAX), "a block of 9223372036854775807 items");
        // Items that are copied are read; those left out go by their length.
        let least = [long(i64::MIN), long(0), long(0)].concat();
        check_copy_refused(ty, &least, "a block of 9223372036854775808 items");
        check_refused(ty, &long(3), "a block of 3 items, 0 bytes left");
        check_refused(ty, &[], "the input ends");
    }
    let left_out = |bytes: &[u8]| {
        let writer = record(&[("f", &format!(r#""type": {ints}"#))]);
        applied(&writer, &record(&[]), bytes)
    };
    let error = left_out(&[long(-2), long(-5)].concat()).unwrap_err();
    assert!(error.contains("a length of -5"), "{error}");
    let error = left_out(&[long(-2), long(i64::MAX)].concat()).unwrap_err();
    assert!(error.contains("the input ends"), "{error}");
}

#[test]
fn numbers_of_branches_and_symbols_are_checked() {
    let union = r#"["null", "int"]"#;
    let symbols = r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#;
    for number in [-1, 2, 1 << 31, i64::MIN] {
        check_refused(
            union,
            &long(number),
            &format!("branch {number} of a union of 2"),
        );
        let expected = format!("symbol {number} of an enum of 2");
        check_copy_refused(symbols, &long(number), &expected);
    }
}

#[test]
fn numbers_have_an_end() {
    let expected = "a variable-length integer has more than 64 bits";
    for ty in [r#""int""#, r#""long""#, r#""string""#, r#"["null"]"#, NULLS] {
        check_refused(ty, &[0xff; 11], expected);
    }
    check_copy_refused(r#""int""#, &long(1 << 31), "does not fit an int");
    check_copy_refused(r#""boolean""#, &[2], "a boolean of 0x02");
    check_refused(r#""string""#, &long(-1), "a length of -1");
    check_refused(r#""bytes""#, &long(i64::MAX), "the input ends");
}

/// A map is a list of entries here: equal keys cost what their bytes cost.
#[test]
fn a_million_equal_keys_are_copied() {
    let map = parse(r#"{"type": "map", "values": "int"}"#).unwrap();
    let wider = parse(r#"{"type": "map", "values": "double"}"#).unwrap();
    let entry = [2, b'k', 6];
    let bytes = [long(1_000_000), entry.repeat(1_000_000), long(0)].concat();
    assert!(applied(&map, &map, &bytes).unwrap() == bytes);
    let out = applied(&map, &wider, &bytes).unwrap();
    assert_eq!(out.len(), 4 + 10 * 1_000_000);
}

#[test]
fn texts_are_checked_where_they_are_texts() {
    let bytes = [long(2), vec![0xff, 0xfe]].concat();
    check_copy_refused(r#""string""#, &bytes, "a string is not UTF-8");
    let (text, raw) = (
        record(&[("f", r#""type": "string""#)]),
        record(&[("f", r#""type": "bytes""#)]),
    );
    let error = applied(&raw, &text, &bytes).unwrap_err();
    assert!(error.contains("a string is not UTF-8"), "{error}");
    assert_eq!(applied(&text, &raw, &bytes), Ok(bytes.clone()));
    assert_eq!(applied(&text, &record(&[]), &bytes), Ok(Vec::new()));
    let key = [long(1), bytes.clone(), vec![0, 0]].concat();
    check_copy_refused(r#"{"type": "map", "values": "int"}"#, &key, "not UTF-8");
}

/// As generated decoders do: a block that says its length is not looked into.
#[test]
fn what_is_left_out_goes_by_its_length() {
    let texts = r#""type": {"type": "array", "items": "string"}"#;
    let writer = record(&[("f", texts), ("n", r#""type": "int""#)]);
    let reader = record(&[("n", r#""type": "int""#)]);
    let bytes = [long(-3), long(2), vec![0xff, 0xff], long(0), long(7)].concat();
    assert_eq!(applied(&writer, &reader, &bytes), Ok(long(7)));
}
