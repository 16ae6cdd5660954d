//! What has been acknowledged survives kill -9, and what is kept for ever is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use crate::process::{Broker, PATIENCE, free_address};

const TOPIC: &str = "things";
const PARTITIONS: i32 = 3;

/// (partition, offset) and the record there.
type Log = BTreeMap<(i32, i64), String>;

/// Hands each acknowledged record over.
struct Acks(Sender<(i32, i64, String)>);

impl ClientContext for Acks {}

impl ProducerContext for Acks {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        let message = result.as_ref().expect("retries until it is acknowledged");
        let ack = (message.partition(), message.offset(), text(message));
        // A test that has failed already listens no more.
        let _failed = self.0.send(ack);
    }
}

fn text(message: &impl Message) -> String {
    String::from_utf8(message.payload().expect("a payload").to_vec()).expect("text")
}

fn producer(broker: &Broker) -> (ThreadedProducer<Acks>, Receiver<(i32, i64, String)>) {
    let (sender, acks) = channel();
    let producer = broker
        .config()
        .set("enable.idempotence", "true")
        .set("batch.num.messages", "10")
        .create_with_context(Acks(sender))
        .expect("a producer");
    (producer, acks)
}

fn send(producer: &ThreadedProducer<Acks>, texts: std::ops::Range<usize>) {
    for n in texts {
        let (key, payload) = (format!("key {}", n % 17), format!("thing {n}"));
        producer
            .send(BaseRecord::to(TOPIC).key(&key).payload(&payload))
            .map_err(|(error, _record)| error)
            .expect("room in the queue");
    }
}

fn group(broker: &Broker) -> BaseConsumer {
    let consumer: BaseConsumer = broker
        .config()
        .set("group.id", "readers")
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.commit", "false")
        // Longer than our patience: who waits for a dead member fails.
        .set("session.timeout.ms", "120000")
        .create()
        .expect("a consumer");
    consumer.subscribe(&[TOPIC]).expect("a subscription");
    consumer
}

/// The next record. A poll ends early where the group changes.
fn next(consumer: &BaseConsumer) -> (i32, i64, String) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < deadline, "no record within {PATIENCE:?}");
        if let Some(message) = consumer.poll(PATIENCE) {
            let message = message.expect("a record");
            return (message.partition(), message.offset(), text(&message));
        }
    }
}

/// Reads `count` records in the group, commits and leaves.
fn read(broker: &Broker, count: usize) -> Log {
    let consumer = group(broker);
    let mut log = Log::new();
    while log.len() < count {
        let (partition, offset, text) = next(&consumer);
        let twice = log.insert((partition, offset), text);
        assert_eq!(twice, None, "one offset read twice");
    }
    // In order: the last of a partition is the highest.
    let next: BTreeMap<_, _> = log
        .keys()
        .map(|(partition, offset)| (*partition, offset + 1))
        .collect();
    let mut positions = TopicPartitionList::new();
    for (partition, offset) in next {
        positions
            .add_partition_offset(TOPIC, partition, Offset::Offset(offset))
            .expect("ours");
    }
    consumer
        .commit(&positions, CommitMode::Sync)
        .expect("a commit");
    log
}

async fn create(broker: &Broker, topic: NewTopic<'_>) -> AdminClient<DefaultClientContext> {
    let admin: AdminClient<_> = broker.config().create().expect("an admin client");
    let created = admin
        .create_topics([&topic], &AdminOptions::new())
        .await
        .expect("an answer");
    assert_eq!(created, [Ok(topic.name.to_owned())]);
    admin
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_by_kill_9() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = free_address();
    let mut broker = Broker::start(&address, folder.path());
    create(
        &broker,
        NewTopic::new(TOPIC, PARTITIONS, TopicReplication::Fixed(1)),
    )
    .await;
    let (producer, acks) = producer(&broker);

    // Killed while most of them are on their way.
    send(&producer, 0..2_000);
    let before: Vec<_> = acks.iter().take(100).collect();
    broker.kill();
    let broker = Broker::start(&address, folder.path());
    producer.flush(PATIENCE).expect("the rest is sent again");
    let log = read(&broker, 2_000);

    for (partition, offset, text) in &before {
        let there = log.get(&(*partition, *offset));
        assert_eq!(there, Some(text), "{partition}@{offset}");
    }
    // What was written just before the kill is sent again after it, and the
    // acknowledgement of a duplicate has no offset (librdkafka counts up from
    // the broker's -1): only that it is there, and once, is compared.
    let after = acks.try_iter();
    let acked: BTreeSet<_> = before
        .into_iter()
        .chain(after)
        .map(|(_, _, text)| text)
        .collect();
    assert_eq!(acked.len(), 2_000);
    assert_eq!(log.into_values().collect::<BTreeSet<_>>(), acked);
}

#[tokio::test]
async fn a_group_goes_on_where_it_was_after_kill_9() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = free_address();
    let mut broker = Broker::start(&address, folder.path());
    create(
        &broker,
        NewTopic::new(TOPIC, PARTITIONS, TopicReplication::Fixed(1)),
    )
    .await;
    let (producer, _acks) = producer(&broker);
    send(&producer, 0..50);
    producer.flush(PATIENCE).expect("acknowledged");
    let first = read(&broker, 50);

    broker.kill();
    let broker = Broker::start(&address, folder.path());
    send(&producer, 50..60);
    producer.flush(PATIENCE).expect("acknowledged");
    let second = read(&broker, 10);

    let mut texts: Vec<_> = first.into_values().chain(second.into_values()).collect();
    let mut expected: Vec<_> = (0..60).map(|n| format!("thing {n}")).collect();
    texts.sort();
    expected.sort();
    assert_eq!(texts, expected);
}

#[tokio::test]
async fn nobody_waits_for_a_member_that_died_with_the_broker() {
    let folder = tempfile::tempdir().expect("a folder");
    let address = free_address();
    let mut broker = Broker::start(&address, folder.path());
    create(
        &broker,
        NewTopic::new(TOPIC, PARTITIONS, TopicReplication::Fixed(1)),
    )
    .await;
    let (producer, _acks) = producer(&broker);
    send(&producer, 0..10);
    producer.flush(PATIENCE).expect("acknowledged");
    let member = group(&broker);
    // A record: it is a member.
    next(&member);

    broker.kill();
    // It cannot say that it leaves.
    drop(member);
    let broker = Broker::start(&address, folder.path());
    read(&broker, 10);
}

/// -1 would delete every record at the next start, see `src/prepare.rs`.
#[tokio::test]
async fn keeping_for_ever_is_the_largest_retention() {
    let folder = tempfile::tempdir().expect("a folder");
    let broker = Broker::start(&free_address(), folder.path());
    let topic = NewTopic::new(TOPIC, 1, TopicReplication::Fixed(1))
        .set("cleanup.policy", "delete")
        .set("retention.ms", "-1");
    let admin = create(&broker, topic).await;
    let resource = ResourceSpecifier::Topic(TOPIC);
    let described = admin
        .describe_configs([&resource], &AdminOptions::new())
        .await
        .expect("an answer");
    let described = described
        .into_iter()
        .next()
        .expect("one topic")
        .expect("its settings");
    let retention = described
        .get("retention.ms")
        .and_then(|entry| entry.value.clone());
    assert_eq!(retention, Some(i64::MAX.to_string()));
}
