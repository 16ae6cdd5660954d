//! Java's verdict: every error type with its message, pointer and order, and
//! the places where Java's own procedure shows through.

use accordant_compat::java;
use accordant_schema::{Schema, parse};

fn schema(text: &str) -> Schema {
    parse(text).expect("the schema of a test case parses")
}

/// Expects `TYPE location message`, a line each.
#[track_caller]
fn check(reader: &str, writer: &str, expected: &[&str]) {
    let found: Vec<String> = java::check(&schema(reader), &schema(writer))
        .iter()
        .map(|it| format!("{} {} {}", it.kind, it.location, it.message))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_same_schema_reads_itself() {
    for text in [
        r#""null""#,
        r#"["null", "string"]"#,
        r#"{"type": "record", "name": "List", "fields": [
            {"name": "head", "type": "int"}, {"name": "tail", "type": ["null", "List"]}]}"#,
        r#"{"type": "enum", "name": "Suit", "symbols": ["HEARTS"]}"#,
    ] {
        check(text, text, &[]);
    }
}

#[test]
fn numbers_are_promoted_and_never_narrowed() {
    check(r#""double""#, r#""long""#, &[]);
    check(
        r#""int""#,
        r#""long""#,
        &["TYPE_MISMATCH / reader type: INT not compatible with writer type: LONG"],
    );
}

#[test]
fn text_and_bytes_read_each_other() {
    check(r#""string""#, r#""bytes""#, &[]);
    check(r#""bytes""#, r#""string""#, &[]);
}

#[test]
fn a_field_needs_a_default_when_the_writer_lacks_it() {
    check(
        r#"{"type": "record", "name": "R", "fields": [
            {"name": "a", "type": ["null", "int"], "default": null}, {"name": "b", "type": "int"}]}"#,
        r#"{"type": "record", "name": "R", "fields": []}"#,
        &["READER_FIELD_MISSING_DEFAULT_VALUE /fields/1 b"],
    );
}

#[test]
fn an_enum_default_is_no_field_default() {
    check(
        r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type":
            {"type": "enum", "name": "E", "symbols": ["X"], "default": "X"}}]}"#,
        r#"{"type": "record", "name": "R", "fields": []}"#,
        &["TYPE_MISMATCH /fields/0/type \
           reader type: ENUM not compatible with writer type: RECORD"],
    );
}

#[test]
fn missing_symbols_are_listed_sorted_unless_there_is_a_default() {
    let writer = r#"{"type": "enum", "name": "E", "symbols": ["D", "A", "B"]}"#;
    check(
        r#"{"type": "enum", "name": "E", "symbols": ["A"]}"#,
        writer,
        &["MISSING_ENUM_SYMBOLS /symbols [B, D]"],
    );
    check(
        r#"{"type": "enum", "name": "E", "symbols": ["A"], "default": "A"}"#,
        writer,
        &[],
    );
}

#[test]
fn a_fixed_is_compared_by_name_and_size_in_this_order() {
    check(
        r#"{"type": "fixed", "name": "One", "size": 4}"#,
        r#"{"type": "fixed", "name": "a.Other", "size": 8}"#,
        &[
            "NAME_MISMATCH /name expected: a.Other",
            "FIXED_SIZE_MISMATCH /size expected: 8, found: 4",
        ],
    );
}

#[test]
fn names_match_without_namespace_and_by_alias_with_it() {
    let writer = r#"{"type": "record", "name": "a.R", "fields": []}"#;
    check(
        r#"{"type": "record", "name": "b.R", "fields": []}"#,
        writer,
        &[],
    );
    check(
        r#"{"type": "record", "name": "S", "aliases": ["a.R"], "fields": []}"#,
        writer,
        &[],
    );
    check(
        r#"{"type": "record", "name": "S", "aliases": ["R"], "fields": []}"#,
        writer,
        &["NAME_MISMATCH /name expected: a.R"],
    );
}

#[test]
fn a_field_is_found_by_alias() {
    check(
        r#"{"type": "record", "name": "R", "fields": [
            {"name": "new", "aliases": ["old", "old"], "type": "long"}]}"#,
        r#"{"type": "record", "name": "R", "fields": [{"name": "old", "type": "int"}]}"#,
        &[],
    );
}

#[test]
fn a_union_lacks_the_branch_by_the_index_of_the_writer() {
    check(
        r#"["null", "int"]"#,
        r#"["null", "int", "string", "boolean"]"#,
        &[
            "MISSING_UNION_BRANCH /2 reader union lacking writer type: STRING",
            "MISSING_UNION_BRANCH /3 reader union lacking writer type: BOOLEAN",
        ],
    );
}

#[test]
fn a_lone_reader_meets_every_branch_of_a_writer() {
    check(
        r#"{"type": "array", "items": "int"}"#,
        r#"{"type": "array", "items": ["null", "int"]}"#,
        &["TYPE_MISMATCH /items/0 reader type: INT not compatible with writer type: NULL"],
    );
}

