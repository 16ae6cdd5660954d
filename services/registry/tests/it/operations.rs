//! What whoever runs the registry asks, and what happens when the database is
//! away or another instance writes.

use accordant_registry::{Registry, Settings};
use serde_json::{Value, json};

use crate::harness::{Api, each, record};

#[test]
fn probes_metrics_and_the_document_are_there() {
    each(async |api| {
        for line in ["GET /livez", "GET /healthz", "GET /readyz"] {
            assert_eq!(api.send(line, Value::Null).await.status, 200, "{line}");
        }
        api.register("t", "\"int\"").await;
        // Counted from when somebody looks for the first time.
        api.send("GET /metrics", Value::Null).await;
        api.send("GET /schemas/ids/1", Value::Null).await;
        api.send("GET /schemas/ids/99", Value::Null).await;
        let metrics = api.send("GET /metrics", Value::Null).await;
        assert!(metrics.content_type().unwrap().starts_with("text/plain"));
        for line in [
            r#"accordant_registry_requests_total{operation="schema_by_id",method="read",status="200"}"#,
            r#"accordant_registry_requests_total{operation="schema_by_id",method="read",status="404"}"#,
            "accordant_registry_request_seconds_bucket",
            "accordant_registry_cached_answers",
        ] {
            assert!(metrics.text.contains(line), "{line} in\n{}", metrics.text);
        }
        let document = api.send("GET /openapi.json", Value::Null).await;
        assert_eq!(document.json()["openapi"], "3.0.3");
        let page = api.send("GET /docs", Value::Null).await;
        assert_eq!(page.content_type(), Some("text/html; charset=utf-8"));
        assert!(page.headers.contains_key("content-security-policy"));
    });
}

#[test]
fn without_its_database_a_registry_serves_what_it_knows() {
    each(async |api| {
        api.register("t", "\"int\"").await;
        let guid = api.send("GET /schemas/ids/1", Value::Null).await.json()["guid"].clone();
        let by_guid = format!("GET /schemas/guids/{}", guid.as_str().unwrap());
        let known = [
            "GET /schemas/ids/1",
            "GET /schemas/ids/1?deleted=true",
            "GET /schemas/ids/1?fetchMaxId=false&subject=t",
            "GET /subjects/t/versions/1",
            &by_guid,
        ];
        let mut before = Vec::new();
        for line in known {
            before.push(api.send(line, Value::Null).await.text);
        }
        api.registry.close().await;
        for (line, before) in known.iter().zip(before) {
            let answer = api.send(line, Value::Null).await;
            assert_eq!((answer.status, answer.text), (200, before), "{line}");
        }
        for (line, body) in [
            ("GET /schemas/ids/2", Value::Null),
            ("GET /schemas/ids/1?fetchMaxId=true", Value::Null),
            ("GET /schemas/ids/1?subject=other", Value::Null),
            ("GET /subjects", Value::Null),
            ("GET /subjects/t/versions/latest", Value::Null),
            ("POST /subjects/t/versions", json!({"schema": "\"long\""})),
            (
                "POST /compatibility/subjects/t/versions/latest",
                json!({"schema": "\"long\""}),
            ),
            (
                "POST /compatibility/batch",
                json!({"items": [{"subject": "t", "schema": "\"long\""}]}),
            ),
            ("DELETE /subjects/t", Value::Null),
            ("PUT /config", json!({"compatibility": "NONE"})),
            ("GET /changes", Value::Null),
        ] {
            let answer = api.send(line, body).await;
            assert_eq!(
                (answer.status, answer.json()["error_code"].clone()),
                (503, json!(50001)),
                "{line}"
            );
            assert_eq!(answer.headers["retry-after"], "1", "{line}");
        }
        assert_eq!(api.send("GET /livez", Value::Null).await.status, 200);
        assert_eq!(api.send("GET /readyz", Value::Null).await.status, 503);
    });
}

