//! A registry that remembers: just enough of Confluent's API for a test, so that
//! this service needs no other one.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Clone, Default)]
struct Schemas {
    /// (subject, body) in the order of their ids, from 1.
    all: Arc<Mutex<Vec<(String, Value)>>>,
}

/// Serves for as long as the test's runtime lives; its URL.
pub(crate) async fn start(tasks: &mut tokio::task::JoinSet<()>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new()
        .route("/subjects/{subject}/versions", post(register))
        .route("/subjects/{subject}", post(look_up))
        .route("/subjects/{subject}/versions/{version}", get(version))
        .route("/schemas/ids/{id}", get(by_id))
        .with_state(Schemas::default());
    tasks.spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

async fn register(
    State(schemas): State<Schemas>,
    Path(subject): Path<String>,
    Json(body): Json<Value>,
) -> Json<Value> {
    let mut all = schemas.all.lock().unwrap();
    let entry = (subject, body);
    let index = all.iter().position(|it| *it == entry).unwrap_or_else(|| {
        all.push(entry);
        all.len() - 1
    });
    Json(json!({"id": index + 1}))
}

async fn look_up(
    State(schemas): State<Schemas>,
    Path(subject): Path<String>,
    Json(body): Json<Value>,
) -> Response {
    let all = schemas.all.lock().unwrap();
    let same =
        |it: &&(usize, &(String, Value))| it.1.0 == subject && it.1.1["schema"] == body["schema"];
    match all.iter().enumerate().collect::<Vec<_>>().iter().find(same) {
        Some((index, (subject, body))) => answer(&all, *index, subject, body),
        None => missing(),
    }
}

async fn version(
    State(schemas): State<Schemas>,
    Path((subject, version)): Path<(String, usize)>,
) -> Response {
    let all = schemas.all.lock().unwrap();
    let mut of_subject = all.iter().enumerate().filter(|(_, it)| it.0 == subject);
    match of_subject.nth(version - 1) {
        Some((index, (subject, body))) => answer(&all, index, subject, body),
        None => missing(),
    }
}

async fn by_id(State(schemas): State<Schemas>, Path(id): Path<usize>) -> Response {
    let all = schemas.all.lock().unwrap();
    match all.get(id - 1) {
        Some((subject, body)) => answer(&all, id - 1, subject, body),
        None => missing(),
    }
}

fn answer(all: &[(String, Value)], index: usize, subject: &str, body: &Value) -> Response {
    let version = all[..=index].iter().filter(|it| it.0 == subject).count();
    let mut answer: BTreeMap<&str, Value> = BTreeMap::from([
        ("id", json!(index + 1)),
        ("subject", json!(subject)),
        ("version", json!(version)),
    ]);
    answer.insert("schema", body["schema"].clone());
    if body["references"].is_array() {
        answer.insert("references", body["references"].clone());
    }
    Json(answer).into_response()
}

fn missing() -> Response {
    let body = Json(json!({"error_code": 40403, "message": "Schema not found"}));
    (StatusCode::NOT_FOUND, body).into_response()
}
