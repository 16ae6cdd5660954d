//! The canonical form, and Avro Java's text.

use accordant_schema::{Limits, canonical_form, java_text, parse, parse_with};

#[track_caller]
fn check(text: &str, java: &str, canonical: &str) {
    let schema = parse(text).expect("the schema is valid");
    assert_eq!(java_text(&schema, true), java);
    assert_eq!(canonical_form(&schema), canonical);
}

#[test]
fn primitives_are_bare_unless_they_carry_something() {
    check(r#"{"type":"int"}"#, r#""int""#, r#""int""#);
    check(
        r#"["null",{"type":"long"}]"#,
        r#"["null","long"]"#,
        r#"["null","long"]"#,
    );
    check(
        r#"{"scale":2,"logicalType":"decimal","type":"bytes","precision":9}"#,
        r#"{"type":"bytes","scale":2,"logicalType":"decimal","precision":9}"#,
        r#""bytes""#,
    );
}

#[test]
fn a_record_has_javas_order_of_attributes() {
    check(
        r#"{"aliases":["Old","q.Older"],"x":{"b":1e3,"a":null},"doc":"d","fields":[
            {"custom":true,"aliases":["g"],"order":"descending","default":5,"doc":"fd","type":"int","name":"f"},
            {"name":"g","type":"string","order":"ascending"}
        ],"name":"n.s.R","namespace":"ignored","type":"record"}"#,
        concat!(
            r#"{"type":"record","name":"R","namespace":"n.s","doc":"d","fields":["#,
            r#"{"name":"f","type":"int","doc":"fd","default":5,"order":"descending","aliases":["g"],"custom":true},"#,
            r#"{"name":"g","type":"string"}],"x":{"b":1000.0,"a":null},"aliases":["Old","q.Older"]}"#,
        ),
        r#"{"name":"n.s.R","type":"record","fields":[{"name":"f","type":"int"},{"name":"g","type":"string"}]}"#,
    );
}

#[test]
fn enums_and_fixed_keep_their_own_attributes() {
    check(
        r#"{"type":"enum","name":"E","default":"A","symbols":["A","B"],"doc":"","x":1}"#,
        r#"{"type":"enum","name":"E","doc":"","symbols":["A","B"],"default":"A","x":1}"#,
        r#"{"name":"E","type":"enum","symbols":["A","B"]}"#,
    );
    check(
        r#"{"type":"fixed","size":3,"name":"F","default":"kept","aliases":[]}"#,
        r#"{"type":"fixed","name":"F","size":3,"default":"kept"}"#,
        r#"{"name":"F","type":"fixed","size":3}"#,
    );
}

#[test]
fn a_namespace_is_written_only_where_it_changes() {
    check(
        r#"{"type":"record","name":"x.R","fields":[
            {"name":"a","type":{"type":"record","name":"y.S","fields":[
                {"name":"b","type":{"type":"fixed","name":"F","size":1}},
                {"name":"c","type":"x.R"}]}},
            {"name":"d","type":"y.F"},
            {"name":"e","type":{"type":"enum","name":"E","namespace":"","symbols":["A"]}},
            {"name":"f","type":"E"},
            {"name":"g","type":{"type":"fixed","name":".G","size":2}}]}"#,
        concat!(
            r#"{"type":"record","name":"R","namespace":"x","fields":["#,
            r#"{"name":"a","type":{"type":"record","name":"S","namespace":"y","fields":["#,
            r#"{"name":"b","type":{"type":"fixed","name":"F","size":1}},{"name":"c","type":"x.R"}]}},"#,
            r#"{"name":"d","type":"y.F"},"#,
            r#"{"name":"e","type":{"type":"enum","name":"E","namespace":"","symbols":["A"]}},"#,
            r#"{"name":"f","type":"E"},"#,
            r#"{"name":"g","type":{"type":"fixed","name":"G","namespace":"","size":2}}]}"#,
        ),
        concat!(
            r#"{"name":"x.R","type":"record","fields":["#,
            r#"{"name":"a","type":{"name":"y.S","type":"record","fields":["#,
            r#"{"name":"b","type":{"name":"y.F","type":"fixed","size":1}},{"name":"c","type":"x.R"}]}},"#,
            r#"{"name":"d","type":"y.F"},{"name":"e","type":{"name":"E","type":"enum","symbols":["A"]}},"#,
            r#"{"name":"f","type":"E"},{"name":"g","type":{"name":"G","type":"fixed","size":2}}]}"#,
        ),
    );
}

#[test]
fn a_name_that_is_a_types_word_stays_qualified() {
    check(
        r#"{"type":"record","name":"n.R","fields":[
            {"name":"a","type":{"type":"fixed","name":"map","size":1}},{"name":"b","type":"n.map"}]}"#,
        concat!(
            r#"{"type":"record","name":"R","namespace":"n","fields":["#,
            r#"{"name":"a","type":{"type":"fixed","name":"map","size":1}},{"name":"b","type":"n.map"}]}"#,
        ),
        concat!(
            r#"{"name":"n.R","type":"record","fields":["#,
            r#"{"name":"a","type":{"name":"n.map","type":"fixed","size":1}},{"name":"b","type":"n.map"}]}"#,
        ),
    );
}

#[test]
fn an_error_stays_an_error_for_java_and_is_a_record_on_the_wire() {
    check(
        r#"{"type":"error","name":"E","fields":[]}"#,
        r#"{"type":"error","name":"E","fields":[]}"#,
        r#"{"name":"E","type":"record","fields":[]}"#,
    );
}

#[test]
fn texts_are_escaped_as_jackson_does() {
    check(
        r#"{"type":"record","name":"R","doc":"\u0000\u001f\u007f é\u2028\/\"","fields":[]}"#,
        "{\"type\":\"record\",\"name\":\"R\",\"doc\":\"\\u0000\\u001F\u{7f} é\u{2028}/\\\"\",\"fields\":[]}",
        r#"{"name":"R","type":"record","fields":[]}"#,
    );
}

#[test]
fn references_stay_names_or_are_inlined() {
    let money = r#"{"type":"record","name":"common.Money","fields":[
        {"name":"c","type":{"type":"enum","name":"Currency","symbols":["EUR"]}}]}"#;
    let text = r#"{"type":"record","name":"common.Price","fields":[
        {"name":"m","type":"Money"},{"name":"c","type":"common.Currency"}]}"#;
    let schema = parse_with(text, &[money], &Limits::default()).expect("valid");
    assert_eq!(
        java_text(&schema, false),
        concat!(
            r#"{"type":"record","name":"Price","namespace":"common","fields":["#,
            r#"{"name":"m","type":"Money"},{"name":"c","type":"Currency"}]}"#,
        ),
    );
    assert_eq!(
        java_text(&schema, true),
        concat!(
            r#"{"type":"record","name":"Price","namespace":"common","fields":["#,
            r#"{"name":"m","type":{"type":"record","name":"Money","fields":["#,
            r#"{"name":"c","type":{"type":"enum","name":"Currency","symbols":["EUR"]}}]}},"#,
            r#"{"name":"c","type":"Currency"}]}"#,
        ),
    );
    // The canonical form is whole whatever the text refers to.
    assert_eq!(
        canonical_form(&schema),
        canonical_form(&parse(&java_text(&schema, true)).expect("valid")),
    );
}
