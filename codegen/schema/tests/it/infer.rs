//! Samples in, a draft out.

use accordant_schema::{
    FullName, InferError, Inference, Inferred, Kind, Limits, contract::Contracts, export, parse,
};
use insta::assert_snapshot;
use proptest::prelude::*;

fn infer<'s>(samples: impl IntoIterator<Item = &'s str>) -> Inferred {
    let mut inference = Inference::new(FullName::new("shop.Event").expect("a name"));
    for sample in samples {
        inference
            .sample(sample)
            .unwrap_or_else(|error| panic!("{sample}: {error}"));
    }
    inference.finish()
}

/// The fields of the draft, which must be a schema, and the notes below.
#[track_caller]
fn draft<'s>(samples: impl IntoIterator<Item = &'s str>) -> String {
    let Inferred { schema_text, notes } = infer(samples);
    parse(&schema_text).unwrap_or_else(|problems| panic!("{schema_text}: {problems:?}"));
    let laid_out = accordant_schema::format(&schema_text).expect("the draft is JSON");
    assert_eq!(laid_out, schema_text);
    let body = schema_text
        .strip_prefix(
            "{\n  \"type\": \"record\",\n  \"name\": \"Event\",\n  \"namespace\": \"shop\",\n",
        )
        .unwrap_or(&schema_text);
    format!("{body}{}", notes.join("\n"))
}

#[test]
fn numbers_are_as_wide_as_what_was_seen() {
    let samples = [
        r#"{"int": 2147483647, "long": 2147483648, "low": -2147483649, "double": 1, "beyond": 1}"#,
        r#"{"int": -2147483648, "long": 0, "low": 0, "double": 0.5, "beyond": 12345678901234567890}"#,
        r#"{"int": 0, "long": -0, "low": 1, "double": 1e3, "beyond": -1}"#,
    ];
    assert_snapshot!(draft(samples), @r#"
      "fields": [
        { "name": "int", "type": "int" },
        { "name": "long", "type": "long" },
        { "name": "low", "type": "long" },
        { "name": "double", "type": "double" },
        {
          "name": "beyond",
          "type": { "type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 0 }
        }
      ]
    }
    Event.beyond: whole numbers of more than 64 bits were seen
    "#);
}

#[test]
fn what_is_missing_or_null_is_optional() {
    let samples = [
        r#"{"always": true, "sometimes": true, "null": null, "never": null}"#,
        r#"{"always": false, "null": "x", "never": null, "later": 1}"#,
    ];
    assert_snapshot!(draft(samples), @r#"
      "fields": [
        { "name": "always", "type": "boolean" },
        { "name": "sometimes", "type": ["null", "boolean"], "default": null },
        { "name": "null", "type": ["null", "string"], "default": null },
        { "name": "never", "type": ["null", "string"], "default": null },
        { "name": "later", "type": ["null", "int"], "default": null }
      ]
    }
    Event.never: only null was seen; a string is a guess
    "#);
}

#[test]
fn texts_have_their_logical_types() {
    let samples = [
        r#"{"id": "3F8A1C52-6b0e-4f0e-9d3c-0a4b1c9d7e21", "day": "2024-02-29", "at": "2026-11-22T10:15:30Z",
            "seen_at": "2026-11-22T10:15:30.1234Z", "sent_at": "2026-11-22T10:15:30.123456789+01:00",
            "price": "12.99", "number": "0012", "count": "7", "text": "2023-02-29", "code": "1."}"#,
        r#"{"id": "0c7c2a53-6b57-4b1e-8a44-5d5a1a6f9e02", "day": "1969-12-31", "at": "2026-11-22T10:15:30.5Z",
            "seen_at": "2026-11-22T10:15:60Z", "sent_at": "2026-11-22T10:15:30Z",
            "price": "-1234567890123456789.5", "number": "1.5", "count": "12", "text": "2024-02-29", "code": "1.5"}"#,
    ];
    assert_snapshot!(draft(samples), @r#"
      "fields": [
        { "name": "id", "type": { "type": "string", "logicalType": "uuid" } },
        { "name": "day", "type": { "type": "int", "logicalType": "date" } },
        { "name": "at", "type": { "type": "long", "logicalType": "timestamp-millis" } },
        { "name": "seen_at", "type": { "type": "long", "logicalType": "timestamp-micros" } },
        { "name": "sent_at", "type": { "type": "long", "logicalType": "timestamp-nanos" } },
        {
          "name": "price",
          "type": { "type": "bytes", "logicalType": "decimal", "precision": 21, "scale": 2 }
        },
        { "name": "number", "type": "string" },
        { "name": "count", "type": "string" },
        { "name": "text", "type": "string" },
        { "name": "code", "type": "string" }
      ]
    }
    Event.sent_at: the offset from UTC is not kept
    Event.price: numbers in texts; 2 digits after the point were seen
    "#);
}

