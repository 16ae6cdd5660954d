//! The registry client against a server that answers as Confluent's does.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use accordant_kit::registry_client::{Reference, RegistryClient, RegistryError};
use accordant_wire::SchemaId;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

const MONEY: &str = r#"{"type":"record","name":"Money","namespace":"common","fields":[{"name":"cents","type":"long"}]}"#;
const ORDER: &str = r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"total","type":"common.Money"}]}"#;

/// Subjects with their (body, id) in the order of registration.
#[derive(Default)]
struct Registry {
    subjects: Mutex<BTreeMap<String, Vec<(Value, i32)>>>,
    reads_by_id: AtomicUsize,
}

struct Server {
    url: String,
    registry: Arc<Registry>,
    _task: JoinSet<()>,
}

async fn start() -> Server {
    let registry = Arc::new(Registry::default());
    let app = Router::new()
        .route("/subjects", get(subjects))
        .route("/subjects/{subject}/versions", post(register).get(versions))
        .route("/subjects/{subject}", post(look_up))
        .route("/subjects/{subject}/versions/{version}", get(by_version))
        .route("/schemas/ids/{id}", get(by_id))
        .with_state(Arc::clone(&registry));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let mut task = JoinSet::new();
    task.spawn(async move { axum::serve(listener, app).await.expect("it serves") });
    Server {
        url,
        registry,
        _task: task,
    }
}

type Answer = (StatusCode, Json<Value>);

fn not_found(code: u32, message: &str) -> Answer {
    (
        StatusCode::NOT_FOUND,
        Json(json!({"error_code": code, "message": message})),
    )
}

async fn register(
    State(registry): State<Arc<Registry>>,
    Path(subject): Path<String>,
    body: String,
) -> Answer {
    let body: Value = serde_json::from_str(&body).expect("the client sends JSON");
    if body["schema"] == "\"refused\"" {
        let answer = json!({"error_code": 409, "message": "incompatible"});
        return (StatusCode::CONFLICT, Json(answer));
    }
    let mut subjects = registry.subjects.lock().expect("no test panics with it");
    let id = subjects.values().map(Vec::len).sum::<usize>() + 1;
    let id = i32::try_from(id).expect("a small number");
    let versions = subjects.entry(subject).or_default();
    if let Some((_, id)) = versions.iter().find(|(known, _)| *known == body) {
        return (StatusCode::OK, Json(json!({"id": id})));
    }
    versions.push((body, id));
    (StatusCode::OK, Json(json!({"id": id})))
}

/// Lists want a login; whoever has none is told so.
fn may_list(headers: &HeaderMap) -> Result<(), Answer> {
    let given = headers.get("authorization").and_then(|it| it.to_str().ok());
    // `user:pass` in base64.
    match given {
        Some("Bearer t0ken" | "Basic dXNlcjpwYXNz") => Ok(()),
        Some(_) | None => Err((
            StatusCode::UNAUTHORIZED,
            Json(json!({"error_code": 401, "message": "who are you"})),
        )),
    }
}

async fn subjects(State(registry): State<Arc<Registry>>, headers: HeaderMap) -> Answer {
    if let Err(answer) = may_list(&headers) {
        return answer;
    }
    let subjects = registry.subjects.lock().expect("no test panics with it");
    (
        StatusCode::OK,
        Json(subjects.keys().rev().cloned().collect()),
    )
}

async fn versions(
    State(registry): State<Arc<Registry>>,
    Path(subject): Path<String>,
    headers: HeaderMap,
) -> Answer {
    if let Err(answer) = may_list(&headers) {
        return answer;
    }
    let subjects = registry.subjects.lock().expect("no test panics with it");
    match subjects.get(&subject) {
        Some(versions) => (StatusCode::OK, Json((1..=versions.len()).collect())),
        None => not_found(40401, "no subject"),
    }
}

async fn look_up(
    State(registry): State<Arc<Registry>>,
    Path(subject): Path<String>,
    body: String,
) -> Answer {
    let body: Value = serde_json::from_str(&body).expect("the client sends JSON");
    let subjects = registry.subjects.lock().expect("no test panics with it");
    let Some(versions) = subjects.get(&subject) else {
        return not_found(40401, "no subject");
    };
    match versions.iter().position(|(known, _)| *known == body) {
        Some(at) => (
            StatusCode::OK,
            Json(
                json!({"subject": subject, "id": versions[at].1, "version": at + 1, "schema": ""}),
            ),
        ),
        None => not_found(40403, "no schema"),
    }
}

async fn by_version(
    State(registry): State<Arc<Registry>>,
    Path((subject, version)): Path<(String, usize)>,
) -> Answer {
    let subjects = registry.subjects.lock().expect("no test panics with it");
    match subjects
        .get(&subject)
        .and_then(|versions| versions.get(version - 1))
    {
        Some((body, id)) => {
            let mut answer = body.clone();
            answer["id"] = json!(id);
            (StatusCode::OK, Json(answer))
        }
        None => not_found(40402, "no version"),
    }
}

