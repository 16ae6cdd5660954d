//! What is sent to break things: no answer is a 500, nothing is taken for
//! something else, and limits hold before the work.

use accordant_registry::Settings;
use axum::{body::Body, extract::Request};
use serde_json::{Value, json};

use crate::harness::{Api, each, each_with, record};

/// Texts that end strings, lines, statements and tags.
const NASTY: [&str; 14] = [
    "'; DROP TABLE registry_versions; --",
    "\" OR \"\"=\"",
    "1) UNION SELECT * FROM registry_schemas --",
    "%_\\%",
    "$1",
    "{}{0}%s%n",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "a\r\nX-Forged: 1",
    "\u{1b}[31mred",
    "\u{0}",
    "\u{202e}\u{5d0}\u{2066}",
    "\u{feff}\u{1F600}\u{10ffff}",
    "${jndi:ldap://x}",
];

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The registry still holds what it held.
async fn check_whole(api: &Api) {
    api.check("GET /subjects/safe/versions", Value::Null, 200, json!([1]))
        .await;
    assert_eq!(
        api.send("GET /schemas/ids/1", Value::Null).await.status,
        200
    );
}

#[test]
fn injection_strings_are_texts_in_every_path_and_parameter() {
    each(async |api| {
        api.register("safe", "\"int\"").await;
        for nasty in NASTY {
            let it = encoded(nasty);
            for path in [
                "GET /subjects/{}/versions",
                "GET /subjects/safe/versions/{}",
                "GET /subjects/{}/metadata?key={}&value={}",
                "GET /subjects?subjectPrefix={}&offset={}",
                "GET /subjects?subjectPrefix={}",
                "GET /subjects/{}/changes?since={}",
                "GET /subjects/safe/versions/{}/clients",
                "GET /schemas?subjectPrefix={}&ruleType={}",
                "GET /schemas/ids/{}",
                "GET /schemas/ids/1?subject={}&format={}&findTags={}&referenceFormat={}",
                "GET /schemas/guids/{}/ids",
                "GET /contexts?contextPrefix={}",
                "GET /contexts/{}/subjects",
                "DELETE /contexts/{}",
                "GET /config/{}?defaultToGlobal={}",
                "GET /mode/{}",
                "DELETE /mode/{}?recursive=true",
                "DELETE /config/{}",
                "DELETE /subjects/{}?permanent={}",
                "DELETE /subjects/{}/versions/{}",
                "POST /subjects/{}/versions/{}/undelete",
                "GET /changes?since={}",
                "GET /{}",
            ] {
                let line = path.replace("{}", &it);
                let answer = api.send(&line, Value::Null).await;
                assert!(
                    answer.status < 500,
                    "{line}: {} {}",
                    answer.status,
                    answer.text
                );
            }
            check_whole(&api).await;
        }
    });
}

#[test]
fn injection_strings_are_texts_in_every_field() {
    each(async |api| {
        api.register("safe", "\"int\"").await;
        for (number, nasty) in NASTY.into_iter().enumerate() {
            // Where PostgreSQL can hold no NUL nobody is told that it can.
            let schema = json!({
                "type": "record", "name": format!("R{number}"), "doc": nasty,
                "fields": [{"name": "a", "type": "string", "default": nasty, "x": nasty}],
            });
            let body = json!({
                "schema": schema.to_string(),
                "metadata": {"properties": {nasty: nasty}, "tags": {nasty: [nasty]}, "sensitive": [nasty]},
                "ruleSet": {"domainRules": [{"name": nasty, "type": nasty, "doc": nasty}]},
            });
            let line = format!("POST /subjects/t{number}/versions");
            let answer = api.send(&line, body).await;
            assert_eq!(answer.status, 200, "{nasty:?}: {}", answer.text);
            let stored = api
                .send(&format!("GET /subjects/t{number}/versions/1"), Value::Null)
                .await
                .json();
            let text: Value = serde_json::from_str(stored["schema"].as_str().unwrap()).unwrap();
            assert_eq!(text["doc"], nasty);
            assert_eq!(stored["metadata"]["properties"][nasty], nasty);
            assert_eq!(stored["ruleSet"]["domainRules"][0]["name"], nasty);
            for (line, body) in [
                ("POST /subjects/x/versions", json!({"schema": nasty})),
                (
                    "POST /subjects/x/versions",
                    json!({"schema": "\"int\"", "schemaType": nasty}),
                ),
                (
                    "POST /subjects/x/versions",
                    json!({
                        "schema": "\"int\"", "references": [{"name": nasty, "subject": nasty, "version": 1}],
                    }),
                ),
                (
                    "POST /subjects/safe/versions/1/tags",
                    json!({"tagsToAdd": [
                        {"schemaEntity": {"entityPath": nasty, "entityType": "sr_field"}, "tags": [nasty]},
                    ]}),
                ),
                ("PUT /config/y", json!({"compatibility": nasty})),
                (
                    "PUT /config/y",
                    json!({"alias": nasty, "compatibilityGroup": nasty}),
                ),
                ("GET /subjects/y/versions", Value::Null),
                ("PUT /mode/y", json!({"mode": nasty})),
                (
                    "POST /compatibility/batch",
                    json!({"items": [{"subject": nasty, "schema": nasty}]}),
                ),
            ] {
                let answer = api.send(line, body).await;
                assert!(answer.status < 500, "{line} {nasty:?}: {}", answer.text);
            }
            check_whole(&api).await;
        }
    });
}

