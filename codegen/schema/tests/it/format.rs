//! One layout, and nothing lost.

use accordant_schema::{Schema, canonical_form, format, java_text, json, parse};
use insta::assert_snapshot;
use proptest::prelude::*;

use crate::{
    line,
    properties::{SPACES, schema, shapes, without_places},
};

#[track_caller]
fn formatted(text: &str) -> String {
    let once = format(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    assert_eq!(format(&once).as_ref(), Ok(&once), "not idempotent");
    once
}

#[test]
fn keys_have_one_order_and_short_things_one_line() {
    let text = r#"{"x-team":{"type":1,"b":[],"a":{}},"fields":[
        {"type":{"values":"long","type":"map"},"order":"ignore","default":{},"doc":"How many there are of each, by the name under which the shop knows them.","x":1,"name":"counts"},
        {"default":null,"name":"kind","type":["null",{"default":"A","symbols":["A","B"],"name":"Kind","type":"enum","doc":"What it is."}]},
        {"name":"amount","type":{"scale":2,"precision":9,"logicalType":"decimal","type":"bytes"}}
    ],"aliases":["Old"],"doc":"An order.","namespace":"shop","name":"Order","type":"record"}"#;
    assert_snapshot!(formatted(text), @r#"
    {
      "type": "record",
      "name": "Order",
      "namespace": "shop",
      "doc": "An order.",
      "aliases": ["Old"],
      "fields": [
        {
          "name": "counts",
          "type": { "type": "map", "values": "long" },
          "doc": "How many there are of each, by the name under which the shop knows them.",
          "default": {},
          "order": "ignore",
          "x": 1
        },
        {
          "name": "kind",
          "type": [
            "null",
            {
              "type": "enum",
              "name": "Kind",
              "doc": "What it is.",
              "symbols": ["A", "B"],
              "default": "A"
            }
          ],
          "default": null
        },
        {
          "name": "amount",
          "type": { "type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2 }
        }
      ],
      "x-team": { "type": 1, "b": [], "a": {} }
    }
    "#);
}

#[test]
fn every_spelling_stays() {
    let text = r#"{"type":"record","name":"R","\u0064oc":"\u00e9 é \/ \ud83d\ude00 😀","n":[1.0E+3,12345678901234567890,-0,1e400,0.10],"fields":[]}"#;
    assert_snapshot!(formatted(text), @r#"
    {
      "type": "record",
      "name": "R",
      "\u0064oc": "\u00e9 é \/ \ud83d\ude00 😀",
      "fields": [],
      "n": [1.0E+3, 12345678901234567890, -0, 1e400, 0.10]
    }
    "#);
}

#[test]
fn a_line_is_full_at_exactly_one_hundred_columns() {
    let of_width = |columns: usize| {
        let frame = r#"{ "type": "int", "x": "" }"#.len();
        format!(r#"{{"type":"int","x":"{}"}}"#, "é".repeat(columns - frame))
    };
    let lines = |columns| formatted(&of_width(columns)).lines().count();
    assert_eq!((lines(100), lines(101)), (1, 4));
    // A comma behind counts too.
    let pair = |columns: usize| {
        let item = of_width(columns - 2);
        formatted(&format!("[{item},{item}]")).lines().count()
    };
    assert_eq!((pair(99), pair(100)), (4, 7));
}

#[test]
fn a_union_of_primitives_is_never_broken() {
    let deep = |inner: &str| {
        (0..12).fold(inner.to_owned(), |text, n| {
            format!(r#"{{"type":"record","name":"R{n}","fields":[{{"name":"f","type":{text}}}]}}"#)
        })
    };
    let union = r#"["null", "boolean", "int", "long", "float", "double", "bytes", "string"]"#;
    let text = formatted(&deep(union));
    assert!(text.lines().any(|line| line.ends_with(union)), "{text}");
    assert!(text.lines().any(|line| line.chars().count() > 100));
}

#[test]
fn a_schema_that_means_nothing_is_laid_out_all_the_same() {
    for (text, expected) in [
        ("7", "7\n"),
        ("[ ]", "[]\n"),
        ("{}", "{}\n"),
        (
            r#"{"name":"R","type":"recrod","fields":{}}"#,
            "{ \"type\": \"recrod\", \"name\": \"R\", \"fields\": {} }\n",
        ),
        (
            r#"{"name":3,"fields":[4,{"type":[[]],"name":5}],"type":{"items":1,"type":"array"}}"#,
            "{ \"type\": { \"type\": \"array\", \"items\": 1 }, \"name\": 3, \"fields\": [4, { \"name\": 5, \"type\": [[]] }] }\n",
        ),
    ] {
        assert_eq!(formatted(text), expected);
    }
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let problems = format(text).expect_err("the text cannot be laid out");
    let lines: Vec<String> = problems.iter().map(|it| line(text, it)).collect();
    assert_eq!(lines.join("\n"), expected);
}

#[test]
fn what_is_no_json_is_refused() {
    refused(
        r#"{"type": "int",}"#,
        "S001 1:16 a key is missing before the closing brace | remove the comma before it",
    );
    refused(
        r#"{"b": {"a": 1, "\u0061": 2}, "b": 3}"#,
        "S005 1:16 the key \"a\" stands twice in one object | remove one of them\n\
         S005 1:30 the key \"b\" stands twice in one object | remove one of them",
    );
    refused(
        &format!("{}{}", "[".repeat(65), "]".repeat(65)),
        "S003 1:65 the JSON nests deeper than 64 levels",
    );
    refused(
        &" ".repeat(1_000_001),
        "S002 - the schema has 1000001 bytes, more than 1000000",
    );
    assert!(format(&"[".repeat(900_000)).is_err());
}

#[test]
fn the_repositorys_contracts_mean_the_same() {
    let contracts = crate::folder::contracts();
    let mut count = 0;
    for contract in contracts.contracts.values() {
        for version in &contract.versions {
            let text = formatted(&version.text);
            let references = contracts.reference_texts(version);
            let limits = accordant_schema::Limits::default();
            let again = accordant_schema::parse_with(&text, &references, &limits)
                .expect("the schema is still one");
            assert_eq!(java_text(&again, false), java_text(&version.schema, false));
            assert_eq!(canonical_form(&again), canonical_form(&version.schema));
            count += 1;
        }
    }
    assert!(count >= 7, "{count}");
}

/// The model without places, where attributes whose order `format` sets stand
/// in that order, before the others.
fn model(schema: &Schema) -> String {
    let mut schema = schema.clone();
    let known = ["default", "order", "logicalType", "precision", "scale"];
    let rank = |key: &str| {
        known
            .iter()
            .position(|it| *it == key)
            .unwrap_or(known.len())
    };
    for node in &mut schema.nodes {
        node.props.sort_by_key(|(key, _)| rank(key));
        if let accordant_schema::Kind::Record(record) = &mut node.kind {
            for field in &mut record.fields {
                field.props.sort_by_key(|(key, _)| rank(key));
            }
        }
    }
    without_places(&schema)
}

/// Every string, number and word of a JSON text, as spelt, sorted.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let end = match char {
            '"' => {
                let mut escaped = false;
                let close = rest[1..].find(|it| {
                    let ends = it == '"' && !escaped;
                    escaped = it == '\\' && !escaped;
                    ends
                });
                close.expect("the string ends") + 2
            }
            '[' | ']' | '{' | '}' | ',' | ':' | ' ' | '\n' => char.len_utf8(),
            _ => rest.find([',', ']', '}', ' ', '\n']).unwrap_or(rest.len()),
        };
        if !rest[..end].trim().is_empty() {
            tokens.push(rest[..end].to_owned());
        }
        rest = &rest[end..];
    }
    tokens.sort();
    tokens
}

/// Random JSON: keys of schemas and others, spelt in every way.
fn values() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "null",
        "true",
        "1.0E+3",
        "98765432109876543210",
        "-0.10",
        r#""record""#,
        r#""é\u00e9\/""#,
        r#""\"\\\\""#,
        r#""enum""#,
        "[]",
        "{}",
        r#""string""#,
    ]);
    let keys = vec![
        "type",
        "name",
        "fields",
        "items",
        "doc",
        "default",
        "symbols",
        "z",
        "a",
        "order",
        r"\u0061",
        "logicalType",
        "size",
    ];
    leaf.prop_map(str::to_owned)
        .prop_recursive(6, 60, 6, move |inner| {
            let keys = prop::sample::subsequence(keys.clone(), 0..6).prop_shuffle();
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5)
                    .prop_map(|items| format!("[ {}]", items.join(" ,\n"))),
                (keys, prop::collection::vec(inner, 6)).prop_map(|(keys, values)| {
                    let members = keys.iter().zip(values);
                    let members: Vec<String> = members
                        .map(|(key, value)| format!("\"{key}\" :{value}"))
                        .collect();
                    format!("{{{} }}", members.join(","))
                }),
            ]
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_schema_in_one_layout(shape in shapes()) {
        let (text, schema) = schema(&shape, SPACES);
        let laid_out = format(&text).expect("a schema is JSON");
        let again = parse(&laid_out).expect("it is still a schema");
        prop_assert_eq!(model(&again), model(&schema));
        prop_assert_eq!(canonical_form(&again), canonical_form(&schema));
        prop_assert_eq!(format(&laid_out).expect("it is still JSON"), laid_out);
    }

    #[test]
    fn any_json_keeps_its_tokens(text in values()) {
        match format(&text) {
            Err(problems) => {
                // "a" and "\u0061" are one key.
                prop_assert!(problems.iter().all(|it| it.code.0 == "S005"), "{problems:?}");
            }
            Ok(laid_out) => {
                prop_assert_eq!(tokens(&laid_out), tokens(&text));
                prop_assert!(json::parse(&laid_out, 64).is_ok());
                prop_assert!(laid_out.ends_with('\n'));
                prop_assert_eq!(format(&laid_out).expect("it is still JSON"), laid_out);
            }
        }
    }

    #[test]
    fn any_text_is_answered(text in "[\\[\\]{}:,0-9\"a\\\\ ]{0,40}") {
        prop_assert!(format(&text).err().is_none_or(|problems| !problems.is_empty()));
    }
}
