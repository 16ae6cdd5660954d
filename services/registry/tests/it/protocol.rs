//! What holds for every path: content types, verbs, paths, bodies.

use accordant_registry::Settings;
use axum::{body::Body, extract::Request};
use serde_json::{Value, json};

use crate::harness::{Api, each, each_with};

const V1: &str = "application/vnd.schemaregistry.v1+json";

async fn get(api: &Api, path: &str, accept: &str) -> (u16, Option<String>, Value) {
    let request = Request::get(path)
        .header("accept", accept)
        .body(Body::empty())
        .unwrap();
    let answer = api.request(request).await;
    (
        answer.status,
        answer.content_type().map(str::to_owned),
        answer.json(),
    )
}

async fn post(api: &Api, content_type: &str, body: &str) -> (u16, i64) {
    let request = Request::post("/subjects/s/versions")
        .header("content-type", content_type)
        .body(Body::from(body.to_owned()))
        .unwrap();
    let answer = api.request(request).await;
    (
        answer.status,
        answer.json()["error_code"].as_i64().unwrap_or(0),
    )
}

#[test]
fn answers_have_the_type_that_the_client_accepts() {
    each(async |api| {
        for (accept, given) in [
            ("*/*", V1),
            ("application/json", "application/json"),
            (
                "application/vnd.schemaregistry+json",
                "application/vnd.schemaregistry+json",
            ),
        ] {
            let found = get(&api, "/subjects", accept).await;
            assert_eq!(found, (200, Some(given.to_owned()), json!([])));
        }
        let error = json!({"error_code": 40401, "message": "Subject 's' not found."});
        let found = get(&api, "/subjects/s/versions", "application/json").await;
        assert_eq!(found, (404, Some("application/json".to_owned()), error));
        let error = json!({"error_code": 406, "message": "HTTP 406 Not Acceptable"});
        assert_eq!(
            get(&api, "/subjects", "text/html").await,
            (406, None, error)
        );
    });
}

#[test]
fn unknown_paths_and_verbs_have_bodies_of_their_own() {
    each(async |api| {
        let not_found = json!({"error_code": 404, "message": "HTTP 404 Not Found"});
        api.check("GET /nope", Value::Null, 404, not_found.clone())
            .await;
        api.check("GET /schemas/ids/abc", Value::Null, 404, not_found.clone())
            .await;
        api.check("GET /subjects?limit=x", Value::Null, 404, not_found)
            .await;
        let not_allowed = json!({"error_code": 405, "message": "HTTP 405 Method Not Allowed"});
        api.check("PATCH /subjects", Value::Null, 405, not_allowed.clone())
            .await;
        api.check("PUT /subjects/s/versions", Value::Null, 405, not_allowed)
            .await;
        let answer = api.send("DELETE /schemas/types", Value::Null).await;
        assert_eq!(answer.headers["allow"], "GET, HEAD");
    });
}