async fn by_id(State(registry): State<Arc<Registry>>, Path(id): Path<i32>) -> Answer {
    registry.reads_by_id.fetch_add(1, Ordering::SeqCst);
    let subjects = registry.subjects.lock().expect("no test panics with it");
    match subjects.values().flatten().find(|(_, known)| *known == id) {
        Some((body, _)) => (StatusCode::OK, Json(body.clone())),
        None => not_found(40403, "no schema"),
    }
}

fn money_reference() -> Vec<Reference> {
    vec![Reference {
        name: "common.Money".to_owned(),
        subject: "common.Money".to_owned(),
        version: 1,
    }]
}

#[tokio::test]
async fn what_is_registered_is_found_by_text_and_by_id() {
    let server = start().await;
    let client = RegistryClient::new(&server.url);
    let subject = "a topic/with é-value";
    assert_eq!(
        client
            .id_of("common.Money", MONEY, &[])
            .await
            .expect("it answers"),
        None
    );
    let money = client
        .register("common.Money", MONEY, &[])
        .await
        .expect("it is taken");
    let order = client
        .register(subject, ORDER, &money_reference())
        .await
        .expect("it is taken");
    assert_ne!(money, order);
    let found = client
        .id_of(subject, ORDER, &money_reference())
        .await
        .expect("it answers");
    assert_eq!(found, Some(order));
    assert!(
        server
            .registry
            .subjects
            .lock()
            .expect("whole")
            .contains_key(subject)
    );
    // Resolved with its reference, and fetched once for all who ask.
    let asked = (0..8).map(|_| client.schema(order));
    for schema in futures::future::join_all(asked).await {
        let schema = schema.expect("it is there");
        assert_eq!(schema.names.len(), 2);
    }
    assert_eq!(server.registry.reads_by_id.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn refusal_absence_and_silence_are_told_apart() {
    let server = start().await;
    let client = RegistryClient::new(&server.url);
    let refused = client
        .register("s", "\"refused\"", &[])
        .await
        .expect_err("it is refused");
    assert!(
        matches!(&refused, RegistryError::Refused { code: 409, message, .. } if message == "incompatible"),
        "{refused:?}"
    );
    let absent = client
        .by_id(SchemaId(99))
        .await
        .expect_err("it is not there");
    assert!(
        matches!(&absent, RegistryError::NotFound { .. }),
        "{absent:?}"
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let nobody = format!("http://{}", listener.local_addr().expect("it is bound"));
    drop(listener);
    let silent = RegistryClient::new(&nobody)
        .id_of("s", MONEY, &[])
        .await
        .expect_err("nobody");
    assert!(silent.is_retryable(), "{silent:?}");
}

#[tokio::test]
async fn a_failure_is_not_remembered() {
    let server = start().await;
    let client = RegistryClient::new(&server.url);
    assert!(client.by_id(SchemaId(1)).await.is_err());
    let id = client
        .register("common.Money", MONEY, &[])
        .await
        .expect("it is taken");
    assert_eq!(id, SchemaId(1));
    assert_eq!(client.by_id(id).await.expect("it is there now").text, MONEY);
}

#[tokio::test]
async fn lists_go_out_with_a_token_or_a_password_and_never_say_it() {
    let server = start().await;
    let subject = "a topic/with é-value";
    let plain = RegistryClient::new(&server.url);
    plain
        .register("common.Money", MONEY, &[])
        .await
        .expect("it is taken");
    plain
        .register(subject, ORDER, &money_reference())
        .await
        .expect("it is taken");
    let with_password = server.url.replace("http://", "http://user:pass@");
    for client in [
        RegistryClient::with_token(&server.url, Some("t0ken")),
        RegistryClient::new(&with_password),
    ] {
        assert_eq!(
            client.subjects().await.expect("it may"),
            [subject, "common.Money"]
        );
        assert_eq!(client.versions(subject).await.expect("it may"), [1]);
        assert_eq!(client.versions("none").await.expect("it may"), [0_u32; 0]);
        let version = client.version(subject, 1).await.expect("it is there");
        assert_eq!(version.text, ORDER);
        assert_eq!(version.schema.names.len(), 2);
    }
    let wrong = server.url.replace("http://", "http://user:secret@");
    let refused = RegistryClient::new(&wrong)
        .subjects()
        .await
        .expect_err("the password is wrong");
    assert!(
        matches!(&refused, RegistryError::Refused { code: 401, .. }),
        "{refused:?}"
    );
    assert!(!refused.to_string().contains("secret"), "{refused}");
}
