//! Writers at the same time, over two instances on one database.

use accordant_registry::Settings;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::harness::{Answer, Api, each, record};

const WRITERS: usize = 16;

/// All requests at once, over both instances in turn.
async fn all_at_once(api: &Api, requests: Vec<(String, Value)>) -> Vec<Answer> {
    let second = Api::open(&api.url, Settings::default()).await;
    let mut tasks = JoinSet::new();
    for (number, (line, body)) in requests.into_iter().enumerate() {
        let api = if number % 2 == 0 {
            api.clone()
        } else {
            second.clone()
        };
        tasks.spawn(async move { api.send(&line, body).await });
    }
    tasks.join_all().await
}

fn sorted(answers: &[Answer], key: &str) -> Vec<i64> {
    let mut numbers: Vec<i64> = answers
        .iter()
        .map(|answer| {
            answer.json()[key]
                .as_i64()
                .unwrap_or_else(|| panic!("{}", answer.text))
        })
        .collect();
    numbers.sort();
    numbers
}

#[test]
fn of_incompatible_schemas_exactly_one_wins() {
    each(async |api| {
        let request = |number: usize| {
            let schema = record(&[(&format!("f{number}"), "\"string\"")]);
            (
                "POST /subjects/t/versions".to_owned(),
                json!({"schema": schema}),
            )
        };
        let answers = all_at_once(&api, (0..WRITERS).map(request).collect()).await;
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort();
        let mut expected = vec![409; WRITERS];
        expected[0] = 200;
        assert_eq!(statuses, expected);
        api.check("GET /subjects/t/versions", Value::Null, 200, json!([1]))
            .await;
    });
}

#[test]
fn one_schema_has_one_id_under_many_subjects() {
    each(async |api| {
        let request = |number| {
            (
                format!("POST /subjects/s{number}/versions"),
                json!({"schema": "\"int\""}),
            )
        };
        let answers = all_at_once(&api, (0..WRITERS).map(request).collect()).await;
        assert_eq!(sorted(&answers, "id"), [1; WRITERS]);
    });
}

#[test]
fn one_schema_is_one_version_of_a_subject() {
    each(async |api| {
        let request = |_| {
            (
                "POST /subjects/t/versions".to_owned(),
                json!({"schema": "\"int\""}),
            )
        };
        let answers = all_at_once(&api, (0..WRITERS).map(request).collect()).await;
        assert_eq!(sorted(&answers, "version"), [1; WRITERS]);
        api.check("GET /subjects/t/versions", Value::Null, 200, json!([1]))
            .await;
    });
}

#[test]
fn distinct_schemas_have_distinct_ids() {
    each(async |api| {
        let request = |number: usize| {
            let schema = record(&[(&format!("f{number}"), "\"string\"")]);
            (
                format!("POST /subjects/s{number}/versions"),
                json!({"schema": schema}),
            )
        };
        let answers = all_at_once(&api, (0..WRITERS).map(request).collect()).await;
        let expected: Vec<i64> = (1..=WRITERS as i64).collect();
        assert_eq!(sorted(&answers, "id"), expected);
    });
}

/// Either the reference is made and its target stays, or the target goes and
/// the reference is refused.
#[test]
fn a_target_does_not_vanish_under_a_new_reference() {
    each(async |api| {
        let named = |name: &str| json!({"schema": format!(r#"{{"type":"fixed","name":"{name}","size":1}}"#)});
        for round in 0..WRITERS {
            let target = format!("target{round}");
            api.send(&format!("POST /subjects/{target}/versions"), named("F"))
                .await;
            let body = json!({
                "schema": r#"{"type":"record","name":"U","fields":[{"name":"f","type":"F"}]}"#,
                "references": [{"name": "F", "subject": target, "version": 1}],
            });
            let answers = all_at_once(
                &api,
                vec![
                    (format!("POST /subjects/user{round}/versions"), body),
                    (format!("DELETE /subjects/{target}"), Value::Null),
                ],
            )
            .await;
            let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            statuses.sort();
            assert_eq!(statuses, [200, 422], "round {round}");
        }
    });
}

/// A content that loses its last version while another one comes: it stays, or
/// it is made again.
#[test]
fn a_content_does_not_vanish_under_a_new_version() {
    each(async |api| {
        for round in 0..4 * WRITERS {
            let body = json!({"schema": record(&[(&format!("f{round}"), "\"int\"")])});
            let old = format!("old{round}");
            let line = format!("POST /subjects/{old}/versions");
            assert_eq!(api.send(&line, body.clone()).await.status, 200);
            api.send(&format!("DELETE /subjects/{old}"), Value::Null)
                .await;
            let answers = all_at_once(
                &api,
                vec![
                    (
                        format!("DELETE /subjects/{old}?permanent=true"),
                        Value::Null,
                    ),
                    (format!("POST /subjects/new{round}/versions"), body),
                ],
            )
            .await;
            for answer in &answers {
                assert_eq!(answer.status, 200, "round {round}: {}", answer.text);
            }
            let line = format!("GET /subjects/new{round}/versions/1");
            assert_eq!(api.send(&line, Value::Null).await.status, 200);
        }
    });
}
