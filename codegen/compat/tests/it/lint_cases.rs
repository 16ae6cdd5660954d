//! What a rule's fixture pair does not show: its other forms and its limits.

use accordant_compat::lint::Config;

use crate::{
    folder::{EVENT, Folder},
    lint::lint,
};

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
    check(
        &record(
            "A",
            r#"{ "name": "next", "type": ["null", "A"], "default": null }"#,
        ),
        &[],
    );
    // What it consists of stands before it.
    let list = record(
        "B",
        r#"{ "name": "a", "type": "A" },
           { "name": "next", "type": ["null", "B"], "default": null }"#,
    );
    check(&format!("{}, {list}", record("A", "")), &[]);
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

#[test]
fn a_default_is_looked_for_in_the_first_branch() {
    let folder = |first: &str| {
        Folder::orders(&[&format!(
            r#"{{ "name": "f", "type": [{{ "type": "enum", "name": "E", "symbols": ["{first}"] }}, "string"], "default": "A" }}"#
        )])
    };
    check_rule(&folder("A"), "L207", &[]);
    check_rule(
        &folder("B"),
        "L207",
        &[
            r#"shop.Order/v1.avsc Order.f: the default of "f" is not of the union's first branch, enum (move the branch of the default to the front)"#,
        ],
    );
}

#[test]
fn a_logical_type_that_is_like_no_other_gets_no_guess() {
    let report = lint(
        &Folder::orders(&[
            r#"{ "name": "f", "type": { "type": "long", "logicalType": "xxxxxxxxxxxx" } }"#,
        ]),
        &Config::default(),
    );
    let fixes: Vec<&str> = report.findings.iter().map(|it| it.fix.as_str()).collect();
    assert_eq!(fixes, ["remove it, or use one of Avro's"]);
}

