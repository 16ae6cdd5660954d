//! Which topics a push makes.

use std::collections::BTreeMap;

use accordant_kit::{
    kafka::topics::TopicSpec,
    push::{AppTopics, ClusterKind, Drafts, topics_of},
};
use accordant_schema::{Limits, contract::Contracts};
use insta::assert_snapshot;

const SCHEMA: &str = r#"{"type":"record","name":"NAME","namespace":"shop","doc":"It.","fields":[
  {"name":"id","type":"string","doc":"Who."},
  {"name":"version","type":"long","doc":"How often."},
  {"name":"deleted","type":"boolean","doc":"Whether gone."}]}"#;

fn contracts() -> Contracts {
    let mut files = BTreeMap::new();
    let common = "description = 'It.'\nowner = 'shop'\naudience = 'company'\nkey = ['id']\n";
    for (name, rest) in [
        (
            "Wanted",
            "kind = 'submission'\ntopic = 'shop.wanted'\npartitions = 3\nretention = '7d'\n",
        ),
        (
            "Changed",
            "kind = 'change'\ntopic = 'shop.changed'\npartitions = 3\ncleanup = 'compact'\nversion = 'version'\ndeleted = 'deleted'\n",
        ),
    ] {
        let folder = format!("shop.{name}");
        files.insert(
            format!("{folder}/contract.toml"),
            format!("{rest}{common}").into_bytes(),
        );
        files.insert(
            format!("{folder}/v1.avsc"),
            SCHEMA.replace("NAME", name).into_bytes(),
        );
    }
    let (contracts, problems) = Contracts::load(&files, &Limits::default());
    assert!(problems.is_empty(), "{problems:?}");
    contracts
}

fn listed(specs: &[TopicSpec]) -> String {
    let line = |spec: &TopicSpec| {
        let configs: Vec<String> = spec
            .configs
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        format!("{} {} {}", spec.name, spec.partitions, configs.join(" "))
    };
    specs.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn apps() -> Vec<AppTopics> {
    vec![
        AppTopics {
            app: "one".to_owned(),
            sources: vec!["shop.wanted".to_owned()],
            outbound: "shop.changed".to_owned(),
        },
        AppTopics {
            app: "two".to_owned(),
            sources: vec!["shop.wanted".to_owned(), "shop.changed".to_owned()],
            outbound: "shop.changed".to_owned(),
        },
    ]
}

#[test]
fn topics_follow_contracts_and_applications() {
    let specs = topics_of(&contracts(), &apps(), ClusterKind::Kafka, Drafts::Include);
    assert_snapshot!(listed(&specs), @r"
    accordant.control 1 cleanup.policy=compact max.message.bytes=1200000 min.compaction.lag.ms=604800000
    shop.changed 3 cleanup.policy=compact max.message.bytes=1200000 min.compaction.lag.ms=604800000
    shop.changed.two.dead 3 cleanup.policy=delete max.message.bytes=1200000 retention.ms=604800000
    shop.wanted 3 cleanup.policy=delete max.message.bytes=1200000 retention.ms=604800000
    shop.wanted.one.dead 3 cleanup.policy=delete max.message.bytes=1200000 retention.ms=604800000
    shop.wanted.outcomes 3 cleanup.policy=delete max.message.bytes=1200000 retention.ms=604800000
    shop.wanted.two.dead 3 cleanup.policy=delete max.message.bytes=1200000 retention.ms=604800000
    two.outcomes 3 cleanup.policy=delete max.message.bytes=1200000 retention.ms=604800000
    ");
}

#[test]
fn the_embedded_broker_keeps_changes_instead_of_compacting_them() {
    let specs = topics_of(&contracts(), &[], ClusterKind::Embedded, Drafts::Include);
    assert_snapshot!(listed(&specs), @r"
    accordant.control 1 cleanup.policy=delete max.message.bytes=1200000 retention.ms=-1
    shop.changed 3 cleanup.policy=delete max.message.bytes=1200000 retention.ms=-1
    shop.wanted 3 cleanup.policy=delete max.message.bytes=1200000 retention.ms=604800000
    ");
}

#[test]
fn a_contract_with_only_a_draft_has_no_topic_yet() {
    let specs = topics_of(&contracts(), &[], ClusterKind::Kafka, Drafts::Refuse);
    assert_eq!(
        specs.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        ["accordant.control"]
    );
}
