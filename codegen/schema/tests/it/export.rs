//! The repository's contracts in other tools' forms, each held against what
//! those tools demand.

use std::collections::BTreeMap;

use accordant_schema::{Limits, canonical_form, contract::Contracts, export, java_text, parse};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::folder::contracts;

/// A folder of one event `a.E` with these fields and this line of its
/// `contract.toml`.
fn event(fields: &str, config: &str) -> Contracts {
    let config = format!(
        "kind = \"event\"\ndescription = \"E | <x>\"\nowner = \"o\"\ntopic = \"t\"\nkey = [\"id\"]\npartitions = 1\n{config}"
    );
    let schema = format!(
        r#"{{"type":"record","name":"a.E","fields":[{{"name":"id","type":"string"}},{fields}]}}"#
    );
    let files = BTreeMap::from([
        ("a.E/contract.toml".to_owned(), config.into_bytes()),
        ("a.E/v1.avsc".to_owned(), schema.into_bytes()),
    ]);
    let (contracts, problems) = Contracts::load(&files, &Limits::default());
    assert_eq!(problems, []);
    contracts
}

#[test]
fn a_bundle_stands_alone() {
    let contracts = contracts();
    for contract in contracts.contracts.values() {
        for version in &contract.versions {
            let text = export::bundle(version);
            let alone = parse(&text).expect("a bundle needs no reference");
            assert_eq!(canonical_form(&alone), canonical_form(&version.schema));
            assert_eq!(java_text(&alone, true), java_text(&version.schema, true));
        }
    }
    let offer = contracts.get("shop.OfferChanged").expect("it is there");
    assert_snapshot!("bundle", export::bundle(offer.latest()));
}

