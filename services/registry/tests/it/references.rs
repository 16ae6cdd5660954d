//! Schemas that use types of other subjects.

use serde_json::{Value, json};

use crate::harness::{Api, each};

const MONEY: &str = r#"{"type":"record","name":"Money","namespace":"common","fields":[{"name":"cents","type":"long"}]}"#;
const PRICE: &str = r#"{"type":"record","name":"Price","namespace":"shop","fields":[{"name":"price","type":"common.Money"}]}"#;
const PRICE_WHOLE: &str = r#"{"type":"record","name":"Price","namespace":"shop","fields":[{"name":"price","type":{"type":"record","name":"Money","namespace":"common","fields":[{"name":"cents","type":"long"}]}}]}"#;

fn price(version: i32) -> Value {
    let reference = json!({"name": "common.Money", "subject": "money", "version": version});
    json!({"schema": PRICE, "references": [reference]})
}

async fn register_both(api: &Api) {
    assert_eq!(api.register("money", MONEY).await.status, 200);
    let answer = api.send("POST /subjects/price/versions", price(1)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[test]
fn a_reference_is_stored_short_and_served() {
    each(async |api| {
        register_both(&api).await;
        let references = json!([{"name": "common.Money", "subject": "money", "version": 1}]);
        let by_id = api.send("GET /schemas/ids/2", Value::Null).await.json();
        assert_eq!(
            (&by_id["schema"], &by_id["references"]),
            (&json!(PRICE), &references)
        );
        let by_version = api
            .send("GET /subjects/price/versions/latest", Value::Null)
            .await
            .json();
        assert_eq!(by_version["references"], references);
        let resolved = api
            .send("GET /schemas/ids/2/schema?format=resolved", Value::Null)
            .await;
        assert_eq!(resolved.text, PRICE_WHOLE);
        let line = "GET /subjects/money/versions/1/referencedby";
        api.check(line, Value::Null, 200, json!([2])).await;
        let line = "GET /subjects/price/versions/1/referencedby";
        api.check(line, Value::Null, 200, json!([])).await;
    });
}

#[test]
fn the_latest_version_may_be_asked_for() {
    each(async |api| {
        api.register("money", MONEY).await;
        let answer = api
            .send("POST /subjects/price/versions", price(-1))
            .await
            .json();
        assert_eq!(answer["references"][0]["version"], 1);
    });
}

#[test]
fn a_reference_that_leads_nowhere_is_refused() {
    each(async |api| {
        let line = "POST /subjects/price/versions";
        let message = "Invalid schema of type AVRO, details: No schema reference found for subject \"money\" and version 1";
        let error = json!({"error_code": 42201, "message": message});
        api.check(line, price(1), 422, error).await;
        // The type must come from a reference.
        assert_eq!(api.register("price", PRICE).await.status, 422);
        let body = json!({"schema": PRICE, "references": [{"name": "common.Money"}]});
        assert_eq!(api.send(line, body).await.json()["error_code"], 42201);
    });
}

#[test]
fn references_of_references_are_found_once_each() {
    each(async |api| {
        register_both(&api).await;
        let offer = r#"{"type":"record","name":"Offer","namespace":"shop","fields":[{"name":"now","type":"Price"},{"name":"shipping","type":"common.Money"}]}"#;
        let body = json!({"schema": offer, "references": [
            {"name": "shop.Price", "subject": "price", "version": 1},
            {"name": "common.Money", "subject": "money", "version": 1},
        ]});
        let answer = api.send("POST /subjects/offer/versions", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let line = "GET /subjects/money/versions/1/referencedby";
        api.check(line, Value::Null, 200, json!([2, 3])).await;
    });
}

#[test]
fn the_written_out_form_is_found_again() {
    each(async |api| {
        register_both(&api).await;
        let answer = api.register("price", PRICE_WHOLE).await.json();
        assert_eq!((&answer["id"], &answer["version"]), (&json!(2), &json!(1)));
    });
}

#[test]
fn what_is_referred_to_stays() {
    each(async |api| {
        register_both(&api).await;
        let exists = json!({
            "error_code": 42206,
            "message": "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=money,version=1}.",
        });
        api.check(
            "DELETE /subjects/money/versions/1",
            Value::Null,
            422,
            exists.clone(),
        )
        .await;
        api.check("DELETE /subjects/money", Value::Null, 422, exists.clone())
            .await;
        // A referrer that is softly deleted is no hindrance for a soft deletion.
        api.check("DELETE /subjects/price", Value::Null, 200, json!([1]))
            .await;
        api.check("DELETE /subjects/money", Value::Null, 200, json!([1]))
            .await;
        api.check(
            "DELETE /subjects/money?permanent=true",
            Value::Null,
            422,
            exists,
        )
        .await;
        assert_eq!(
            api.send("POST /subjects/new/versions", price(1))
                .await
                .status,
            422
        );
        assert_eq!(
            api.send("GET /schemas/ids/2?format=resolved", Value::Null)
                .await
                .status,
            200
        );
        api.check(
            "DELETE /subjects/price?permanent=true",
            Value::Null,
            200,
            json!([1]),
        )
        .await;
        api.check(
            "DELETE /subjects/money?permanent=true",
            Value::Null,
            200,
            json!([1]),
        )
        .await;
    });
}
