//! The producer and the topics against librdkafka's mock cluster: a broker over
//! real sockets, which fails when it is told to.

use accordant_kit::kafka::{
    Delivery, OrderedProducer, ProducerSettings, Record,
    headers::CloudEvent,
    topics::{self, TopicSpec, TopicsError},
};
use rdkafka::{
    message::OwnedHeaders,
    mocking::MockCluster,
    producer::DefaultProducerContext,
    types::{RDKafkaApiKey, RDKafkaRespErr},
};

const TOPIC: &str = "orders";

type Cluster = MockCluster<'static, DefaultProducerContext>;

fn cluster() -> Cluster {
    let cluster = MockCluster::new(1).expect("a mock cluster");
    cluster.create_topic(TOPIC, 3, 1).expect("a topic");
    cluster
}

async fn producer(cluster: &Cluster, delivery_timeout_ms: u64) -> OrderedProducer {
    let settings = ProducerSettings {
        bootstrap: cluster.bootstrap_servers(),
        delivery_timeout_ms,
        queue_max: 10,
    };
    let producer = OrderedProducer::new(&settings).expect("a producer");
    reachable(&producer, true).await;
    producer
}

async fn reachable(producer: &OrderedProducer, wanted: bool) {
    let mut watched = producer.broker_reachable();
    watched
        .wait_for(|it| *it == wanted)
        .await
        .expect("the producer is there");
}

fn record(value: &str) -> Record {
    Record {
        topic: TOPIC.to_owned(),
        partition: 1,
        key: b"key".to_vec(),
        value: value.as_bytes().to_vec(),
        headers: OwnedHeaders::new(),
    }
}

#[tokio::test]
async fn records_are_appended_in_the_order_of_the_calls() {
    let cluster = cluster();
    let producer = producer(&cluster, 30_000).await;
    // A lost answer in between: the retry must not change the order.
    cluster.request_errors(
        RDKafkaApiKey::Produce,
        &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS],
    );
    let mut deliveries = Vec::new();
    for value in 0..500 {
        deliveries.push(producer.send(record(&value.to_string())).await);
    }
    for (expected, delivery) in deliveries.into_iter().enumerate() {
        let offset = i64::try_from(expected).expect("a small number");
        assert_eq!(
            delivery.await,
            Delivery::Durable {
                partition: 1,
                offset: Some(offset)
            }
        );
    }
}

#[tokio::test]
async fn a_record_that_the_broker_refuses_is_not_written() {
    let cluster = cluster();
    let producer = producer(&cluster, 30_000).await;
    cluster.request_errors(
        RDKafkaApiKey::Produce,
        &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE],
    );
    let delivery = producer.send(record("a")).await.await;
    assert!(matches!(&delivery, Delivery::Refused(_)), "{delivery:?}");
    let delivery = producer.send(record("b")).await.await;
    assert_eq!(
        delivery,
        Delivery::Durable {
            partition: 1,
            offset: Some(0)
        }
    );
}

#[tokio::test]
async fn a_broker_that_goes_away_leaves_unknown_and_comes_back() {
    let cluster = cluster();
    let producer = producer(&cluster, 3_000).await;
    cluster.broker_down(1).expect("it goes down");
    let delivery = producer.send(record("a")).await.await;
    assert!(matches!(&delivery, Delivery::Unknown(_)), "{delivery:?}");
    reachable(&producer, false).await;
    cluster.broker_up(1).expect("it comes back");
    reachable(&producer, true).await;
    let delivery = producer.send(record("b")).await.await;
    assert!(
        matches!(&delivery, Delivery::Durable { .. }),
        "{delivery:?}"
    );
}

#[tokio::test]
async fn a_fatal_error_builds_the_producer_again() {
    let cluster = cluster();
    cluster.request_errors(
        RDKafkaApiKey::InitProducerId,
        &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED],
    );
    let producer = producer(&cluster, 30_000).await;
    let first = producer.send(record("a")).await.await;
    // Whether the first was in the queue when it broke is a race; the second
    // finds a broken producer, and is written by the next one.
    assert!(!matches!(first, Delivery::Refused(_)), "{first:?}");
    let second = producer.send(record("b")).await.await;
    assert!(matches!(second, Delivery::Durable { .. }), "{second:?}");
}

#[tokio::test]
async fn topics_are_compared_with_what_they_must_be() {
    let cluster = cluster();
    let bootstrap = cluster.bootstrap_servers();
    let spec = |name: &str, partitions| TopicSpec {
        name: name.to_owned(),
        partitions,
        configs: Default::default(),
    };
    let made = topics::ensure(&bootstrap, &[spec(TOPIC, 3)])
        .await
        .expect("it is as it must be");
    assert!(made.is_empty(), "{made:?}");
    let error = topics::ensure(&bootstrap, &[spec(TOPIC, 6)])
        .await
        .expect_err("3 are not 6");
    let text = error.to_string();
    assert!(
        text.starts_with("topic orders has 3 partitions, its contract says 6\nfix: "),
        "{text}"
    );
    let counts = topics::partition_counts(&bootstrap, &[TOPIC.to_owned()])
        .await
        .expect("it is there");
    assert_eq!(counts[TOPIC], 3);
    let missing = topics::partition_counts(&bootstrap, &["absent".to_owned()]).await;
    assert!(
        matches!(missing, Err(TopicsError::Missing { .. })),
        "{missing:?}"
    );
}

#[test]
fn headers_come_back_as_they_were() {
    let event = CloudEvent {
        id: "1".to_owned(),
        ty: "orders.Placed".to_owned(),
        source: "urn:x".to_owned(),
        time: "2026-01-01T00:00:00.000Z".to_owned(),
        subject: Some("key".to_owned()),
        extra: [("traceparent".to_owned(), "00-1-2-01".to_owned())].into(),
    };
    let headers = event.to_headers();
    assert_eq!(CloudEvent::from_headers(&headers), event);
    assert_eq!(CloudEvent::id_of(&headers).as_deref(), Some("1"));
}