#[test]
fn bodies_are_json_of_a_type_that_is_taken() {
    each(async |api| {
        let good = r#"{"schema":"\"int\"","unknownField":1}"#;
        assert_eq!(
            post(&api, "application/json; charset=utf-8", good).await,
            (200, 0)
        );
        assert_eq!(post(&api, "application/octet-stream", good).await, (200, 0));
        assert_eq!(post(&api, "text/plain", good).await, (415, 415));
        assert_eq!(post(&api, V1, "{bad json").await, (400, 400));
        assert_eq!(post(&api, V1, "[]").await, (400, 400));
        assert_eq!(
            post(&api, V1, r#"["\"int\"",null,null,null,null,null,null]"#).await,
            (400, 400)
        );
        assert_eq!(post(&api, V1, "").await, (400, 400));
        assert_eq!(
            post(&api, V1, r#"{"schema":{"type":"int"}}"#).await,
            (400, 400)
        );
    });
}

#[test]
fn a_body_above_the_limit_is_refused() {
    let settings = Settings {
        body_bytes_max: 100,
        ..Settings::default()
    };
    each_with(settings, async |api| {
        let body = format!(r#"{{"schema":"\"int\"","unknown":"{}"}}"#, "x".repeat(100));
        assert_eq!(post(&api, V1, &body).await, (413, 413));
    });
}

#[test]
fn subjects_keep_every_character_of_the_path() {
    each(async |api| {
        let subjects = [
            "a%2Fb",
            "..",
            "a%20b",
            "%F0%9F%98%80",
            "'%3B--%22",
            "%25",
            "a+b",
        ];
        for subject in subjects {
            assert_eq!(
                api.register(subject, "\"int\"").await.status,
                200,
                "{subject}"
            );
        }
        // By bytes, in whatever locale the database runs.
        let names = json!(["%", "';--\"", "..", "a b", "a+b", "a/b", "\u{1F600}"]);
        api.check("GET /subjects", Value::Null, 200, names).await;
        api.check(
            "GET /subjects/a%2Fb/versions/",
            Value::Null,
            200,
            json!([1]),
        )
        .await;
    });
}

#[test]
fn names_that_cannot_be_are_refused_in_writing_and_unknown_in_reading() {
    each(async |api| {
        for bad in ["a%00b", "a%0Ab", "__GLOBAL", "__EMPTY", &"x".repeat(2_000)] {
            let answer = api.register(bad, "\"int\"").await;
            assert_eq!(
                (answer.status, answer.json()["error_code"].clone()),
                (422, json!(42208))
            );
            for path in ["subjects/{}/versions", "config/{}", "mode/{}"] {
                let line = format!("GET /{}", path.replace("{}", bad));
                assert_eq!(api.send(&line, Value::Null).await.status, 404, "{line}");
            }
            let line = format!("POST /compatibility/subjects/{bad}/versions");
            api.check(
                &line,
                json!({"schema": "\"int\""}),
                200,
                json!({"is_compatible": true}),
            )
            .await;
            for line in [
                format!("DELETE /subjects/{bad}"),
                format!("DELETE /config/{bad}"),
            ] {
                assert_eq!(api.send(&line, Value::Null).await.status, 404, "{line}");
            }
        }
        let none = "GET /subjects?subjectPrefix=a%00b";
        api.check(none, Value::Null, 200, json!([])).await;
        assert_eq!(
            api.send("GET /contexts/a%00b/subjects", Value::Null)
                .await
                .status,
            400
        );
    });
}

#[test]
fn the_server_says_what_it_is() {
    each(async |api| {
        api.check("GET /", Value::Null, 200, json!({})).await;
        api.check("POST /", Value::Null, 200, json!({})).await;
        api.check("GET /schemas/types", Value::Null, 200, json!(["AVRO"]))
            .await;
        api.check("GET /contexts", Value::Null, 200, json!(["."]))
            .await;
        let scope = json!({"path": [], "clusters": {
            "kafka-cluster": "", "schema-registry-cluster": "accordant-registry",
        }});
        api.check(
            "GET /v1/metadata/id",
            Value::Null,
            200,
            json!({"scope": scope}),
        )
        .await;
        let version = json!({"version": env!("CARGO_PKG_VERSION"), "commitId": ""});
        api.check("GET /v1/metadata/version", Value::Null, 200, version)
            .await;
        let deployment = json!({"attributes": []});
        api.check("GET /v1/metadata/deployment", Value::Null, 200, deployment)
            .await;
    });
}

/// A body that nobody looks at is read all the same: the connection is good for
/// the next request.
#[test]
fn a_connection_outlives_every_refusal() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    each(async |api| {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = accordant_registry::app(api.registry.clone());
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, app).await });
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        for (line, header, status) in [
            (
                "POST /subjects/s/versions",
                "content-type: text/plain",
                "415",
            ),
            ("POST /subjects/s/versions", "accept: text/html", "406"),
            ("POST /nope", "x: y", "404"),
            ("PUT /subjects/s/versions", "x: y", "405"),
            ("DELETE /subjects/s", "x: y", "404"),
            ("GET /subjects", "x: y", "200"),
            ("POST /subjects/s/versions/1/undelete", "x: y", "404"),
        ] {
            let body = r#"{"schema":"\"int\""}"#;
            let head = format!(
                "{line} HTTP/1.1\r\nhost: x\r\n{header}\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
            // The head alone is there for a while, as some clients send it.
            tokio::task::yield_now().await;
            stream.write_all(body.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            loop {
                let mut bytes = [0; 4_096];
                let read = stream.read(&mut bytes).await.unwrap();
                assert!(read > 0, "{line} closes the connection");
                answer.extend_from_slice(&bytes[..read]);
                let text = String::from_utf8_lossy(&answer).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let length = head
                    .lines()
                    .find_map(|it| it.strip_prefix("content-length: "));
                if length.is_some_and(|it| it.parse() == Ok(body.len())) {
                    assert!(
                        head.starts_with(&format!("HTTP/1.1 {status}")),
                        "{line}: {head}"
                    );
                    break;
                }
            }
        }
        tasks.shutdown().await;
    });
}
