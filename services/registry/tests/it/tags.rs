//! Tags in schemas, and the forms in which a schema and its references come.

use serde_json::{Value, json};

use crate::harness::each;

const ORDER: &str =
    r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"long"}]}"#;
const TAGGED: &str = r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"long","confluent:tags":["PII"]}]}"#;

fn field_tag(tag: &str) -> Value {
    json!([{"schemaEntity": {"entityPath": "shop.Order.id", "entityType": "sr_field"}, "tags": [tag]}])
}

#[test]
fn a_version_is_tagged_into_a_new_one() {
    each(async |api| {
        api.register("t", ORDER).await;
        let line = "POST /subjects/t/versions/latest/tags";
        let body = json!({
            "newVersion": 2, "tagsToAdd": field_tag("PII"),
            "rulesToMerge": {"domainRules": [{"name": "mask", "type": "ENCRYPT"}]},
        });
        let answer = api.send(line, body).await.json();
        assert_eq!(
            (&answer["version"], &answer["schema"]),
            (&json!(2), &json!(TAGGED))
        );
        assert_eq!(
            answer["metadata"],
            json!({"properties": {"confluent:version": "2"}})
        );
        assert_eq!(answer["ruleSet"]["domainRules"][0]["name"], "mask");
        let body = json!({"newVersion": 9, "tagsToAdd": field_tag("X")});
        assert_eq!(api.send(line, body).await.json()["error_code"], 42201);
        let nowhere = json!([{"schemaEntity": {"entityPath": "Order.none", "entityType": "sr_field"}, "tags": ["x"]}]);
        let refused = api.send(line, json!({"tagsToAdd": nowhere})).await.json();
        assert_eq!(refused["error_code"], 42201);
        assert!(
            refused["message"]
                .as_str()
                .unwrap()
                .contains("No matching path 'Order.none'")
        );
        let body =
            json!({"newVersion": 3, "tagsToRemove": field_tag("PII"), "rulesToRemove": ["mask"]});
        let answer = api.send(line, body).await.json();
        assert_eq!(
            (&answer["version"], &answer["schema"]),
            (&json!(3), &json!(ORDER))
        );
        assert_eq!(answer["ruleSet"]["domainRules"], json!([]));
        for (line, code) in [
            ("POST /subjects/none/versions/1/tags", 40401),
            ("POST /subjects/t/versions/9/tags", 40402),
            ("POST /subjects/t/versions/0/tags", 42202),
        ] {
            let answer = api.send(line, json!({"newVersion": 4})).await.json();
            assert_eq!(answer["error_code"], code, "{line}");
        }
    });
}

#[test]
fn a_registration_adds_removes_and_inherits_tags() {
    each(async |api| {
        let line = "POST /subjects/t/versions";
        let body = json!({"schema": ORDER, "schemaTagsToAdd": field_tag("PII")});
        assert_eq!(api.send(line, body).await.json()["schema"], TAGGED);
        let next = ORDER.replace(r#""type":"long"}"#, r#""type":"long","doc":"d"}"#);
        let body = json!({"schema": next, "propagateSchemaTags": true});
        let answer = api.send(line, body).await.json();
        assert!(
            answer["schema"]
                .as_str()
                .unwrap()
                .contains(r#""confluent:tags":["PII"]"#)
        );
        let body = json!({
            "schema": next, "propagateSchemaTags": true, "schemaTagsToRemove": field_tag("PII"),
        });
        assert_eq!(api.send(line, body).await.json()["schema"], next);
    });
}

#[test]
fn tags_are_found_by_name() {
    each(async |api| {
        api.register("t", TAGGED).await;
        let tags = field_tag("PII");
        for line in ["GET /subjects/t/versions/1", "GET /schemas/ids/1"] {
            let found = async |query: &str| {
                api.send(&format!("{line}?{query}"), Value::Null)
                    .await
                    .json()["schemaTags"]
                    .clone()
            };
            assert_eq!(found("findTags=PII&findTags=x").await, tags);
            assert_eq!(found("findTags=*").await, tags);
            assert_eq!(found("findTags=x").await, json!([]));
            assert_eq!(found("").await, Value::Null);
        }
    });
}

#[test]
fn references_are_shown_with_their_context_and_written_out() {
    each(async |api| {
        let money = r#"{"type":"record","name":"Money","fields":[]}"#;
        let price = r#"{"type":"record","name":"Price","fields":[{"name":"m","type":"Money"}]}"#;
        let references = json!([{"name": "Money", "subject": "money", "version": 1}]);
        for context in ["", "/contexts/.c"] {
            let line = |subject: &str| format!("POST {context}/subjects/{subject}/versions");
            api.send(&line("money"), json!({"schema": money})).await;
            let body = json!({"schema": price, "references": references});
            assert_eq!(api.send(&line("price"), body).await.status, 200);
        }
        let shown =
            async |line: &str| api.send(line, Value::Null).await.json()["references"].clone();
        let qualified = json!([{"name": "Money", "subject": ":.c:money", "version": 1}]);
        let version = "GET /contexts/.c/subjects/price/versions/1";
        assert_eq!(shown(version).await, references);
        assert_eq!(
            shown(&format!("{version}?referenceFormat=qualified")).await,
            qualified
        );
        let id = "GET /contexts/.c/schemas/ids/2?referenceFormat=qualified";
        assert_eq!(shown(id).await, qualified);
        let plain = "GET /subjects/price/versions/1?referenceFormat=qualified";
        assert_eq!(shown(plain).await, references);
        let resolved = r#"{"type":"record","name":"Price","fields":[{"name":"m","type":{"type":"record","name":"Money","fields":[]}}]}"#;
        let body = json!({"schema": price, "references": references});
        for line in [
            "POST /subjects/price/versions?format=resolved",
            "POST /subjects/price?format=resolved",
        ] {
            let answer = api.send(line, body.clone()).await.json();
            assert_eq!(
                (&answer["id"], &answer["schema"]),
                (&json!(2), &json!(resolved))
            );
        }
        // Written out it is still the same one.
        let answer = api.register("price", resolved).await.json();
        assert_eq!((&answer["id"], &answer["version"]), (&json!(2), &json!(1)));
        for line in [
            "GET /subjects/price/versions/1/schema?format=resolved",
            "GET /schemas/ids/2/schema?format=resolved",
        ] {
            assert_eq!(api.send(line, Value::Null).await.text, resolved, "{line}");
        }
    });
}
