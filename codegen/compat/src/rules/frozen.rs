//! META rules: what a lock line froze around the schema still holds.

use accordant_schema::contract::{Contract, LockLine, Reference, Version};

use super::{Rule, rule};
use crate::{Category, Finding, Severity};

pub(super) const TOPIC_CHANGED: Rule = rule(
    Category::Meta,
    "C301",
    "topic-changed",
    include_str!("C301.md"),
);
pub(super) const KEY_CHANGED: Rule = rule(
    Category::Meta,
    "C302",
    "key-changed",
    include_str!("C302.md"),
);
pub(super) const PARTITION_BY_CHANGED: Rule = rule(
    Category::Meta,
    "C303",
    "partition-by-changed",
    include_str!("C303.md"),
);
pub(super) const PARTITIONS_CHANGED: Rule = rule(
    Category::Meta,
    "C304",
    "partitions-changed",
    include_str!("C304.md"),
);
pub(super) const SUBJECT_CHANGED: Rule = rule(
    Category::Meta,
    "C305",
    "subject-changed",
    include_str!("C305.md"),
);
pub(super) const REFERENCES_CHANGED: Rule = rule(
    Category::Meta,
    "C306",
    "references-changed",
    include_str!("C306.md"),
);

/// One frozen fact: how it was and how it is now.
struct Fact {
    rule: Rule,
    /// The key of `contract.toml`.
    key: &'static str,
    was: String,
    is: String,
    means: &'static str,
}

/// The findings of a contract's lock lines against what it says now. A fact
/// that differs from several lines in one way is one finding.
pub(crate) fn frozen_facts(contract: &Contract, lines: &[&LockLine]) -> Vec<Finding> {
    let mut found: Vec<(Fact, Vec<Version>)> = Vec::new();
    let versions = lines.iter().filter_map(|line| {
        // A line of a version that is gone is found elsewhere.
        let version = contract.version(line.version)?;
        Some((line, version))
    });
    for (line, version) in versions {
        for fact in facts(line, &contract.lock_line(version)) {
            let same = |(it, _): &&mut (Fact, Vec<Version>)| {
                (it.key, &it.was, &it.is) == (fact.key, &fact.was, &fact.is)
            };
            match found.iter_mut().find(same) {
                Some((_, versions)) => versions.push(line.version),
                None => found.push((fact, vec![line.version])),
            }
        }
    }
    found
        .into_iter()
        .map(|(fact, versions)| finding(contract, versions, &fact))
        .collect()
}

fn facts(line: &LockLine, now: &LockLine) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut compare = |rule, key, was: String, is: String, means| {
        if was != is {
            facts.push(Fact {
                rule,
                key,
                was,
                is,
                means,
            });
        }
    };
    compare(
        TOPIC_CHANGED,
        "topic",
        line.topic.clone(),
        now.topic.clone(),
        "records that are already written stay in the old topic, and readers of either see half",
    );
    compare(
        KEY_CHANGED,
        "key",
        line.key.join(", "),
        now.key.join(", "),
        "events of one entity get another Kafka key: compaction keeps both, and their order is lost",
    );
    // A file without `partition_by` partitions by its key: one change, one finding.
    let follows_key = line.partition_by == line.key && now.partition_by == now.key;
    if !follows_key {
        compare(
            PARTITION_BY_CHANGED,
            "partition_by",
            line.partition_by.join(", "),
            now.partition_by.join(", "),
            "an entity's events move to another partition, and nothing orders them any more",
        );
    }
    compare(
        PARTITIONS_CHANGED,
        "partitions",
        line.partitions.to_string(),
        now.partitions.to_string(),
        "keys move to other partitions, and nothing orders their events any more",
    );
    // Most subjects are made from the topic: one change, one finding.
    if line.topic == now.topic {
        compare(
            SUBJECT_CHANGED,
            "subject",
            line.subject.clone(),
            now.subject.clone(),
            "the registry starts a new history that knows nothing of the released versions",
        );
    }
    compare(
        REFERENCES_CHANGED,
        "references",
        references(&line.references),
        references(&now.references),
        "a released version means another type than the one that it was released with",
    );
    facts
}

fn references(references: &[Reference]) -> String {
    let list: Vec<String> = references
        .iter()
        .map(|it| format!("{} {}", it.name, it.version))
        .collect();
    list.join(", ")
}

fn finding(contract: &Contract, against: Vec<Version>, fact: &Fact) -> Finding {
    let Fact {
        rule,
        key,
        was,
        is,
        means,
    } = fact;
    let quote = |value: &str| match value {
        "" => "nothing".to_owned(),
        value if value.bytes().all(|byte| byte.is_ascii_digit()) => value.to_owned(),
        value => format!("\"{value}\""),
    };
    Finding {
        code: rule.code,
        name: rule.name,
        category: rule.category,
        severity: Severity::Error,
        contract: contract.name.clone(),
        version: against[0],
        path: (*key).to_owned(),
        file: format!("{}/contract.toml", contract.name),
        span: None,
        other: None,
        message: format!(
            "{key} is {}, but {} released with {}",
            quote(is),
            were(&against),
            quote(was)
        ),
        means: (*means).to_owned(),
        witness: None,
        fix: format!("set {key} back to {}, or start a new contract", quote(was)),
        against,
    }
}

fn were(versions: &[Version]) -> String {
    let list: Vec<String> = versions.iter().map(Version::to_string).collect();
    let verb = if list.len() == 1 { "was" } else { "were" };
    format!("{} {verb}", list.join(", "))
}
