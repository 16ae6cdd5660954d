//! A broker that is away, says nothing, or says no.

use accordant_kit::config::Limits;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

use crate::setup::{order, reachable, start};

const JSON: &str = "application/json";

#[tokio::test]
async fn a_broker_that_is_away_is_said_before_anything_is_written() {
    let setup = start(Limits::default()).await;
    setup.cluster.broker_down(1).expect("it goes down");
    reachable(&setup.producer, false).await;
    for media in [JSON, "application/x-ndjson"] {
        let answer = setup.post(media, order(1)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.retry_after.as_deref()),
            (503, Some("1"))
        );
        assert_eq!(answer.json()["code"], "broker_unavailable");
    }
    setup.cluster.broker_up(1).expect("it comes back");
    reachable(&setup.producer, true).await;
    let answer = setup.post(JSON, order(1)).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["items"][0]["offset"]),
        (202, &0.into())
    );
}

#[tokio::test]
async fn a_broker_that_says_nothing_leaves_unknown() {
    let limits = Limits {
        delivery_timeout_ms: 300,
        ..Limits::default()
    };
    let setup = start(limits).await;
    // Every answer is cut off: whether it was written, nobody says.
    let cut = [RDKafkaRespErr::RD_KAFKA_RESP_ERR__TRANSPORT; 1_000];
    setup.cluster.request_errors(RDKafkaApiKey::Produce, &cut);
    let answer = setup.post(JSON, order(1)).await;
    assert_eq!(answer.status, 504, "{}", answer.text);
    assert_eq!(answer.json()["code"], "delivery_unknown");
    assert_eq!(answer.items(), ["0 unknown :delivery_unknown"]);
    assert_eq!(answer.json()["items"][0]["partition"], 2);
    reachable(&setup.producer, true).await;
    let answer = setup
        .post(JSON, format!("[{},{}]", order(1), order(2)))
        .await;
    assert_eq!(answer.status, 207, "{}", answer.text);
    let expected = ["0 unknown :delivery_unknown", "1 unknown :delivery_unknown"];
    assert_eq!(answer.items(), expected);
}

#[tokio::test]
async fn a_record_that_the_broker_refuses_was_not_written() {
    let setup = start(Limits::default()).await;
    let refusal = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE];
    setup
        .cluster
        .request_errors(RDKafkaApiKey::Produce, &refusal);
    let answer = setup.post(JSON, order(1)).await;
    assert_eq!(answer.status, 503, "{}", answer.text);
    assert_eq!(answer.json()["code"], "not_written");
    assert_eq!(answer.items(), ["0 rejected :broker"]);
}