#[test]
fn a_lone_writer_needs_one_branch_of_the_reader() {
    check(r#"["string", "double"]"#, r#""int""#, &[]);
    check(
        r#"{"type": "map", "values": ["string", "null"]}"#,
        r#"{"type": "map", "values": "int"}"#,
        &["MISSING_UNION_BRANCH /values reader union lacking writer type: INT"],
    );
}

#[test]
fn a_pair_that_is_met_again_repeats_its_first_place() {
    let record = |ty: &str| {
        format!(
            r#"{{"type": "record", "name": "R", "fields": [
                {{"name": "a", "type": {{"type": "record", "name": "P", "fields": [
                    {{"name": "x", "type": "{ty}"}}]}}}},
                {{"name": "b", "type": "P"}}]}}"#
        )
    };
    let once = "TYPE_MISMATCH /fields/0/type/fields/0/type \
                reader type: INT not compatible with writer type: LONG";
    check(&record("int"), &record("long"), &[once, once]);
}

#[test]
fn inside_a_union_places_start_anew() {
    let record = |ty: &str| {
        format!(
            r#"{{"type": "record", "name": "R", "fields": [
                {{"name": "a", "type": ["null", {{"type": "record", "name": "P", "fields": [
                    {{"name": "x", "type": "{ty}"}}]}}]}},
                {{"name": "b", "type": "P"}}]}}"#
        )
    };
    check(
        &record("int"),
        &record("long"),
        &[
            "MISSING_UNION_BRANCH /fields/0/type/1 reader union lacking writer type: RECORD",
            "TYPE_MISMATCH /fields/0/type reader type: INT not compatible with writer type: LONG",
        ],
    );
}

#[test]
fn each_place_of_a_union_is_told_though_its_pairs_are_remembered() {
    let fixed = r#"{"type": "fixed", "name": "z.F", "size": 1}"#;
    let part = |namespace: &str, ty: &str| {
        format!(
            r#"{{"type": "record", "name": "P", "namespace": "{namespace}", "fields": [
                {{"name": "u", "type": ["null", {ty}]}}]}}"#
        )
    };
    let root = |a: &str, b: &str| {
        format!(
            r#"{{"type": "record", "name": "R", "fields": [
                {{"name": "a", "type": {a}}}, {{"name": "b", "type": {b}}}]}}"#
        )
    };
    // The reader's union meets the writer's fixed twice.
    check(
        &root(&part("x", "\"int\""), "\"x.P\""),
        &root(&part("y", fixed), &part("z", "\"F\"")),
        &[
            "MISSING_UNION_BRANCH /fields/0/type/fields/0/type/1 reader union lacking writer type: FIXED",
            "MISSING_UNION_BRANCH /fields/1/type/fields/0/type/1 reader union lacking writer type: FIXED",
        ],
    );
}

#[test]
fn recursion_is_compatible_until_shown_otherwise() {
    let list = |ty: &str| {
        format!(
            r#"{{"type": "record", "name": "List", "fields": [
                {{"name": "tail", "type": ["null", "List"]}}, {{"name": "head", "type": "{ty}"}}]}}"#
        )
    };
    check(&list("long"), &list("int"), &[]);
    check(
        &list("int"),
        &list("long"),
        &["TYPE_MISMATCH /fields/1/type reader type: INT not compatible with writer type: LONG"],
    );
}

#[test]
fn an_ambiguous_alias_is_javas_exception_and_nothing_else() {
    let reader = schema(
        r#"{"type": "record", "name": "R", "fields": [
            {"name": "x", "type": "int"}, {"name": "a", "aliases": ["b"], "type": "int"}]}"#,
    );
    let writer = schema(
        r#"{"type": "record", "name": "R", "fields": [
            {"name": "a", "type": "int"}, {"name": "b", "type": "int"}]}"#,
    );
    // The missing field before it is not reported: Java has thrown.
    let found = java::check(&reader, &writer);
    assert_eq!(found.len(), 1);
    assert!(found[0].kind.is_exception());
    assert_eq!(found[0].kind.to_string(), "AMBIGUOUS_ALIAS");
    assert_eq!(found[0].path, "R.a");
    assert_eq!(
        found[0].message,
        "Reader record field a type:INT pos:1 matches multiple fields in writer record schema \
         {\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},\
         {\"name\":\"b\",\"type\":\"int\"}]}"
    );
}