#[test]
fn headers_are_cleaned_before_they_are_kept() {
    each(async |api| {
        for (number, nasty) in NASTY.into_iter().enumerate() {
            let Ok(value) = axum::http::HeaderValue::from_bytes(nasty.as_bytes()) else {
                continue;
            };
            let body = json!({"schema": record(&[(&format!("f{number}"), "\"int\"")])});
            let request = Request::post(format!("/subjects/s{number}/versions"))
                .header("x-change-reason", value.clone())
                .header("x-change-author", value.clone())
                .header("user-agent", value)
                .body(Body::from(body.to_string()))
                .unwrap();
            assert_eq!(api.request(request).await.status, 200, "{nasty:?}");
            let line = format!("GET /subjects/s{number}/changes");
            let reason = api.send(&line, Value::Null).await.json()[0]["reason"].clone();
            assert_eq!(reason, nasty.trim(), "{nasty:?}");
        }
    });
}

#[test]
fn subjects_of_every_kind_stay_what_they_are() {
    each(async |api| {
        let mut names = vec![
            "..".to_owned(),
            ".".to_owned(),
            "a/../b".to_owned(),
            "%2F".to_owned(),
            "%".to_owned(),
        ];
        names
            .extend(["\u{202e}\u{5d0}", ":x", "a:b", " ", "x\u{301}", "\u{e9}"].map(str::to_owned));
        names.push("x".repeat(1_024));
        for name in &names {
            let path = format!("/subjects/{}/versions", encoded(name));
            let answer = api
                .send(&format!("POST {path}"), json!({"schema": "\"int\""}))
                .await;
            assert_eq!(answer.status, 200, "{name:?}: {}", answer.text);
            let found = api.send(&format!("GET {path}/1"), Value::Null).await.json();
            assert_eq!(found["subject"], *name);
        }
        let listed = api.send("GET /subjects", Value::Null).await.json();
        names.sort();
        assert_eq!(listed, json!(names));
        // As long as a path can be; beyond it HTTP refuses.
        let long = "x".repeat(65_000);
        for bad in [long.as_str(), "\u{0}", "a\u{7}", ":.c\u{0}:s"] {
            let path = match bad.len() {
                ..100 => encoded(bad),
                _ => bad.to_owned(),
            };
            let line = format!("POST /subjects/{path}/versions");
            let answer = api.send(&line, json!({"schema": "\"int\""})).await;
            assert_eq!(answer.json()["error_code"], 42208);
        }
    });
}

