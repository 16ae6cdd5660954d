//! Statuses and bodies of one event and of arrays.

use accordant_kit::config::Limits;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use crate::setup::{PATH, order, post, start};

const JSON: &str = "application/json";

#[track_caller]
fn assert_problem(answer: &crate::setup::Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.content_type, "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["code"], code);
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], format!("/errors/{code}"));
}

#[tokio::test]
async fn one_event_is_accepted_with_its_place() {
    let setup = start(Limits::default()).await;
    let answer = setup
        .send(post(PATH, JSON, &[("ce-id", "mine")], order(1)))
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
    let expected = json!({"items": [{
        "index": 0, "event_id": "mine", "status": "accepted",
        "topic": "shop.orders", "partition": 2, "offset": 0, "errors": [],
    }]});
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn event_ids_are_the_clients_or_made() {
    let setup = start(Limits::default()).await;
    let ids = async |headers: &[(&str, &str)], body: String| {
        let answer = setup.send(post(PATH, JSON, headers, body)).await.json();
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|it| it["event_id"].as_str().unwrap_or("").to_owned())
            .collect::<Vec<_>>()
    };
    let two = format!("[{},{}]", order(1), order(2));
    assert_eq!(ids(&[("idempotency-key", "k")], order(1)).await, ["k"]);
    assert_eq!(
        ids(&[("ce-id", "c"), ("idempotency-key", "k")], order(1)).await,
        ["c"]
    );
    assert_eq!(
        ids(&[("accordant-event-id-prefix", "p")], two.clone()).await,
        ["p-0", "p-1"]
    );
    assert_eq!(
        ids(&[("idempotency-key", "k")], two.clone()).await,
        ["k-0", "k-1"]
    );
    let made = ids(&[], two.clone()).await;
    assert_ne!(made[0], made[1]);
    assert!(made.iter().all(|id| id.as_bytes()[14] == b'7'), "{made:?}");
    let answer = setup.send(post(PATH, JSON, &[("ce-id", "c")], two)).await;
    assert_problem(&answer, 400, "invalid_event_id");
    let answer = setup
        .send(post(PATH, JSON, &[("ce-id", " ")], order(1)))
        .await;
    assert_problem(&answer, 400, "invalid_event_id");
}

#[tokio::test]
async fn a_wrong_event_is_told_everything_that_is_wrong() {
    let setup = start(Limits::default()).await;
    let body = r#"{"order_id": 1, "amount": "x", "color": "red"}"#;
    let answer = setup.post(JSON, body).await;
    assert_problem(&answer, 422, "invalid_events");
    let items = answer.items();
    let [item] = items.as_slice() else {
        panic!("one item: {items:?}")
    };
    for error in [
        "/order_id:type",
        "/buyer:required",
        "/amount:",
        "/color:unknown_field",
    ] {
        assert!(item.contains(error), "{item} has no {error}");
    }
    let item = &answer.json()["items"][0];
    assert_eq!(
        (&item["partition"], &item["offset"]),
        (&Value::Null, &Value::Null)
    );
    assert_ne!(item["event_id"], "");
}

