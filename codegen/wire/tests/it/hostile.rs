//! Bytes that ask for more than they are worth.

use std::sync::Arc;

use accordant_schema::{contract::UnknownFields, parse};
use accordant_wire::{
    Limits, Reader,
    dynamic::{JsonCodec, KeyPlan, to_json},
    write,
};

#[track_caller]
fn check(schema: &str, avro: &[u8], expected: &str) {
    let schema = parse(schema).unwrap();
    let error = to_json(&schema, avro, Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

fn long(value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    write::long(value, &mut out);
    out
}

#[test]
fn numbers_have_an_end() {
    check(
        r#""long""#,
        &[0xff; 10],
        "a variable-length integer has more than 64 bits (at byte 0)",
    );
    check(
        r#""long""#,
        &[0x80, 0x80],
        "the input ends: 3 bytes needed, 2 left (at byte 0)",
    );
    check(
        r#""int""#,
        &long(1 << 31),
        "2147483648 does not fit an int of 32 bits (at byte 0)",
    );
    check(r#""boolean""#, &[2], "a boolean of 0x02 (at byte 0)");
    check(r#""int""#, &[0, 0], "1 bytes after the datum (at byte 1)");
}

/// Of every length, with every number of bytes behind it and at every cut.
#[test]
fn numbers_of_every_length() {
    let ends = (0..64).flat_map(|bits| [1i64 << bits, (1i64 << bits).wrapping_sub(1)]);
    for value in ends.flat_map(|value| [value, value.wrapping_neg()]) {
        let number = long(value);
        for behind in 0..10 {
            let avro = [number.clone(), vec![0xff; behind]].concat();
            let mut reader = Reader::new(&avro, Limits::default());
            assert_eq!(reader.long(), Ok(value));
            assert_eq!(reader.remaining(), behind);
            assert_eq!(reader.position(), number.len());
        }
        for end in 0..number.len() {
            let mut reader = Reader::new(&number[..end], Limits::default());
            assert!(reader.long().is_err(), "{value} cut at {end}");
        }
    }
}

#[test]
fn lengths_are_checked_before_anything_is_allocated() {
    check(r#""string""#, &long(-1), "a length of -1 (at byte 0)");
    let huge = long(i64::MAX);
    check(
        r#""bytes""#,
        &huge,
        "the input ends: 9223372036854775807 bytes needed, 0 left (at byte 10)",
    );
    check(
        r#"{"type": "array", "items": "int"}"#,
        &huge,
        "a block of 9223372036854775807 items, 0 bytes left (at byte 10)",
    );
    let mut least = long(i64::MIN);
    least.push(0);
    check(
        r#"{"type": "map", "values": "int"}"#,
        &least,
        "a block of 9223372036854775808 items, 0 bytes left (at byte 11)",
    );
}

/// Nine million nulls in five bytes, once or in two blocks.
#[test]
fn items_that_take_no_bytes_are_counted() {
    let nulls = r#"{"type": "array", "items": "null"}"#;
    let expected = "more than 1000000 items that take no bytes";
    check(nulls, &long(9_000_000), &format!("{expected} (at byte 4)"));
    let blocks = [long(600_000), long(600_000)].concat();
    check(nulls, &blocks, &format!("{expected} (at byte 6)"));
    let nothing = r#"{"type": "array", "items": {"type": "record", "name": "R", "fields": [
        {"name": "n", "type": "null"}, {"name": "f", "type": {"type": "fixed", "name": "F", "size": 0}}]}}"#;
    if parse(nothing).is_ok() {
        check(
            nothing,
            &long(i64::MAX),
            &format!("{expected} (at byte 10)"),
        );
    }
}

#[test]
fn memory_is_bounded() {
    let limits = Limits {
        allocation_bytes_max: 8,
        ..Limits::default()
    };
    let schema = parse(r#"{"type": "array", "items": "string"}"#).unwrap();
    let mut avro = long(1);
    write::string("123456789", &mut avro);
    avro.push(0);
    let error = to_json(&schema, &avro, limits).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the datum needs more than 8 bytes of memory (at byte 1)"
    );
    let mut reader = Reader::new(&avro[1..], limits);
    assert!(reader.string().is_err());
}

/// On a thread of 2 MiB, as tokio's are: to the limit it works, then it is refused.
#[test]
fn depth_is_bounded_both_ways() {
    let list =
        r#"{"type": "record", "name": "L", "fields": [{"name": "next", "type": ["null", "L"]}]}"#;
    let schema = Arc::new(parse(list).unwrap());
    let deep = |levels: usize| {
        let mut avro = vec![2; levels - 1];
        avro.push(0);
        to_json(&schema, &avro, Limits::default()).map(|json| (avro, json))
    };
    let (avro, json) = deep(256).unwrap();
    let codec = JsonCodec::new(Arc::clone(&schema), UnknownFields::Refuse);
    let mut again = Vec::new();
    codec.encode(json.as_bytes(), &mut again).unwrap();
    assert_eq!(again, avro);
    assert!(
        deep(257)
            .unwrap_err()
            .to_string()
            .contains("nested deeper than 256")
    );
    let deeper = json.replace("null", r#"{"next":null}"#);
    let errors = codec.encode(deeper.as_bytes(), &mut again).unwrap_err();
    assert_eq!((errors.len(), errors[0].rule), (1, "depth"));
    assert_eq!(again, avro);
}

/// What lies before a key is passed over by its length, with the same checks.
#[test]
fn passing_over_is_reading() {
    let schema = parse(
        r#"{"type": "record", "name": "R", "fields": [
            {"name": "nulls", "type": {"type": "array", "items": "null"}},
            {"name": "map", "type": {"type": "map", "values": ["null", "string"]}},
            {"name": "id", "type": "string"}]}"#,
    )
    .unwrap();
    let plan = KeyPlan::new(&schema, &["id".to_owned()]).unwrap();
    // An empty array, a map of one block of a known length, then the id.
    let avro = [&[0][..], &[1, 4, 0xff, 0xff, 0], &[2, b'x']].concat();
    assert_eq!(plan.text(&schema, &avro).unwrap(), "x");
    for hostile in [long(i64::MAX), vec![1, 0x7e], vec![0, 2, 0x7e]] {
        assert!(plan.text(&schema, &hostile).is_err(), "{hostile:?}");
    }
}
