//! A whole registry moved into another one.

use accordant_registry::{ImportError, Imported, Registry, Settings, Snapshot, Store, Unusable};
use serde_json::{Value, json};

use crate::harness::{Api, each, record};

async fn registry(url: &str) -> Registry {
    Registry::new(Store::open(url).await.unwrap(), Settings::default())
}

async fn exported(registry: &Registry) -> String {
    let mut dump = Vec::new();
    registry.export(&mut dump).await.unwrap();
    String::from_utf8(dump).unwrap()
}

fn snapshot(dump: &str) -> Snapshot {
    Snapshot::of_dump(dump.as_bytes()).unwrap()
}

fn version(subject: &str, version: i32, id: i32, schema: &str) -> String {
    let key = json!({"keytype": "SCHEMA", "subject": subject, "version": version, "magic": 1});
    let value = json!({"subject": subject, "version": version, "id": id, "schema": schema, "deleted": false});
    format!("{key}\t{value}\n")
}

/// Everything that can be in a registry.
async fn fill(api: &Api) {
    api.register("money", r#"{"type":"record","name":"Money","fields":[]}"#)
        .await;
    let references = json!([{"name": "Money", "subject": "money", "version": 1}]);
    let price = record(&[("m", "\"Money\"")]);
    let body = json!({
        "schema": price, "references": references, "metadata": {"properties": {"owner": "me"}},
        "ruleSet": {"domainRules": [{"name": "r", "type": "CEL"}]},
    });
    // Before what it refers to in the order of names.
    assert_eq!(
        api.send("POST /subjects/a-price/versions", body)
            .await
            .status,
        200
    );
    for subject in ["gone", "hidden", "%3A.c%3As", "a%2Fb"] {
        let schema = record(&[(&format!("f{}", subject.len()), "\"int\"")]);
        assert_eq!(api.register(subject, &schema).await.status, 200);
    }
    api.send("DELETE /subjects/hidden", Value::Null).await;
    api.send("DELETE /subjects/gone", Value::Null).await;
    api.send("DELETE /subjects/gone?permanent=true", Value::Null)
        .await;
    for (place, body) in [
        ("config", json!({"compatibility": "FULL"})),
        (
            "config/money",
            json!({"compatibility": "NONE", "alias": "", "normalize": true}),
        ),
        ("mode/money", json!({"mode": "READONLY"})),
        ("mode/%3A.c%3A", json!({"mode": "READONLY"})),
    ] {
        assert_eq!(
            api.send(&format!("PUT /{place}"), body).await.status,
            200,
            "{place}"
        );
    }
}

#[test]
fn what_is_exported_is_imported_as_it_was() {
    each(async |api| {
        fill(&api).await;
        let from = registry(&api.url).await;
        let dump = exported(&from).await;
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/other.db", folder.path().display());
        let to = registry(&url).await;
        let first = to
            .import(&snapshot(&dump), Unusable::Refused)
            .await
            .unwrap();
        assert_eq!((first.added, first.settings), (5, 4), "{first:?}");
        assert_eq!(exported(&to).await, dump);
        let again = to
            .import(&snapshot(&dump), Unusable::Refused)
            .await
            .unwrap();
        assert_eq!(
            again,
            Imported {
                same: 5,
                ..Imported::default()
            }
        );
        // The other one answers as the first does.
        let other = Api::open(&url, Settings::default()).await;
        for line in [
            "GET /subjects?deleted=true",
            "GET /schemas?deleted=true",
            "GET /schemas/ids/2",
            "GET /subjects/a-price/versions/1",
            "GET /subjects/money/versions/1/referencedby",
            "GET /config",
            "GET /config/money",
            "GET /mode/money",
            "GET /contexts",
            "GET /mode/%3A.c%3A",
            "GET /subjects/hidden/versions?deletedAsNegative=true",
        ] {
            let (here, there) = (
                api.send(line, Value::Null).await,
                other.send(line, Value::Null).await,
            );
            assert_eq!(
                (there.status, there.json()),
                (here.status, here.json()),
                "{line}"
            );
        }
        other
            .send("PUT /mode/money", json!({"mode": "READWRITE"}))
            .await;
        let next = other
            .register("x", &record(&[("next", "\"int\"")]))
            .await
            .json();
        let here = api
            .register("x", &record(&[("next", "\"int\"")]))
            .await
            .json();
        assert_eq!(next["id"], here["id"]);
        to.close().await;
        from.close().await;
    });
}

#[test]
fn a_running_registry_is_read_over_http() {
    each(async |api| {
        fill(&api).await;
        let from = registry(&api.url).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = accordant_registry::app(from.clone());
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, app).await });
        let snapshot = Snapshot::of_registry(&url, None).await.unwrap();
        let to = Registry::in_memory(Settings::default()).await.unwrap();
        to.import(&snapshot, Unusable::Refused).await.unwrap();
        // The everyday mode is set here because it was said there.
        let expected = exported(&from).await;
        let found = exported(&to).await;
        let settings = |dump: &str| {
            dump.lines()
                .filter(|it| it.contains("\"SCHEMA\""))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(settings(&found), settings(&expected));
        assert!(
            found.contains(r#"{"keytype":"CONFIG","subject":"money","magic":0}"#),
            "{found}"
        );
        tasks.shutdown().await;
    });
}