#[tokio::test]
async fn an_array_is_all_or_nothing() {
    let setup = start(Limits::default()).await;
    let body = format!(r#"[{}, {{"order_id":"2"}}, {}, 5]"#, order(1), order(3));
    let answer = setup.post(JSON, body).await;
    assert_problem(&answer, 422, "invalid_events");
    let expected = [
        "0 rejected",
        "1 rejected /buyer:required",
        "2 rejected",
        "3 rejected :type",
    ];
    assert_eq!(answer.items(), expected);
    // Nothing was written: the next event is the first.
    let answer = setup
        .post(JSON, format!("[{},{}]", order(1), order(2)))
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let offsets: Vec<Value> = answer.json()["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|it| it["offset"].clone())
        .collect();
    assert_eq!(offsets, [0, 1]);
}

#[tokio::test]
async fn limits_have_codes_of_their_own() {
    let limits = Limits {
        event_bytes_max: 20,
        batch_events_max: 2,
        batch_bytes_max: 200,
        ..Limits::default()
    };
    let setup = start(limits).await;
    let long = format!(r#"{{"order_id":"{}","buyer":"b"}}"#, "x".repeat(30));
    assert_problem(
        &setup.post(JSON, long.clone()).await,
        413,
        "event_too_large",
    );
    let answer = setup.post(JSON, format!("[{},{long}]", order(1))).await;
    assert_problem(&answer, 422, "invalid_events");
    assert_eq!(
        answer.items(),
        ["0 rejected", "1 rejected :event_bytes_max"]
    );
    let three = format!("[{},{},{}]", order(1), order(2), order(3));
    assert_problem(&setup.post(JSON, three).await, 413, "batch_too_large");
    assert_problem(
        &setup.post(JSON, " ".repeat(201)).await,
        413,
        "body_too_large",
    );
    assert_eq!(
        setup.post(JSON, order(1)).await.status,
        StatusCode::ACCEPTED
    );
}

#[tokio::test]
async fn bodies_that_are_no_events_are_refused() {
    let setup = start(Limits::default()).await;
    assert_problem(&setup.post(JSON, "").await, 400, "empty_batch");
    assert_problem(&setup.post(JSON, " [ ] ").await, 400, "empty_batch");
    assert_problem(&setup.post(JSON, "[1,").await, 400, "invalid_json");
    assert_problem(
        &setup.post(JSON, &b"[\"\xff\"]"[..]).await,
        400,
        "invalid_json",
    );
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert_problem(&setup.post(JSON, deep).await, 400, "invalid_json");
    let answer = setup.post(JSON, "{").await;
    assert_problem(&answer, 422, "invalid_events");
    assert_eq!(answer.items(), ["0 rejected :json"]);
    assert_problem(
        &setup.post("text/plain", order(1)).await,
        415,
        "unsupported_media_type",
    );
    let answer = setup
        .post("application/json; charset=utf-8", order(1))
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn contracts_that_take_no_events_say_why() {
    let setup = start(Limits::default()).await;
    let to = async |name: &str| {
        setup
            .send(post(&format!("/v1/events/{name}"), JSON, &[], "{}"))
            .await
    };
    assert_problem(&to("shop.Changed").await, 403, "not_a_submission");
    assert_problem(&to("shop.Money").await, 403, "not_a_submission");
    assert_problem(&to("shop.Noted").await, 404, "no_released_version");
    let answer = to("shop.Order").await;
    assert_problem(&answer, 404, "unknown_contract");
    let expected = r#"there is no contract "shop.Order"; the nearest is "shop.Ordered""#;
    assert_eq!(answer.json()["detail"], expected);
}

#[tokio::test]
async fn other_paths_and_methods_are_problems_too() {
    let setup = start(Limits::default()).await;
    let get = async |path: &str| {
        setup
            .send(Request::get(path).body(Body::empty()).expect("it is valid"))
            .await
    };
    assert_problem(&get("/v2").await, 404, "not_found");
    assert_problem(&get(PATH).await, 405, "method_not_allowed");
    let page = get("/errors/unknown_contract").await;
    assert!(
        page.text.starts_with("# unknown_contract\n"),
        "{}",
        page.text
    );
    let expected = json!({"contracts": [
        {"name": "shop.Changed", "kind": "change", "topic": "shop.order", "version": null, "schema_id": null, "accepts_events": false},
        {"name": "shop.Money", "kind": "type", "topic": null, "version": null, "schema_id": null, "accepts_events": false},
        {"name": "shop.Noted", "kind": "event", "topic": "shop.notes", "version": null, "schema_id": null, "accepts_events": false},
        {"name": "shop.Ordered", "kind": "submission", "topic": "shop.orders", "version": 1, "schema_id": 7, "accepts_events": true},
    ]});
    assert_eq!(get("/v1/contracts").await.json(), expected);
    assert_eq!(get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    setup.readiness.set_ready("ingest");
    assert_eq!(get("/readyz").await.status, StatusCode::OK);
    assert!(
        get("/metrics")
            .await
            .text
            .contains("accordant_http_requests_total")
    );
}