#[test]
fn an_ambiguous_alias_below_the_root_shows_its_own_record() {
    let record = |inner: &str| {
        format!(
            r#"{{"type": "record", "name": "Root", "fields": [{{"name": "r", "type":
                {{"type": "record", "name": "R", "fields": [{inner}]}}}}]}}"#
        )
    };
    let reader = record(r#"{"name": "a", "aliases": ["b"], "type": "int"}"#);
    let writer = record(r#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#);
    let found = java::check(&schema(&reader), &schema(&writer));
    assert_eq!(found.len(), 1);
    let shown = r#"schema {"type":"record","name":"R","fields":"#;
    assert!(found[0].message.contains(shown), "{}", found[0].message);
    check_sites(
        &found,
        &reader,
        &writer,
        &[("\"a\"", "{\"type\": \"record\", \"name\": \"R\"")],
    );
}

/// Expects what the places of findings begin with, in the reader's and in the
/// writer's text.
#[track_caller]
fn check_sites(
    found: &[java::Incompatibility],
    reader: &str,
    writer: &str,
    expected: &[(&str, &str)],
) {
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (it, (in_reader, in_writer)) in found.iter().zip(expected) {
        let shown = &reader[it.reader_span.start..it.reader_span.end];
        assert!(shown.starts_with(in_reader), "{shown}");
        let shown = &writer[it.writer_span.start..it.writer_span.end];
        assert!(shown.starts_with(in_writer), "{shown}");
        assert_eq!((it.reader_source, it.writer_source), (0, 0));
    }
}

#[test]
fn every_finding_has_its_place_on_both_sides() {
    let reader = r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": "int"}, {"name": "new", "type": "string"},
        {"name": "f", "type": {"type": "fixed", "name": "F", "size": 4}}]}"#;
    let writer = r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": "boolean"},
        {"name": "f", "type": {"type": "fixed", "name": "F", "size": 8}}]}"#;
    let found = java::check(&schema(reader), &schema(writer));
    assert!(found.iter().all(|it| !it.kind.is_exception()));
    check_sites(
        &found,
        reader,
        writer,
        &[
            ("\"int\"", "\"boolean\""),
            ("\"new\"", "{\"type\": \"record\""),
            ("{\"type\": \"fixed\"", "{\"type\": \"fixed\""),
        ],
    );
}

#[test]
fn a_place_in_a_reference_says_in_which_text() {
    let with = |ty: &str| {
        let shared = format!(
            r#"{{"type": "record", "name": "S", "fields": [{{"name": "x", "type": "{ty}"}}]}}"#
        );
        let root = r#"{"type": "record", "name": "R", "fields": [{"name": "s", "type": "S"}]}"#;
        accordant_schema::parse_with(root, &[&shared], &accordant_schema::Limits::default())
            .expect("it parses")
    };
    let found = java::check(&with("int"), &with("string"));
    let sources: Vec<_> = found
        .iter()
        .map(|it| (it.reader_source, it.writer_source))
        .collect();
    assert_eq!(sources, [(1, 1)]);
}

/// A report is cut by the number of its entries and by its size, whichever
/// comes first.
#[test]
fn a_report_ends_somewhere() {
    let flat = |many: usize, ty: &str| {
        let fields = (0..many).map(|n| format!(r#"{{"name": "f{n}", "type": "{ty}"}}"#));
        let fields: Vec<String> = fields.collect();
        schema(&format!(
            r#"{{"type": "record", "name": "R", "fields": [{}]}}"#,
            fields.join(",")
        ))
    };
    let found = java::check(&flat(12_000, "int"), &flat(12_000, "string"));
    assert_eq!(found.len(), 10_000);
    // Long places: 2^299 of them, if nothing ended the report.
    let found = java::check(&chain(300, "int"), &chain(300, "long"));
    let bytes = found
        .iter()
        .map(|it| it.location.len() + it.path.len() + it.message.len());
    let bytes: usize = bytes.sum();
    assert!((16_000_000..16_100_000).contains(&bytes), "{bytes}");
}

#[test]
fn the_path_in_words_goes_on_where_javas_pointer_starts_anew() {
    let record = |size: u32| {
        schema(&format!(
            r#"{{"type": "record", "name": "a.R", "fields": [
                {{"name": "m", "type": {{"type": "map", "values": [
                    "int", {{"type": "fixed", "name": "F", "size": {size}}}, "null"]}}}},
                {{"name": "f", "type": {{"type": "array", "items": "F"}}}}]}}"#
        ))
    };
    let found = java::check(&record(4), &record(8));
    let places: Vec<(&str, &str)> = found
        .iter()
        .map(|it| (it.location.as_str(), it.path.as_str()))
        .collect();
    assert_eq!(
        places,
        [("/fields/0/type/values/1", "R.m{}"), ("/size", "R.m{}<F>")]
    );
}

/// Records that each hold the one before twice: deep without deep nesting.
fn chain(length: usize, ty: &str) -> Schema {
    let mut text = format!(
        r#"[{{"type": "record", "name": "R0", "fields": [{{"name": "x", "type": "{ty}"}}]}}"#
    );
    for at in 1..length {
        let below = at - 1;
        text.push_str(&format!(
            r#", {{"type": "record", "name": "R{at}", "fields": [
                {{"name": "x", "type": "R{below}"}}, {{"name": "y", "type": "R{below}"}}]}}"#
        ));
    }
    text.push(']');
    let mut schema = schema(&text);
    let last = format!("R{}", length - 1);
    schema.root = *schema
        .names
        .iter()
        .find(|(name, _)| name.as_str() == last)
        .unwrap()
        .1;
    schema
}

#[test]
fn a_long_chain_of_types_neither_overflows_nor_explodes() {
    assert_eq!(java::check(&chain(2_000, "long"), &chain(2_000, "int")), []);
    // Java would list 2^1999 incompatibilities here; the report is cut.
    let found = java::check(&chain(2_000, "int"), &chain(2_000, "long"));
    assert!(!found.is_empty() && found.len() <= 10_000);
}