#[test]
fn an_import_is_whole_or_nothing() {
    each(async |api| {
        api.register("t", "\"int\"").await;
        let to = registry(&api.url).await;
        let before = exported(&to).await;
        let good = version("s", 1, 7, "\"string\"");
        let refused = async |more: &str, unusable: Unusable| {
            let error = to
                .import(&snapshot(&format!("{good}{more}")), unusable)
                .await
                .unwrap_err();
            assert_eq!(exported(&to).await, before, "{more}");
            error
        };
        // Another schema, another id, an id that is somebody else's.
        for other in [
            version("t", 1, 1, "\"long\""),
            version("t", 1, 2, "\"int\""),
            version("u", 1, 1, "\"long\""),
        ] {
            let error = refused(&other, Unusable::LeftOut).await;
            assert!(matches!(error, ImportError::Conflicts { .. }), "{error}");
        }
        let bad = version("b", 1, 8, "{\"type\":\"nope\"}");
        let json = bad.replace("\"deleted\"", "\"schemaType\":\"JSON\",\"deleted\"");
        let lost = version("b", 1, 8, "\"M\"").replace(
            "\"deleted\"",
            "\"references\":[{\"name\":\"M\",\"subject\":\"m\",\"version\":1}],\"deleted\"",
        );
        for unusable in [&bad, &json, &lost] {
            let error = refused(unusable, Unusable::Refused).await;
            assert!(error.to_string().contains("b v1 id 8"), "{error}");
        }
        let dry = to
            .import_dry(&snapshot(&good), Unusable::Refused)
            .await
            .unwrap();
        assert_eq!((dry.added, exported(&to).await), (1, before.clone()));
        let done = to
            .import(&snapshot(&format!("{good}{bad}")), Unusable::LeftOut)
            .await
            .unwrap();
        assert_eq!((done.added, done.left_out.len()), (1, 1));
        to.close().await;
    });
}

#[test]
fn one_content_may_come_with_two_ids() {
    each(async |api| {
        let to = registry(&api.url).await;
        let dump = format!(
            "{}{}",
            version("s", 1, 3, "\"int\""),
            version("t", 1, 9, "\"int\"")
        );
        to.import(&snapshot(&dump), Unusable::Refused)
            .await
            .unwrap();
        let guid = |answer: &Value| answer["guid"].clone();
        let (three, nine) = (
            api.send("GET /schemas/ids/3", Value::Null).await.json(),
            api.send("GET /schemas/ids/9", Value::Null).await.json(),
        );
        assert_eq!(guid(&three), guid(&nine));
        // The same text under the same subject stays what it is.
        assert_eq!(api.register("t", "\"int\"").await.json()["id"], 9);
        assert_eq!(api.register("new", "\"int\"").await.json()["id"], 3);
        let again = to
            .import(&snapshot(&dump), Unusable::Refused)
            .await
            .unwrap();
        assert_eq!((again.added, again.same), (0, 2));
        to.close().await;
    });
}
