//! One registry a test and database; requests go straight into the router.

use std::sync::atomic::{AtomicU32, Ordering};

use accordant_registry::{Registry, Settings, Store, app};
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, header},
};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection};
use tower::ServiceExt;

/// PostgreSQL to test on, such as `postgres://postgres@127.0.0.1:5432/postgres`.
const POSTGRES: &str = "ACCORDANT_TEST_POSTGRES";

/// Runs a test on every database that there is.
pub(crate) fn each(test: impl AsyncFn(Api)) {
    each_with(Settings::default(), test);
}

/// The same, with settings of the test's own.
pub(crate) fn each_with(settings: Settings, test: impl AsyncFn(Api)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/registry.db", folder.path().display());
        test(Api::open(&url, settings.clone()).await).await;
        match std::env::var(POSTGRES) {
            Ok(server) => {
                let schema = Schema::create(server).await;
                test(Api::open(&schema.url(), settings).await).await;
                schema.drop().await;
            }
            Err(_) => eprintln!("skipped on PostgreSQL: {POSTGRES} is not set"),
        }
    });
}

/// A registry and its router.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) url: String,
    pub(crate) registry: Registry,
    app: Router,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Api {
    pub(crate) async fn open(url: &str, settings: Settings) -> Api {
        let registry = Registry::new(Store::open(url).await.unwrap(), settings);
        Api {
            url: url.to_owned(),
            ..Api::of(registry)
        }
    }

    /// Over a registry that is there already.
    pub(crate) fn of(registry: Registry) -> Api {
        Api {
            url: String::new(),
            app: app(registry.clone()),
            registry,
        }
    }

    /// An answer whose body may have no end.
    pub(crate) async fn open_stream(&self, request: Request) -> axum::response::Response {
        self.app.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn request(&self, request: Request) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            text,
        }
    }

    /// `line` is a verb and a path; a null body is none.
    pub(crate) async fn send(&self, line: &str, body: Value) -> Answer {
        let (method, path) = line.split_once(' ').unwrap();
        let request = Request::builder().method(method).uri(path);
        let request = match body {
            Value::Null => request.body(Body::empty()),
            body => request
                .header(
                    header::CONTENT_TYPE,
                    "application/vnd.schemaregistry.v1+json",
                )
                .body(Body::from(body.to_string())),
        };
        self.request(request.unwrap()).await
    }

    /// Status and body are exactly these. `ts` is taken out: it is the time.
    #[track_caller]
    pub(crate) fn check(
        &self,
        line: &str,
        body: Value,
        status: u16,
        expected: Value,
    ) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.send(line, body).await;
            let (status_found, mut found) = (answer.status, answer.json());
            take_times(&mut found);
            assert_eq!(
                (status_found, &found),
                (status, &expected),
                "{line} of {caller}"
            );
        }
    }

    pub(crate) async fn register(&self, subject: &str, schema: &str) -> Answer {
        let body = serde_json::json!({"schema": schema});
        self.send(&format!("POST /subjects/{subject}/versions"), body)
            .await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn content_type(&self) -> Option<&str> {
        self.headers
            .get(header::CONTENT_TYPE)
            .map(|value| value.to_str().unwrap())
    }
}

/// A record `R` with fields of the given names and types.
pub(crate) fn record(fields: &[(&str, &str)]) -> String {
    let field = |(name, ty): &(&str, &str)| format!(r#"{{"name":"{name}","type":{ty}}}"#);
    let fields: Vec<String> = fields.iter().map(field).collect();
    format!(
        r#"{{"type":"record","name":"R","fields":[{}]}}"#,
        fields.join(",")
    )
}

fn take_times(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(ts) = map.shift_remove("ts") {
                assert!(
                    ts.as_i64().is_some_and(|ts| ts > 1_600_000_000_000),
                    "ts: {ts}"
                );
            }
        }
        Value::Array(items) => items.iter_mut().for_each(take_times),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A schema of a PostgreSQL database, for one test.
struct Schema {
    server: String,
    name: String,
}

impl Schema {
    async fn create(server: String) -> Schema {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("registry_test_{}_{number}", std::process::id());
        let schema = Schema { server, name };
        schema.run("DROP SCHEMA IF EXISTS").await;
        schema.run("CREATE SCHEMA").await;
        schema
    }

    fn url(&self) -> String {
        let mark = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{mark}options[search_path]={}", self.server, self.name)
    }

    async fn run(&self, verb: &str) {
        let cascade = if verb.starts_with("DROP") {
            "CASCADE"
        } else {
            ""
        };
        let sql = format!("{verb} {} {cascade}", self.name);
        let mut connection = sqlx::PgConnection::connect(&self.server).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    async fn drop(self) {
        self.run("DROP SCHEMA IF EXISTS").await;
    }
}