#[test]
fn every_example_is_what_the_json_schema_says() {
    let contracts = contracts();
    let mut count = 0;
    for contract in contracts.contracts.values() {
        // Examples may be of any version; the latest reads them all.
        let schema = export::json_schema(contract, contract.latest());
        jsonschema::meta::validate(&schema).expect("it is a JSON Schema");
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .expect("its references lead somewhere");
        for example in &contract.examples {
            let value: Value = serde_json::from_str(&example.text).expect("it is JSON");
            let errors: Vec<String> = validator
                .iter_errors(&value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{}", example.file);
            let mut more = value.clone();
            more["no_such_field"] = json!(1);
            assert!(!validator.is_valid(&more), "{}", example.file);
            let mut less = value;
            let first = less.as_object().expect("an object").keys().next().cloned();
            less.as_object_mut()
                .expect("an object")
                .remove(&first.expect("a field"));
            assert!(!validator.is_valid(&less), "{}", example.file);
            count += 1;
        }
    }
    assert!(count >= 14, "{count}");
}

#[test]
fn one_json_schema_as_it_is() {
    let contracts = contracts();
    let contract = contracts.get("shop.OfferChanged").expect("it is there");
    let schema = export::json_schema(contract, contract.latest());
    assert_snapshot!("json_schema", pretty(&schema));
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("a value can be written")
}

#[track_caller]
fn check_values(ty: &str, good: &[Value], bad: &[Value]) {
    let contracts = event(&format!(r#"{{"name":"f","type":{ty}}}"#), "");
    let contract = contracts.get("a.E").expect("it is there");
    let schema = export::json_schema(contract, contract.latest());
    jsonschema::meta::validate(&schema).expect("it is a JSON Schema");
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("it is a JSON Schema");
    let is_valid = |value: &Value| validator.is_valid(&json!({ "id": "1", "f": value }));
    for value in good {
        assert!(is_valid(value), "{ty} takes {value}");
    }
    for value in bad {
        assert!(!is_valid(value), "{ty} does not take {value}");
    }
}

#[test]
fn values_are_those_of_plain_json() {
    let values = |list: &[&str]| -> Vec<Value> {
        list.iter()
            .map(|it| serde_json::from_str(it).expect("JSON"))
            .collect()
    };
    let check =
        |ty: &str, good: &[&str], bad: &[&str]| check_values(ty, &values(good), &values(bad));
    check(
        "\"int\"",
        &["2147483647", "-2147483648"],
        &["2147483648", "1.5", "\"1\"", "null"],
    );
    check(
        "\"long\"",
        &["9223372036854775807", "\"-12\""],
        &["1.5", "\"x\"", "9223372036854775808"],
    );
    check("\"double\"", &["1.5", "3", "\"NaN\""], &["\"1.5\"", "true"]);
    check(
        "\"bytes\"",
        &["\"\"", "\"AQ==\"", "\"AQID\""],
        &["\"AQ\"", "\"é===\"", "1"],
    );
    check(
        r#"{"type":"fixed","name":"F","size":2}"#,
        &["\"AQI=\""],
        &["\"AQ==\"", "\"AQID\"", "\"AQIDBA==\""],
    );
    let decimal = r#"{"type":"bytes","logicalType":"decimal","precision":5,"scale":2}"#;
    check(
        decimal,
        &["\"12.99\"", "\"-999.9\"", "12.5", "\"0\""],
        &["\"1000\"", "\"1.999\"", "\"1,5\"", "\"01\"", "\".5\""],
    );
    let all_behind = r#"{"type":"bytes","logicalType":"decimal","precision":2,"scale":2}"#;
    check(
        all_behind,
        &["\"0.99\"", "\"0\""],
        &["\"1.00\"", "\"0.999\""],
    );
    check(
        r#"{"type":"int","logicalType":"date"}"#,
        &["\"2026-11-22\"", "20000"],
        &["\"22.11.2026\"", "2147483648", "1.5"],
    );
    check(
        r#"{"type":"long","logicalType":"timestamp-micros"}"#,
        &["\"2026-11-22T10:15:30.123456Z\"", "1"],
        &["\"2026-11-22\"", "true"],
    );
    check(
        r#"{"type":"long","logicalType":"local-timestamp-millis"}"#,
        &["\"2026-11-22T10:15:30\""],
        &["\"2026-11-22T10:15:30Z\""],
    );
    check(
        r#"{"type":"int","logicalType":"time-millis"}"#,
        &["\"23:59:59.999\"", "5"],
        &["\"23:59\""],
    );
    check(
        r#"{"type":"string","logicalType":"uuid"}"#,
        &["\"3f8a1c52-6b0e-4f0e-9d3c-0a4b1c9d7e21\""],
        &["\"x\"", "1"],
    );
    check(
        r#"{"type":"fixed","name":"D","size":12,"logicalType":"duration"}"#,
        &["\"P1M2DT3.5S\""],
        &["\"1 day\""],
    );
    check(
        r#"["null",{"type":"enum","name":"K","symbols":["A"]}]"#,
        &["null", "\"A\""],
        &["\"B\"", "{\"a.K\":\"A\"}"],
    );
    check(
        r#"["int",{"type":"array","items":"int"},{"type":"map","values":"int"}]"#,
        &["1", "[1]", "{\"a\":1}", "{\"int\":1}", "{\"array\":[1]}"],
        &["null", "[\"x\"]", "{\"array\":[\"x\"]}"],
    );
    let list = r#"{"type":"record","name":"List","fields":[{"name":"next","type":["null","List"],"default":null}]}"#;
    check(
        list,
        &["{}", "{\"next\":{\"next\":null}}"],
        &["{\"next\":{\"more\":1}}"],
    );
}

#[test]
fn unknown_fields_are_what_the_contract_says() {
    for (line, others) in [("", false), ("unknown_fields = \"ignore\"", true)] {
        let contracts = event(r#"{"name":"f","type":"int"}"#, line);
        let contract = contracts.get("a.E").expect("it is there");
        let schema = export::json_schema(contract, contract.latest());
        assert_eq!(schema["$defs"]["a.E"]["additionalProperties"], others);
        assert_eq!(schema["$defs"]["a.E"]["required"], json!(["id", "f"]));
    }
}

#[test]
fn defaults_are_shown_where_plain_json_writes_them_alike() {
    let fields = r#"{"name":"a","type":["null","bytes"],"default":null},{"name":"b","type":"bytes","default":"\u00ff"},
        {"name":"c","type":"long","default":12},{"name":"d","type":{"type":"array","items":"bytes"},"default":["\u00ff"]},
        {"name":"e","type":{"type":"array","items":"bytes"},"default":[]}"#;
    let contracts = event(fields, "");
    let contract = contracts.get("a.E").expect("it is there");
    let schema = export::json_schema(contract, contract.latest());
    let default = |name: &str| {
        schema["$defs"]["a.E"]["properties"][name]
            .get("default")
            .cloned()
    };
    assert_eq!(default("a"), Some(Value::Null));
    assert_eq!(default("b"), None);
    assert_eq!(default("c"), Some(json!(12)));
    assert_eq!(default("d"), None);
    assert_eq!(default("e"), Some(json!([])));
}

/// What a JSON pointer after `#` leads to.
fn follow<'v>(document: &'v Value, reference: &Value) -> &'v Value {
    let pointer = reference["$ref"]
        .as_str()
        .expect("a reference")
        .strip_prefix('#');
    let found = document.pointer(pointer.expect("it is in this document"));
    found.unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

/// What AsyncAPI's own schema says against a document.
fn asyncapi_errors(document: &Value) -> Vec<String> {
    let schema = serde_json::from_str(include_str!("../fixtures/asyncapi-3.0.0.json"));
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema.expect("the fixture is JSON"))
        .expect("the fixture is a JSON Schema");
    validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn asyncapi_is_what_its_own_schema_demands() {
    let mut document = export::asyncapi(&contracts());
    assert_eq!(asyncapi_errors(&document), Vec::<String>::new());
    let odd = event(
        r#"{"name":"f","type":["null",{"type":"enum","name":"L","symbols":["A"]}],"doc":"<b>%{}"}"#,
        "",
    );
    assert_eq!(
        asyncapi_errors(&export::asyncapi(&odd)),
        Vec::<String>::new()
    );
    document["operations"]["x"] = json!({ "action": "sing" });
    assert_ne!(asyncapi_errors(&document), Vec::<String>::new());
}

#[test]
fn asyncapi_describes_every_topic() {
    let contracts = contracts();
    let document = export::asyncapi(&contracts);
    assert_eq!(document["asyncapi"], "3.0.0");
    let object = |value: &Value| value.as_object().expect("an object").clone();
    let channels = object(&document["channels"]);
    assert_eq!(
        channels.keys().collect::<Vec<_>>(),
        [
            "catalog.article",
            "catalog.article-submissions",
            "pricing.price",
            "pricing.price-submissions",
            "shop.offer"
        ]
    );
    for (topic, channel) in &channels {
        assert_eq!(channel["address"], topic.as_str());
        assert_eq!(channel["bindings"]["kafka"]["partitions"], 6);
        for message in object(&channel["messages"]).values() {
            let payload = &follow(&document, message)["payload"];
            assert_eq!(
                payload["schemaFormat"],
                "application/vnd.apache.avro+json;version=1.12.0"
            );
            parse(&payload["schema"].to_string())
                .expect("the payload is a schema that stands alone");
        }
    }
    let operations = object(&document["operations"]);
    assert_eq!(operations.len(), 5);
    for (name, operation) in &operations {
        let is_submission = name.ends_with("Submitted");
        assert_eq!(
            operation["action"],
            if is_submission { "receive" } else { "send" }
        );
        let channel = follow(&document, &operation["channel"]);
        for message in operation["messages"].as_array().expect("a list") {
            // An operation's messages are those of its channel.
            let of_channel = follow(&document, message);
            assert!(
                object(&channel["messages"])
                    .values()
                    .any(|it| it == of_channel)
            );
            follow(&document, of_channel);
        }
    }
    assert_snapshot!("asyncapi", pretty(&document));
}

#[test]
fn a_page_for_people() {
    let contracts = contracts();
    let contract = contracts
        .get("catalog.ArticleChanged")
        .expect("it is there");
    assert_snapshot!("page", export::markdown(contract));
}

#[test]
fn a_page_neither_loops_nor_breaks_its_tables() {
    let fields = r#"{"name":"next","type":["null","a.E"],"doc":"a|b\n`<c>`","default":null},
        {"name":"twice","type":{"type":"map","values":{"type":"record","name":"P","fields":[{"name":"x","type":"int"}]}}},
        {"name":"again","type":{"type":"array","items":"P"}}"#;
    let contracts = event(fields, "");
    let page = export::markdown(contracts.get("a.E").expect("it is there"));
    let rows = page
        .split("## Fields of v1")
        .nth(1)
        .expect("the fields are there");
    assert_snapshot!(rows, @r#"
    | field | type | default | what |
    |---|---|---|---|
    | id | string |  |  |
    | next | record E or null | null | a\|b \`&lt;c&gt;\` |
    | twice | map of record P |  |  |
    | twice{}.x | int |  |  |
    | again | list of record P |  |  |
    "#);
}

#[test]
fn a_long_chain_of_types_neither_overflows_nor_explodes() {
    // Each type is used before its own definition, so that a bundle, which
    // defines at first use, nests them all.
    let fields: Vec<String> = (0..5_000)
        .map(|n| {
            let next = format!(r#"["null","T{}"]"#, (n + 1) % 5_000);
            format!(
                r#"{{"name":"f{n}","type":{{"type":"record","name":"T{n}","fields":[{{"name":"next","type":{next}}}]}}}}"#
            )
        })
        .collect();
    let contracts = event(&fields.join(","), "");
    let contract = contracts.get("a.E").expect("it is there");
    assert!(export::bundle(contract.latest()).len() < 1_000_000);
    assert!(export::markdown(contract).len() < 5_000_000);
    let schema = export::json_schema(contract, contract.latest());
    assert_eq!(schema["$defs"].as_object().map(|it| it.len()), Some(5_001));
    let payload = &export::asyncapi(&contracts)["components"]["messages"]["a.E"]["payload"];
    assert!(payload["schema"].is_string());
}

/// Whatever shows a contract shows one without a name too.
#[test]
fn a_type_without_a_name_has_its_exports() {
    for schema in [
        "\"null\"",
        "[]",
        "[\"null\", \"int\"]",
        r#"{"type": "array", "items": "int"}"#,
        r#"{"type": "map", "values": [{"type": "enum", "name": "E", "symbols": ["A"]}]}"#,
    ] {
        let config = "kind = \"type\"\ndescription = \"d\"\nowner = \"o\"";
        let files = BTreeMap::from([
            (
                "a.Root/contract.toml".to_owned(),
                config.as_bytes().to_vec(),
            ),
            ("a.Root/v1.avsc".to_owned(), schema.as_bytes().to_vec()),
        ]);
        let (contracts, problems) = Contracts::load(&files, &Limits::default());
        assert_eq!(problems, [], "{schema}");
        let contract = contracts.get("a.Root").unwrap();
        let bundle = export::bundle(contract.latest());
        assert!(parse(&bundle).is_ok(), "{bundle}");
        assert!(export::markdown(contract).contains("a.Root"));
        assert!(export::json_schema(contract, contract.latest()).is_object());
    }
}