/// Schemas that are made to cost more than they weigh.
fn costly() -> Vec<(&'static str, String, u16)> {
    let nested = |depth: usize| {
        format!(
            "{}\"int\"{}",
            r#"{"type":"array","items":"#.repeat(depth),
            "}".repeat(depth)
        )
    };
    // Each record holds the one before twice.
    let mut laughs = record(&[]).replace("\"R\"", "\"R0\"");
    for number in 1..26 {
        laughs = format!(
            r#"{{"type":"record","name":"R{number}","fields":[{{"name":"a","type":{laughs}}},{{"name":"b","type":"R{}"}}]}}"#,
            number - 1
        );
    }
    let fields = |count: usize| {
        let fields: Vec<String> = (0..count)
            .map(|n| format!(r#"{{"name":"f{n}","type":"int"}}"#))
            .collect();
        format!(
            r#"{{"type":"record","name":"R","fields":[{}]}}"#,
            fields.join(",")
        )
    };
    let symbols: Vec<String> = (0..60_000).map(|n| format!("\"S{n}\"")).collect();
    vec![
        ("a depth of 60", nested(60), 200),
        ("a depth of 10,000", nested(10_000), 422),
        ("JSON that is 100,000 deep", "[".repeat(100_000), 422),
        ("doubling records", laughs, 200),
        (
            "a record in itself without a union",
            r#"{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}"#.to_owned(),
            200,
        ),
        ("20,000 fields", fields(20_000), 200),
        ("60,000 fields", fields(60_000), 422),
        (
            "60,000 symbols",
            format!(
                r#"{{"type":"enum","name":"E","symbols":[{}]}}"#,
                symbols.join(",")
            ),
            200,
        ),
        (
            "a name of 64 KB",
            format!(
                r#"{{"type":"enum","name":"{}","symbols":["A"]}}"#,
                "E".repeat(65_536)
            ),
            200,
        ),
        (
            "a text of 2 MB",
            format!(r#"{{"type":"string","doc":"{}"}}"#, "d".repeat(2_000_000)),
            422,
        ),
        (
            "a fixed of 2^62 bytes",
            r#"{"type":"fixed","name":"F","size":4611686018427387904}"#.to_owned(),
            422,
        ),
        (
            "a number of 100,000 digits",
            format!(r#"{{"type":"int","x":{}}}"#, "9".repeat(100_000)),
            200,
        ),
    ]
}

#[test]
fn costly_schemas_are_taken_within_limits_or_refused() {
    each(async |api| {
        api.send("PUT /config", json!({"compatibility": "FULL_TRANSITIVE"}))
            .await;
        for (number, (what, schema, expected)) in costly().into_iter().enumerate() {
            let body = json!({"schema": schema});
            let line = format!("POST /subjects/c{number}/versions");
            let answer = api.send(&line, body.clone()).await;
            let shown: String = answer.text.chars().take(300).collect();
            assert!(
                answer.status == expected || (answer.status < 500 && answer.status >= 400),
                "{what}: {} {shown}",
                answer.status
            );
            if expected >= 400 {
                assert_eq!(answer.status, expected, "{what}: {shown}");
            }
            for line in [
                format!(
                    "POST /compatibility/subjects/c{number}/versions/latest?verbose=true&findings=true"
                ),
                format!("POST /subjects/c{number}?normalize=true"),
            ] {
                let answer = api.send(&line, body.clone()).await;
                assert!(answer.status < 500, "{what}: {line}");
            }
        }
    });
}

#[test]
fn a_body_that_is_nested_deep_is_refused() {
    each(async |api| {
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        for body in [
            format!(r#"{{"schema":"\"int\"","metadata":{{"properties":{deep}}}}}"#),
            format!(r#"{{"schema":"\"int\"","ruleSet":{{"x":{deep}}}}}"#),
            format!("{{\"a\":{}", "{\"a\":".repeat(100_000)),
        ] {
            let request = Request::post("/subjects/s/versions")
                .body(Body::from(body))
                .unwrap();
            assert_eq!(api.request(request).await.status, 400);
        }
        // What nobody reads is passed over, without a stack.
        let body = format!(r#"{{"schema":"\"int\"","unknown":{deep}}}"#);
        let request = Request::post("/subjects/s/versions")
            .body(Body::from(body))
            .unwrap();
        assert_eq!(api.request(request).await.status, 200);
    });
}

#[test]
fn versions_references_and_pages_have_bounds() {
    let settings = Settings {
        versions_max: 3,
        references_max: 3,
        page_max: 2,
        schemas_page_max: 2,
        ..Settings::default()
    };
    each_with(settings, async |api| {
        api.send("PUT /config", json!({"compatibility": "NONE"}))
            .await;
        let statuses = async |number: usize| {
            api.register("t", &record(&[(&format!("f{number}"), "\"int\"")]))
                .await
                .status
        };
        for number in 0..3 {
            assert_eq!(statuses(number).await, 200);
        }
        assert_eq!(statuses(3).await, 422);
        // What is there is found as ever.
        assert_eq!(statuses(0).await, 200);
        api.check("GET /subjects/t/versions", Value::Null, 200, json!([1, 2]))
            .await;
        let last = "GET /subjects/t/versions?offset=2&limit=100";
        api.check(last, Value::Null, 200, json!([3])).await;
        let listed = api.send("GET /schemas?limit=100", Value::Null).await.json();
        assert_eq!(listed.as_array().unwrap().len(), 2);
        // A chain of references, each link by the one before.
        let link = |number: usize| match number {
            0 => named(0, "int"),
            number => named(number, &format!("L{}", number - 1)),
        };
        let mut found = Vec::new();
        for number in 0..6 {
            let references = match number {
                0 => json!([]),
                number => {
                    json!([{"name": "x", "subject": format!("l{}", number - 1), "version": 1}])
                }
            };
            let line = format!("POST /subjects/l{number}/versions");
            let body = json!({"schema": link(number), "references": references});
            found.push(api.send(&line, body).await.status);
        }
        assert_eq!(found, [200, 200, 200, 200, 422, 422]);
    });
}

fn named(number: usize, ty: &str) -> String {
    format!(r#"{{"type":"record","name":"L{number}","fields":[{{"name":"x","type":"{ty}"}}]}}"#)
}
