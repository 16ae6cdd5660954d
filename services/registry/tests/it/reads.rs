//! Versions, ids and lists.

use serde_json::{Value, json};

use crate::harness::{Api, each, record};

async fn two_versions(api: &Api) -> (String, String) {
    let one = record(&[("a", "\"string\"")]);
    let two = record(&[("a", "\"string\""), ("b", "\"int\",\"default\":1")]);
    for schema in [&one, &two] {
        assert_eq!(api.register("t", schema).await.status, 200);
    }
    assert_eq!(api.register("other", &one).await.status, 200);
    (one, two)
}

#[test]
fn a_version_is_read_by_number_or_as_the_latest() {
    each(async |api| {
        let (one, two) = two_versions(&api).await;
        let body = |version: i32, guid: &str, schema: &str| {
            json!({
                "subject": "t", "version": version, "id": version, "guid": guid,
                "schemaType": "AVRO", "schema": schema, "deleted": false,
            })
        };
        let guid = api
            .send("GET /subjects/t/versions/2", Value::Null)
            .await
            .json()["guid"]
            .clone();
        let first = body(1, "5dc3f779-b8f9-f027-359c-6140cfb455e0", &one);
        let second = body(2, guid.as_str().unwrap(), &two);
        api.check("GET /subjects/t/versions/1", Value::Null, 200, first)
            .await;
        for latest in ["2", "latest", "LATEST", "-1"] {
            let line = format!("GET /subjects/t/versions/{latest}");
            api.check(&line, Value::Null, 200, second.clone()).await;
        }
        let raw = api
            .send("GET /subjects/t/versions/1/schema", Value::Null)
            .await;
        assert_eq!((raw.status, raw.text), (200, one));
    });
}

#[test]
fn a_version_that_is_not_there_is_named() {
    each(async |api| {
        let no_subject = json!({"error_code": 40401, "message": "Subject 't' not found."});
        for path in ["", "/1", "/latest", "/1/schema", "/1/referencedby"] {
            let line = format!("GET /subjects/t/versions{path}");
            api.check(&line, Value::Null, 404, no_subject.clone()).await;
        }
        two_versions(&api).await;
        let no_version = json!({"error_code": 40402, "message": "Version 99 not found."});
        api.check("GET /subjects/t/versions/99", Value::Null, 404, no_version)
            .await;
        for bad in ["0", "-2", "abc", "2147483648"] {
            let message = format!(
                "The specified version '{bad}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""
            );
            let error = json!({"error_code": 42202, "message": message});
            let line = format!("GET /subjects/t/versions/{bad}");
            api.check(&line, Value::Null, 422, error).await;
        }
    });
}

#[test]
fn a_schema_is_read_by_its_id() {
    each(async |api| {
        let missing = json!({"error_code": 40403, "message": "Schema 1 not found"});
        api.check("GET /schemas/ids/1", Value::Null, 404, missing.clone())
            .await;
        api.check("GET /schemas/ids/1/schema", Value::Null, 404, missing)
            .await;
        let none = json!({"error_code": 40403, "message": "Schema not found"});
        api.check(
            "GET /schemas/ids/1/subjects",
            Value::Null,
            404,
            none.clone(),
        )
        .await;
        api.check("GET /schemas/ids/1/versions", Value::Null, 404, none)
            .await;

        let (one, _) = two_versions(&api).await;
        let mut body = json!({
            "subject": "t", "version": 1, "guid": "5dc3f779-b8f9-f027-359c-6140cfb455e0",
            "schemaType": "AVRO", "schema": one, "deleted": false,
        });
        // Twice: from the database, and from memory.
        api.check("GET /schemas/ids/1", Value::Null, 200, body.clone())
            .await;
        api.check("GET /schemas/ids/1", Value::Null, 200, body.clone())
            .await;
        api.check(
            "GET /schemas/ids/1?deleted=true",
            Value::Null,
            200,
            body.clone(),
        )
        .await;
        body["maxId"] = json!(2);
        api.check("GET /schemas/ids/1?fetchMaxId=true", Value::Null, 200, body)
            .await;
        let of_other = api
            .send("GET /schemas/ids/1?subject=other", Value::Null)
            .await
            .json();
        assert_eq!(of_other["subject"], "other");
        let raw = api.send("GET /schemas/ids/1/schema", Value::Null).await;
        assert_eq!((raw.status, raw.text), (200, one));
        let subjects = json!(["other", "t"]);
        api.check("GET /schemas/ids/1/subjects", Value::Null, 200, subjects)
            .await;
        let versions = json!([{"subject": "other", "version": 1}, {"subject": "t", "version": 1}]);
        api.check("GET /schemas/ids/1/versions", Value::Null, 200, versions)
            .await;
    });
}