#[test]
fn a_few_symbols_that_come_often_are_an_enum() {
    let sample = |status: &str, n: usize| {
        format!(
            r#"{{"status": "{status}", "unknown": "UNKNOWN", "sku": "SKU_{n}", "word": "new", "flag": "Y"}}"#
        )
    };
    let samples: Vec<String> = (0..30)
        .map(|n| sample(["PLACED", "PAID", "SENT"][n % 3], n))
        .collect();
    assert_snapshot!(draft(samples.iter().map(String::as_str)), @r#"
      "fields": [
        {
          "name": "status",
          "type": {
            "type": "enum",
            "name": "Status",
            "symbols": ["UNKNOWN", "PAID", "PLACED", "SENT"],
            "default": "UNKNOWN"
          }
        },
        {
          "name": "unknown",
          "type": { "type": "enum", "name": "Unknown", "symbols": ["UNKNOWN"], "default": "UNKNOWN" }
        },
        { "name": "sku", "type": "string" },
        { "name": "word", "type": "string" },
        { "name": "flag", "type": "string" }
      ]
    }
    Event.status: an enum of what was seen: PAID, PLACED, SENT
    Event.unknown: an enum of what was seen: UNKNOWN
    "#);
    // Nine of them could be anything.
    let few = draft(samples[..9].iter().map(String::as_str));
    assert!(!few.contains("enum"), "{few}");
}

#[test]
fn records_have_names_of_their_own() {
    let samples = [
        r#"{"event": {"address": {"city": "Bern"}}, "order_lines": [{"address": {"zip": 3000}, "sku": "a"}, {"sku": "b"}],
            "entries": [[{"v": 1}]], "class": {"1st": {}}}"#,
    ];
    assert_snapshot!(draft(samples), @r#"
      "fields": [
        {
          "name": "event",
          "type": {
            "type": "record",
            "name": "EventEvent",
            "fields": [
              {
                "name": "address",
                "type": {
                  "type": "record",
                  "name": "Address",
                  "fields": [{ "name": "city", "type": "string" }]
                }
              }
            ]
          }
        },
        {
          "name": "order_lines",
          "type": {
            "type": "array",
            "items": {
              "type": "record",
              "name": "OrderLine",
              "fields": [
                {
                  "name": "address",
                  "type": [
                    "null",
                    {
                      "type": "record",
                      "name": "OrderLineAddress",
                      "fields": [{ "name": "zip", "type": "int" }]
                    }
                  ],
                  "default": null
                },
                { "name": "sku", "type": "string" }
              ]
            }
          }
        },
        {
          "name": "entries",
          "type": {
            "type": "array",
            "items": {
              "type": "array",
              "items": { "type": "record", "name": "Entry", "fields": [{ "name": "v", "type": "int" }] }
            }
          }
        },
        {
          "name": "class",
          "type": {
            "type": "record",
            "name": "Class",
            "fields": [
              {
                "name": "_1st",
                "type": { "type": "record", "name": "_1st", "fields": [] },
                "json_name": "1st"
              }
            ]
          }
        }
      ]
    }
    Event.class._1st: the samples call it "1st", which is no Avro name
    Event.class._1st: only empty objects were seen
    "#);
}

#[test]
fn arrays_merge_their_items() {
    let samples = [
        r#"{"numbers": [1, 2.5], "mixed": [1, "a", null], "none": [], "records": [{"a": 1}, {"b": "x"}]}"#,
        r#"{"numbers": [], "mixed": [true], "none": [], "records": []}"#,
    ];
    assert_snapshot!(draft(samples), @r#"
      "fields": [
        { "name": "numbers", "type": { "type": "array", "items": "double" } },
        { "name": "mixed", "type": { "type": "array", "items": ["null", "boolean", "int", "string"] } },
        { "name": "none", "type": { "type": "array", "items": "string" } },
        {
          "name": "records",
          "type": {
            "type": "array",
            "items": {
              "type": "record",
              "name": "Record",
              "fields": [
                { "name": "a", "type": ["null", "int"], "default": null },
                { "name": "b", "type": ["null", "string"], "default": null }
              ]
            }
          }
        }
      ]
    }
    Event.mixed[]: 3 kinds of value were seen; one is better
    Event.none[]: only empty arrays were seen; items of string are a guess
    "#);
}

