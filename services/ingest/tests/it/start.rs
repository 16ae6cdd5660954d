//! Starting: what must be there first, and what is said when it is not.

use std::path::Path;

use accordant_ingest::run;
use accordant_kit::{
    config::{Config, Flags},
    health::Readiness,
};
use axum::{Json, Router, routing::post};
use rdkafka::mocking::MockCluster;
use serde_json::json;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::setup::files;

fn config(folder: &Path, kafka: String, registry_url: String) -> Config {
    for (path, bytes) in files() {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        let mut file = std::fs::File::create(path).expect("it can be made");
        std::io::Write::write_all(&mut file, &bytes).expect("it can be written");
    }
    let flags = Flags {
        contracts: Some(folder.to_owned()),
        kafka: Some(kafka),
        registry_url: Some(registry_url),
        ..Flags::default()
    };
    let mut config = Config::load_from(None, &flags, &Default::default()).expect("it is right");
    config.drafts = true;
    config
}

struct Registry {
    url: String,
    _task: JoinSet<()>,
}

async fn registry(app: Router) -> Registry {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let mut task = JoinSet::new();
    task.spawn(async move { axum::serve(listener, app).await.expect("it serves") });
    Registry { url, _task: task }
}

/// A registry that knows every schema.
async fn knowing() -> Registry {
    let found = Json(json!({"subject": "x", "id": 3, "version": 1, "schema": ""}));
    registry(Router::new().route("/subjects/{subject}", post(async move || found))).await
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a free port")
}

#[tokio::test]
async fn it_is_ready_when_schemas_and_topics_are_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let cluster = MockCluster::new(1).expect("a mock cluster");
    cluster.create_topic("shop.orders", 3, 1).expect("a topic");
    cluster.create_topic("shop.notes", 3, 1).expect("a topic");
    let registry = knowing().await;
    let config = config(
        folder.path(),
        cluster.bootstrap_servers(),
        registry.url.clone(),
    );
    let (readiness, shutdown) = (Readiness::new(&["ingest"]), CancellationToken::new());
    let running = run(
        &config,
        listener().await,
        readiness.clone(),
        shutdown.clone(),
    );
    let stop = async {
        readiness.wait_ready().await;
        shutdown.cancel();
    };
    let (ended, ()) = tokio::join!(running, stop);
    ended.expect("it ends well");
}

#[tokio::test]
async fn a_schema_that_is_missing_names_the_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = (
        axum::http::StatusCode::NOT_FOUND,
        Json(json!({"error_code": 40401, "message": "no subject"})),
    );
    let registry =
        registry(Router::new().route("/subjects/{subject}", post(async move || missing))).await;
    let config = config(
        folder.path(),
        "127.0.0.1:1".to_owned(),
        registry.url.clone(),
    );
    let ended = run(
        &config,
        listener().await,
        Readiness::new(&[]),
        CancellationToken::new(),
    )
    .await;
    let expected = format!(
        "shop.Noted v1 is not registered in the schema registry at {}\nfix: run `accordant push`",
        registry.url
    );
    assert_eq!(ended.expect_err("it is missing").to_string(), expected);
}

#[tokio::test]
async fn a_topic_that_is_missing_names_the_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let cluster = MockCluster::new(1).expect("a mock cluster");
    cluster.create_topic("shop.orders", 3, 1).expect("a topic");
    let registry = knowing().await;
    let config = config(
        folder.path(),
        cluster.bootstrap_servers(),
        registry.url.clone(),
    );
    let ended = run(
        &config,
        listener().await,
        Readiness::new(&[]),
        CancellationToken::new(),
    )
    .await;
    let expected = "topic shop.notes is not there\nfix: run `accordant push`";
    assert_eq!(ended.expect_err("it is missing").to_string(), expected);
}

#[tokio::test]
async fn it_can_be_stopped_while_it_waits_for_the_registry() {
    let folder = tempfile::tempdir().expect("a folder");
    let nobody = listener().await.local_addr().expect("it is bound");
    let config = config(
        folder.path(),
        "127.0.0.1:1".to_owned(),
        format!("http://{nobody}"),
    );
    let (readiness, shutdown) = (Readiness::new(&["ingest"]), CancellationToken::new());
    let running = run(
        &config,
        listener().await,
        readiness.clone(),
        shutdown.clone(),
    );
    let stop = async {
        while !readiness
            .missing()
            .values()
            .any(|it| it.contains("does not answer"))
        {
            tokio::task::yield_now().await;
        }
        shutdown.cancel();
    };
    let (ended, ()) = tokio::join!(running, stop);
    ended.expect("it ends well");
}
