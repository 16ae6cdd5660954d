//! Registering and looking up.

use accordant_registry::{IncompatibleCode, Settings};
use serde_json::{Value, json};

use crate::harness::{each, each_with, record};

const A: &str = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}"#;
const A_GUID: &str = "5dc3f779-b8f9-f027-359c-6140cfb455e0";
const A_C: &str = r#"{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"c","type":"string"}]}"#;

fn registered(id: i32, version: i32) -> Value {
    json!({"id": id, "version": version, "guid": A_GUID, "schemaType": "AVRO", "schema": A})
}

#[test]
fn a_schema_gets_an_id_and_a_version() {
    each(async |api| {
        let line = "POST /subjects/t-value/versions";
        api.check(line, json!({"schema": A}), 200, registered(1, 1))
            .await;
        // Again, and with other white space: the same.
        api.check(line, json!({"schema": A}), 200, registered(1, 1))
            .await;
        let spaced = A.replace(',', " ,\n ");
        api.check(line, json!({"schema": spaced}), 200, registered(1, 1))
            .await;
        // The same text under another subject has the same id.
        api.check(
            "POST /subjects/o/versions",
            json!({"schema": A}),
            200,
            registered(1, 1),
        )
        .await;
        let next = record(&[
            ("a", "\"string\""),
            ("b", "[\"null\",\"int\"],\"default\":null"),
        ]);
        let answer = api.register("t-value", &next).await.json();
        assert_eq!((&answer["id"], &answer["version"]), (&json!(2), &json!(2)));
    });
}

#[test]
fn an_incompatible_schema_is_refused_in_confluents_words() {
    let message = format!(
        "Schema being registered is incompatible with an earlier schema for subject \"t\", details: [{{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'c' at path '/fields/1' in the new schema has no default value and is missing in the old schema', additionalInfo:'c'}}, {{oldSchemaVersion: 1}}, {{oldSchema: '{A}'}}, {{validateFields: 'false', compatibility: 'BACKWARD'}}]"
    );
    for (incompatible_code, code) in [
        (IncompatibleCode::Plain, 409),
        (IncompatibleCode::Extended, 40901),
    ] {
        let settings = Settings {
            incompatible_code,
            ..Settings::default()
        };
        each_with(settings, async |api| {
            api.register("t", A).await;
            let error = json!({"error_code": code, "message": message});
            api.check(
                "POST /subjects/t/versions",
                json!({"schema": A_C}),
                409,
                error,
            )
            .await;
            api.check("GET /subjects/t/versions", Value::Null, 200, json!([1]))
                .await;
        });
    }
}

#[test]
fn what_is_no_schema_is_refused() {
    each(async |api| {
        let line = "POST /subjects/t/versions";
        let empty = json!({"error_code": 42201, "message": "Empty schema"});
        api.check(line, json!({}), 422, empty.clone()).await;
        api.check(line, json!({"schema": ""}), 422, empty).await;
        for ty in ["XML", "JSON", "PROTOBUF"] {
            let body = json!({"schema": "\"int\"", "schemaType": ty});
            let message = format!("Invalid schema type {ty}");
            api.check(
                line,
                body,
                422,
                json!({"error_code": 42201, "message": message}),
            )
            .await;
        }
        for bad in [
            r#"{"type":"recrd"}"#,
            "{",
            r#""int" x"#,
            r#"{"type":{"type":"int"}}"#,
        ] {
            let answer = api.register("t", bad).await;
            assert_eq!(answer.status, 422, "{bad}");
            let error = answer.json();
            assert_eq!(error["error_code"], 42201);
            let message = error["message"].as_str().unwrap();
            assert!(
                message.starts_with("Invalid schema of type AVRO, details: "),
                "{message}"
            );
        }
        api.check("GET /subjects", Value::Null, 200, json!([]))
            .await;
    });
}

