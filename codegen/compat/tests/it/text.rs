//! What a person reads. The whole text, because its parts only make sense
//! together.

use accordant_compat::{
    History,
    render::{self, Colour, Style},
};
use insta::assert_snapshot;

use crate::folder::{EVENT, Folder};

#[test]
fn nothing_to_say() {
    let folder = Folder::orders(&["", ""]).released(1);
    assert_snapshot!(folder.text(), @r#"
    Checking 1 contract, 2 versions (1 released, 1 draft)
       Fresh shop.Order v1 (released)
       Fresh shop.Order v2 (draft)
     -------
     Success 2 versions checked: 2 fresh
    "#);
}

#[test]
fn a_required_field_was_removed() {
    let title = r#"{ "name": "title", "type": "string" }"#;
    let folder = Folder::orders(&[title, title, ""]).released(2);
    assert_snapshot!(folder.text(), @r#"
    Checking 1 contract, 3 versions (2 released, 1 draft)
       Fresh shop.Order v1, v2 (released)
     Failure shop.Order v3 (draft)
       error: not forward compatible with v1, v2: the required field "title" was removed  [C107 required-field-removed]
          at: Order.title  contracts/shop.Order/v2.avsc:5:15
            5 |     { "name": "title", "type": "string" }
              |               ^^^^^^^
         now: contracts/shop.Order/v3.avsc:1:1
       means: a reader that runs with v1, v2 cannot decode what v3 writes to topic orders.placed (level: full-transitive)
     witness: any event, such as {"id":""}, written under v3 has no value for "title"
         fix: put "title" back; a field can go only if the versions that readers run with have a default for it (accordant explain C107)
     -------
     Failure 3 versions checked: 2 fresh, 1 failed
    "#);
}

#[test]
fn a_field_inside_an_array_has_no_default() {
    let lines = |more: &str| {
        format!(
            r#"{{ "name": "lines", "type": {{ "type": "array", "items": {{
      "type": "record", "name": "Line", "fields": [
        {{ "name": "sku", "type": "string" }}{more}
      ] }} }} }}"#
        )
    };
    let currency = ",\n        { \"name\": \"currency\", \"type\": \"string\" }";
    let folder = Folder::orders(&[&lines(""), &lines(currency)]).released(1);
    assert_snapshot!(folder.text(), @r#"
    Checking 1 contract, 2 versions (1 released, 1 draft)
       Fresh shop.Order v1 (released)
     Failure shop.Order v2 (draft)
       error: not backward compatible with v1: field "currency" was added without a default  [C102 field-added-without-default]
          at: Order.lines[].currency  contracts/shop.Order/v2.avsc:8:19
            8 |         { "name": "currency", "type": "string" }
              |                   ^^^^^^^^^^
         was: contracts/shop.Order/v1.avsc:5:60
       means: a v2 reader cannot decode records that are already in topic orders.placed (level: full-transitive)
     witness: {"id":"","lines":[{"sku":""}]} written under v1 has no value for "currency"
         fix: give "currency" a default, or start a new contract (accordant explain C102)
     -------
     Failure 2 versions checked: 1 fresh, 1 failed
    "#);
}

