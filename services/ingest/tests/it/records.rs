//! What stands in the topic afterwards.

use accordant_kit::{config::Limits, kafka::headers::CloudEvent};
use accordant_wire::{confluent, dynamic, partition::partition_of};
use rdkafka::{Message, message::Headers};

use crate::setup::{PARTITIONS, PATH, SCHEMA_ID, contracts, order, post, start};

#[tokio::test]
async fn a_record_is_what_stock_consumers_expect() {
    let setup = start(Limits::default()).await;
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let headers = [
        ("ce-id", "mine"),
        ("ce-source", "urn:me"),
        ("traceparent", traceparent),
    ];
    let body = r#"{"order_id":"1|2","buyer":"b"}"#;
    setup
        .send(post(PATH, "application/json", &headers, body))
        .await;
    let records = setup.records(1).await;
    let record = &records[0];
    assert_eq!(record.key(), Some(&b"1|2"[..]));
    assert_eq!(record.partition(), partition_of("b", PARTITIONS));
    let (id, datum) = confluent::split(record.payload().expect("a value")).expect("it is framed");
    assert_eq!(id, SCHEMA_ID);
    let contracts = contracts();
    let schema = &contracts
        .get("shop.Ordered")
        .expect("it is there")
        .latest()
        .schema;
    let json = dynamic::to_json(schema, datum, accordant_wire::Limits::default());
    assert_eq!(
        json.expect("it is whole"),
        r#"{"order_id":"1|2","buyer":"b","amount":1}"#
    );
    let headers = record.headers().expect("headers");
    let event = CloudEvent::from_headers(headers);
    assert_eq!(
        (event.id.as_str(), event.ty.as_str()),
        ("mine", "shop.Ordered")
    );
    assert_eq!(
        (event.source.as_str(), event.subject.as_deref()),
        ("urn:me", Some("1|2"))
    );
    assert_eq!(event.extra["traceparent"], traceparent);
    assert!(event.time.ends_with('Z'), "{}", event.time);
    let names: Vec<&str> = headers.iter().map(|header| header.key).collect();
    assert!(
        names.contains(&"content-type") && names.contains(&"ce_specversion"),
        "{names:?}"
    );
}

#[tokio::test]
async fn lines_of_one_key_are_appended_in_their_order() {
    let setup = start(Limits::default()).await;
    let body: String = (0..300).map(|id| format!("{}\n", order(id))).collect();
    let headers = [("accordant-event-id-prefix", "p")];
    let answer = setup
        .send(post(PATH, "application/x-ndjson", &headers, body))
        .await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let ids: Vec<String> = setup
        .records(300)
        .await
        .iter()
        .map(|record| CloudEvent::from_headers(record.headers().expect("headers")).id)
        .collect();
    assert_eq!(
        ids,
        (0..300)
            .map(|index| format!("p-{index}"))
            .collect::<Vec<_>>()
    );
}
