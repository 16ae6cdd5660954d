//! Topics are made, and records are durable in their order.

use std::collections::BTreeMap;

use accordant_kit::kafka::{
    Delivery, OrderedProducer, ProducerSettings, Record,
    headers::CloudEvent,
    topics::{self, TopicSpec, TopicsError},
};
use uuid::Uuid;

use super::bootstrap;

fn spec(name: &str, partitions: u32) -> TopicSpec {
    let setting = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    TopicSpec {
        name: name.to_owned(),
        partitions,
        configs: BTreeMap::from([
            setting("cleanup.policy", "delete"),
            setting("max.message.bytes", "1200000"),
            setting("retention.ms", "-1"),
        ]),
    }
}

#[tokio::test]
async fn topics_are_made_once_and_compared_afterwards() {
    let Some(bootstrap) = bootstrap() else { return };
    let name = format!("kit-{}", Uuid::now_v7());
    let specs = [spec(&name, 3)];
    assert_eq!(
        topics::ensure(&bootstrap, &specs)
            .await
            .expect("it is made"),
        std::slice::from_ref(&name)
    );
    assert!(
        topics::ensure(&bootstrap, &specs)
            .await
            .expect("it is there")
            .is_empty()
    );
    let counts = topics::partition_counts(&bootstrap, std::slice::from_ref(&name)).await;
    assert_eq!(
        counts.expect("it is there"),
        BTreeMap::from([(name.clone(), 3)])
    );
    let other = topics::ensure(&bootstrap, &[spec(&name, 6)]).await;
    assert!(
        matches!(
            other,
            Err(TopicsError::PartitionCount {
                found: 3,
                wanted: 6,
                ..
            })
        ),
        "{other:?}"
    );
}

#[tokio::test]
async fn records_are_durable_in_their_order() {
    let Some(bootstrap) = bootstrap() else { return };
    let name = format!("kit-{}", Uuid::now_v7());
    topics::ensure(&bootstrap, &[spec(&name, 1)])
        .await
        .expect("it is made");
    let settings = ProducerSettings {
        bootstrap,
        delivery_timeout_ms: 10_000,
        queue_max: 100,
    };
    let producer = OrderedProducer::new(&settings).expect("a producer");
    let mut deliveries = Vec::new();
    for value in 0..1_000 {
        let event = CloudEvent {
            id: value.to_string(),
            ..CloudEvent::default()
        };
        let record = Record {
            topic: name.clone(),
            partition: 0,
            key: b"key".to_vec(),
            value: value.to_string().into_bytes(),
            headers: event.to_headers(),
        };
        deliveries.push(producer.send(record).await);
    }
    for (expected, delivery) in deliveries.into_iter().enumerate() {
        let offset = i64::try_from(expected).expect("a small number");
        assert_eq!(
            delivery.await,
            Delivery::Durable {
                partition: 0,
                offset: Some(offset)
            }
        );
    }
}
