//! What a rule's fixture pair does not show: its other forms and its limits.

use accordant_compat::lint::Config;

use crate::{folder::Folder, lint::lint};

/// Fields behind the id of `shop.Order`, and what the set `standard` finds.
#[track_caller]
fn check(fields: &str, expected: &[&str]) {
    let report = lint(&Folder::orders(&[fields]), &Config::default());
    assert_eq!(report.problems, []);
    let found: Vec<String> = report
        .findings
        .iter()
        .map(|it| format!("{} {}: {}", it.code, it.path, it.message))
        .collect();
    assert_eq!(found, expected);
}

fn record(name: &str, fields: &str) -> String {
    format!(
        r#"{{ "name": "{}", "type": {{ "type": "record", "name": "{name}", "fields": [{fields}] }} }}"#,
        name.to_lowercase()
    )
}

#[test]
fn a_circle_of_records_is_found_once() {
    let inner = r#"{ "name": "b", "type": { "type": "record", "name": "B", "fields": [
        { "name": "a", "type": "A" }] } }"#;
    check(
        &record("A", inner),
        &["L102 Order.a: every A holds another one, without an end"],
    );
    // Every branch of the union leads back.
    check(
        &record("A", r#"{ "name": "a", "type": ["A"] }"#),
        &[
            "L102 Order.a: every A holds another one, without an end",
            "L209 Order.a.a: the union has one branch",
        ],
    );
    check(
        &record(
            "A",
            r#"{ "name": "parts", "type": { "type": "array", "items": "A" } }"#,
        ),
        &[],
    );
}

#[test]
fn aliases_of_types_are_looked_at_too() {
    check(
        &record("A", "").replace(
            r#""name": "A""#,
            r#""name": "A", "aliases": ["A", "Order"]"#,
        ),
        &[
            "L103 Order.a: shop.A is an alias of itself",
            "L104 Order.a: the alias shop.Order is the name of another type",
        ],
    );
}

#[test]
fn a_fields_alias_is_not_the_name_of_another() {
    check(
        r#"{ "name": "buyer", "type": "string", "aliases": ["id"] }"#,
        &[r#"L104 Order.buyer: the alias "id" of "buyer" is "id" too"#],
    );
}

#[test]
fn names_collide_in_every_scope() {
    check(
        r#"{ "name": "line_a", "type": "string" }, { "name": "lineA", "type": "string" }"#,
        &[
            r#"L202 Order.lineA: the field "lineA" is not in snake_case"#,
            r#"L210 Order.lineA: the fields "line_a" and "lineA" differ only in form"#,
        ],
    );
    check(
        &format!(
            "{}, {}",
            record("ItemXy", ""),
            record("ItemXY", "").replace("itemxy", "other")
        ),
        &[r#"L210 Order.itemxy: the types "ItemXY" and "ItemXy" differ only in form"#],
    );
    check(
        r#"{ "name": "one", "type": [
            { "type": "record", "name": "a.Part", "fields": [] },
            { "type": "record", "name": "b.Part", "fields": [] }] }"#,
        &[r#"L210 Order.one: the branches "Part" and "Part" differ only in form"#],
    );
}

#[test]
fn logical_types_are_unknown_or_on_the_wrong_type() {
    let f = |ty: &str| format!(r#"{{ "name": "f", "type": {ty} }}"#);
    check(
        &f(r#"{ "type": "long", "logicalType": "timestamp-milis" }"#),
        &[r#"L212 Order.f: Avro has no logical type "timestamp-milis""#],
    );
    check(
        &f(r#"{ "type": "string", "logicalType": "decimal", "precision": 4 }"#),
        &["L212 Order.f: decimal does not go on string"],
    );
    check(
        &f(
            r#"{ "type": "fixed", "name": "D", "size": 2, "logicalType": "decimal", "precision": 9 }"#,
        ),
        &["L105 Order.f: this is no decimal: precision 9, scale missing in 2 bytes"],
    );
}

#[test]
fn attributes_of_types_are_misspelt_too() {
    check(
        r#"{ "name": "f", "type": { "type": "bytes", "logical_type": "decimal", "unit": "EUR" } }"#,
        &[r#"L214 Order.f: the bytes has an attribute "logical_type""#],
    );
    // Somebody's own attributes.
    check(
        r#"{ "name": "f", "type": "string", "pii": true, "unit": "g", "java.class": "X", "tags": [] }"#,
        &[],
    );
}

#[test]
fn what_only_looks_like_money_an_id_or_a_time() {
    check(
        r#"{ "name": "paid", "type": "double" },
           { "name": "running_time", "type": "long" },
           { "name": "flat", "type": "long" },
           { "name": "stock_at", "type": "boolean" },
           { "name": "grid", "type": "int" }"#,
        &[],
    );
}

#[test]
fn an_optional_time_or_amount_is_seen_through_its_union() {
    check(
        r#"{ "name": "unit_price", "type": ["null", "float"], "default": null },
           { "name": "shipped_at", "type": ["null", "long"], "default": null }"#,
        &[
            r#"L306 Order.unit_price: the money in "unit_price" is a float"#,
            r#"L304 Order.shipped_at: "shipped_at" is a bare long"#,
        ],
    );
}

#[test]
fn what_comes_from_a_shared_type_is_found_there_alone() {
    let money = r#"{ "type": "record", "name": "common.Money", "fields": [
        { "name": "total_amount", "type": "double" }] }"#;
    let toml = "kind = \"type\"\ndescription = \"An amount of money.\"\nowner = \"shop\"\n";
    let folder = Folder::orders(&[r#"{ "name": "price", "type": "common.Money" }"#])
        .with("common.Money/contract.toml", toml)
        .with("common.Money/v1.avsc", money)
        .released(0);
    let report = lint(&folder, &Config::default());
    let found: Vec<&str> = report.findings.iter().map(|it| it.file.as_str()).collect();
    assert_eq!(found, ["common.Money/v1.avsc"]);
}
