//! What settings do to registrations: aliases, groups, metadata, modes and
//! contexts.

use serde_json::{Value, json};

use crate::harness::{Api, each, record};

const PLAIN: &str = r#"{"type":"record","name":"R","fields":[]}"#;

async fn config(api: &Api, subject: &str, config: Value) {
    let answer = api.send(&format!("PUT /config/{subject}"), config).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[test]
fn an_alias_stands_for_its_subject_in_every_path() {
    each(async |api| {
        config(&api, "other", json!({"alias": "t"})).await;
        // What is written to the alias goes to the subject.
        assert_eq!(api.register("other", PLAIN).await.json()["version"], 1);
        api.check("GET /subjects", Value::Null, 200, json!(["t"]))
            .await;
        for line in [
            "GET /subjects/other/versions/1",
            "GET /subjects/other/versions/latest",
            "GET /schemas/ids/1?subject=other",
        ] {
            assert_eq!(
                api.send(line, Value::Null).await.json()["subject"],
                "t",
                "{line}"
            );
        }
        let body = json!({"schema": PLAIN});
        assert_eq!(
            api.send("POST /subjects/other", body.clone()).await.json()["subject"],
            "t"
        );
        let incompatible = json!({"schema": record(&[("a", "\"int\"")])});
        let line = "POST /compatibility/subjects/other/versions/latest";
        api.check(line, incompatible, 200, json!({"is_compatible": false}))
            .await;
        // Settings are the alias's own.
        let own = json!({"alias": "t"});
        api.check("GET /config/other", Value::Null, 200, own).await;
        let versions = "GET /schemas/ids/1/versions?subject=other";
        let one = json!([{"subject": "t", "version": 1}]);
        api.check(versions, Value::Null, 200, one).await;
        let listed = api
            .send("GET /schemas?aliases=true", Value::Null)
            .await
            .json();
        assert_eq!(listed[0]["aliases"], json!(["other"]));
        // Followed once, and no longer than it is set.
        config(&api, "t", json!({"alias": "other"})).await;
        assert_eq!(
            api.send("GET /subjects/other/versions", Value::Null)
                .await
                .status,
            200
        );
        config(&api, "other", json!({"alias": null})).await;
        assert_eq!(
            api.send("GET /subjects/other/versions", Value::Null)
                .await
                .status,
            404
        );
    });
}

#[test]
fn only_versions_of_one_group_are_compared() {
    each(async |api| {
        config(&api, "t", json!({"compatibilityGroup": "major"})).await;
        let register = async |field: &str, major: Option<&str>| {
            let mut body = json!({"schema": record(&[(field, "\"int\"")])});
            if let Some(major) = major {
                body["metadata"] = json!({"properties": {"major": major}});
            }
            api.send("POST /subjects/t/versions", body).await.status
        };
        assert_eq!(register("a", Some("1")).await, 200);
        assert_eq!(register("b", Some("1")).await, 409);
        assert_eq!(register("b", Some("2")).await, 200);
        assert_eq!(register("c", Some("2")).await, 409);
        // Nothing said: the group of the version before.
        assert_eq!(register("c", None).await, 409);
        assert_eq!(register("c", Some("3")).await, 200);
    });
}

#[test]
fn metadata_comes_from_the_settings_the_request_and_the_version_before() {
    each(async |api| {
        let property = |key: &str, value: &str| json!({"properties": {key: value}});
        config(
            &api,
            "t",
            json!({
                "defaultMetadata": {"properties": {"owner": "nobody", "tier": "low"}},
                "overrideMetadata": property("region", "eu"),
                "defaultRuleSet": {"domainRules": [{"name": "d", "kind": "CONDITION", "type": "CEL"}]},
            }),
        )
        .await;
        let body =
            json!({"schema": PLAIN, "metadata": {"properties": {"owner": "me", "region": "us"}}});
        let line = "POST /subjects/t/versions";
        let first = api.send(line, body.clone()).await.json();
        let expected = json!({"properties": {"owner": "me", "region": "eu", "tier": "low"}});
        assert_eq!(first["metadata"], expected);
        assert_eq!(first["ruleSet"]["domainRules"][0]["name"], "d");
        // The same again is the same again.
        assert_eq!(api.send(line, body).await.json()["version"], 1);
        assert_eq!(api.register("t", PLAIN).await.json()["version"], 1);
        let body = json!({"schema": PLAIN, "metadata": property("tier", "high")});
        let second = api.send(line, body).await.json();
        let expected = json!({"properties": {"owner": "nobody", "region": "eu", "tier": "high"}});
        assert_eq!(
            (&second["version"], &second["metadata"]),
            (&json!(2), &expected)
        );
        let line = "GET /subjects/t/metadata?key=tier&value=high&key=region&value=eu";
        assert_eq!(api.send(line, Value::Null).await.json()["version"], 2);
        let line = "GET /subjects/t/metadata?key=tier&value=none";
        assert_eq!(
            api.send(line, Value::Null).await.json()["error_code"],
            40403
        );
        let found = api
            .send("GET /schemas?ruleType=CEL", Value::Null)
            .await
            .json();
        assert_eq!(found.as_array().unwrap().len(), 2);
        api.check("GET /schemas?ruleType=none", Value::Null, 200, json!([]))
            .await;
        // A context's settings hold for its subjects.
        config(
            &api,
            "%3A.c%3A",
            json!({"defaultMetadata": property("owner", "c")}),
        )
        .await;
        let answer = api.register("%3A.c%3As", PLAIN).await.json();
        assert_eq!(answer["metadata"], property("owner", "c"));
    });
}

#[test]
fn metadata_of_another_shape_is_refused() {
    each(async |api| {
        for bad in [
            json!("x"),
            json!([]),
            json!({"properties": ["x"]}),
            json!({"tags": {"a": "b"}}),
        ] {
            let body = json!({"schema": PLAIN, "metadata": bad});
            assert_eq!(
                api.send("POST /subjects/t/versions", body).await.status,
                400,
                "{bad}"
            );
            let body = json!({"defaultMetadata": bad});
            assert_eq!(api.send("PUT /config/t", body).await.status, 400, "{bad}");
        }
    });
}

#[test]
fn a_place_that_is_imported_takes_ids_and_compares_nothing() {
    each(async |api| {
        for mode in ["IMPORT", "FORWARD"] {
            let subject = mode.to_lowercase();
            let line = format!("PUT /mode/{subject}");
            assert_eq!(api.send(&line, json!({"mode": mode})).await.status, 200);
            let line = format!("POST /subjects/{subject}/versions");
            let id = if mode == "IMPORT" { 10 } else { 20 };
            let body = |field: &str, id: i32, version: i32| {
                let schema = record(&[(&format!("{field}{mode}"), "\"int\"")]);
                json!({"schema": schema, "id": id, "version": version})
            };
            let found = api.send(&line, body("b", id, 2)).await.json();
            assert_eq!((&found["id"], &found["version"]), (&json!(id), &json!(2)));
            // An older one afterwards, and incompatible with it.
            let found = api.send(&line, body("a", id + 1, 1)).await.json();
            assert_eq!(
                (&found["id"], &found["version"]),
                (&json!(id + 1), &json!(1))
            );
            // Twice changes nothing.
            assert_eq!(
                api.send(&line, body("a", id + 1, 1)).await.json()["id"],
                id + 1
            );
            let refused = api.send(&line, json!({"schema": PLAIN})).await.json();
            let message = format!("Subject {subject} in context  is not in read-write mode");
            assert_eq!(refused, json!({"error_code": 42205, "message": message}));
            assert_eq!(
                api.send(&format!("DELETE /subjects/{subject}"), Value::Null)
                    .await
                    .text,
                "[1,2]"
            );
        }
    });
}

#[test]
fn a_mode_holds_for_a_context_and_goes_with_it() {
    each(async |api| {
        let mode = |name: &str| json!({"mode": name});
        api.check(
            "PUT /mode/%3A.c%3A",
            mode("READONLY"),
            200,
            mode("READONLY"),
        )
        .await;
        let refused = api.register("%3A.c%3As", PLAIN).await.json();
        assert_eq!(refused["error_code"], 42205);
        assert_eq!(api.register("s", PLAIN).await.status, 200);
        api.check(
            "PUT /mode/%3A.c%3As",
            mode("READWRITE"),
            200,
            mode("READWRITE"),
        )
        .await;
        assert_eq!(api.register("%3A.c%3As", PLAIN).await.status, 200);
        // Everything at once, whatever a subject says.
        api.send("PUT /mode", mode("READONLY_OVERRIDE")).await;
        assert_eq!(
            api.register("%3A.c%3Ax", PLAIN).await.json()["error_code"],
            42205
        );
        api.send("DELETE /mode", Value::Null).await;
        let line = "DELETE /mode/%3A.c%3A?recursive=true";
        api.check(line, Value::Null, 200, mode("READONLY")).await;
        assert_eq!(
            api.send("GET /mode/%3A.c%3As", Value::Null).await.status,
            404
        );
        // Said to be none is as removed.
        api.send("PUT /mode/s", mode("READONLY")).await;
        assert_eq!(
            api.send("PUT /mode/s", json!({"mode": null})).await.status,
            200
        );
        assert_eq!(api.send("GET /mode/s", Value::Null).await.status, 404);
    });
}

#[test]
fn an_import_clears_what_was_deleted_already() {
    each(async |api| {
        api.register("t", PLAIN).await;
        api.send("DELETE /subjects/t", Value::Null).await;
        let import = json!({"mode": "IMPORT"});
        api.check("PUT /mode/t", import.clone(), 200, import).await;
        api.check("GET /subjects?deleted=true", Value::Null, 200, json!([]))
            .await;
        assert_eq!(
            api.send("GET /schemas/ids/1", Value::Null).await.status,
            404
        );
    });
}

#[test]
fn contexts_are_listed_and_removed_when_empty() {
    each(async |api| {
        for (context, schema) in [(".a", PLAIN), (".b", "\"int\"")] {
            let line = format!("POST /contexts/{context}/subjects/s/versions");
            assert_eq!(api.send(&line, json!({"schema": schema})).await.status, 200);
        }
        let list = "GET /contexts";
        api.check(list, Value::Null, 200, json!([".", ".a", ".b"]))
            .await;
        api.check(
            "GET /contexts?contextPrefix=.b",
            Value::Null,
            200,
            json!([".b"]),
        )
        .await;
        api.check(
            "GET /contexts?offset=1&limit=1",
            Value::Null,
            200,
            json!([".a"]),
        )
        .await;
        let refused = json!({
            "error_code": 42211, "message": "The specified context ':.a:' is not empty.",
        });
        api.check("DELETE /contexts/.a", Value::Null, 422, refused.clone())
            .await;
        api.send("DELETE /contexts/.a/subjects/s", Value::Null)
            .await;
        // Deleted ones may come back.
        api.check("DELETE /contexts/.a", Value::Null, 422, refused)
            .await;
        api.send("DELETE /contexts/.a/subjects/s?permanent=true", Value::Null)
            .await;
        let answer = api.send("DELETE /contexts/.a", Value::Null).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        api.check(list, Value::Null, 200, json!([".", ".b"])).await;
        // The ids that it gave stay given.
        let line = "POST /contexts/.a/subjects/s/versions";
        assert_eq!(
            api.send(line, json!({"schema": PLAIN})).await.json()["id"],
            2
        );
        api.check(list, Value::Null, 200, json!([".", ".a", ".b"]))
            .await;
    });
}

#[test]
fn a_name_without_a_context_is_looked_for_in_all_of_them() {
    each(async |api| {
        api.register("other", "\"long\"").await;
        let schema = json!({"schema": PLAIN});
        for subject in ["%3A.b%3As", "%3A.a%3As"] {
            let line = format!("POST /subjects/{subject}/versions");
            assert_eq!(api.send(&line, schema.clone()).await.status, 200);
        }
        let subject =
            async |line: &str, body: Value| api.send(line, body).await.json()["subject"].clone();
        let found = ":.a:s";
        // Twice: nothing is kept under a name that it does not have.
        for _ in 0..2 {
            assert_eq!(
                subject("GET /subjects/s/versions/1", Value::Null).await,
                found
            );
        }
        assert_eq!(
            subject("GET /subjects/s/versions/latest", Value::Null).await,
            found
        );
        assert_eq!(subject("POST /subjects/s", schema.clone()).await, found);
        assert_eq!(
            subject("GET /schemas/ids/1?subject=s", Value::Null).await,
            found
        );
        assert_eq!(subject("GET /schemas/ids/1", Value::Null).await, "other");
        api.send("DELETE /subjects/%3A.a%3As", Value::Null).await;
        assert_eq!(
            subject("GET /subjects/s/versions/1", Value::Null).await,
            ":.b:s"
        );
        // A list, and a name with a context, are of one place.
        assert_eq!(
            api.send("GET /subjects/s/versions", Value::Null)
                .await
                .status,
            404
        );
        assert_eq!(
            api.send("GET /subjects/%3A.c%3As/versions/1", Value::Null)
                .await
                .status,
            404
        );
        let missing = json!({"error_code": 40401, "message": "Subject 'none' not found."});
        api.check("GET /subjects/none/versions/1", Value::Null, 404, missing)
            .await;
        // The default context comes first.
        api.register("s", PLAIN).await;
        assert_eq!(
            subject("GET /subjects/s/versions/1", Value::Null).await,
            "s"
        );
    });
}

#[test]
fn reserved_fields_stay_reserved_where_they_are_looked_after() {
    each(async |api| {
        let body = |field: &str, reserved: &str| {
            let ty = "\"int\",\"default\":1";
            let mut body = json!({"schema": record(&[(field, ty)])});
            body["metadata"] = json!({"properties": {"confluent:reserved": reserved}});
            body
        };
        let line = "POST /subjects/t/versions";
        assert_eq!(api.send(line, body("a", "x, y")).await.status, 200);
        // Nobody looks after them yet.
        let check = "POST /compatibility/subjects/t/versions?verbose=true";
        let fine = json!({"is_compatible": true, "messages": []});
        api.check(check, body("x", "x"), 200, fine.clone()).await;
        config(&api, "t", json!({"validateFields": true})).await;
        let messages = json!([
            "The new schema has reserved field y removed from its metadata which is present in the old schema's metadata.",
            "The new schema has field that conflicts with the reserved field x.",
            "{validateFields: 'true', compatibility: 'BACKWARD'}",
        ]);
        let refused = json!({"is_compatible": false, "messages": messages});
        api.check(check, body("x", "x"), 200, refused).await;
        assert_eq!(api.send(line, body("x", "x")).await.status, 409);
        let mut item = body("x", "x");
        item["subject"] = json!("t");
        let many = api
            .send("POST /compatibility/batch", json!({"items": [item]}))
            .await
            .json();
        assert_eq!(many["items"][0]["messages"], messages);
        api.check(check, body("b", "x,y,z"), 200, fine).await;
    });
}
