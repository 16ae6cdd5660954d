//! A service over a mock cluster, and contracts of every kind.

use std::{collections::BTreeMap, sync::Arc};

use accordant_ingest::{Closed, Entry, Ingest, Intake, app};
use accordant_kit::{
    config::Limits,
    health::Readiness,
    kafka::{OrderedProducer, ProducerSettings, client_config},
};
use accordant_schema::contract::{ContractKind, Contracts};
use accordant_wire::SchemaId;
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
    response::Response,
};
use http_body_util::BodyExt;
use rdkafka::{
    Message, Offset, TopicPartitionList,
    consumer::{Consumer, StreamConsumer},
    message::OwnedMessage,
    mocking::MockCluster,
    producer::DefaultProducerContext,
};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const TOPIC: &str = "shop.orders";
pub(crate) const PARTITIONS: u32 = 3;
pub(crate) const SCHEMA_ID: SchemaId = SchemaId(7);
pub(crate) const PATH: &str = "/v1/events/shop.Ordered";

const ORDERED: &str = r#"{"type":"record","name":"Ordered","namespace":"shop","doc":"It.","fields":[
  {"name":"order_id","type":"string","doc":"Which."},
  {"name":"buyer","type":"string","doc":"Who."},
  {"name":"amount","type":"int","default":1,"doc":"How many."}]}"#;
const CHANGED: &str = r#"{"type":"record","name":"Changed","namespace":"shop","doc":"It.","fields":[
  {"name":"order_id","type":"string","doc":"Which."},
  {"name":"version","type":"long","doc":"How often."},
  {"name":"deleted","type":"boolean","doc":"Whether gone."}]}"#;
const MONEY: &str = r#"{"type":"record","name":"Money","namespace":"shop","doc":"It.","fields":[
  {"name":"cents","type":"long","doc":"How much."}]}"#;

pub(crate) type Cluster = MockCluster<'static, DefaultProducerContext>;

pub(crate) struct Setup {
    pub(crate) cluster: Cluster,
    pub(crate) producer: OrderedProducer,
    pub(crate) readiness: Readiness,
    app: Router,
}

/// The contracts as files of a folder.
pub(crate) fn files() -> BTreeMap<String, Vec<u8>> {
    let common = "description = 'It.'\nowner = 'shop'\naudience = 'company'\n";
    let ordered =
        "topic = 'shop.orders'\nkey = ['order_id']\npartition_by = ['buyer']\npartitions = 3\n";
    let changed = "topic = 'shop.order'\nkey = ['order_id']\npartitions = 3\ncleanup = 'compact'\nversion = 'version'\ndeleted = 'deleted'\n";
    let mut files = BTreeMap::new();
    for (name, kind, rest, schema) in [
        ("Ordered", "submission", ordered, ORDERED),
        ("Changed", "change", changed, CHANGED),
        ("Money", "type", "", MONEY),
        (
            "Noted",
            "event",
            "topic = 'shop.notes'\nkey = ['order_id']\npartitions = 3\n",
            ORDERED,
        ),
    ] {
        let toml = format!("kind = '{kind}'\n{common}{rest}");
        files.insert(format!("shop.{name}/contract.toml"), toml.into_bytes());
        let schema = schema.replace("\"Ordered\"", &format!("\"{name}\""));
        files.insert(format!("shop.{name}/v1.avsc"), schema.into_bytes());
    }
    files
}

pub(crate) fn contracts() -> Contracts {
    let (contracts, problems) = Contracts::load(&files(), &accordant_schema::Limits::default());
    assert!(problems.is_empty(), "{problems:?}");
    contracts
}

/// With a broker that can be reached.
pub(crate) async fn start(limits: Limits) -> Setup {
    let cluster = MockCluster::new(1).expect("a mock cluster");
    let partitions = i32::try_from(PARTITIONS).expect("a small number");
    cluster.create_topic(TOPIC, partitions, 1).expect("a topic");
    let producer = OrderedProducer::new(&ProducerSettings {
        bootstrap: cluster.bootstrap_servers(),
        delivery_timeout_ms: limits.delivery_timeout_ms,
        queue_max: limits.producer_queue_max,
    });
    let producer = producer.expect("a producer");
    reachable(&producer, true).await;
    let readiness = Readiness::new(&["ingest"]);
    let ingest = Ingest::new(entries(), producer.clone(), limits, readiness.clone());
    Setup {
        cluster,
        producer,
        readiness,
        app: app(ingest),
    }
}

