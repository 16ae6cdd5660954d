//! Checks without registering, and what each level compares.

use serde_json::{Value, json};

use crate::harness::{Api, each, record};

const MISSING_C: &str = "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'c' at path '/fields/1' in the new schema has no default value and is missing in the old schema', additionalInfo:'c'}";

async fn history(api: &Api) -> (String, String) {
    let one = record(&[("a", "\"string\"")]);
    let two = record(&[("a", "\"string\""), ("b", "\"int\",\"default\":1")]);
    for schema in [&one, &two] {
        assert_eq!(api.register("t", schema).await.status, 200);
    }
    (one, two)
}

#[test]
fn a_check_answers_yes_or_no_and_why() {
    each(async |api| {
        let (_, two) = history(&api).await;
        let bad = json!({"schema": record(&[("a", "\"string\""), ("c", "\"string\"")])});
        let no = json!({"is_compatible": false});
        for version in ["", "/", "/latest", "/1", "/-1"] {
            let line = format!("POST /compatibility/subjects/t/versions{version}");
            api.check(&line, bad.clone(), 200, no.clone()).await;
            api.check(
                &line,
                json!({"schema": two}),
                200,
                json!({"is_compatible": true}),
            )
            .await;
        }
        let messages = json!([
            MISSING_C,
            "{oldSchemaVersion: 2}",
            format!("{{oldSchema: '{two}'}}"),
            "{validateFields: 'false', compatibility: 'BACKWARD'}",
        ]);
        let line = "POST /compatibility/subjects/t/versions/latest?verbose=true";
        let verbose = json!({"is_compatible": false, "messages": messages});
        api.check(line, bad, 200, verbose).await;
        let fine = json!({"is_compatible": true, "messages": []});
        api.check(line, json!({"schema": two}), 200, fine).await;
        // Nothing was registered.
        api.check("GET /subjects/t/versions", Value::Null, 200, json!([1, 2]))
            .await;
    });
}

#[test]
fn a_check_against_nothing_is_fine_and_against_an_unknown_version_is_not() {
    each(async |api| {
        let body = json!({"schema": "\"int\""});
        let line = |version: &str| format!("POST /compatibility/subjects/t/versions{version}");
        let yes = json!({"is_compatible": true});
        api.check(&line(""), body.clone(), 200, yes.clone()).await;
        api.check(&line("/latest"), body.clone(), 200, yes).await;
        let no_version = json!({"error_code": 40402, "message": "Version 1 not found."});
        api.check(&line("/1"), body.clone(), 404, no_version).await;
        assert_eq!(
            api.send(&line("/0"), body).await.json()["error_code"],
            42202
        );
        let invalid = json!({"schema": r#"{"type":"x"}"#});
        assert_eq!(
            api.send(&line(""), invalid.clone()).await.json()["error_code"],
            42201
        );
        let verbose = api.send(&line("/latest?verbose=true"), invalid).await;
        assert_eq!(verbose.status, 200);
        assert_eq!(verbose.json()["is_compatible"], false);
        let messages = verbose.json()["messages"].clone();
        assert!(
            messages[0].as_str().unwrap().starts_with("Invalid schema"),
            "{messages}"
        );
    });
}

/// Which of the versions 1 (`a: string`) and 2 (`a: string`, `b` with a
/// default) a level compares with is seen from what it names.
#[test]
fn a_level_decides_direction_and_reach() {
    each(async |api| {
        history(&api).await;
        let set = async |level: &str| {
            let body = json!({"compatibility": level});
            api.check("PUT /config/t", body.clone(), 200, body).await;
        };
        let first_old = async |schema: &str| {
            let line = "POST /compatibility/subjects/t/versions?verbose=true";
            let answer = api.send(line, json!({"schema": schema})).await.json();
            let messages = answer["messages"].as_array().unwrap().clone();
            let shown = |it: &&Value| it.as_str().unwrap().starts_with("{oldSchemaVersion");
            let version = messages
                .iter()
                .find(shown)
                .map(|it| it.as_str().unwrap().to_owned());
            (answer["is_compatible"] == true, version)
        };
        let shown = |version: i32| (false, Some(format!("{{oldSchemaVersion: {version}}}")));
        let fine = (true, None);
        // Reads version 2, not version 1.
        let needs_b = record(&[("a", "\"string\""), ("b", "\"int\"")]);
        // Read by version 2 and 1 only where `a` is there.
        let lacks_a = record(&[("b", "\"int\"")]);
        set("BACKWARD").await;
        assert_eq!(first_old(&needs_b).await, fine);
        assert_eq!(first_old(&lacks_a).await, fine);
        set("BACKWARD_TRANSITIVE").await;
        assert_eq!(first_old(&needs_b).await, shown(1));
        set("FORWARD").await;
        assert_eq!(first_old(&needs_b).await, fine);
        assert_eq!(first_old(&lacks_a).await, shown(2));
        set("FORWARD_TRANSITIVE").await;
        assert_eq!(first_old(&lacks_a).await, shown(2));
        set("FULL_TRANSITIVE").await;
        assert_eq!(first_old(&needs_b).await, shown(1));
        set("NONE").await;
        assert_eq!(first_old(&lacks_a).await, fine);
        assert_eq!(first_old("\"int\"").await, fine);
    });
}

#[test]
fn deleted_versions_are_not_compared() {
    each(async |api| {
        history(&api).await;
        api.send("DELETE /subjects/t/versions/2", Value::Null).await;
        let line = "POST /compatibility/subjects/t/versions?verbose=true";
        let bad = json!({"schema": record(&[("a", "\"string\""), ("c", "\"string\"")])});
        let answer = api.send(line, bad).await.json();
        assert_eq!(answer["messages"][1], "{oldSchemaVersion: 1}");
    });
}
