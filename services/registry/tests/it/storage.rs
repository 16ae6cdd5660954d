//! What outlives a process, and who may open the tables.

use accordant_registry::{OpenError, Registry, Settings, Store};
use serde_json::{Value, json};
use sqlx::Connection;

use crate::harness::{Api, each};

#[test]
fn another_instance_finds_everything_and_goes_on_with_the_ids() {
    each(async |api| {
        api.register("t", "\"int\"").await;
        api.send("PUT /config", json!({"compatibility": "NONE"}))
            .await;
        let second = Api::open(&api.url, Settings::default()).await;
        second
            .check("GET /subjects", Value::Null, 200, json!(["t"]))
            .await;
        assert_eq!(second.register("t", "\"string\"").await.json()["id"], 2);
        api.check("GET /subjects/t/versions", Value::Null, 200, json!([1, 2]))
            .await;
    });
}

#[test]
fn two_instances_may_make_the_tables_at_once() {
    each(async |api| {
        let folder = tempfile::tempdir().unwrap();
        // SQLite: a new file; PostgreSQL: the test's own schema again.
        let url = match api.url.starts_with("sqlite") {
            true => format!("sqlite://{}/deep/down/registry.db", folder.path().display()),
            false => api.url.clone(),
        };
        let (one, two) = tokio::join!(Store::open(&url), Store::open(&url));
        for store in [one.unwrap(), two.unwrap()] {
            Registry::new(store, Settings::default()).close().await;
        }
    });
}

#[test]
fn a_newer_programs_tables_are_left_alone() {
    each(async |api| {
        let newer = "INSERT INTO registry_migrations (version, applied_at) VALUES (99, 'now')";
        if api.url.starts_with("sqlite") {
            let mut connection = sqlx::SqliteConnection::connect(&api.url).await.unwrap();
            sqlx::raw_sql(newer).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(&api.url).await.unwrap();
            sqlx::raw_sql(newer).execute(&mut connection).await.unwrap();
        }
        let error = Store::open(&api.url).await.unwrap_err();
        assert!(
            matches!(error, OpenError::Newer { found: 99, .. }),
            "{error}"
        );
    });
}

#[test]
fn a_url_of_another_database_is_refused_without_its_password() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let error = runtime
        .block_on(Store::open("mysql://me:secret@host/db"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"mysql\" is no database URL of the registry\nuse sqlite://FILE, sqlite::memory: or postgres://USER@HOST/DATABASE"
    );
}
