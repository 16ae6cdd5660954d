//! Which topics there must be, from contracts and applications. Pure.

use std::collections::BTreeMap;

use accordant_schema::contract::{Cleanup, Contract, ContractKind, Contracts};

use crate::kafka::topics::TopicSpec;

/// The topic of durable control records.
const CONTROL_TOPIC: &str = "accordant.control";
/// Bytes of one record: an event's limit, its headers, and some room.
const RECORD_BYTES_MAX: &str = "1200000";
/// Milliseconds for which compaction leaves a change alone: 7 days.
const COMPACTION_LAG_MS: &str = "604800000";
/// Outcomes and dead letters are kept as long as submissions usually are: 7 days.
const OWN_LOGS_RETENTION_MS: &str = "604800000";

/// The topics around one application. Outbound, outcome and dead-letter topics
/// have the partition count of its sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppTopics {
    /// The application.
    pub app: String,
    /// Its source topics.
    pub sources: Vec<String>,
    /// Its outbound topic.
    pub outbound: String,
}

/// What becomes of draft versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drafts {
    /// They stay where they are; the report names them.
    Refuse,
    /// They are registered too: for development.
    Include,
}

/// What kind of broker holds the topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterKind {
    /// Apache Kafka or one that behaves like it.
    Kafka,
    /// The one of `accordant up`, whose compaction knows no lag: there, changes
    /// are kept for ever instead.
    Embedded,
}

impl AppTopics {
    /// Where the application writes outcomes.
    pub fn outcomes(&self) -> String {
        match self.sources.as_slice() {
            [source] => format!("{source}.outcomes"),
            _ => format!("{}.outcomes", self.app),
        }
    }

    /// Where the application puts what it cannot process: one topic a source.
    pub fn dead_letters(&self) -> Vec<String> {
        self.sources
            .iter()
            .map(|source| format!("{source}.{}.dead", self.app))
            .collect()
    }
}

/// Every topic that there must be, sorted by name.
pub fn topics_of(
    contracts: &Contracts,
    apps: &[AppTopics],
    cluster: ClusterKind,
    drafts: Drafts,
) -> Vec<TopicSpec> {
    let mut specs = BTreeMap::new();
    for contract in contracts.contracts.values() {
        let is_wanted = drafts == Drafts::Include || contract.latest_released().is_some();
        if contract.config.kind != ContractKind::Type && is_wanted {
            let spec = topic_of(contract, cluster);
            specs.insert(spec.name.clone(), spec);
        }
    }
    for app in apps {
        let partitions_of =
            |topic: &String| specs.get(topic).map(|spec: &TopicSpec| spec.partitions);
        let Some(partitions) = app.sources.iter().find_map(partitions_of) else {
            continue;
        };
        for name in app.dead_letters().into_iter().chain([app.outcomes()]) {
            let configs = delete_after(OWN_LOGS_RETENTION_MS);
            specs.entry(name.clone()).or_insert(TopicSpec {
                name,
                partitions,
                configs,
            });
        }
    }
    let control = TopicSpec {
        name: CONTROL_TOPIC.to_owned(),
        partitions: 1,
        configs: compact(cluster),
    };
    specs.insert(control.name.clone(), control);
    specs.into_values().collect()
}

fn topic_of(contract: &Contract, cluster: ClusterKind) -> TopicSpec {
    let config = &contract.config;
    let retention_ms = config.retention.map_or_else(
        || "-1".to_owned(),
        |retention| retention.as_millis().to_string(),
    );
    let mut configs = match (config.cleanup, cluster) {
        (Cleanup::Delete, _) => delete_after(&retention_ms),
        (Cleanup::Compact, _) => compact(cluster),
        (Cleanup::CompactDelete, ClusterKind::Embedded) => delete_after(&retention_ms),
        (Cleanup::CompactDelete, ClusterKind::Kafka) => {
            let mut configs = compact(cluster);
            configs.insert("cleanup.policy".to_owned(), "compact,delete".to_owned());
            configs.insert("retention.ms".to_owned(), retention_ms);
            configs
        }
    };
    // A change is read again by every late joiner, whatever its cleanup says.
    if config.kind == ContractKind::Change && config.cleanup == Cleanup::Delete {
        configs.insert("retention.ms".to_owned(), "-1".to_owned());
    }
    TopicSpec {
        name: config.topic.clone(),
        partitions: config.partitions,
        configs,
    }
}

fn delete_after(retention_ms: &str) -> BTreeMap<String, String> {
    settings(&[("cleanup.policy", "delete"), ("retention.ms", retention_ms)])
}

fn compact(cluster: ClusterKind) -> BTreeMap<String, String> {
    match cluster {
        ClusterKind::Embedded => delete_after("-1"),
        ClusterKind::Kafka => settings(&[
            ("cleanup.policy", "compact"),
            ("min.compaction.lag.ms", COMPACTION_LAG_MS),
        ]),
    }
}

fn settings(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let size = ("max.message.bytes", RECORD_BYTES_MAX);
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().chain([&size]).map(owned).collect()
}
