//! The whole service under a cut-off: what is submitted is applied once,
//! rejected with its reason, and the rows equal the fold.

use std::{path::Path, time::Duration};

use accordant_events::{
    catalog::{ArticleSubmitted, article_submitted::Operation},
    common::{Money, money::Currency},
    pricing::PriceSubmitted,
};
use accordant_kit::{
    config::{Config, Flags, Processing},
    contracts,
    health::Readiness,
    kafka::client_config,
    push::{self, ClusterKind, Drafts},
    registry_client::RegistryClient,
    store::Store,
};
use accordant_shop::{Shop, topologies, verify};
use accordant_wire::{Event, confluent, partition::partition_of};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rust_decimal::Decimal;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::registry;

const CONTRACTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts");
const PARTITIONS: u32 = 6;
/// Articles of one round; each has a price, and a second one has its SKU.
const ARTICLES: u128 = 200;
const READY_TIMEOUT: Duration = Duration::from_secs(60);
const REST_TIMEOUT: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn exactly_once_survives_being_cut_off() {
    let Ok(kafka) = std::env::var("ACCORDANT_TEST_KAFKA") else {
        eprintln!("skipped: ACCORDANT_TEST_KAFKA is not set");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut tasks = JoinSet::new();
    let registry_url = registry::start(&mut tasks).await;
    let config = config(&kafka, &registry_url, folder.path());
    let registry = RegistryClient::new(&registry_url);
    let contracts = contracts::load(&config.contracts).unwrap();
    let topologies = topologies();
    push::push(
        &contracts,
        &registry,
        &kafka,
        ClusterKind::Kafka,
        Drafts::Include,
        &topologies,
    )
    .await
    .unwrap();
    let producer: FutureProducer = client_config(&kafka).create().unwrap();
    let merchant = Uuid::new_v4().to_string();
    for round in 0..3 {
        let mut running = JoinSet::new();
        let readiness = Readiness::new(&["shop"]);
        let (shop, told) = (Shop::new(&config), readiness.clone());
        running.spawn(async move { shop.run(told, CancellationToken::new()).await.unwrap() });
        tokio::time::timeout(READY_TIMEOUT, readiness.wait_ready())
            .await
            .unwrap();
        submit(&producer, &registry, &merchant, round).await;
        if round < 2 {
            // Wherever each worker is: as a killed process would leave it.
            running.shutdown().await;
            continue;
        }
        let report = verify(&config, REST_TIMEOUT).await.unwrap();
        for application in &report.applications {
            assert!(
                application.equal,
                "{}: {:?}",
                application.name, application.differences
            );
        }
        let store = Store::open(&config.database_url("shop")).await.unwrap();
        check_rows(&store, &merchant).await;
        running.shutdown().await;
    }
}

/// Every article is there at version 3 (one upsert a round), and nothing that
/// took another's SKU.
async fn check_rows(store: &Store, merchant: &str) {
    let partition = partition_of(merchant, PARTITIONS);
    for (application, version) in [("articles", 3), ("prices", 3), ("offers", 6)] {
        let rows = store.snapshot(application, partition).await.unwrap().rows;
        for number in 0..ARTICLES {
            let id = article_id(merchant, number).to_string();
            assert_eq!(
                rows.get(&id).map(|row| row.version),
                Some(version),
                "{application} {id}"
            );
            let other = article_id(merchant, number + ARTICLES).to_string();
            assert_eq!(rows.get(&other), None, "{application} {other}");
        }
    }
}

fn config(kafka: &str, registry_url: &str, folder: &Path) -> Config {
    let flags = Flags {
        data_dir: Some(folder.to_owned()),
        contracts: Some(CONTRACTS.into()),
        kafka: Some(kafka.to_owned()),
        registry_url: Some(registry_url.to_owned()),
        ..Flags::default()
    };
    let mut config = Config::load_from(None, &flags, &Default::default()).unwrap();
    for topology in topologies() {
        config.app.entry(topology.app).or_default().processing = Some(Processing::ExactlyOnce);
    }
    config
}

async fn submit(producer: &FutureProducer, registry: &RegistryClient, merchant: &str, round: i64) {
    let mut deliveries = Vec::new();
    for number in 0..ARTICLES {
        let article = article(merchant, number, number);
        let same_sku = self::article(merchant, number + ARTICLES, number);
        let price = PriceSubmitted {
            article_id: article.article_id,
            merchant_id: merchant.to_owned(),
            price: Money {
                amount: Decimal::new(1_000 + round, 2),
                currency: Currency::Eur,
            },
            reason: None,
            submitted_at: None,
        };
        let negative = PriceSubmitted {
            price: Money {
                amount: Decimal::new(-1, 2),
                currency: Currency::Eur,
            },
            ..price.clone()
        };
        deliveries.push(send(producer, registry, &article).await);
        deliveries.push(send(producer, registry, &same_sku).await);
        deliveries.push(send(producer, registry, &price).await);
        deliveries.push(send(producer, registry, &negative).await);
    }
    for delivery in deliveries {
        delivery.await.unwrap().unwrap();
    }
}

async fn send<E: Event>(
    producer: &FutureProducer,
    registry: &RegistryClient,
    event: &E,
) -> rdkafka::producer::DeliveryFuture {
    let writer = E::VERSIONS
        .iter()
        .find(|it| it.version == E::VERSION)
        .unwrap();
    let id = registry
        .id_of_writer(E::SUBJECT, writer)
        .await
        .unwrap()
        .unwrap();
    let mut value = Vec::new();
    confluent::frame(id, &mut value);
    event.encode(&mut value).unwrap();
    let key = event.key();
    let partition = partition_of(&event.partition_text(), PARTITIONS);
    let record = FutureRecord::to(E::TOPIC)
        .key(&key)
        .payload(&value)
        .partition(partition);
    producer
        .send_result(record)
        .map_err(|(error, _)| error)
        .unwrap()
}

fn article(merchant: &str, number: u128, sku: u128) -> ArticleSubmitted {
    ArticleSubmitted {
        article_id: article_id(merchant, number),
        merchant_id: merchant.to_owned(),
        sku: format!("sku-{sku}"),
        operation: Operation::Upsert,
        title: Some(format!("Article {number}")),
        description: None,
        genres: Vec::new(),
        contributors: Vec::new(),
        attributes: Default::default(),
        format: None,
        released_on: None,
        checksum: None,
        rating: None,
        submitted_at: None,
    }
}

fn article_id(merchant: &str, number: u128) -> Uuid {
    Uuid::new_v5(
        &Uuid::NAMESPACE_OID,
        format!("{merchant}/{number}").as_bytes(),
    )
}
