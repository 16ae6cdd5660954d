//! Many schemas checked at once, before any of them is registered.

use accordant_registry::Settings;
use serde_json::{Value, json};

use crate::harness::{Api, each, each_with, record};

fn item(subject: &str, schema: &str, references: &[(&str, &str, i32)]) -> Value {
    let references: Vec<Value> = references
        .iter()
        .map(|(name, subject, version)| json!({"name": name, "subject": subject, "version": version}))
        .collect();
    json!({"subject": subject, "schema": schema, "references": references})
}

fn named(name: &str, field: &str) -> String {
    format!(r#"{{"type":"record","name":"{name}","fields":[{field}]}}"#)
}

/// Of each item: compatible, or the error's code, or no.
async fn verdicts(api: &Api, items: &[Value]) -> Vec<Value> {
    let answer = api
        .send("POST /compatibility/batch", json!({"items": items}))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = answer.json();
    let mut verdicts = Vec::new();
    for it in answer["items"].as_array().unwrap() {
        let verdict = it["is_compatible"].clone();
        let messages = it["messages"].as_array().unwrap();
        assert_eq!(messages.is_empty(), verdict == true, "{it}");
        verdicts.push(it.get("error_code").cloned().unwrap_or(verdict));
    }
    let all = verdicts.iter().all(|it| it == true);
    assert_eq!(answer["is_compatible"], all);
    verdicts
}

#[test]
fn schemas_may_refer_to_each_other_in_any_order() {
    each(async |api| {
        let money = named("Money", r#"{"name":"n","type":"long"}"#);
        let price = named("Price", r#"{"name":"m","type":"Money"}"#);
        let order = named("Order", r#"{"name":"p","type":"Price"}"#);
        let items = [
            item("order", &order, &[("Price", "price", -1)]),
            item("price", &price, &[("Money", "money", 1)]),
            item("money", &money, &[]),
        ];
        assert_eq!(verdicts(&api, &items).await, [true, true, true]);
        api.check("GET /subjects", Value::Null, 200, json!([]))
            .await;
        api.check("GET /contexts", Value::Null, 200, json!(["."]))
            .await;
        // The same, where a part is registered already.
        api.register("money", &money).await;
        assert_eq!(verdicts(&api, &items).await, [true, true, true]);
    });
}

#[test]
fn what_leads_nowhere_or_in_a_circle_is_told_of_that_item() {
    each(async |api| {
        let refers =
            |name: &str, to: &str| named(name, &format!(r#"{{"name":"x","type":"{to}"}}"#));
        let items = [
            item("a", &refers("A", "B"), &[("B", "b", 1)]),
            item("b", &refers("B", "A"), &[("A", "a", 1)]),
            item("c", &refers("C", "D"), &[("D", "d", 1)]),
            item("fine", "\"int\"", &[]),
            item("bad", "{\"type\":\"nope\"}", &[]),
            json!({"subject": "xml", "schema": "<a/>", "schemaType": "XML"}),
            item("__GLOBAL", "\"int\"", &[]),
            item("after", "\"int\"", &[]),
        ];
        let expected = [
            json!(42201),
            json!(42201),
            json!(42201),
            json!(true),
            json!(42201),
            json!(42201),
            json!(42208),
            json!(true),
        ];
        assert_eq!(verdicts(&api, &items).await, expected);
    });
}

#[test]
fn items_of_one_subject_follow_each_other() {
    each(async |api| {
        let one = record(&[("a", "\"int\"")]);
        let two = record(&[("a", "\"int\""), ("b", "\"int\",\"default\":1")]);
        let bad = record(&[("c", "\"int\"")]);
        let items = [
            item("t", &one, &[]),
            item("t", &two, &[]),
            item("t", &bad, &[]),
        ];
        let expected = [json!(true), json!(true), json!(false)];
        assert_eq!(verdicts(&api, &items).await, expected);
        // With the first two registered, and under a level that compares none.
        api.register("t", &one).await;
        api.register("t", &two).await;
        assert_eq!(verdicts(&api, &items).await, expected);
        api.send("PUT /config/t", json!({"compatibility": "NONE"}))
            .await;
        assert_eq!(verdicts(&api, &items).await, [true, true, true]);
        // The second version of another item's subject.
        let user = item(
            "u",
            &named("U", r#"{"name":"r","type":"R"}"#),
            &[("R", "t2", 2)],
        );
        let items = [user, item("t2", &one, &[]), item("t2", &two, &[])];
        assert_eq!(verdicts(&api, &items).await, [true, true, true]);
    });
}

#[test]
fn a_check_gives_the_messages_of_registering_and_findings_besides() {
    each(async |api| {
        let decimal = |scale: u32| {
            let ty = format!(
                r#"{{"type":"bytes","logicalType":"decimal","precision":9,"scale":{scale}}}"#
            );
            record(&[("a", &ty)])
        };
        api.register("t", &decimal(2)).await;
        let body = json!({"items": [item("t", &decimal(3), &[]), item("t", &record(&[("z", "\"int\"")]), &[])]});
        let answer = api.send("POST /compatibility/batch", body).await.json();
        let (first, second) = (&answer["items"][0], &answer["items"][1]);
        assert_eq!(
            (&first["is_compatible"], &first["messages"]),
            (&json!(true), &json!([]))
        );
        let finding = &first["findings"][0];
        assert_eq!(
            (&finding["effect"], &finding["oldVersion"]),
            (&json!("misreads"), &json!(1))
        );
        assert_eq!(finding["path"], "R.a");
        let last = second["messages"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        assert_eq!(last, "{validateFields: 'false', compatibility: 'BACKWARD'}");
        // One schema alone tells them too, to who asks, and Confluent's answer stays.
        let line = "POST /compatibility/subjects/t/versions/latest";
        let body = json!({"schema": decimal(3)});
        api.check(line, body.clone(), 200, json!({"is_compatible": true}))
            .await;
        let answer = api
            .send(&format!("{line}?findings=true"), body)
            .await
            .json();
        assert_eq!(answer["findings"], first["findings"]);
    });
}

#[test]
fn a_batch_has_a_bound() {
    let settings = Settings {
        batch_max: 2,
        ..Settings::default()
    };
    each_with(settings, async |api| {
        let items = vec![item("t", "\"int\"", &[]); 3];
        let answer = api
            .send("POST /compatibility/batch", json!({"items": items}))
            .await;
        assert_eq!(answer.status, 400);
        for bad in [
            json!({}),
            json!({"items": 1}),
            json!({"items": [{"schema": "\"int\""}]}),
        ] {
            let answer = api.send("POST /compatibility/batch", bad.clone()).await;
            assert_eq!(answer.status, 400, "{bad}");
        }
        let line = "GET /compatibility/batch";
        assert_eq!(api.send(line, Value::Null).await.status, 405);
    });
}