#[test]
fn a_schema_is_read_by_its_guid() {
    each(async |api| {
        let (one, _) = two_versions(&api).await;
        let guid = "5dc3f779-b8f9-f027-359c-6140cfb455e0";
        let body = json!({"guid": guid, "schemaType": "AVRO", "schema": one, "deleted": false});
        api.check(
            &format!("GET /schemas/guids/{guid}"),
            Value::Null,
            200,
            body,
        )
        .await;
        let ids = json!([{"context": ".", "id": 1}]);
        api.check(
            &format!("GET /schemas/guids/{guid}/ids"),
            Value::Null,
            200,
            ids,
        )
        .await;
        let missing = json!({"error_code": 40403, "message": "Schema x not found"});
        api.check("GET /schemas/guids/x", Value::Null, 404, missing)
            .await;
        api.check("GET /schemas/guids/x/ids", Value::Null, 200, json!([]))
            .await;
    });
}

#[test]
fn lists_come_in_order_and_in_pages() {
    each(async |api| {
        two_versions(&api).await;
        let list = async |query: &str, expected: Value| {
            api.check(&format!("GET /subjects{query}"), Value::Null, 200, expected)
                .await;
        };
        list("", json!(["other", "t"])).await;
        list("?offset=1&limit=1", json!(["t"])).await;
        list("?limit=-1", json!(["other", "t"])).await;
        list("?limit=0", json!([])).await;
        list("?subjectPrefix=t", json!(["t"])).await;
        list("?subjectPrefix=%25", json!([])).await;
        list("?deletedOnly=true", json!([])).await;
        api.check("GET /subjects/t/versions", Value::Null, 200, json!([1, 2]))
            .await;
        api.check(
            "GET /subjects/t/versions?offset=1",
            Value::Null,
            200,
            json!([2]),
        )
        .await;
        let pairs = async |query: &str| {
            let list = api
                .send(&format!("GET /schemas{query}"), Value::Null)
                .await
                .json();
            let pair = |it: &Value| json!([it["subject"], it["version"]]);
            list.as_array().unwrap().iter().map(pair).collect::<Value>()
        };
        assert_eq!(pairs("").await, json!([["other", 1], ["t", 1], ["t", 2]]));
        assert_eq!(
            pairs("?latestOnly=true&subjectPrefix=t").await,
            json!([["t", 2]])
        );
        assert_eq!(pairs("?limit=1").await, json!([["other", 1]]));
    });
}

#[test]
fn every_list_has_pages_and_deleted_entries_on_demand() {
    each(async |api| {
        let (one, _) = two_versions(&api).await;
        let references = json!([{"name": "R", "subject": "t", "version": 1}]);
        for (subject, name) in [("u1", "U1"), ("u2", "U2")] {
            let schema = format!(
                r#"{{"type":"record","name":"{name}","fields":[{{"name":"r","type":"R"}}]}}"#
            );
            let body = json!({"schema": schema, "references": references});
            let line = format!("POST /subjects/{subject}/versions");
            assert_eq!(api.send(&line, body).await.status, 200);
        }
        api.register("gone", &one).await;
        api.send("DELETE /subjects/gone", Value::Null).await;
        let (other, t) = (
            json!({"subject": "other", "version": 1}),
            json!({"subject": "t", "version": 1}),
        );
        let gone = json!({"subject": "gone", "version": 1});
        for (path, all) in [
            ("/schemas/ids/1/subjects", json!(["other", "t"])),
            ("/schemas/ids/1/versions", json!([other, t])),
            ("/subjects/t/versions/1/referencedby", json!([3, 4])),
            ("/subjects?subjectPrefix=u", json!(["u1", "u2"])),
            ("/subjects?subjectPrefix=%3A*%3Au", json!(["u1", "u2"])),
        ] {
            let all = all.as_array().unwrap();
            let mark = if path.contains('?') { '&' } else { '?' };
            for (page, expected) in [
                ("offset=0", &all[..]),
                ("limit=1", &all[..1]),
                ("offset=1&limit=5", &all[1..]),
                ("offset=2", &[]),
                ("limit=0", &[]),
                ("limit=-1&offset=-3", &all[..]),
            ] {
                let line = format!("GET {path}{mark}{page}");
                api.check(&line, Value::Null, 200, json!(expected)).await;
            }
        }
        for (path, all) in [
            ("/schemas/ids/1/subjects", json!(["gone", "other", "t"])),
            ("/schemas/ids/1/versions", json!([gone, other, t])),
            ("/subjects?subjectPrefix=g", json!(["gone"])),
        ] {
            let mark = if path.contains('?') { '&' } else { '?' };
            let line = format!("GET {path}{mark}deleted=true");
            api.check(&line, Value::Null, 200, all).await;
        }
        let line = "GET /schemas/ids/1/subjects?subject=t";
        api.check(line, Value::Null, 200, json!(["t"])).await;
    });
}