#[test]
fn the_version_in_the_body_is_compare_and_set() {
    each(async |api| {
        let line = "POST /subjects/t/versions";
        let wrong = json!({
            "error_code": 42201, "message": "Version is not one more than previous version",
        });
        api.check(line, json!({"schema": A, "version": 2}), 422, wrong.clone())
            .await;
        // A version that was asked for by its number says so in its metadata.
        let answer = api.send(line, json!({"schema": A, "version": 1})).await;
        let one = answer.json();
        assert_eq!((&one["id"], &one["version"]), (&json!(1), &json!(1)));
        let metadata = json!({"properties": {"confluent:version": "1"}});
        assert_eq!(one["metadata"], metadata);
        // Without a number, or as the latest one, it is found again.
        for version in [0, -1] {
            let answer = api
                .send(line, json!({"schema": A, "version": version}))
                .await
                .json();
            assert_eq!((&answer["id"], &answer["version"]), (&json!(1), &json!(1)));
        }
        api.check(line, json!({"schema": A, "version": 1}), 422, wrong.clone())
            .await;
        let next = record(&[("a", "\"string\""), ("b", "\"int\",\"default\":1")]);
        api.check(line, json!({"schema": next, "version": 3}), 422, wrong)
            .await;
        let answer = api.send(line, json!({"schema": next, "version": 2})).await;
        assert_eq!(answer.json()["version"], 2);
    });
}

#[test]
fn an_id_in_the_body_is_for_imports_only() {
    each(async |api| {
        let body = json!({"schema": A, "id": 500, "version": 7});
        let refused = json!({
            "error_code": 42205, "message": "Subject t in context  is not in import mode",
        });
        api.check(
            "POST /subjects/t/versions",
            json!({"schema": A, "id": 5}),
            422,
            refused,
        )
        .await;
        let import = json!({"mode": "IMPORT"});
        api.check("PUT /mode/imp", import.clone(), 200, import)
            .await;
        api.check("POST /subjects/imp/versions", body, 200, registered(500, 7))
            .await;
        let clash = json!({
            "error_code": 42205,
            "message": "Overwrite new schema with id 500 in context  is not permitted.",
        });
        let body = json!({"schema": A_C, "id": 500, "version": 8});
        api.check("POST /subjects/imp/versions", body, 422, clash)
            .await;
        let missing = json!({
            "error_code": 42205, "message": "Subject imp in context  is not in read-write mode",
        });
        api.check(
            "POST /subjects/imp/versions",
            json!({"schema": A_C}),
            422,
            missing,
        )
        .await;
        // Ids go on above the imported one.
        assert_eq!(api.register("other", "\"int\"").await.json()["id"], 501);
    });
}

#[test]
fn metadata_and_rules_are_kept_and_make_a_version() {
    each(async |api| {
        let line = "POST /subjects/t/versions";
        let metadata = json!({"properties": {"owner": "me"}});
        let rules = json!({"domainRules": [{"name": "r", "kind": "CONDITION"}]});
        api.register("t", A).await;
        let body = json!({"schema": A, "metadata": metadata, "ruleSet": rules});
        let answer = api.send(line, body).await.json();
        assert_eq!((&answer["id"], &answer["version"]), (&json!(2), &json!(2)));
        assert_eq!(
            (&answer["metadata"], &answer["ruleSet"]),
            (&metadata, &rules)
        );
        // Nothing said: the one that has nothing.
        assert_eq!(api.register("t", A).await.json()["version"], 1);
        // Nothing said of metadata, and another text: as the version before.
        let other = record(&[("a", "\"string\""), ("m", "\"int\",\"default\":1")]);
        let answer = api.register("other", &other).await.json();
        assert_eq!(answer["metadata"], Value::Null);
        // No text: the one of the version before.
        let body = json!({"metadata": {"properties": {"owner": "you"}}});
        let answer = api.send(line, body).await.json();
        assert_eq!(
            (&answer["version"], &answer["schema"]),
            (&json!(3), &json!(A))
        );
        let path = "GET /subjects/t/metadata?key=owner&value=me";
        assert_eq!(api.send(path, Value::Null).await.json()["version"], 2);
    });
}