#[test]
fn objects_with_ever_new_keys_are_maps() {
    let samples: Vec<String> = (0..20)
        .map(|n| {
            format!(
                r#"{{"prices": {{"sku-{n}": {{"amount": {n}}}}}, "labels": {{"a": 1, "b": 2}}}}"#
            )
        })
        .collect();
    assert_snapshot!(draft(samples.iter().map(String::as_str)), @r#"
      "fields": [
        {
          "name": "prices",
          "type": {
            "type": "map",
            "values": {
              "type": "record",
              "name": "Price",
              "fields": [{ "name": "amount", "type": "int" }]
            }
          }
        },
        {
          "name": "labels",
          "type": {
            "type": "record",
            "name": "Labels",
            "fields": [{ "name": "a", "type": "int" }, { "name": "b", "type": "int" }]
          }
        }
      ]
    }
    Event.prices: a map, because its keys differ from sample to sample
    "#);
    // One object with so many keys is one too, and remembers none of them.
    let keys: Vec<String> = (0..5_000).map(|n| format!(r#""k{n}": {n}"#)).collect();
    let wide = format!(r#"{{"m": {{{}}}}}"#, keys.join(","));
    assert_snapshot!(draft([wide.as_str(), r#"{"m": {"x": null}}"#]), @r#"
      "fields": [{ "name": "m", "type": { "type": "map", "values": ["null", "int"] } }]
    }
    Event.m: a map, because its keys differ from sample to sample
    "#);
}

#[test]
fn names_that_avro_does_not_have_are_made_legal() {
    let samples = [
        r#"{"order-id": 1, "order_id": 2, "order.id": 3, "2nd": 4, "": 5, "größe": 6, "a\"b": {"x y": 7}}"#,
    ];
    assert_snapshot!(draft(samples), @r#"
      "fields": [
        { "name": "order_id_2", "type": "int", "json_name": "order-id" },
        { "name": "order_id", "type": "int" },
        { "name": "order_id_3", "type": "int", "json_name": "order.id" },
        { "name": "_2nd", "type": "int", "json_name": "2nd" },
        { "name": "_", "type": "int", "json_name": "" },
        { "name": "gr__e", "type": "int", "json_name": "größe" },
        {
          "name": "a_b",
          "type": {
            "type": "record",
            "name": "AB",
            "fields": [{ "name": "x_y", "type": "int", "json_name": "x y" }]
          },
          "json_name": "a\"b"
        }
      ]
    }
    Event.order_id_2: the samples call it "order-id", which is no Avro name
    Event.order_id_3: the samples call it "order.id", which is no Avro name
    Event._2nd: the samples call it "2nd", which is no Avro name
    Event._: the samples call it "", which is no Avro name
    Event.gr__e: the samples call it "größe", which is no Avro name
    Event.a_b: the samples call it "a\"b", which is no Avro name
    Event.a_b.x_y: the samples call it "x y", which is no Avro name
    "#);
}

#[test]
fn without_a_sample_there_is_an_empty_record() {
    assert_snapshot!(draft([]), @r#"
    { "type": "record", "name": "Event", "namespace": "shop", "fields": [] }
    Event: there was no sample
    "#);
}

#[test]
fn what_is_no_event_is_refused_and_forgotten() {
    let mut inference = Inference::new(FullName::new("shop.Event").expect("a name"));
    let mut message = |sample: &str| {
        inference
            .sample(sample)
            .expect_err("it is no event")
            .to_string()
    };
    assert_eq!(message("[1]"), "a sample must be an object, not an array");
    assert_eq!(
        message("{\"a\": 1} {\"a\": 2}"),
        "the sample cannot be read: text after the end of the JSON value"
    );
    assert_eq!(
        message(r#"{"a": 1, "a": "x"}"#),
        "the sample cannot be read: the key \"a\" stands twice in one object"
    );
    assert_eq!(
        message(&format!("{{\"a\": {}1{}}}", "[".repeat(15), "]".repeat(15))),
        "the sample cannot be read: the JSON nests deeper than 15 levels"
    );
    assert_eq!(
        message(&format!("{{\"a\": \"{}\"}}", "x".repeat(1_000_000))),
        "the sample cannot be read: it has 1000009 bytes, more than 1000000"
    );
    assert!(inference.finish().schema_text.contains("\"fields\": []"));
}

#[test]
fn too_many_fields_are_refused_and_the_draft_is_still_there() {
    let mut inference = Inference::new(FullName::new("shop.Event").expect("a name"));
    let sample = |n: usize| {
        let keys: Vec<String> = (0..10_000).map(|k| format!(r#""f{n}_{k}": 1"#)).collect();
        format!("{{{}}}", keys.join(","))
    };
    let results: Vec<_> = (0..4).map(|n| inference.sample(&sample(n))).collect();
    assert_eq!(
        results,
        [Ok(()), Ok(()), Ok(()), Err(InferError::TooManyFields)]
    );
    let notes = inference.finish().notes;
    assert_eq!(
        notes,
        ["Event: the draft is too large to be laid out or loaded"]
    );
}

#[test]
fn a_sample_of_the_deepest_kind_is_drafted() {
    // Fourteen records, each optional, and a timestamp in the last.
    let deep = (0..14).fold(r#""2026-11-22T10:15:30Z""#.to_owned(), |inner, _| {
        format!(r#"{{"f": {inner}}}"#)
    });
    let shallow = (0..14).map(|depth| {
        (0..depth).fold(r#"{"f": null}"#.to_owned(), |inner, _| {
            format!(r#"{{"f": {inner}}}"#)
        })
    });
    let samples: Vec<String> = shallow.chain([deep]).collect();
    let text = draft(samples.iter().map(String::as_str));
    assert!(text.contains("timestamp-millis"), "{text}");
}

/// Random events: few keys, so that samples have some in common.
fn events() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec![
            "null",
            "true",
            "1",
            "99999999999",
            "1.5",
            r#""x""#,
            r#""2024-01-01""#,
            r#""1.25""#,
            r#""RED""#,
            "[]",
            "{}",
            "99999999999999999999",
            r#""3f8a1c52-6b0e-4f0e-9d3c-0a4b1c9d7e21""#,
        ])
        .prop_map(str::to_owned)
    ];
    let keys = vec!["a", "b", "c d", "items", "id", "A", "", "ö"];
    let object = move |values: Vec<String>, keys: Vec<&str>| {
        let members: Vec<String> = keys
            .iter()
            .zip(values)
            .map(|(k, v)| format!("\"{k}\": {v}"))
            .collect();
        format!("{{{}}}", members.join(", "))
    };
    let subset = prop::sample::subsequence(keys, 0..7);
    let inner_subset = subset.clone();
    let value = leaf.prop_recursive(4, 30, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|it| format!("[{}]", it.join(","))),
            (prop::collection::vec(inner, 7), inner_subset.clone())
                .prop_map(move |(values, keys)| object(values, keys)),
        ]
    });
    (prop::collection::vec(value, 7), subset).prop_map(move |(values, keys)| object(values, keys))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_draft_is_a_schema_with_every_field(samples in prop::collection::vec(events(), 0..12)) {
        let Inferred { schema_text, .. } = infer(samples.iter().map(String::as_str));
        let schema = parse(&schema_text);
        prop_assert!(schema.is_ok(), "{schema_text}: {schema:?}");
        let schema = schema.expect("checked");
        let Kind::Record(record) = &schema.root().kind else {
            panic!("an event is a record");
        };
        let keys: std::collections::BTreeSet<String> = samples
            .iter()
            .flat_map(|sample| {
                let value: serde_json::Value = serde_json::from_str(sample).expect("JSON");
                value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>()
            })
            .collect();
        let fields = record.fields.iter().map(|field| {
            let original = field.props.iter().find(|(key, _)| key == "json_name");
            original.and_then(|(_, json)| json.as_str()).unwrap_or(&field.name).to_owned()
        });
        prop_assert_eq!(fields.collect::<std::collections::BTreeSet<_>>(), keys);
    }

    #[test]
    fn every_sample_is_an_event_of_the_draft(samples in prop::collection::vec(events(), 1..12)) {
        // Renamed fields would be unknown ones.
        let legal = |sample: String| sample.replace("\"c d\":", "\"cd\":").replace("\"\":", "\"e\":").replace("\"ö\":", "\"oe\":");
        let samples: Vec<String> = samples.into_iter().map(legal).collect();
        let draft = infer(samples.iter().map(String::as_str)).schema_text;
        let config = "kind = \"type\"\ndescription = \"d\"\nowner = \"o\"";
        let files = std::collections::BTreeMap::from([
            ("shop.Event/contract.toml".to_owned(), config.as_bytes().to_vec()),
            ("shop.Event/v1.avsc".to_owned(), draft.clone().into_bytes()),
        ]);
        let (contracts, problems) = Contracts::load(&files, &Limits::default());
        prop_assert_eq!(problems, []);
        let contract = contracts.get("shop.Event").expect("it loaded");
        let schema = export::json_schema(contract, contract.latest());
        let validator = jsonschema::validator_for(&schema).expect("it is a JSON Schema");
        for sample in &samples {
            let value: serde_json::Value = serde_json::from_str(sample).expect("JSON");
            prop_assert!(validator.is_valid(&value), "{sample}\n{draft}");
        }
    }
}
