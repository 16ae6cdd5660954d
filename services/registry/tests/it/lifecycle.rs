//! Who did what and why: dry runs, taking a deletion back, and the change feed.

use axum::{body::Body, extract::Request};
use futures::StreamExt;
use serde_json::{Value, json};

use crate::harness::{Answer, Api, each, record};

fn one() -> String {
    record(&[("a", "\"int\"")])
}

fn two() -> String {
    record(&[("a", "\"int\""), ("b", "\"int\",\"default\":1")])
}

/// A request with headers.
async fn send(api: &Api, line: &str, headers: &[(&str, &str)], body: Value) -> Answer {
    let (method, path) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Value::Null => Body::empty(),
        body => Body::from(body.to_string()),
    };
    api.request(request.body(body).unwrap()).await
}

/// The changes without their times.
async fn changes(api: &Api, path: &str) -> Vec<Value> {
    let mut found = api.send(&format!("GET {path}"), Value::Null).await.json();
    for change in found.as_array_mut().unwrap() {
        assert!(change.as_object_mut().unwrap().shift_remove("ts").is_some());
    }
    found.as_array().unwrap().clone()
}

#[test]
fn a_dry_run_answers_and_leaves_everything_as_it_is() {
    each(async |api| {
        let body = json!({"schema": one()});
        let line = "POST /subjects/t/versions?dryRun=true";
        let dry = api.send(line, body.clone()).await;
        assert_eq!((dry.status, dry.json()["version"].clone()), (200, json!(1)));
        api.check("GET /subjects", Value::Null, 200, json!([]))
            .await;
        assert_eq!(
            api.send("GET /schemas/ids/1", Value::Null).await.status,
            404
        );
        api.register("t", &one()).await;
        let incompatible = json!({"schema": record(&[("z", "\"int\"")])});
        assert_eq!(api.send(line, incompatible).await.status, 409);
        for (line, status) in [
            ("DELETE /subjects/t/versions/1?dryRun=true", 200),
            ("DELETE /subjects/t?dryRun=true", 200),
            ("DELETE /subjects/t?permanent=true&dryRun=true", 404),
        ] {
            assert_eq!(api.send(line, Value::Null).await.status, status, "{line}");
        }
        let config = json!({"compatibility": "NONE"});
        api.check("PUT /config/t?dryRun=true", config.clone(), 200, config)
            .await;
        assert_eq!(api.send("GET /config/t", Value::Null).await.status, 404);
        api.check("GET /subjects/t/versions", Value::Null, 200, json!([1]))
            .await;
        assert_eq!(changes(&api, "/changes").await.len(), 1);
    });
}

#[test]
fn a_deletion_is_taken_back_with_number_and_id() {
    each(async |api| {
        api.register("t", &one()).await;
        api.register("t", &two()).await;
        let before = api
            .send("GET /subjects/t/versions/2", Value::Null)
            .await
            .json();
        api.send("DELETE /subjects/t/versions/2", Value::Null).await;
        assert_eq!(
            api.send("GET /subjects/t/versions/2", Value::Null)
                .await
                .status,
            404
        );
        let line = "POST /subjects/t/versions/2/undelete";
        let answer = api.send(line, Value::Null).await;
        assert_eq!((answer.status, answer.json()), (200, before.clone()));
        assert_eq!(
            api.send("GET /subjects/t/versions/2", Value::Null)
                .await
                .json(),
            before
        );
        // A live one stays live.
        assert_eq!(api.send(line, Value::Null).await.status, 200);
        // A whole subject, version by version; `latest` is the newest deleted one.
        api.send("DELETE /subjects/t", Value::Null).await;
        for version in [2, 1] {
            let answer = api
                .send("POST /subjects/t/versions/latest/undelete", Value::Null)
                .await;
            assert_eq!(answer.json()["version"], version);
        }
        api.check("GET /subjects/t/versions", Value::Null, 200, json!([1, 2]))
            .await;
        for (line, code) in [
            ("POST /subjects/t/versions/9/undelete", 40402),
            ("POST /subjects/t/versions/latest/undelete", 40402),
            ("POST /subjects/none/versions/1/undelete", 40401),
            ("POST /subjects/t/versions/x/undelete", 42202),
        ] {
            assert_eq!(
                api.send(line, Value::Null).await.json()["error_code"],
                code,
                "{line}"
            );
        }
    });
}

