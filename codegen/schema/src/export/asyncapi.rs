//! AsyncAPI 3.0.0 of a whole contracts folder.

use serde_json::{Map, Value, json};

use super::bundle;
use crate::contract::{Cleanup, Contract, ContractKind, ContractVersion, Contracts};

/// What the payloads are.
const SCHEMA_FORMAT: &str = "application/vnd.apache.avro+json;version=1.12.0";
/// The version of the Kafka bindings.
const KAFKA_BINDING: &str = "0.5.0";
/// CloudEvents' headers and the trace that every record carries.
const HEADERS: [(&str, &str); 6] = [
    ("ce_id", "The event's own id."),
    ("ce_type", "The contract."),
    ("ce_source", "Who sent it."),
    ("ce_time", "When it happened."),
    ("ce_subject", "The key."),
    ("traceparent", "The trace that it belongs to."),
];

/// An AsyncAPI 3.0.0 document of a folder: a channel a topic, a message a
/// contract with its latest released version (or its draft where nothing is
/// released), its schema self-contained.
///
/// The document speaks for the services: they receive submissions and events
/// and send changes. Servers are left out, as a folder knows of none; shared
/// types have no topic and stand inside of the messages that use them.
/// `info.version` is always `1`: what changes has a version of its own.
pub fn asyncapi(contracts: &Contracts) -> Value {
    let mut channels: Map<String, Value> = Map::new();
    let mut operations = Map::new();
    let mut messages = Map::new();
    for contract in contracts.contracts.values() {
        let action = match contract.config.kind {
            ContractKind::Submission | ContractKind::Event => "receive",
            ContractKind::Change => "send",
            ContractKind::Type => continue,
        };
        let name = contract.name.as_str();
        let topic = contract.config.topic.as_str();
        let version = contract
            .latest_released()
            .unwrap_or_else(|| contract.latest());
        let place = channels.entry(topic).or_insert_with(|| channel(contract));
        place["messages"][name] = json!({ "$ref": format!("#/components/messages/{name}") });
        operations.insert(
            format!("{action}-{name}"),
            json!({
                "action": action,
                "channel": { "$ref": format!("#/channels/{topic}") },
                "summary": contract.config.description,
                "messages": [{ "$ref": format!("#/channels/{topic}/messages/{name}") }],
            }),
        );
        messages.insert(name.to_owned(), message(contract, version));
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Contracts",
            "version": "1",
            "description": "The events of the contracts folder, each in its latest version.",
        },
        "defaultContentType": "application/vnd.apache.avro",
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages },
    })
}

fn channel(contract: &Contract) -> Value {
    let config = &contract.config;
    let cleanup = match config.cleanup {
        Cleanup::Delete => json!(["delete"]),
        Cleanup::Compact => json!(["compact"]),
        Cleanup::CompactDelete => json!(["compact", "delete"]),
    };
    let mut topic = json!({ "cleanup.policy": cleanup });
    if let Some(retention) = config.retention {
        let millis = u64::try_from(retention.as_millis()).unwrap_or(u64::MAX);
        topic["retention.ms"] = json!(millis);
    }
    json!({
        "address": config.topic,
        "messages": {},
        "bindings": {
            "kafka": {
                "topic": config.topic,
                "partitions": config.partitions,
                "topicConfiguration": topic,
                "bindingVersion": KAFKA_BINDING,
            },
        },
    })
}

fn message(contract: &Contract, version: &ContractVersion) -> Value {
    let config = &contract.config;
    let text = bundle(version);
    // Deeper than serde_json goes it stays a text.
    let schema = serde_json::from_str(&text).unwrap_or(Value::String(text));
    let headers: Map<String, Value> = HEADERS
        .iter()
        .map(|(name, what)| {
            let header = json!({ "type": "string", "description": what });
            ((*name).to_owned(), header)
        })
        .collect();
    let key = format!("The text of {}.", config.key.join(" and "));
    json!({
        "name": contract.name.as_str(),
        "title": contract.name.name(),
        "summary": config.description,
        "contentType": "application/vnd.apache.avro",
        "tags": [{ "name": config.owner }],
        "headers": { "type": "object", "properties": headers },
        "payload": { "schemaFormat": SCHEMA_FORMAT, "schema": schema },
        "bindings": {
            "kafka": {
                "key": { "type": "string", "description": key },
                "schemaIdLocation": "payload",
                "schemaIdPayloadEncoding": "confluent",
                "bindingVersion": KAFKA_BINDING,
            },
        },
        "x-accordant": {
            "kind": config.kind.as_str(),
            "version": version.version.0,
            "compatibility": config.compatibility.as_str(),
            "partition_by": config.partition_by,
            "subject": contract.subject(),
        },
    })
}
