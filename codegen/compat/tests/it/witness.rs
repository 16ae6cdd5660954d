//! The smallest datum that fails, as found for a pair of schemas and as shown
//! in a finding; and what the decoder does where Java's is peculiar.

use accordant_compat::witness::{ReadError, Value, decode, witness};
use accordant_schema::{Schema, parse};

use crate::{folder::Folder, proof::record};

pub(crate) fn schema(text: &str) -> Schema {
    parse(text).expect("the schema of a test case parses")
}

#[track_caller]
fn check(reader: &str, writer: &str, expected: Option<&str>) {
    let found = witness(&schema(reader), &schema(writer));
    assert_eq!(found.map(|it| it.json).as_deref(), expected);
}

/// What a reader makes of a datum in bytes, as JSON or as the error.
#[track_caller]
pub(crate) fn check_read(reader: &str, writer: &str, bytes: &[u8], expected: &str) {
    let (reader, writer) = (schema(reader), schema(writer));
    let found = match decode(&reader, &writer, bytes) {
        Ok(value) => value.to_json(&reader).expect("it is of the reader"),
        Err(error) => error.to_string(),
    };
    assert_eq!(found, expected);
}

fn field(ty: &str) -> String {
    format!(r#"{{ "name": "f", "type": {ty} }}"#)
}

/// The witness of the only finding from v1 to v2 with this one field, and the
/// end of its message where there is none.
#[track_caller]
fn check_finding(old: &str, new: &str, expected: &str) {
    let report = Folder::orders(&[&field(old), &field(new)])
        .released(1)
        .check();
    let [finding] = report.findings.as_slice() else {
        panic!("one finding, not {:#?}", report.findings);
    };
    assert_eq!(
        finding.witness.as_ref().unwrap_or(&finding.message),
        expected
    );
}

#[test]
fn its_bytes_can_be_shown() {
    let found = witness(&schema(r#""string""#), &schema(r#"["string", "boolean"]"#));
    assert_eq!(found.map(|it| it.hex()).as_deref(), Some("0200"));
}

#[test]
fn it_is_as_small_as_it_can_be() {
    check(r#""int""#, r#""string""#, Some(r#""""#));
    check(
        r#"{"type": "map", "values": ["null", "int"]}"#,
        r#"{"type": "map", "values": ["null", "int", "boolean"]}"#,
        Some(r#"{"key":{"boolean":false}}"#),
    );
    check(
        r#"{"type": "enum", "name": "E", "symbols": ["A"]}"#,
        r#"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#,
        Some(r#""B""#),
    );
}

#[test]
fn bytes_of_no_datum_say_what_is_wrong() {
    let check = |schema: &str, bytes: &[u8], expected: &str| {
        check_read(schema, schema, bytes, expected);
    };
    let symbols = |list: &str| format!(r#"{{"type":"enum","name":"E","symbols":[{list}]}}"#);
    let one = symbols(r#""A""#);
    check(r#""boolean""#, &[2], "a boolean is neither 0 nor 1");
    check(&one, &[2], "an enum has no such symbol");
    // A field that the reader does not have is read as it was written.
    check_read(
        &record("Top", &[]),
        &record("Top", &[("skipped", &one)]),
        &[2],
        "an enum has no such symbol",
    );
    let ten_bytes = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
    check(r#""long""#, &ten_bytes, "a number has more than 64 bits");
    check(r#""long""#, &[0xff; 11], "a number has more than 64 bits");
    check(r#""long""#, &[0xff], "the bytes end too early");
    check(
        r#""int""#,
        &[0x80, 0x80, 0x80, 0x80, 0x10],
        "an int has more than 32 bits",
    );
    check(r#""bytes""#, &[1], "a length is negative");
    check(r#""bytes""#, &[4, 0], "the bytes end too early");
    check(r#""string""#, &[2, 0xff], "a string is no UTF-8");
    check(&one, &[2], "an enum has no such symbol");
    check(&one, &[1], "an index is negative");
    check(r#"["null","int"]"#, &[4], "a union has no such branch");
    let nulls = r#"{"type":"array","items":"null"}"#;
    check(
        nulls,
        &[0x80, 0x80, 0x80, 0x80, 0x10],
        "too deep or too large",
    );
    check(r#""null""#, &[0], "bytes are left over");
    // The writer has fewer symbols than the reader.
    let two = symbols(r#""A","B""#);
    check_read(&two, &one, &[2], "an enum has no such symbol");
}

#[test]
fn infinite_defaults_are_read() {
    let writer = r#"{"type":"record","name":"R","fields":[]}"#;
    for text in ["NaN", "Infinity", "-Infinity"] {
        let reader = format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":"float","default":"{text}"}},{{"name":"d","type":"double","default":"{text}"}}]}}"#
        );
        check_read(
            &reader,
            writer,
            &[],
            &format!(r#"{{"f":"{text}","d":"{text}"}}"#),
        );
    }
}

#[test]
fn a_finding_claims_no_datum_that_was_not_tried() {
    // A record that holds itself without end: nobody can write one.
    let endless = r#"{ "type": "record", "name": "E", "fields": [{ "name": "e", "type": "E" }] }"#;
    check_finding(
        &format!(r#"["int", {endless}]"#),
        r#"["int"]"#,
        "not backward compatible with v1: \"f\" no longer takes record E",
    );
    // Java's decoder reads a record of any name.
    let part =
        |name: &str| format!(r#"["int", {{ "type": "record", "name": "{name}", "fields": [] }}]"#);
    let report = Folder::orders(&[&field(&part("A")), &field(&part("B"))])
        .released(1)
        .check();
    assert!(!report.findings.is_empty());
    for finding in &report.findings {
        assert_eq!(finding.witness, None);
        assert!(
            finding.message.contains("(no datum shows it: "),
            "{finding:#?}"
        );
    }
}

#[test]
fn recursion_ends_where_it_is_shortest() {
    let tree = |leaf: &str| {
        format!(
            r#"{{"type": "record", "name": "Tree", "fields": [
                {{"name": "children", "type": {{"type": "array", "items": "Tree"}}}},
                {{"name": "next", "type": ["null", "Tree", {leaf}]}}]}}"#
        )
    };
    check(
        &tree(r#""int""#),
        &tree(r#""string""#),
        Some(r#"{"children":[],"next":{"string":""}}"#),
    );
}

#[test]
fn what_reads_everything_has_none() {
    check(r#""double""#, r#""int""#, None);
    // Java's check refuses, Java's decoder reads.
    check(
        r#"{"type": "record", "name": "A", "fields": []}"#,
        r#"{"type": "record", "name": "B", "fields": []}"#,
        None,
    );
}

#[test]
fn a_type_without_any_datum_has_none() {
    check(
        r#""int""#,
        r#"{"type": "record", "name": "R", "fields": [{"name": "f", "type": "R"}]}"#,
        None,
    );
}

#[test]
fn what_is_too_large_has_none() {
    // Each record holds the next one twice.
    let types: String = (0..40)
        .map(|n| {
            let ty = if n == 39 {
                r#""int""#.to_owned()
            } else {
                format!(r#""R{}""#, n + 1)
            };
            format!(
                r#", {{"type": "record", "name": "R{n}", "fields": [
                    {{"name": "a", "type": {ty}}}, {{"name": "b", "type": {ty}}}]}}"#
            )
        })
        .collect();
    check(
        r#""int""#,
        &format!(
            r#"{{"type": "record", "name": "Root", "fields": [
                {{"name": "types", "type": ["null"{types}]}}, {{"name": "large", "type": "R0"}}]}}"#
        ),
        None,
    );
    check(
        r#""int""#,
        r#"{"type": "fixed", "name": "F", "size": 2000000000}"#,
        None,
    );
}

#[test]
fn a_finding_shows_it() {
    check_finding(
        r#""int""#,
        r#"{ "type": "array", "items": "int" }"#,
        r#"{"id":"","f":[]} written under v2 cannot be read"#,
    );
    check_finding(
        r#"["null", "int", "string"]"#,
        r#"["null", "int"]"#,
        r#"{"id":"","f":{"string":""}} written under v1 has a value that only the branch string takes"#,
    );
    check_finding(
        r#"{ "type": "map", "values": { "type": "fixed", "name": "F", "size": 1 } }"#,
        r#"{ "type": "map", "values": { "type": "fixed", "name": "G", "size": 1 } }"#,
        r#"{"id":"","f":{"key":"\u0000"}} written under v2 cannot be read"#,
    );
}

#[test]
fn a_finding_shortens_it() {
    let with = |last: &str| {
        let fields: Vec<String> = (0..9)
            .map(|n| format!(r#"{{ "name": "a_long_name_{n}", "type": "string" }}"#))
            .collect();
        format!(
            r#"{{ "type": "record", "name": "R", "fields": [{},
                {{ "name": "last", "type": {last} }}] }}"#,
            fields.join(", ")
        )
    };
    check_finding(
        &with(r#""int""#),
        &with(r#""boolean""#),
        r#"{"f": {"last": ..., ...}, ...} written under v2 cannot be read"#,
    );
}

#[test]
fn a_finding_says_that_there_is_none() {
    check_finding(
        r#"{ "type": "record", "name": "A", "fields": [] }"#,
        r#"{ "type": "record", "name": "B", "fields": [] }"#,
        "not backward or forward compatible with v1: type shop.A is now shop.B \
         (no datum shows it: Avro's decoder reads it, though its check refuses)",
    );
}

#[test]
fn a_union_takes_the_same_type_first_and_promotes_last() {
    check_read(r#"["float", "int"]"#, r#""int""#, &[6], r#"{"int":3}"#);
    check_read(r#"["null", "float"]"#, r#""int""#, &[6], r#"{"float":3.0}"#);
    check_read(
        r#"["null", "float"]"#,
        r#""string""#,
        &[0],
        "found string, expecting union",
    );
}

#[test]
fn a_namespace_matters_in_a_union_only() {
    let of = |name: &str| format!(r#"{{"type": "fixed", "name": "{name}", "size": 1}}"#);
    check_read(&of("a.F"), &of("b.F"), &[7], r#""\u0007""#);
    let union = |name: &str, rest: &str| format!(r#"[{}{rest}]"#, of(name));
    check_read(
        &union("a.F", ""),
        &union("b.F", ""),
        &[0, 7],
        r#"{"a.F":"\u0007"}"#,
    );
    check_read(
        &union("a.F", r#", "int""#),
        &union("b.F", ""),
        &[0, 7],
        "found b.F, expecting union",
    );
}

#[test]
fn an_alias_renames_whatever_bears_it() {
    check_read(
        r#"{"type": "record", "name": "R", "aliases": ["F"], "fields": [
            {"name": "f", "type": {"type": "fixed", "name": "F", "size": 1}}]}"#,
        r#"{"type": "record", "name": "R", "fields": [
            {"name": "f", "type": {"type": "fixed", "name": "F", "size": 1}},
            {"name": "g", "type": "int"}]}"#,
        &[7, 0],
        "found R, expecting F",
    );
}

#[test]
fn what_is_absent_takes_the_default() {
    check_read(
        r#"{"type": "record", "name": "R", "fields": [
            {"name": "a", "type": ["null", "bytes"], "default": "\u00ff"},
            {"name": "b", "type": "double", "default": "NaN"},
            {"name": "c", "aliases": ["old"], "type": "long"}]}"#,
        r#"{"type": "record", "name": "R", "fields": [
            {"name": "gone", "type": {"type": "array", "items": "string"}},
            {"name": "old", "type": "int"}]}"#,
        // Two blocks, the first with its size.
        &[1, 4, 2, b'x', 2, 2, b'y', 0, 5],
        r#"{"a":{"bytes":"ÿ"},"b":"NaN","c":-3}"#,
    );
}

#[test]
fn bytes_that_are_no_datum_are_refused() {
    let nothing = r#"{"type": "array", "items": "null"}"#;
    let refused = |reader: &str, bytes: &[u8], expected: ReadError| {
        let reader = schema(reader);
        assert_eq!(decode(&reader, &reader, bytes), Err(expected));
    };
    // A hundred million items of no bytes.
    refused(nothing, &[0x80, 0x84, 0xaf, 0x5f, 0], ReadError::TooLarge);
    refused(
        r#""bytes""#,
        &[0x80, 0x84, 0xaf, 0x5f],
        ReadError::Malformed("the bytes end too early"),
    );
    refused(
        r#""int""#,
        &[2, 2],
        ReadError::Malformed("bytes are left over"),
    );
    refused(r#""string""#, &[2, 0xff], ReadError::NotUtf8);
    let endless =
        r#"{"type": "record", "name": "R", "fields": [{"name": "f", "type": ["null", "R"]}]}"#;
    refused(endless, &[2; 1_000], ReadError::TooLarge);
    assert!(Value::Null.encode(&schema(r#""int""#)).is_err());
}

/// Java applies aliases twice, so a swap of names swaps nothing.
#[test]
fn two_names_that_are_each_others_alias_stay() {
    let record = |rest: &str| {
        format!(
            r#"{{"type": "record", "name": "R", "fields": [
                {{"name": "a", "aliases": ["b"], "type": "int"}},
                {{"name": "b", "aliases": ["a"], "type": "string"}}{rest}]}}"#
        )
    };
    check_read(
        &record(""),
        &record(r#", {"name": "c", "type": "int"}"#),
        &[2, 2, b'x', 0],
        r#"{"a":1,"b":"x"}"#,
    );
}