#[test]
fn a_deleted_version_comes_back_only_where_it_fits() {
    each(async |api| {
        let a = record(&[("a", "\"int\"")]);
        let b = record(&[("b", "\"int\"")]);
        api.register("t", &a).await;
        api.send("DELETE /subjects/t/versions/1", Value::Null).await;
        // Nothing live to compare with.
        assert_eq!(api.register("t", &b).await.status, 200);
        let line = "POST /subjects/t/versions/1/undelete";
        let refused = api.send(line, Value::Null).await;
        assert_eq!(
            (refused.status, refused.json()["error_code"].clone()),
            (409, json!(409))
        );
        let forced = api.send(&format!("{line}?force=true"), Value::Null).await;
        assert_eq!(forced.status, 200);
        // What it refers to must be there too.
        let user = record(&[("r", "\"R2\"")]);
        api.register("types", r#"{"type":"record","name":"R2","fields":[]}"#)
            .await;
        let references = json!([{"name": "R2", "subject": "types", "version": 1}]);
        let body = json!({"schema": user, "references": references});
        assert_eq!(
            api.send("POST /subjects/u/versions", body).await.status,
            200
        );
        api.send("DELETE /subjects/u", Value::Null).await;
        api.send("DELETE /subjects/types", Value::Null).await;
        let refused = api
            .send("POST /subjects/u/versions/1/undelete", Value::Null)
            .await;
        assert_eq!(refused.json()["error_code"], 42201);
    });
}

#[test]
fn a_read_only_subject_takes_no_deletion_back() {
    each(async |api| {
        api.register("t", &one()).await;
        api.send("DELETE /subjects/t", Value::Null).await;
        api.send("PUT /mode/t", json!({"mode": "READONLY"})).await;
        let refused = api
            .send("POST /subjects/t/versions/1/undelete", Value::Null)
            .await;
        assert_eq!(refused.json()["error_code"], 42205);
    });
}

#[test]
fn every_change_says_who_and_why() {
    each(async |api| {
        // `me`, with a password that is nobody's business here.
        let who = ("authorization", "Basic bWU6c2VjcmV0");
        let why = ("x-change-reason", "a field for \"tax\"");
        let body = json!({"schema": one()});
        send(&api, "POST /subjects/t/versions", &[who, why], body.clone()).await;
        // Found again: no change.
        send(&api, "POST /subjects/t/versions", &[who], body).await;
        let other = ("x-change-author", "you");
        send(
            &api,
            "PUT /config/t",
            &[other],
            json!({"compatibility": "NONE"}),
        )
        .await;
        send(&api, "DELETE /subjects/t/versions/1", &[], Value::Null).await;
        let guid = api.send("GET /schemas/ids/1", Value::Null).await.json()["guid"].clone();
        let version = |seq: i32, change: &str| json!({"seq": seq, "change": change, "subject": "t", "version": 1, "id": 1, "guid": guid});
        let mut first = version(1, "registered");
        first["author"] = json!("me");
        first["reason"] = json!("a field for \"tax\"");
        let set = json!({"seq": 2, "change": "config-set", "subject": "t", "author": "you"});
        let all = vec![first, set, version(3, "deleted")];
        assert_eq!(changes(&api, "/changes").await, all);
        assert_eq!(changes(&api, "/changes?since=2").await, all[2..]);
        assert_eq!(changes(&api, "/changes?since=1&limit=1").await, all[1..2]);
        assert_eq!(changes(&api, "/subjects/t/changes").await, all);
        assert_eq!(changes(&api, "/subjects/t/versions/1/changes").await, all);
        assert_eq!(
            changes(&api, "/subjects/t/versions/latest/changes?since=2").await,
            all[2..]
        );
        assert_eq!(
            api.send("GET /subjects/none/changes", Value::Null)
                .await
                .status,
            404
        );
        for bad in ["-1", "x", "99999999999999999999"] {
            let line = format!("GET /changes?since={bad}");
            assert_eq!(api.send(&line, Value::Null).await.status, 404, "{bad}");
        }
    });
}

#[test]
fn the_feed_goes_on_where_a_client_left_it() {
    each(async |api| {
        api.register("t", &one()).await;
        api.register("t", &two()).await;
        let request = Request::get("/changes")
            .header("accept", "text/event-stream")
            .header("last-event-id", "1")
            .body(Body::empty())
            .unwrap();
        let response = api.open_stream(request).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream = response.into_body().into_data_stream();
        let mut next = async || {
            let bytes = stream.next().await.unwrap().unwrap();
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        let second = next().await;
        assert!(
            second.contains("id: 2\n") && second.contains("event: registered\n"),
            "{second}"
        );
        assert!(second.contains(r#""version":2"#), "{second}");
        // What another instance does comes too.
        let other = Api::open(&api.url, accordant_registry::Settings::default()).await;
        let ((), third) = tokio::join!(
            async {
                other
                    .send("DELETE /subjects/t/versions/2", Value::Null)
                    .await;
            },
            next()
        );
        assert!(
            third.contains("id: 3\n") && third.contains("event: deleted\n"),
            "{third}"
        );
    });
}

#[test]
fn who_reads_a_schema_is_known() {
    each(async |api| {
        api.register("t", &one()).await;
        let read = async |path: &str, client: (&str, &str)| {
            let answer = send(&api, &format!("GET {path}"), &[client], Value::Null).await;
            assert_eq!(answer.status, 200, "{path}");
        };
        let clients = async |path: &str| {
            let found = api.send(&format!("GET {path}"), Value::Null).await.json();
            let mut names: Vec<String> = Vec::new();
            for it in found.as_array().unwrap() {
                assert!(it["lastFetch"].as_i64().unwrap() > 1_600_000_000_000);
                assert_eq!(it["id"], 1);
                names.push(it["client"].as_str().unwrap().to_owned());
            }
            names.sort();
            names
        };
        assert_eq!(
            clients("/schemas/ids/1/clients").await,
            Vec::<String>::new()
        );
        // From the database and from memory, by id, by version and as a text.
        read("/schemas/ids/1", ("user-agent", "app/1")).await;
        read("/schemas/ids/1", ("authorization", "Basic YmlsbGluZzp4")).await;
        read("/subjects/t/versions/1", ("x-client-id", "' OR 1=1 --")).await;
        read(
            "/subjects/t/versions/1",
            ("confluent-client-version", "java/8"),
        )
        .await;
        read("/schemas/ids/1/schema", ("user-agent", "curl")).await;
        let all = ["' OR 1=1 --", "app/1", "billing", "curl", "java/8"];
        assert_eq!(clients("/schemas/ids/1/clients").await, all);
        assert_eq!(clients("/subjects/t/versions/1/clients").await, all);
        assert_eq!(
            clients("/subjects/t/versions/latest/clients?limit=1")
                .await
                .len(),
            1
        );
        assert_eq!(
            api.send("GET /schemas/ids/9/clients", Value::Null)
                .await
                .status,
            404
        );
        assert_eq!(
            api.send("GET /subjects/t/versions/9/clients", Value::Null)
                .await
                .status,
            404
        );
    });
}

#[test]
fn a_client_with_many_names_does_not_fill_the_disk() {
    each(async |api| {
        api.register("t", &one()).await;
        let count = async || {
            let found = api.send("GET /schemas/ids/1/clients", Value::Null).await;
            found.json().as_array().unwrap().len()
        };
        let mut counts = Vec::new();
        for number in 0..1_200 {
            let name = format!("client {number}");
            send(
                &api,
                "GET /schemas/ids/1",
                &[("user-agent", &name)],
                Value::Null,
            )
            .await;
            if number % 400 == 399 {
                counts.push(count().await);
            }
        }
        // Fewer where more came at once than is remembered between two writes.
        assert!(counts[0] > 200 && counts[2] <= 1_000, "{counts:?}");
        let latest = api
            .send("GET /schemas/ids/1/clients", Value::Null)
            .await
            .text;
        assert!(
            latest.contains("client 1199") && !latest.contains("client 0\""),
            "{counts:?}"
        );
    });
}
