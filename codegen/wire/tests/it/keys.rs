//! Keys of encoded data.

use accordant_schema::parse;
use accordant_wire::{dynamic::KeyPlan, write};

const SCHEMA: &str = r#"{"type": "record", "name": "R", "fields": [
    {"name": "skipped", "type": {"type": "array", "items": ["null", "double", {"type": "fixed", "name": "F", "size": 2}]}},
    {"name": "inner", "type": {"type": "record", "name": "I", "fields": [
        {"name": "kind", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}},
    {"name": "number", "type": "long"},
    {"name": "maybe", "type": ["null", "string"]},
    {"name": "text", "type": "string"}]}"#;

fn datum() -> Vec<u8> {
    let mut out = vec![4, 0, 4, 1, 2, 0];
    out.push(2);
    write::long(5, &mut out);
    write::long(-7, &mut out);
    out.push(0);
    write::string("a|b", &mut out);
    out
}

#[track_caller]
fn check(paths: &[&str], expected: Result<&str, &str>) {
    let schema = parse(SCHEMA).unwrap();
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    let found = KeyPlan::new(&schema, &paths).map_err(|error| error.to_string());
    let found = found.map(|plan| plan.text(&schema, &datum()).unwrap());
    assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned));
}

#[test]
fn a_key_is_the_text_of_its_fields() {
    check(&["text"], Ok("a|b"));
    check(&["inner.kind", "number"], Ok("B|-7"));
    check(&["text", "inner.kind"], Ok(r"a\|b|B"));
}

#[test]
fn a_path_that_is_no_key_is_refused() {
    check(&["nowhere"], Err("nowhere: R has no field nowhere"));
    check(
        &["text.x"],
        Err("text.x: x is looked for in what is no record"),
    );
    let reason = "a key is a string, int, long, uuid or enum that is never null";
    for path in ["maybe", "inner", "inner.at"] {
        check(&[path], Err(&format!("{path}: {reason}")));
    }
}