pub(crate) async fn reachable(producer: &OrderedProducer, wanted: bool) {
    let mut watched = producer.broker_reachable();
    watched
        .wait_for(|it| *it == wanted)
        .await
        .expect("the producer is there");
}

/// `shop.Noted` has a draft only, and drafts are not taken.
fn entries() -> BTreeMap<String, Entry> {
    let contracts = contracts();
    let entry = |contract: &accordant_schema::contract::Contract| {
        let name = contract.name.as_str().to_owned();
        let is_open = contract.config.kind == ContractKind::Submission;
        if !is_open {
            return (name, Entry::Closed(Closed::new(contract)));
        }
        let intake = Intake::new(contract, contract.latest(), SCHEMA_ID, PARTITIONS);
        (
            name,
            Entry::Open(Box::new(intake.expect("its key is there"))),
        )
    };
    contracts.contracts.values().map(entry).collect()
}

/// An answer, its body parsed.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<String>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("the body is JSON")
    }

    /// The body's lines, each parsed.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).expect("each line is JSON");
        self.text.lines().map(parse).collect()
    }

    /// Each item as `index status [pointer rule, ...]`.
    pub(crate) fn items(&self) -> Vec<String> {
        described(self.json()["items"].as_array().expect("there are items"))
    }
}

pub(crate) fn described(items: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("it is a text").to_owned();
    let describe = |item: &Value| {
        let errors = item["errors"].as_array().expect("errors is an array");
        let errors: Vec<String> = errors
            .iter()
            .map(|error| format!(" {}:{}", text(&error["pointer"]), text(&error["rule"])))
            .collect();
        format!(
            "{} {}{}",
            item["index"],
            text(&item["status"]),
            errors.join("")
        )
    };
    items.iter().map(describe).collect()
}

impl Setup {
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self
            .app
            .clone()
            .oneshot(request)
            .await
            .expect("it never fails");
        read(response).await
    }

    pub(crate) async fn post(&self, media: &str, body: impl Into<Body>) -> Answer {
        self.send(post(PATH, media, &[], body)).await
    }

    pub(crate) async fn open(&self, request: Request<Body>) -> Response {
        self.app
            .clone()
            .oneshot(request)
            .await
            .expect("it never fails")
    }

    /// Every record of the topic, in the order of its partitions.
    pub(crate) async fn records(&self, count: usize) -> Vec<OwnedMessage> {
        let consumer: StreamConsumer = client_config(&self.cluster.bootstrap_servers())
            .set("group.id", "test")
            .create()
            .expect("a consumer");
        let consumer = Arc::new(consumer);
        let mut assignment = TopicPartitionList::new();
        for partition in 0..PARTITIONS {
            let partition = i32::try_from(partition).expect("a small number");
            let added = assignment.add_partition_offset(TOPIC, partition, Offset::Beginning);
            added.expect("the offset is valid");
        }
        consumer.assign(&assignment).expect("it is assigned");
        let mut records = Vec::new();
        while records.len() < count {
            records.push(consumer.recv().await.expect("a record").detach());
        }
        records.sort_by_key(|it| (it.partition(), it.offset()));
        records
    }
}

pub(crate) async fn read(response: Response) -> Answer {
    let header = |name: header::HeaderName| {
        let value = response.headers().get(name)?;
        Some(value.to_str().expect("it is a text").to_owned())
    };
    let content_type = header(header::CONTENT_TYPE).unwrap_or_default();
    let retry_after = header(header::RETRY_AFTER);
    let status = response.status();
    let body = response
        .into_body()
        .collect()
        .await
        .expect("the body is whole")
        .to_bytes();
    let text = String::from_utf8(body.to_vec()).expect("the body is a text");
    Answer {
        status,
        content_type,
        retry_after,
        text,
    }
}

pub(crate) fn post(
    path: &str,
    media: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Request<Body> {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, media);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).expect("the request is valid")
}

/// The body of an order.
pub(crate) fn order(id: usize) -> String {
    format!(r#"{{"order_id":"{id}","buyer":"b"}}"#)
}