#[test]
fn a_look_up_finds_the_version_of_a_schema() {
    each(async |api| {
        let line = "POST /subjects/t";
        let no_subject = json!({"error_code": 40401, "message": "Subject 't' not found."});
        api.check(line, json!({"schema": A}), 404, no_subject).await;
        api.register("t", A).await;
        let found = json!({
            "subject": "t", "version": 1, "id": 1, "guid": A_GUID, "schemaType": "AVRO",
            "schema": A,
        });
        api.check(line, json!({"schema": A}), 200, found).await;
        let no_schema = json!({"error_code": 40403, "message": "Schema not found"});
        api.check(line, json!({"schema": A_C}), 404, no_schema)
            .await;
        let answer = api.send(line, json!({"schema": r#"{"type":"x"}"#})).await;
        assert_eq!(
            (answer.status, answer.json()["error_code"].clone()),
            (422, json!(42201))
        );
    });
}

#[test]
fn an_equivalent_text_is_the_same_version() {
    each(async |api| {
        let one = r#"{"type":"string","b":1,"a":{"y":1,"x":2}}"#;
        let two = r#"{"a":{"x":2,"y":1},"type":"string","b":1}"#;
        assert_eq!(api.register("t", one).await.json()["version"], 1);
        let answer = api.register("t", two).await.json();
        assert_eq!(
            (&answer["version"], &answer["schema"]),
            (&json!(1), &json!(one))
        );
        let documented = r#"{"type":"string","b":2}"#;
        assert_eq!(api.register("t", documented).await.json()["version"], 2);
    });
}

#[test]
fn contexts_have_ids_and_subjects_of_their_own() {
    each(async |api| {
        api.register("other", "\"int\"").await;
        api.register("t", A).await;
        api.check(
            "POST /subjects/%3A.c%3At/versions",
            json!({"schema": A}),
            200,
            registered(1, 1),
        )
        .await;
        api.check(
            "POST /contexts/.c/subjects/t/versions",
            json!({"schema": A}),
            200,
            registered(1, 1),
        )
        .await;
        api.check("GET /contexts", Value::Null, 200, json!([".", ".c"]))
            .await;
        api.check(
            "GET /subjects",
            Value::Null,
            200,
            json!([":.c:t", "other", "t"]),
        )
        .await;
        api.check(
            "GET /subjects?subjectPrefix=t",
            Value::Null,
            200,
            json!(["t"]),
        )
        .await;
        let of_context = "GET /subjects?subjectPrefix=%3A.c%3A";
        api.check(of_context, Value::Null, 200, json!([":.c:t"]))
            .await;
        let by_id = "GET /schemas/ids/1/subjects?subject=%3A.c%3A";
        api.check(by_id, Value::Null, 200, json!([":.c:t"])).await;
    });
}

#[test]
fn a_normalized_schema_is_stored_in_its_normal_form() {
    each(async |api| {
        let sent = json!({"schema": r#"{"type":"bytes","scale":2,"precision":4,"logicalType":"decimal"}"#});
        let normal = r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}"#;
        let answer = api
            .send("POST /subjects/t/versions?normalize=true", sent.clone())
            .await;
        assert_eq!(answer.json()["schema"], normal);
        let found = api
            .send("POST /subjects/t?normalize=true", sent.clone())
            .await
            .json();
        assert_eq!(
            (&found["version"], &found["schema"]),
            (&json!(1), &json!(normal))
        );
        // A subject may want it for all.
        api.send("PUT /config/u", json!({"normalize": true})).await;
        let answer = api.send("POST /subjects/u/versions", sent).await;
        assert_eq!(answer.json()["schema"], normal);
    });
}
