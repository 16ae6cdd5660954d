//! `accordant tail`: a contract's events as JSON, one a line.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use accordant_kit::{
    config::Config, contracts, kafka, kafka::headers::CloudEvent, registry_client::RegistryClient,
};
use accordant_schema::Schema;
use accordant_wire::{SchemaId, confluent};
use anyhow::{Context, bail};
use clap::Args;
use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{Consumer, StreamConsumer},
    message::BorrowedMessage,
    util::Timeout,
};
use serde_json::{Value, json};

use crate::{args::ServiceArgs, output};

const METADATA_TIMEOUT_MS: u64 = 10_000;

/// What `tail` takes.
#[derive(Debug, Args)]
pub(crate) struct TailArgs {
    /// The contract's name, such as shop.OfferChanged
    pub(crate) contract: String,
    /// Start with the oldest event instead of the next one
    #[arg(long)]
    from_beginning: bool,
    /// The outcomes of a submission instead of the submissions themselves
    #[arg(long)]
    outcomes: bool,
    /// Only events with this Kafka key
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Stop at what is the end now instead of waiting for more
    #[arg(long)]
    until_end: bool,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

/// Prints events until the end, or until Ctrl-C.
///
/// # Errors
/// The contract is unknown, or Kafka or the registry cannot be reached.
pub(crate) async fn tail(args: &TailArgs, config: &Config) -> anyhow::Result<()> {
    let topic = topic_of(args, config)?;
    let (consumer, mut ends) = assign(&topic, args, config)?;
    let mut printer = Printer {
        registry: RegistryClient::of(config),
        schemas: BTreeMap::new(),
    };
    let stopped = tokio::signal::ctrl_c();
    tokio::pin!(stopped);
    while !args.until_end || !ends.is_empty() {
        let message = tokio::select! {
            _ = &mut stopped => return Ok(()),
            message = consumer.recv() => message,
        };
        match message {
            Ok(message) => {
                let wanted = args
                    .key
                    .as_ref()
                    .is_none_or(|key| Some(key.as_bytes()) == message.key());
                if wanted {
                    printer.print(&message).await?;
                }
                if ends
                    .get(&message.partition())
                    .is_some_and(|end| message.offset() + 1 >= *end)
                {
                    ends.remove(&message.partition());
                }
            }
            Err(rdkafka::error::KafkaError::PartitionEOF(partition)) => {
                ends.remove(&partition);
            }
            Err(error) => return Err(error).with_context(|| format!("{topic} cannot be read")),
        }
    }
    Ok(())
}

fn topic_of(args: &TailArgs, config: &Config) -> anyhow::Result<String> {
    let contracts = contracts::load(&config.contracts)?;
    let Some(contract) = contracts.get(&args.contract) else {
        let known: Vec<&str> = contracts
            .contracts
            .keys()
            .map(|name| name.as_str())
            .collect();
        bail!(
            "there is no contract {}; there are: {}",
            args.contract,
            known.join(", ")
        );
    };
    if contract.config.topic.is_empty() {
        bail!("{} is a shared type: it has no topic", args.contract);
    }
    let topic = &contract.config.topic;
    Ok(if args.outcomes {
        format!("{topic}.outcomes")
    } else {
        topic.clone()
    })
}

/// A consumer on every partition, and where each ends now (those with nothing to read left out).
fn assign(
    topic: &str,
    args: &TailArgs,
    config: &Config,
) -> anyhow::Result<(StreamConsumer, BTreeMap<i32, i64>)> {
    let mut client: ClientConfig = kafka::client_config(&config.bootstrap());
    client
        .set("group.id", "accordant-tail")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("isolation.level", "read_committed");
    let consumer: StreamConsumer = client.create().context("no Kafka consumer can be made")?;
    let timeout = Timeout::After(Duration::from_millis(METADATA_TIMEOUT_MS));
    let metadata = consumer
        .fetch_metadata(Some(topic), timeout)
        .with_context(|| {
            format!(
                "Kafka at {} does not answer; is `accordant up` running?",
                config.bootstrap()
            )
        })?;
    let partitions: Vec<i32> = metadata
        .topics()
        .iter()
        .filter(|it| it.error().is_none())
        .flat_map(|it| it.partitions().iter().map(|partition| partition.id()))
        .collect();
    if partitions.is_empty() {
        bail!("topic {topic} does not exist; run `accordant push` first");
    }
    let from = if args.from_beginning {
        Offset::Beginning
    } else {
        Offset::End
    };
    let mut assignment = TopicPartitionList::new();
    let mut ends = BTreeMap::new();
    for partition in partitions {
        assignment
            .add_partition_offset(topic, partition, from)
            .context("a bad offset")?;
        let (low, high) = consumer
            .fetch_watermarks(topic, partition, timeout)
            .with_context(|| format!("the end of {topic}[{partition}] cannot be read"))?;
        if args.from_beginning && high > low {
            ends.insert(partition, high);
        }
    }
    consumer
        .assign(&assignment)
        .context("no partition can be assigned")?;
    Ok((consumer, ends))
}

struct Printer {
    registry: RegistryClient,
    schemas: BTreeMap<SchemaId, Arc<Schema>>,
}

impl Printer {
    async fn print(&mut self, message: &BorrowedMessage<'_>) -> anyhow::Result<()> {
        let place = format!(
            "{}[{}]@{}",
            message.topic(),
            message.partition(),
            message.offset()
        );
        let about = |schema_id: Value, event: &str| {
            let event_id = message.headers().and_then(CloudEvent::id_of);
            let key = message.key().map(String::from_utf8_lossy);
            let head = json!({
                "partition": message.partition(), "offset": message.offset(),
                "schema_id": schema_id, "event_id": event_id, "key": key,
            });
            format!(
                "{},\"event\":{event}}}",
                head.to_string().trim_end_matches('}')
            )
        };
        let Some(payload) = message.payload() else {
            return Ok(output::result_line(&about(Value::Null, "null"))?);
        };
        let (id, avro) = match confluent::split(payload) {
            Ok(parts) => parts,
            Err(error) => {
                output::talk(&format!("{place}: {error}"));
                return Ok(());
            }
        };
        let schema = self.schema(id).await.with_context(|| place.clone())?;
        match accordant_wire::dynamic::to_json(&schema, avro, accordant_wire::Limits::default()) {
            Ok(event) => output::result_line(&about(json!(id.0), &event))?,
            Err(error) => output::talk(&format!("{place} schema {}: {error}", id.0)),
        }
        Ok(())
    }

    async fn schema(&mut self, id: SchemaId) -> anyhow::Result<Arc<Schema>> {
        if let Some(schema) = self.schemas.get(&id) {
            return Ok(Arc::clone(schema));
        }
        let schema = self.registry.schema(id).await?;
        self.schemas.insert(id, Arc::clone(&schema));
        Ok(schema)
    }
}