/// Asks until the answer is `status`, for as long as a test may take: how soon
/// that is, is measured elsewhere.
async fn until(api: &Api, line: &str, status: u16) {
    let mut feed = tokio::time::interval(std::time::Duration::from_millis(20));
    for _ in 0..1_500 {
        if api.send(line, Value::Null).await.status == status {
            return;
        }
        feed.tick().await;
    }
    panic!("{line} is never {status}");
}

#[test]
fn what_another_instance_changes_is_not_served_from_memory() {
    each(async |api| {
        api.register("t", &record(&[("a", "\"int\"")])).await;
        let other = Api::open(&api.url, Settings::default()).await;
        let guid = api.send("GET /schemas/ids/1", Value::Null).await.json()["guid"].clone();
        let lines = [
            "GET /schemas/ids/1".to_owned(),
            "GET /subjects/t/versions/1".to_owned(),
            format!("GET /schemas/guids/{}", guid.as_str().unwrap()),
        ];
        for line in &lines {
            assert_eq!(other.send(line, Value::Null).await.status, 200, "{line}");
        }
        // An alias too is read once and kept.
        api.send("PUT /config/alias", json!({"alias": "t"})).await;
        until(&other, "GET /subjects/alias/versions", 200).await;
        api.send("DELETE /subjects/t", Value::Null).await;
        // Lists and the latest one are never from memory.
        assert_eq!(
            other
                .send("GET /subjects/t/versions/latest", Value::Null)
                .await
                .status,
            404
        );
        until(&other, &lines[1], 404).await;
        api.send("DELETE /subjects/t?permanent=true", Value::Null)
            .await;
        for line in &lines {
            until(&other, line, 404).await;
        }
    });
}

#[test]
fn the_same_instance_is_never_behind_itself() {
    each(async |api| {
        api.register("t", &record(&[("a", "\"int\"")])).await;
        let line = "GET /subjects/t/versions/1";
        for _ in 0..20 {
            assert_eq!(api.send(line, Value::Null).await.status, 200);
            api.send("DELETE /subjects/t/versions/1", Value::Null).await;
            assert_eq!(api.send(line, Value::Null).await.status, 404);
            let deleted =
                api.send("GET /schemas/ids/1", Value::Null).await.json()["deleted"].clone();
            assert_eq!(deleted, true);
            api.send("POST /subjects/t/versions/1/undelete", Value::Null)
                .await;
            let deleted =
                api.send("GET /schemas/ids/1", Value::Null).await.json()["deleted"].clone();
            assert_eq!(deleted, false);
        }
    });
}

#[test]
fn a_registry_in_memory_is_one_line_and_its_own() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let one = Registry::in_memory(Settings::default()).await.unwrap();
        let two = Registry::in_memory(Settings::default()).await.unwrap();
        let (one, two) = (Api::of(one), Api::of(two));
        one.register("t", "\"int\"").await;
        one.check("GET /subjects", Value::Null, 200, json!(["t"]))
            .await;
        two.check("GET /subjects", Value::Null, 200, json!([]))
            .await;
    });
}

/// A place for the lines of a log.
#[derive(Clone, Default)]
struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_audit_log_has_a_line_for_each_change_that_was_made() {
    let lines = Lines::default();
    let writer = lines.clone();
    // For the whole process: one of a single thread misses what another thread
    // was first with. The other tests' lines are about other subjects.
    tracing_subscriber::fmt()
        .with_env_filter("off,accordant_registry::audit=info")
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .init();
    each(async |api| {
        api.register("audited", "\"int\"").await;
        api.register("audited", "\"int\"").await;
        api.register("audited", "\"nope\"").await;
        api.send("DELETE /subjects/audited?dryRun=true", Value::Null)
            .await;
        api.send("DELETE /subjects/audited", Value::Null).await;
        let bytes = std::mem::take(&mut *lines.0.lock().unwrap());
        let log = String::from_utf8(bytes).unwrap();
        let mut changes = Vec::new();
        for line in log.lines() {
            let (_, json) = line.split_once("accordant_registry::audit: ").unwrap();
            let change: Value = serde_json::from_str(json).unwrap();
            if change["subject"] == "audited" {
                changes.push(change["change"].clone());
            }
        }
        assert_eq!(changes, ["registered", "deleted"], "{log}");
    });
}