#[test]
fn an_enum_lost_a_symbol_and_a_decimal_moved_its_point() {
    let fields = |symbols: &str, scale: u32| {
        format!(
            r#"{{ "name": "status", "type": {{ "type": "enum", "name": "Status", "symbols": [{symbols}] }} }},
    {{ "name": "total", "type": {{ "type": "bytes", "logicalType": "decimal", "precision": 9, "scale": {scale} }} }}"#
        )
    };
    let old = fields(r#""PLACED", "PAID""#, 2);
    let folder = Folder::orders(&[&old, &fields(r#""PLACED""#, 4)]).released(1);
    assert_snapshot!(folder.text(), @r#"
    Checking 1 contract, 2 versions (1 released, 1 draft)
       Fresh shop.Order v1 (released)
     Failure shop.Order v2 (draft)
       error: not backward compatible with v1: enum Status lost "PAID"  [C103 enum-symbol-removed]
          at: Order.status  contracts/shop.Order/v2.avsc:5:33
            5 |     { "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ["PLACED"] } },
              |                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
         was: contracts/shop.Order/v1.avsc:5:33
       means: a v2 reader cannot decode records that are already in topic orders.placed (level: full-transitive)
     witness: {"id":"","status":"PAID","total":""} written under v1 has a symbol that enum Status does not know
         fix: keep "PAID", or give enum Status a default symbol (accordant explain C103)
       error: other meaning than in v1: "total" had scale 2 and has scale 4  [C201 decimal-scale-changed]
          at: Order.total  contracts/shop.Order/v2.avsc:6:15
            6 |     { "name": "total", "type": { "type": "bytes", "logicalType": "decimal", "precision": 9, "scale":...
              |               ^^^^^^^
         was: contracts/shop.Order/v1.avsc:6:15
       means: a v2 reader misreads records that are already in topic orders.placed, and nothing fails; a reader that runs with v1 misreads what v2 writes to topic orders.placed, and nothing fails (level: full-transitive)
     witness: 1.2345 (unscaled 12345) written under v2 is read as 123.45
         fix: keep scale 2, or add a field of another name with scale 4 (accordant explain C201)
     -------
     Failure 2 versions checked: 1 fresh, 1 failed
    "#);
}

#[test]
fn a_file_has_a_problem_and_the_topic_moved() {
    let folder = Folder::orders(&["", r#"{ "name": "f", "type": "strnig" }"#])
        .released(1)
        .with(
            "shop.Order/contract.toml",
            &EVENT.replace("orders.placed", "orders"),
        );
    assert_snapshot!(folder.text(), @r#"
    Checking 1 contract, 1 version (1 released)
     Failure contracts/shop.Order/v2.avsc
       error: no type "strnig" is known here  [S007 unknown-type]
          at: Order.f  contracts/shop.Order/v2.avsc:5:28
            5 |     { "name": "f", "type": "strnig" }
              |                            ^^^^^^^^
         fix: did you mean "string"? (accordant explain S007)
     Failure shop.Order v1 (released)
       error: topic is "orders", but v1 was released with "orders.placed"  [C301 topic-changed]
          at: topic  contracts/shop.Order/contract.toml:4:1
            4 | topic = "orders"
              | ^^^^^^^^^^^^^^^^
       means: records that are already written stay in the old topic, and readers of either see half
         fix: set topic back to "orders.placed", or start a new contract (accordant explain C301)
     -------
     Failure 1 version checked: 0 fresh, 1 failed, 1 problem
    "#);
}

#[test]
fn a_place_in_a_shared_type_is_in_its_own_file() {
    let money = |fields: &str| {
        format!(
            "{{ \"type\": \"record\", \"name\": \"common.Money\", \"fields\": [\n  {fields}\n] }}\n"
        )
    };
    let price = r#"{ "name": "price", "type": "common.Money" }"#;
    let folder = Folder::orders(&[price, price])
        .with(
            "common.Money/contract.toml",
            "kind = \"type\"\ndescription = \"An amount.\"\nowner = \"platform\"\n\
             compatibility = \"none\"\ncompatibility_reason = \"nobody reads it alone\"\n",
        )
        .with(
            "common.Money/v1.avsc",
            &money(r#"{ "name": "cents", "type": "int" }"#),
        )
        .released(1)
        .with(
            "common.Money/v2.avsc",
            &money(r#"{ "name": "cents", "type": "string" }"#),
        );
    assert_snapshot!(folder.text(), @r#"
    Checking 2 contracts, 4 versions (2 released, 2 draft)
       Fresh common.Money v1 (released)
       Fresh common.Money v2 (draft)
       Fresh shop.Order v1 (released)
     Failure shop.Order v2 (draft)
       error: not backward or forward compatible with v1: "cents" was int and is string  [C101 type-changed]
          at: Order.price.cents  contracts/common.Money/v2.avsc:2:13
            2 |   { "name": "cents", "type": "string" }
              |             ^^^^^^^
         was: contracts/common.Money/v1.avsc:2:13
       means: a v2 reader cannot decode records that are already in topic orders.placed; a reader that runs with v1 cannot decode what v2 writes to topic orders.placed (level: full-transitive)
     witness: {"id":"","price":{"cents":""}} written under v2 cannot be read
         fix: keep "cents" as int, and add a field of another name with type string and a default (accordant explain C101)
     -------
     Failure 4 versions checked: 3 fresh, 1 failed
    "#);
}

#[test]
fn an_unread_history_and_an_ignored_finding_are_said() {
    let toml =
        format!("{EVENT}[ignore.C102]\nreason = \"no reader yet\"\nuntil = \"2027-01-31\"\n");
    let folder = Folder::orders(&["", r#"{ "name": "f", "type": "int" }"#])
        .with("shop.Order/contract.toml", &toml)
        .released(1);
    let mut report = folder.check();
    report.history = History::NotChecked {
        reason: "the clone is shallow".to_owned(),
        refused: true,
    };
    assert!(report.failed());
    assert_snapshot!(render::text(&report, &folder.files), @"
    Checking 1 contract, 2 versions (1 released, 1 draft; history: not checked)
       Fresh shop.Order v1 (released)
       Fresh shop.Order v2 (draft)
     Ignored shop.Order v2 C102 field-added-without-default until 2027-01-31: no reader yet
     Failure history not checked: the clone is shallow
       means: a line that was removed from contracts.lock would not be seen
         fix: fetch the whole history (git fetch --unshallow), or pass --allow-shallow (accordant explain C310)
     -------
     Failure 2 versions checked: 2 fresh, history not checked
    ");
}

#[test]
fn colours_change_nothing_else() {
    let folder = Folder::orders(&["", r#"{ "name": "f", "type": "int" }"#]).released(1);
    let style = Style {
        colour: Colour::Ansi,
        ..Style::default()
    };
    let colourful = render::text_with(&folder.check(), &folder.files, &style);
    assert!(colourful.contains("\u{1b}["));
    let mut plain = String::new();
    for part in colourful.split("\u{1b}[") {
        plain.push_str(
            part.split_once('m')
                .filter(|(codes, _)| is_codes(codes))
                .map_or(part, |(_, rest)| rest),
        );
    }
    assert_eq!(plain, folder.text());
}

fn is_codes(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b';')
}

#[test]
fn a_minified_schema_shows_only_the_part_that_is_meant() {
    let many: Vec<String> = (0..20)
        .map(|at| format!(r#"{{"name":"f{at}","type":"int"}}"#))
        .collect();
    let schema = |fields: &[String]| {
        let id = r#"{"name":"id","type":"string"}"#;
        format!(
            r#"{{"type":"record","name":"shop.Order","fields":[{id},{}]}}"#,
            fields.join(",")
        )
    };
    let folder = Folder::orders(&[""])
        .with("shop.Order/v1.avsc", &schema(&many[1..]))
        .released(1)
        .with("shop.Order/v2.avsc", &schema(&many));
    let text = folder.text();
    let excerpt: Vec<&str> = text.lines().filter(|line| line.contains(" | ")).collect();
    assert_snapshot!(excerpt.join("\n"), @r#"
    1 | ..."id","type":"string"},{"name":"f0","type":"int"},{"name":"f1","type":"int"},{"name":"f2","type":"int...
      |                                  ^^^^
    "#);
}

/// What is told of a change from v1 to v2: the message, the datum, the way out.
fn told(old: &str, new: &str) -> String {
    let report = Folder::orders(&[old, new]).released(1).check();
    let line = |it: &accordant_compat::Finding| {
        let witness = it.witness.as_deref().unwrap_or("-");
        format!("{} {}\n  {witness}\n  {}\n", it.code, it.message, it.fix)
    };
    report.findings.iter().map(line).collect()
}

fn status(symbols: &[&str], more: &str) -> String {
    let symbols: Vec<String> = symbols.iter().map(|it| format!("\"{it}\"")).collect();
    format!(
        r#"{{ "name": "status", "type": {{ "type": "enum", "name": "Status", "symbols": [{}] }} }}{more}"#,
        symbols.join(", ")
    )
}

/// Fields that make a whole event too long to be shown.
const LONG: &str = r#",
    { "name": "the_first_line_of_the_address", "type": "string" },
    { "name": "the_second_line_of_the_address", "type": "string" }"#;

#[test]
fn symbols_that_come_and_go_are_told_with_a_datum() {
    let (one, two) = (["OPEN"], ["OPEN", "PAID"]);
    assert_snapshot!(told(&status(&two, ""), &status(&one, "")), @r#"
    C103 not backward compatible with v1: enum Status lost "PAID"
      {"id":"","status":"PAID"} written under v1 has a symbol that enum Status does not know
      keep "PAID", or give enum Status a default symbol
    "#);
    assert_snapshot!(told(&status(&two, LONG), &status(&one, LONG)), @r#"
    C103 not backward compatible with v1: enum Status lost "PAID"
      {"status": "PAID", ...} written under v1 has a symbol that enum Status does not know
      keep "PAID", or give enum Status a default symbol
    "#);
    assert_snapshot!(told(&status(&one, ""), &status(&two, "")), @r#"
    C108 not forward compatible with v1: enum Status gained "PAID", and the older enum has no default
      {"id":"","status":"PAID"} written under v2 has a symbol that enum Status does not know
      do not add "PAID" here: an enum takes new symbols only if its first version has a default; add a field with a default instead
    "#);
    assert_snapshot!(told(&status(&one, LONG), &status(&two, LONG)), @r#"
    C108 not forward compatible with v1: enum Status gained "PAID", and the older enum has no default
      {"status": "PAID", ...} written under v2 has a symbol that enum Status does not know
      do not add "PAID" here: an enum takes new symbols only if its first version has a default; add a field with a default instead
    "#);
}

#[test]
fn a_long_list_of_symbols_is_cut() {
    let all: Vec<String> = (0..10).map(|at| format!("S{at}")).collect();
    let some = |many: usize| {
        let symbols: Vec<&str> = all[..many].iter().map(String::as_str).collect();
        status(&symbols, "")
    };
    let first_line = |many: usize| {
        let told = told(&some(many), &some(1));
        told.lines().next().unwrap_or_default().to_owned()
    };
    let eight = r#"lost "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8""#;
    assert!(first_line(9).ends_with(eight), "{}", first_line(9));
    assert!(first_line(10).ends_with(&format!("{eight}, 1 more")));
}

#[test]
fn branches_that_come_and_go_are_told_with_a_datum() {
    let field = |ty: &str, more: &str| format!(r#"{{ "name": "f", "type": {ty} }}{more}"#);
    let (one, two) = (r#"["string"]"#, r#"["string", "int"]"#);
    assert_snapshot!(told(&field(two, ""), &field(one, "")), @r#"
    C104 not backward compatible with v1: "f" no longer takes int
      {"id":"","f":{"int":0}} written under v1 has a value that only the branch int takes
      keep int in the union of "f"
    "#);
    assert_snapshot!(told(&field(two, LONG), &field(one, LONG)), @r#"
    C104 not backward compatible with v1: "f" no longer takes int
      {"f": <int>, ...} written under v1 has a value that only the branch int takes
      keep int in the union of "f"
    "#);
    assert_snapshot!(told(&field(one, ""), &field(two, "")), @r#"
    C109 not forward compatible with v1: "f" may now be int
      {"id":"","f":{"int":0}} written under v2 has a value that only the branch int takes
      leave the type of "f" as it is, and add a field that takes int and has a default
    "#);
    assert_snapshot!(told(&field(one, LONG), &field(two, LONG)), @r#"
    C109 not forward compatible with v1: "f" may now be int
      {"f": <int>, ...} written under v2 has a value that only the branch int takes
      leave the type of "f" as it is, and add a field that takes int and has a default
    "#);
    let null = r#"["string", "null"]"#;
    assert_snapshot!(told(&field(null, LONG), &field(one, LONG)), @r#"
    C104 not backward compatible with v1: "f" no longer takes null
      {"f": null, ...} written under v1 has a value that only the branch null takes
      keep null in the union of "f"
    "#);
}

#[test]
fn digits_that_are_lost_are_counted() {
    let field = |ty: &str| format!(r#"{{ "name": "f", "type": "{ty}" }}"#);
    assert_snapshot!(told(&field("int"), &field("float")), @r#"
    C101 not forward compatible with v1: "f" was int and is float
      {"id":"","f":0.0} written under v2 cannot be read
      keep "f" as int, and add a field of another name with type float and a default
    C205 other meaning than in v1: "f" is written as int and read as float, which has fewer digits
      -
      make sure that "f" stays below 2^24
    "#);
    assert_snapshot!(told(&field("long"), &field("double")), @r#"
    C101 not forward compatible with v1: "f" was long and is double
      {"id":"","f":0.0} written under v2 cannot be read
      keep "f" as long, and add a field of another name with type double and a default
    C205 other meaning than in v1: "f" is written as long and read as double, which has fewer digits
      -
      make sure that "f" stays below 2^53
    "#);
}

#[test]
fn a_type_is_told_to_some_depth_and_width() {
    let field = |ty: &str| format!(r#"{{ "name": "f", "type": {ty} }}"#);
    let array = |inner: &str| format!(r#"{{ "type": "array", "items": {inner} }}"#);
    let first_line = |ty: &str| {
        let told = told(&field(ty), &field(r#""string""#));
        told.lines().next().unwrap_or_default().to_owned()
    };
    let four = array(&array(&array(&array(r#""int""#))));
    assert_snapshot!(first_line(&four), @r#"C101 not backward or forward compatible with v1: "f" was array of array of array of array of int and is string"#);
    assert_snapshot!(first_line(&array(&four)), @r#"C101 not backward or forward compatible with v1: "f" was array of array of array of array of array and is string"#);
    let map = r#"{ "type": "map", "values": { "type": "map", "values": "int" } }"#;
    assert_snapshot!(first_line(map), @r#"C101 not backward or forward compatible with v1: "f" was map of map of int and is string"#);
    let union = |branches: &str| array(&format!("[{branches}]"));
    let six = r#""null", "boolean", "int", "long", "float", "double""#;
    assert_snapshot!(first_line(&union(six)), @r#"C101 not backward or forward compatible with v1: "f" was array of null or boolean or int or long or float or double and is string"#);
    assert_snapshot!(first_line(&union(&format!(r#"{six}, "bytes""#))), @r#"C101 not backward or forward compatible with v1: "f" was array of null or boolean or int or long or float or double or others and is string"#);
}
