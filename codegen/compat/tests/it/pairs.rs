//! One change from v1 to v2, and the codes that it gives: `CODE path`.

use crate::folder::Folder;

#[track_caller]
fn check(old: &str, new: &str, expected: &[&str]) {
    let report = Folder::orders(&[old, new]).released(1).check();
    assert_eq!(report.problems, []);
    let found: Vec<String> = report
        .findings
        .iter()
        .map(|it| format!("{} {}", it.code, it.path))
        .collect();
    assert_eq!(found, expected);
}

fn field(ty: &str) -> String {
    format!(r#"{{ "name": "f", "type": {ty} }}"#)
}

#[track_caller]
fn check_type(old: &str, new: &str, expected: &[&str]) {
    check(&field(old), &field(new), expected);
}

#[test]
fn an_optional_field_may_come_and_go() {
    let optional = r#"{ "name": "note", "type": ["null", "string"], "default": null }"#;
    check("", optional, &[]);
    check(optional, "", &[]);
}

#[test]
fn a_required_field_may_neither_come_nor_go() {
    check("", &field(r#""int""#), &["C102 Order.f"]);
    check(&field(r#""int""#), "", &["C107 Order.f"]);
}

#[test]
fn types_keep_their_kind() {
    check_type(r#""int""#, r#""string""#, &["C101 Order.f"]);
    check_type(r#""int""#, r#""long""#, &["C101 Order.f"]);
    check_type(
        r#"{ "type": "array", "items": "int" }"#,
        r#"{ "type": "array", "items": "string" }"#,
        &["C101 Order.f[]"],
    );
    check_type(
        r#"{ "type": "map", "values": "int" }"#,
        r#"{ "type": "map", "values": "boolean" }"#,
        &["C101 Order.f{}"],
    );
}

#[test]
fn enums_lose_and_gain_symbols_only_with_a_default() {
    let suit = |symbols: &str, rest: &str| {
        format!(r#"{{ "type": "enum", "name": "Suit", "symbols": [{symbols}]{rest} }}"#)
    };
    let (two, one) = (r#""HEARTS", "CLUBS""#, r#""HEARTS""#);
    check_type(&suit(two, ""), &suit(one, ""), &["C103 Order.f"]);
    check_type(&suit(one, ""), &suit(two, ""), &["C108 Order.f"]);
    let default = r#", "default": "HEARTS""#;
    check_type(&suit(one, default), &suit(two, default), &[]);
    check_type(&suit(two, default), &suit(one, default), &[]);
}

#[test]
fn unions_keep_their_branches() {
    check_type(r#"["null", "string"]"#, r#""string""#, &["C104 Order.f"]);
    check_type(r#""string""#, r#"["null", "string"]"#, &["C109 Order.f"]);
    check_type(r#"["int", "string"]"#, r#"["int"]"#, &["C104 Order.f"]);
    check_type(r#"["int", "string"]"#, r#"["string", "int"]"#, &[]);
}

#[test]
fn inside_a_branch_the_cause_is_named_and_not_the_branch() {
    let line = |ty: &str| {
        format!(
            r#"["null", {{ "type": "record", "name": "Line", "fields": [
                {{ "name": "sku", "type": "{ty}" }}] }}]"#
        )
    };
    check_type(&line("int"), &line("string"), &["C101 Order.f.sku"]);
}

#[test]
fn named_types_keep_their_name_and_size() {
    let fixed = |name: &str, size: u32| {
        format!(r#"{{ "type": "fixed", "name": "{name}", "size": {size} }}"#)
    };
    check_type(&fixed("Md5", 16), &fixed("Hash", 16), &["C105 Order.f"]);
    check_type(&fixed("Md5", 16), &fixed("Md5", 32), &["C106 Order.f"]);
}

#[test]
fn a_type_that_is_used_twice_is_found_once() {
    let fields = |size: u32| {
        format!(
            r#"{{ "name": "f", "type": {{ "type": "fixed", "name": "Md5", "size": {size} }} }},
               {{ "name": "g", "type": "Md5" }}"#
        )
    };
    check(&fields(16), &fields(32), &["C106 Order.f"]);
}

#[test]
fn an_alias_that_fits_two_fields_is_ambiguous() {
    let plain = |name: &str| format!(r#"{{ "name": "{name}", "type": "int", "default": 0 }}"#);
    let aliased = r#"{ "name": "f", "type": "int", "default": 0, "aliases": ["g"] }"#;
    check(
        &format!("{}, {}", plain("f"), plain("g")),
        aliased,
        &["C110 Order.f"],
    );
}

#[test]
fn an_ambiguous_alias_is_said_wherever_java_meets_it() {
    // Java tries the branches in turn and throws at the first; the second fits.
    let union = r#"[
        { "type": "record", "name": "A", "fields": [
            { "name": "x", "type": "int", "aliases": ["y"] }] },
        { "type": "record", "name": "B", "fields": [
            { "name": "x", "type": "int" }, { "name": "y", "type": "int" }] }]"#;
    check_type(union, union, &["C110 Order"]);
}

#[test]
fn an_enum_default_does_not_stand_in_for_a_field() {
    let suit = r#"{ "type": "enum", "name": "Suit", "symbols": ["A"], "default": "A" }"#;
    check("", &field(suit), &["C102 Order.f"]);
}

#[test]
fn decimals_keep_their_scale_and_precision() {
    let decimal = |precision: u32, scale: u32| {
        format!(
            r#"{{ "type": "bytes", "logicalType": "decimal",
                "precision": {precision}, "scale": {scale} }}"#
        )
    };
    check_type(&decimal(9, 2), &decimal(9, 4), &["C201 Order.f"]);
    check_type(&decimal(9, 2), &decimal(12, 2), &["C202 Order.f"]);
    check_type(&decimal(12, 2), &decimal(9, 2), &["C202 Order.f"]);
}

#[test]
fn times_keep_their_unit() {
    let long = |logical: &str| format!(r#"{{ "type": "long", "logicalType": "{logical}" }}"#);
    check_type(
        &long("timestamp-millis"),
        &long("timestamp-micros"),
        &["C203 Order.f"],
    );
    check_type(
        r#"{ "type": "int", "logicalType": "time-millis" }"#,
        &long("time-micros"),
        &["C101 Order.f", "C203 Order.f"],
    );
    check_type(
        &long("timestamp-millis"),
        &long("local-timestamp-millis"),
        &["C204 Order.f"],
    );
}

#[test]
fn logical_types_do_not_come_or_go_unnoticed() {
    let uuid = r#"{ "type": "string", "logicalType": "uuid" }"#;
    check_type(r#""string""#, uuid, &["C204 Order.f"]);
    check_type(
        r#""int""#,
        r#"{ "type": "int", "logicalType": "date" }"#,
        &["C204 Order.f"],
    );
}

#[test]
fn promotions_that_lose_something_are_said() {
    check_type(
        r#""long""#,
        r#""double""#,
        &["C101 Order.f", "C205 Order.f"],
    );
    check_type(r#""bytes""#, r#""string""#, &["C206 Order.f"]);
}

#[test]
fn a_warning_refuses_nothing() {
    let date = r#"{ "type": "int", "logicalType": "date" }"#;
    let report = Folder::orders(&[&field(r#""int""#), &field(date)])
        .released(1)
        .check();
    assert_eq!(report.findings.len(), 1);
    assert!(!report.failed());
}

#[test]
fn what_stays_is_silent_beside_what_breaks() {
    // A default, a decimal and a promotion: nobody is hurt by them.
    let decimal = r#"{ "name": "d", "type": { "type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2 } }"#;
    let number = |ty: &str| format!(r#"{{ "name": "n", "type": "{ty}" }}"#);
    let old = format!("{decimal}, {}", number("int"));
    let added = r#"{ "name": "a", "type": "int", "default": 0 }"#;
    let new = format!("{decimal}, {}, {added}", number("long"));
    check(&old, &format!("{decimal}, {}, {added}", number("int")), &[]);
    check(
        &old,
        &format!("{new}, {}", field(r#""int""#)),
        &["C101 Order.n", "C102 Order.f"],
    );
}

#[test]
fn a_branch_that_was_meant_is_looked_into() {
    let record = |name: &str, more: &str| {
        format!(
            r#"{{ "type": "record", "name": "{name}", "fields": [
                {{ "name": "a", "type": "int" }}{more} ] }}"#
        )
    };
    let more = r#", { "name": "b", "type": "int" }"#;
    // A union that is none any more.
    check_type(
        &format!(r#"["string", {}]"#, record("R", "")),
        &record("R", more),
        &["C104 Order.f", "C102 Order.f<R>.b"],
    );
    // Of branches of one simple name, the one of the whole name.
    let (first, second) = (record("a.R", ""), record("b.R", ""));
    check_type(
        &format!("[{first}, {second}]"),
        &format!("[{}, {}]", record("a.R", more), record("b.R", "")),
        &[],
    );
    check_type(
        &format!(r#"["string", {second}]"#),
        &format!(
            r#"["string", {}, {}]"#,
            record("a.R", more),
            record("b.R", &more.replace('b', "c"))
        ),
        &["C102 Order.f<R>.c"],
    );
    // By its alias.
    let renamed =
        record("S", more).replace(r#""name": "S""#, r#""name": "S", "aliases": ["shop.R"]"#);
    check_type(
        &format!(r#"["null", {}]"#, record("R", "")),
        &format!(r#"["null", {renamed}]"#),
        &["C109 Order.f", "C102 Order.f.b"],
    );
}

#[test]
fn what_java_takes_for_granted_is_found_if_a_datum_shows_it() {
    // Java tries the branch `a.Node` first, and while it does, it takes for
    // granted that `a.Node` reads a `b.Node`; it keeps what followed from that.
    let link = r#"{ "type": "record", "name": "shop.Link", "fields": [
        { "name": "back", "type": ["null", "NAME"] }] }"#;
    let node = |name: &str, more: &str| {
        format!(
            r#"{{ "type": "record", "name": "{name}", "fields": [
                {{ "name": "link", "type": {} }}{more} ] }}"#,
            link.replace("NAME", name)
        )
    };
    let writer = node("b.Node", "");
    let first = node("a.Node", r#", { "name": "more", "type": "int" }"#);
    let second = r#"{ "type": "record", "name": "b.Node", "fields": [
        { "name": "link", "type": "shop.Link" }] }"#;
    check_type(
        &writer,
        &format!("[{first}, {second}]"),
        &["C102 Order.f<Node>.link.back.more"],
    );
    // What is only misread stays beside it.
    let with = |ty: &str, node: &str| {
        let time =
            format!(r#"{{ "name": "t", "type": {{ "type": "long", "logicalType": "{ty}" }} }}"#);
        format!("{}, {time}", field(node))
    };
    check(
        &with("timestamp-millis", &writer),
        &with("timestamp-micros", &format!("[{first}, {second}]")),
        &["C102 Order.f<Node>.link.back.more", "C203 Order.t"],
    );
}