#[test]
fn decimals_and_types_without_a_value() {
    let f = |ty: &str| format!(r#"{{ "name": "f", "type": {ty} }}"#);
    check(
        &f(r#"{ "type": "bytes", "logicalType": "decimal", "precision": "9", "scale": 2 }"#),
        &["L105 Order.f: this is no decimal: precision no number, scale 2"],
    );
    check(
        &f(r#"{ "type": "enum", "name": "E", "symbols": [] }"#),
        &["L106 Order.f: the enum E has no symbol"],
    );
    check(
        &f(r#"{ "type": "fixed", "name": "F", "size": 0 }"#),
        &["L106 Order.f: the fixed F has no byte"],
    );
    check(
        &f(r#"{ "type": "fixed", "name": "F", "size": 1, "aliases": ["Former"] }"#),
        &[],
    );
}

#[test]
fn what_is_named_like_a_time_or_a_day() {
    check(
        r#"{ "name": "timestamp", "type": "long" },
           { "name": "birthday", "type": "string" },
           { "name": "at", "type": "long" }"#,
        &[
            r#"L304 Order.timestamp: "timestamp" is a bare long"#,
            r#"L304 Order.birthday: "birthday" is a bare string"#,
        ],
    );
}

/// The findings of one rule over a folder.
#[track_caller]
fn check_rule(folder: &Folder, code: &str, expected: &[&str]) {
    let report = lint(folder, &crate::lint::everything());
    assert_eq!(report.problems, []);
    let found: Vec<String> = report
        .findings
        .iter()
        .filter(|it| it.code == code)
        .map(|it| format!("{} {}: {} ({})", it.file, it.path, it.message, it.fix))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_name_says_what_happened_in_words_of_its_kind() {
    let kind = |kind: &str| {
        let toml = EVENT.replace("\"event\"", &format!("\"{kind}\""));
        let toml = match kind {
            "change" => format!("{toml}version = \"version\"\n"),
            _ => toml,
        };
        let version = r#"{ "name": "version", "type": "long" }"#;
        Folder::orders(&[version]).with("shop.Order/contract.toml", &toml)
    };
    for (name, example) in [
        ("event", "OrderPlaced"),
        ("submission", "OrderSubmitted"),
        ("change", "OrderChanged"),
    ] {
        let report = lint(&kind(name), &crate::lint::everything());
        let found = report.findings.iter().find(|it| it.code == "L502");
        let fix = found.map(|it| it.fix.as_str()).unwrap_or_default();
        assert!(fix.contains(example), "{name}: {fix}");
    }
}

#[test]
fn a_record_that_takes_the_name_of_an_enum_has_no_old_fields() {
    // The level looks forward only.
    let toml = format!("{EVENT}compatibility = \"forward\"\n");
    let used = |ty: &str| format!(r#"{{ "name": "f", "type": {ty} }}"#);
    let folder = Folder::orders(&[
        &used(r#"{ "type": "enum", "name": "P", "symbols": ["A"] }"#),
        &used(r#"{ "type": "record", "name": "P", "fields": [{ "name": "x", "type": "int" }] }"#),
    ])
    .with("shop.Order/contract.toml", &toml)
    .released(1);
    check_rule(&folder, "L303", &[]);
}

#[test]
fn a_draft_is_found_where_it_is_used() {
    let toml = "kind = \"type\"\ndescription = \"An amount of money.\"\nowner = \"shop\"\n";
    let money = r#"{ "type": "record", "name": "common.Money", "fields": [
        { "name": "amount", "type": "long" }] }"#;
    let using = |fields: &str| {
        Folder::orders(&[fields])
            .with("common.Money/contract.toml", toml)
            .with("common.Money/v1.avsc", money)
    };
    let told = "common.Money v1 is a draft (release common.Money first)";
    for (ty, path) in [
        (r#""common.Money""#, "Order.f"),
        (r#"{ "type": "array", "items": "common.Money" }"#, "Order.f"),
        (
            r#"{ "type": "map", "values": ["null", "common.Money"] }"#,
            "Order.f",
        ),
    ] {
        let field = format!(r#"{{ "name": "g", "type": "int" }}, {{ "name": "f", "type": {ty} }}"#);
        let expected = format!("shop.Order/v1.avsc {path}: {told}");
        check_rule(&using(&field), "L310", &[&expected]);
    }
}

#[test]
fn a_key_in_a_shared_type_has_no_default_either() {
    let toml = "kind = \"type\"\ndescription = \"Who ordered.\"\nowner = \"shop\"\n";
    let buyer = |default: &str| {
        let field = format!(r#"{{ "name": "number", "type": "int"{default} }}"#);
        format!(r#"{{ "type": "record", "name": "common.Buyer", "fields": [{field}] }}"#)
    };
    let folder = |default: &str| {
        let key = EVENT.replace(r#"key = ["id"]"#, r#"key = ["id", "buyer.number"]"#);
        Folder::orders(&[r#"{ "name": "buyer", "type": "common.Buyer" }"#])
            .with("shop.Order/contract.toml", &key)
            .with("common.Buyer/contract.toml", toml)
            .with("common.Buyer/v1.avsc", &buyer(default))
    };
    check_rule(&folder(""), "L511", &[]);
    check_rule(
        &folder(r#", "default": 0"#),
        "L511",
        &[
            r#"shop.Order/contract.toml key: the key field "number" has a default (remove the default)"#,
        ],
    );
}

#[test]
fn a_types_doc_says_more_than_its_name() {
    let line = |doc: &str| {
        Folder::orders(&[&format!(
            r#"{{ "name": "line", "type": {{
                "type": "record", "name": "OrderLine", "doc": "{doc}", "fields": [] }} }}"#
        )])
    };
    check_rule(
        &line("The order line."),
        "L403",
        &[
            "shop.Order/v1.avsc Order.line: the doc of the record \"OrderLine\" only repeats its name (say what it means, in which unit, and when it is absent)",
        ],
    );
    check_rule(&line("What is bought, and how often."), "L403", &[]);
    check_rule(&line(" "), "L403", &[]);
}

#[test]
fn a_time_with_a_logical_type_of_somebodys_own_is_no_bare_number() {
    let placed =
        |ty: &str| Folder::orders(&[&format!(r#"{{ "name": "placed_at", "type": {ty} }}"#)]);
    check_rule(
        &placed(r#""long""#),
        "L304",
        &[
            r#"shop.Order/v1.avsc Order.placed_at: "placed_at" is a bare long (write { "type": "long", "logicalType": "timestamp-micros" })"#,
        ],
    );
    let own = placed(r#"{ "type": "long", "logicalType": "ticks" }"#);
    check_rule(&own, "L304", &[]);
}

#[test]
fn a_payload_that_is_described_is_none() {
    let payload =
        |ty: &str| Folder::orders(&[&format!(r#"{{ "name": "payload", "type": {ty} }}"#)]);
    check_rule(
        &payload(r#""bytes""#),
        "L311",
        &[
            r#"shop.Order/v1.avsc Order.payload: "payload" hides its content in a bytes (describe the content with a record)"#,
        ],
    );
    let described = r#"{ "type": "record", "name": "Payload", "fields": [] }"#;
    check_rule(&payload(described), "L311", &[]);
    check_rule(
        &payload(r#"{ "type": "string", "logicalType": "uuid" }"#),
        "L311",
        &[],
    );
}

#[test]
fn a_types_name_is_in_upper_camel_case() {
    let named = |name: &str| {
        Folder::orders(&[&format!(
            r#"{{ "name": "f", "type": {{ "type": "record", "name": "{name}", "fields": [] }} }}"#
        )])
    };
    for fine in ["Line", "OrderLine", "SKU", "A", "Utf8Text"] {
        check_rule(&named(fine), "L201", &[]);
    }
    for (name, form) in [
        ("line", "Line"),
        ("Order_Line", "OrderLine"),
        ("ORDERLINE", "Orderline"),
        ("ORDER_ID", "OrderId"),
    ] {
        let found = format!(
            "shop.Order/v1.avsc Order.f: the record {name:?} is not in UpperCamelCase (name it {form:?})"
        );
        check_rule(&named(name), "L201", &[&found]);
    }
}
