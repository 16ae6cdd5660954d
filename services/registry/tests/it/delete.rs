//! Soft deletion, then deletion for good.

use serde_json::{Value, json};

use crate::harness::{Api, each, record};

async fn two_versions(api: &Api) {
    for fields in [&[][..], &[("b", "\"int\",\"default\":1")]] {
        assert_eq!(api.register("t", &record(fields)).await.status, 200);
    }
}

fn error(code: i32, message: &str) -> Value {
    json!({"error_code": code, "message": message})
}

#[test]
fn a_subject_goes_softly_first() {
    each(async |api| {
        let unknown = error(40401, "Subject 't' not found.");
        for line in ["DELETE /subjects/t", "DELETE /subjects/t?permanent=true"] {
            api.check(line, Value::Null, 404, unknown.clone()).await;
        }
        two_versions(&api).await;
        let permanent = "DELETE /subjects/t?permanent=true";
        let too_early = error(
            40405,
            "Subject 't' was not deleted first before being permanently deleted",
        );
        api.check(permanent, Value::Null, 404, too_early).await;
        api.check("DELETE /subjects/t", Value::Null, 200, json!([1, 2]))
            .await;
        let again = error(
            40404,
            "Subject 't' was soft deleted.Set permanent=true to delete permanently",
        );
        api.check("DELETE /subjects/t", Value::Null, 404, again)
            .await;

        api.check("GET /subjects", Value::Null, 200, json!([]))
            .await;
        api.check("GET /subjects?deleted=true", Value::Null, 200, json!(["t"]))
            .await;
        api.check(
            "GET /subjects?deletedOnly=true",
            Value::Null,
            200,
            json!(["t"]),
        )
        .await;
        api.check(
            "GET /subjects/t/versions",
            Value::Null,
            404,
            unknown.clone(),
        )
        .await;
        api.check(
            "GET /subjects/t/versions?deleted=true",
            Value::Null,
            200,
            json!([1, 2]),
        )
        .await;
        let by_id = api.send("GET /schemas/ids/1", Value::Null).await;
        assert_eq!(
            (by_id.status, by_id.json()["deleted"].clone()),
            (200, json!(true))
        );

        api.check(permanent, Value::Null, 200, json!([1, 2])).await;
        api.check(permanent, Value::Null, 404, unknown).await;
        let gone = error(40403, "Schema 1 not found");
        api.check("GET /schemas/ids/1", Value::Null, 404, gone)
            .await;
        // No id is given twice, no matter what was deleted.
        assert_eq!(api.register("t", "\"int\"").await.json()["id"], 3);
    });
}

#[test]
fn a_version_goes_softly_first() {
    each(async |api| {
        let line = "DELETE /subjects/t/versions/1";
        let permanent = "DELETE /subjects/t/versions/1?permanent=true";
        api.check(
            line,
            Value::Null,
            404,
            error(40401, "Subject 't' not found."),
        )
        .await;
        two_versions(&api).await;
        // In memory before it is deleted, and told anew after.
        api.send("GET /schemas/ids/1", Value::Null).await;
        let too_early = error(
            40407,
            "Subject 't' Version 1 was not deleted first before being permanently deleted",
        );
        api.check(permanent, Value::Null, 404, too_early).await;
        api.check(line, Value::Null, 200, json!(1)).await;
        let again = error(
            40406,
            "Subject 't' Version 1 was soft deleted.Set permanent=true to delete permanently",
        );
        api.check(line, Value::Null, 404, again).await;
        let by_id = api.send("GET /schemas/ids/1", Value::Null).await.json();
        assert_eq!(by_id["deleted"], true);
        api.check("GET /subjects/t/versions", Value::Null, 200, json!([2]))
            .await;
        let negative = "GET /subjects/t/versions?deletedAsNegative=true";
        api.check(negative, Value::Null, 200, json!([-1, 2])).await;
        let only = "GET /subjects/t/versions?deletedOnly=true";
        api.check(only, Value::Null, 200, json!([1])).await;
        api.check(permanent, Value::Null, 200, json!(1)).await;
        let unknown = error(40402, "Version 1 not found.");
        api.check(permanent, Value::Null, 404, unknown).await;
        api.check(
            "DELETE /subjects/t/versions/latest",
            Value::Null,
            200,
            json!(2),
        )
        .await;
        let invalid = api.send("DELETE /subjects/t/versions/x", Value::Null).await;
        assert_eq!(invalid.json()["error_code"], 42202);
    });
}

#[test]
fn numbers_go_on_after_a_deletion() {
    each(async |api| {
        two_versions(&api).await;
        let two = record(&[("b", "\"int\",\"default\":1")]);
        api.check("DELETE /subjects/t/versions/2", Value::Null, 200, json!(2))
            .await;
        // The same id under the next number; the deleted version makes way.
        let answer = api.register("t", &two).await.json();
        assert_eq!((&answer["id"], &answer["version"]), (&json!(2), &json!(3)));
        let all = "GET /subjects/t/versions?deleted=true";
        api.check(all, Value::Null, 200, json!([1, 3])).await;
    });
}

#[test]
fn settings_go_with_the_last_version() {
    each(async |api| {
        two_versions(&api).await;
        let full = json!({"compatibility": "FULL"});
        api.check("PUT /config/t", full.clone(), 200, full).await;
        api.send("DELETE /subjects/t", Value::Null).await;
        let shown = json!({"compatibilityLevel": "FULL"});
        api.check("GET /config/t", Value::Null, 200, shown).await;
        for version in [1, 2] {
            let line = format!("DELETE /subjects/t/versions/{version}?permanent=true");
            api.check(&line, Value::Null, 200, json!(version)).await;
        }
        assert_eq!(
            api.send("GET /config/t", Value::Null).await.json()["error_code"],
            40408
        );
    });
}
