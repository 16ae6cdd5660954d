//! How a proof reads and writes, and where it stops: depths, counts, defaults.

use accordant_compat::witness::{ReadError, Value, decode, witness};
use accordant_schema::{Limits, Schema, parse_with};

use crate::{
    folder::Folder,
    witness::{check_read, schema},
};

/// Records that hold each other by name, from the innermost with a field of
/// `ty`, so that no text is deep: `A0` to the last of so many.
fn chain(name: &str, levels: usize, ty: &str) -> Vec<String> {
    (0..levels)
        .map(|level| {
            let inner = match level {
                0 => ty.to_owned(),
                _ => format!(r#""{name}{}""#, level - 1),
            };
            record(&format!("{name}{level}"), &[("f", &inner)])
        })
        .collect()
}

pub(crate) fn record(name: &str, fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, ty)| format!(r#"{{"name": "{name}", "type": {ty}}}"#))
        .collect();
    let fields = fields.join(", ");
    format!(r#"{{"type": "record", "name": "{name}", "fields": [{fields}]}}"#)
}

/// The last of the texts, which refers to those before it.
fn last(texts: &[String]) -> Schema {
    let (last, others) = texts.split_last().expect("there is a text");
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    parse_with(last, &others, &Limits::default()).expect("the schema of a test case parses")
}

#[test]
fn a_type_that_is_too_deep_to_be_written_has_no_witness() {
    let found = |levels: usize| {
        let mut texts = chain("A", levels, r#""string""#);
        texts.push(record("Top", &[("a", &format!(r#""A{}""#, levels - 1))]));
        let reader = schema(&record("Top", &[("a", r#""int""#)]));
        witness(&reader, &last(&texts)).is_some()
    };
    assert!(found(100));
    assert!(!found(140));
}

#[test]
fn schemas_that_are_too_deep_are_not_resolved() {
    let read = |levels: usize| {
        let schema = last(&chain("A", levels, r#""int""#));
        decode(&schema, &schema, &[0]).map(drop)
    };
    assert_eq!(read(100), Ok(()));
    assert_eq!(read(140), Err(ReadError::TooLarge));
}

#[test]
fn a_part_that_is_too_deep_to_be_skipped_hides_what_fails() {
    let found = |levels: usize| {
        let outer = |inner: String, mut texts: Vec<String>| {
            texts.push(inner);
            texts.extend(chain("B", 60, r#""Inner""#));
            last(&texts)
        };
        let skipped = format!(r#""A{}""#, levels - 1);
        let written = [("skipped", skipped.as_str()), ("fails", r#""string""#)];
        let chain = chain("A", levels, r#""int""#);
        let writer = outer(record("Inner", &written), chain);
        let reader = outer(record("Inner", &[("fails", r#""int""#)]), Vec::new());
        witness(&reader, &writer).is_some()
    };
    assert!(found(60));
    assert!(!found(70));
}

#[test]
fn the_way_to_a_failure_may_be_too_long() {
    // Two chains of records lead to what fails. The second goes on into the
    // first, whose other way in costs a large fixed.
    let found = |levels: usize| {
        let top = |leaf: &str| {
            let first = format!(r#""A{}""#, levels - 1);
            let weight = r#"{"type": "fixed", "name": "Weight", "size": 2000}"#;
            let mut texts = chain("A", levels, leaf);
            texts.push(record("Costly", &[("weight", weight), ("a", &first)]));
            texts.extend(chain("B", levels, &first));
            let second = format!(r#"{{"type": "array", "items": "B{}"}}"#, levels - 1);
            let costly = r#"{"type": "array", "items": "Costly"}"#;
            texts.push(record("Top", &[("costly", costly), ("cheap", &second)]));
            last(&texts)
        };
        let found = witness(&top(r#""int""#), &top(r#""string""#));
        found.map(|it| it.json.starts_with(r#"{"costly":[],"cheap":[{"#))
    };
    assert_eq!(found(50), Some(true));
    assert_eq!(found(90), None);
}

#[test]
fn a_default_that_is_too_deep_is_no_value() {
    let read = |levels: usize| {
        let default = r#"{"next":"#.repeat(levels) + "null" + &"}".repeat(levels);
        let text = format!(
            r#"{{"type": "record", "name": "Top", "fields": [{{"name": "f", "type":
                {{"type": "record", "name": "List", "fields": [
                    {{"name": "next", "type": ["null", "List"]}}]}},
                "default": {default}}}]}}"#
        );
        let limits = Limits {
            depth_max: 128,
            ..Limits::default()
        };
        let reader = parse_with(&text, &[], &limits).expect("the schema is within the limits");
        decode(&reader, &schema(&record("Top", &[])), &[]).map(drop)
    };
    assert_eq!(read(50), Ok(()));
    assert_eq!(read(100), Err(ReadError::TooLarge));
}

#[test]
fn a_double_that_is_no_number_may_be_a_default() {
    for (default, expected) in [
        (r#""NaN""#, r#"{"f":"NaN","d":"NaN"}"#),
        (r#""-Infinity""#, r#"{"f":"-Infinity","d":"-Infinity"}"#),
        ("0.5", r#"{"f":0.5,"d":0.5}"#),
    ] {
        let reader = format!(
            r#"{{"type": "record", "name": "Top", "fields": [
                {{"name": "f", "type": "float", "default": {default}}},
                {{"name": "d", "type": "double", "default": {default}}}]}}"#
        );
        check_read(&reader, &record("Top", &[]), &[], expected);
    }
}

#[test]
fn a_value_of_another_schema_has_no_json() {
    assert!(Value::Int(1).to_json(&schema(r#""string""#)).is_err());
    assert!(Value::Int(1).encode(&schema(r#""string""#)).is_err());
    let point = schema(&record("P", &[("x", r#""int""#)]));
    assert!(Value::Record(Vec::new()).to_json(&point).is_err());
    let values = vec![Value::Int(1), Value::Int(2)];
    assert!(Value::Record(values).to_json(&point).is_err());
}

#[test]
fn values_are_written_as_the_specification_says() {
    #[track_caller]
    fn check(value: &Value, text: &str, expected: Option<&[u8]>) {
        let bytes = value.encode(&schema(text)).ok();
        assert_eq!(bytes.as_deref(), expected);
    }
    check(&Value::Long(-1), r#""long""#, Some(&[1]));
    check(&Value::Long(64), r#""long""#, Some(&[0x80, 1]));
    check(&Value::Long(-65), r#""long""#, Some(&[0x81, 1]));
    check(&Value::Long(300), r#""long""#, Some(&[0xd8, 4]));
    let longest = [&[0xff; 9][..], &[1]].concat();
    check(&Value::Long(i64::MIN), r#""long""#, Some(&longest));
    let fixed = r#"{"type": "fixed", "name": "F", "size": 2}"#;
    check(&Value::Fixed(vec![1, 2]), fixed, Some(&[1, 2]));
    check(&Value::Fixed(vec![1]), fixed, None);
    let symbols = r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#;
    check(&Value::Enum(1), symbols, Some(&[2]));
    check(&Value::Enum(2), symbols, None);
    let array = r#"{"type": "array", "items": "int"}"#;
    check(&Value::Array(Vec::new()), array, Some(&[0]));
    check(&Value::Array(vec![Value::Int(3)]), array, Some(&[2, 6, 0]));
    let map = r#"{"type": "map", "values": "int"}"#;
    check(&Value::Map(Vec::new()), map, Some(&[0]));
    let entry = ("k".to_owned(), Value::Int(3));
    check(&Value::Map(vec![entry]), map, Some(&[2, 2, b'k', 6, 0]));
    let point = record("P", &[("x", r#""int""#)]);
    check(&Value::Record(vec![Value::Int(1)]), &point, Some(&[2]));
    check(&Value::Record(Vec::new()), &point, None);
    check(
        &Value::Record(vec![Value::Int(1), Value::Int(2)]),
        &point,
        None,
    );
    let union = r#"["null", "int"]"#;
    check(
        &Value::Union(1, Box::new(Value::Int(1))),
        union,
        Some(&[2, 2]),
    );
    check(&Value::Union(2, Box::new(Value::Int(1))), union, None);
}

#[test]
fn a_default_of_every_type_is_a_value() {
    let fixed = r#"{"type": "fixed", "name": "F", "size": 2}"#;
    let symbols = r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#;
    let point = record("P", &[("x", r#""int""#)]);
    for (ty, default, expected) in [
        (r#""null""#, "null", "null"),
        (r#""boolean""#, "true", "true"),
        (r#""int""#, "-7", "-7"),
        (r#""long""#, "5000000000", "5000000000"),
        (r#""string""#, r#""text""#, r#""text""#),
        (r#""bytes""#, r#""\u00ff""#, "\"\u{ff}\""),
        (fixed, r#""ab""#, r#""ab""#),
        (symbols, r#""B""#, r#""B""#),
        (r#"{"type": "array", "items": "int"}"#, "[1, 2]", "[1,2]"),
        (
            r#"{"type": "map", "values": "int"}"#,
            r#"{"k": 1}"#,
            r#"{"k":1}"#,
        ),
        (&point, r#"{"x": 1}"#, r#"{"x":1}"#),
        (r#"["null", "int"]"#, "1", r#"{"int":1}"#),
    ] {
        let reader = format!(
            r#"{{"type": "record", "name": "Top", "fields": [
                {{"name": "f", "type": {ty}, "default": {default}}}]}}"#
        );
        let expected = format!(r#"{{"f":{expected}}}"#);
        check_read(&reader, &record("Top", &[]), &[], &expected);
    }
}

#[test]
fn what_is_skipped_is_read_to_its_end() {
    let reader = record("Top", &[("last", r#""int""#)]);
    for (ty, bytes) in [
        (r#"{"type": "array", "items": "int"}"#, &[2, 6, 0, 14][..]),
        (
            r#"{"type": "map", "values": "int"}"#,
            &[2, 2, b'k', 6, 0, 14],
        ),
        (r#""double""#, &[0, 0, 0, 0, 0, 0, 0, 0, 14]),
    ] {
        let writer = record("Top", &[("skipped", ty), ("last", r#""int""#)]);
        check_read(&reader, &writer, bytes, r#"{"last":7}"#);
    }
    let half = 0.5f32.to_le_bytes();
    check_read(r#""double""#, r#""float""#, &half, "0.5");
    let least = [&[0xff; 9][..], &[1]].concat();
    check_read(r#""long""#, r#""long""#, &least, "-9223372036854775808");
}

#[test]
fn values_and_levels_are_counted() {
    let nulls = schema(r#"{"type": "array", "items": "null"}"#);
    let read = |many: usize| {
        let items = Value::Array(vec![Value::Null; many]);
        let bytes = items.encode(&nulls).expect("it is of the schema");
        decode(&nulls, &nulls, &bytes).map(drop)
    };
    // The array counts too, and each item as it was written and as it is read.
    assert_eq!(read(499_999), Ok(()));
    assert_eq!(read(500_000), Err(ReadError::TooLarge));
    let list = schema(
        r#"{"type": "record", "name": "L", "fields": [{"name": "n", "type": ["null", "L"]}]}"#,
    );
    let read = |records: usize| {
        let bytes: Vec<u8> = [vec![2; records - 1], vec![0]].concat();
        decode(&list, &list, &bytes).map(drop)
    };
    let largest = (1..200).take_while(|records| read(*records).is_ok()).last();
    assert_eq!(largest, Some(63));
}

#[test]
fn no_more_data_are_tried_than_help() {
    let fields = |ty: &str| {
        let fields = (0..205).map(|at| format!(r#"{{ "name": "f{at}", "type": "{ty}" }}"#));
        fields.collect::<Vec<_>>().join(", ")
    };
    let report = Folder::orders(&[&fields("int"), &fields("string")])
        .released(1)
        .check();
    assert_eq!(report.findings.len(), 205);
    let shown = report.findings.iter().filter(|it| it.witness.is_some());
    assert_eq!(shown.count(), 200);
}
