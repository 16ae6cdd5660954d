//! Settings and modes, of subjects and of everything.

use serde_json::{Value, json};

use crate::harness::{each, record};

#[test]
fn the_level_has_a_default_and_is_set_in_any_case() {
    each(async |api| {
        let level = |name: &str| json!({"compatibilityLevel": name});
        api.check("GET /config", Value::Null, 200, level("BACKWARD"))
            .await;
        let full = json!({"compatibility": "FULL"});
        api.check("PUT /config", full.clone(), 200, full.clone())
            .await;
        api.check("GET /config", Value::Null, 200, level("FULL"))
            .await;
        // What is not named stays.
        api.check("PUT /config", json!({}), 200, full).await;
        let none = json!({"compatibility": "none"});
        api.check("PUT /config", none, 200, json!({"compatibility": "NONE"}))
            .await;
        let invalid = json!({
            "error_code": 42203,
            "message": "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive",
        });
        api.check(
            "PUT /config",
            json!({"compatibility": "BOGUS"}),
            422,
            invalid,
        )
        .await;
        api.check("DELETE /config", Value::Null, 200, level("NONE"))
            .await;
        api.check("GET /config", Value::Null, 200, level("BACKWARD"))
            .await;
        api.check("DELETE /config", Value::Null, 200, level("BACKWARD"))
            .await;
    });
}

#[test]
fn a_subject_has_settings_of_its_own() {
    each(async |api| {
        let none = json!({
            "error_code": 40408,
            "message": "Subject 't' does not have subject-level compatibility configured",
        });
        api.check("GET /config/t", Value::Null, 404, none.clone())
            .await;
        let global = json!({"compatibilityLevel": "BACKWARD"});
        api.check(
            "GET /config/t?defaultToGlobal=true",
            Value::Null,
            200,
            global,
        )
        .await;
        let sent = json!({
            "compatibility": "FORWARD_TRANSITIVE", "normalize": true, "compatibilityGroup": "g",
            "defaultMetadata": {"properties": {"owner": "x"}},
        });
        let answer = api.send("PUT /config/t", sent).await;
        let expected = r#"{"normalize":true,"compatibility":"FORWARD_TRANSITIVE","compatibilityGroup":"g","defaultMetadata":{"properties":{"owner":"x"}}}"#;
        assert_eq!((answer.status, answer.text.as_str()), (200, expected));
        let cleared = json!({
            "normalize": true, "compatibility": "FORWARD_TRANSITIVE",
            "defaultMetadata": {"properties": {"owner": "x"}},
        });
        api.check(
            "PUT /config/t",
            json!({"compatibilityGroup": null}),
            200,
            cleared,
        )
        .await;
        let shown = json!({
            "normalize": true, "compatibilityLevel": "FORWARD_TRANSITIVE",
            "defaultMetadata": {"properties": {"owner": "x"}},
        });
        api.check("GET /config/t", Value::Null, 200, shown.clone())
            .await;
        api.check("DELETE /config/t", Value::Null, 200, shown).await;
        api.check("GET /config/t", Value::Null, 404, none).await;
        let no_subject = json!({"error_code": 40401, "message": "Subject 't' not found."});
        api.check("DELETE /config/t", Value::Null, 404, no_subject)
            .await;
    });
}

#[test]
fn settings_of_another_type_are_refused() {
    each(async |api| {
        for bad in [
            json!({"normalize": "yes"}),
            json!({"defaultMetadata": 1}),
            json!([1]),
        ] {
            assert_eq!(
                api.send("PUT /config", bad.clone()).await.status,
                400,
                "{bad}"
            );
        }
        let number = json!({"compatibility": 1});
        assert_eq!(
            api.send("PUT /config", number).await.json()["error_code"],
            42203
        );
    });
}

#[test]
fn modes_are_set_and_removed() {
    each(async |api| {
        let mode = |name: &str| json!({"mode": name});
        api.check("GET /mode", Value::Null, 200, mode("READWRITE"))
            .await;
        let none = json!({
            "error_code": 40409,
            "message": "Subject 't' does not have subject-level mode configured",
        });
        api.check("GET /mode/t", Value::Null, 404, none.clone())
            .await;
        let global = "GET /mode/t?defaultToGlobal=true";
        api.check(global, Value::Null, 200, mode("READWRITE")).await;
        api.check("PUT /mode/t", mode("READONLY"), 200, mode("READONLY"))
            .await;
        api.check("GET /mode/t", Value::Null, 200, mode("READONLY"))
            .await;
        let invalid = json!({
            "error_code": 42204,
            "message": "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.",
        });
        api.check("PUT /mode/t", mode("bogus"), 422, invalid).await;
        api.check("DELETE /mode/t", Value::Null, 200, mode("READONLY"))
            .await;
        api.check("GET /mode/t", Value::Null, 404, none).await;
        let no_subject = json!({"error_code": 40401, "message": "Subject 't' not found."});
        api.check("DELETE /mode/t", Value::Null, 404, no_subject)
            .await;
    });
}

#[test]
fn a_read_only_subject_takes_nothing_new() {
    each(async |api| {
        let (one, next) = (record(&[]), record(&[("z", "\"string\",\"default\":\"\"")]));
        api.register("t", &one).await;
        api.send("PUT /mode/t", json!({"mode": "READONLY"})).await;
        let refused = json!({
            "error_code": 42205, "message": "Subject t in context  is in read-only mode",
        });
        let line = "POST /subjects/t/versions";
        api.check(line, json!({"schema": next}), 422, refused.clone())
            .await;
        api.check(
            "DELETE /subjects/t/versions/1",
            Value::Null,
            422,
            refused.clone(),
        )
        .await;
        api.check("DELETE /subjects/t", Value::Null, 422, refused.clone())
            .await;
        api.check(
            "PUT /config/t",
            json!({"compatibility": "NONE"}),
            422,
            refused,
        )
        .await;
        // What is there already is found as ever.
        assert_eq!(api.register("t", &one).await.status, 200);
        assert_eq!(api.register("other", &next).await.status, 200);
        api.send("PUT /mode", json!({"mode": "READONLY_OVERRIDE"}))
            .await;
        assert_eq!(
            api.register("third", &next).await.json()["error_code"],
            42205
        );
    });
}

#[test]
fn an_import_needs_an_empty_place() {
    each(async |api| {
        api.register("t", "\"int\"").await;
        let found = json!({
            "error_code": 42205, "message": "Cannot import since found existing subjects",
        });
        api.check("PUT /mode/t", json!({"mode": "IMPORT"}), 422, found.clone())
            .await;
        api.check("PUT /mode", json!({"mode": "IMPORT"}), 422, found)
            .await;
        let import = json!({"mode": "IMPORT"});
        api.check("PUT /mode/t?force=true", import.clone(), 200, import)
            .await;
    });
}
