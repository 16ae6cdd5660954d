//! A contract's versions against their predecessors. One change is one
//! finding, however many versions and directions it breaks.

use std::collections::{BTreeMap, BTreeSet};

use accordant_schema::contract::{Contract, ContractVersion, Contracts, State, Version};

use crate::{
    Direction, Finding, Place,
    levels::{self, Reach, level_name},
    rules::{Hurt, Point, Verdict, judge, new_and_old},
    walk::{
        Change, Site, changes,
        path::{Side, root_word, words},
    },
};

/// Every finding of a contract's versions at its level.
pub(super) fn compatibility(contracts: &Contracts, contract: &Contract) -> Vec<Finding> {
    let (directions, reach) = levels::demands(contract.config.compatibility);
    let mut findings = Vec::new();
    for (at, new) in contract.versions.iter().enumerate() {
        if new.state == State::Retired {
            continue;
        }
        let earlier = contract.versions[..at]
            .iter()
            .rev()
            .filter(|it| it.state != State::Retired);
        let olds: Vec<&ContractVersion> = match reach {
            Reach::Latest => earlier.take(1).collect(),
            Reach::Every => earlier.collect(),
        };
        let mut merged = Merged::default();
        for old in olds {
            for direction in directions {
                merged.add(&Pair::here(contracts, new, old), *direction);
            }
        }
        findings.extend(merged.into_findings(contract, new, None));
    }
    findings
}

/// Every finding of one version against versions from elsewhere, newest first.
pub(super) fn with_others(
    contracts: &Contracts,
    contract: &Contract,
    new: &ContractVersion,
    elsewhere: &Elsewhere<'_>,
    olds: &[&ContractVersion],
) -> Vec<Finding> {
    let (directions, _) = levels::demands(contract.config.compatibility);
    let mut merged = Merged::default();
    for old in olds {
        for direction in directions {
            let pair = Pair {
                contracts,
                new,
                old,
                elsewhere: Some(elsewhere),
            };
            merged.add(&pair, *direction);
        }
    }
    merged.into_findings(contract, new, Some(elsewhere.label))
}

/// Contracts from elsewhere: a git ref, another folder, a registry.
pub(super) struct Elsewhere<'a> {
    pub(super) contracts: &'a Contracts,
    pub(super) label: &'a str,
    /// What stands before the paths of its files.
    pub(super) prefix: &'a str,
}

/// A version and one to compare it with.
struct Pair<'a> {
    contracts: &'a Contracts,
    new: &'a ContractVersion,
    old: &'a ContractVersion,
    /// Where `old` is from, unless it stands beside `new`.
    elsewhere: Option<&'a Elsewhere<'a>>,
}

impl<'a> Pair<'a> {
    fn here(contracts: &'a Contracts, new: &'a ContractVersion, old: &'a ContractVersion) -> Self {
        Pair {
            contracts,
            new,
            old,
            elsewhere: None,
        }
    }

    fn old_place(&self, site: Site) -> Place {
        match self.elsewhere {
            None => place(self.contracts, self.old, site),
            Some(elsewhere) => {
                let Place { file, span } = place(elsewhere.contracts, self.old, site);
                let file = format!("{}{file}", elsewhere.prefix);
                Place { file, span }
            }
        }
    }
}

/// What makes two changes the same one: rule, path, and what happened.
type Key = (&'static str, String, String);

/// The changes of one new version, by what they are.
#[derive(Default)]
struct Merged {
    order: Vec<Key>,
    entries: BTreeMap<Key, Entry>,
}

struct Entry {
    verdict: Verdict,
    path: String,
    new: Place,
    old: Place,
    /// The writer of the datum.
    writer: Version,
    broken: BTreeSet<(Direction, Version)>,
}

impl Merged {
    fn add(&mut self, pair: &Pair<'_>, direction: Direction) {
        let (new, old) = (pair.new, pair.old);
        let (reader, writer, side) = match direction {
            Direction::Backward => (new, old, Side::Reader),
            Direction::Forward => (old, new, Side::Writer),
        };
        for change in changes(&reader.schema, &writer.schema) {
            let Change {
                what,
                steps,
                reader: reader_site,
                writer: writer_site,
            } = change;
            let verdict = judge(&what, &steps, direction);
            let path = words(root_word(&new.schema), &steps, side);
            let (new_site, old_site) = new_and_old(direction, reader_site, writer_site);
            let key = (verdict.rule.code, path.clone(), verdict.what.clone());
            let entry = self.entries.entry(key.clone()).or_insert_with(|| {
                self.order.push(key);
                Entry {
                    path,
                    new: place(pair.contracts, new, new_site),
                    old: pair.old_place(old_site),
                    writer: writer.version,
                    broken: BTreeSet::new(),
                    verdict: verdict.clone(),
                }
            });
            entry.verdict.severity = entry.verdict.severity.min(verdict.severity);
            entry.broken.insert((direction, old.version));
        }
    }

    /// `label` says whose the old versions are, unless they stand beside the new one.
    fn into_findings(
        mut self,
        contract: &Contract,
        new: &ContractVersion,
        label: Option<&str>,
    ) -> Vec<Finding> {
        let whose = label.map_or_else(String::new, |it| format!(" of {it}"));
        let mut findings: Vec<Finding> = self
            .order
            .iter()
            .filter_map(|key| self.entries.remove(key))
            .map(|entry| entry.into_finding(contract, new, &whose))
            .collect();
        findings.sort_by_key(|it| (it.severity, it.file.clone(), it.span, it.code));
        findings
    }
}

impl Entry {
    fn into_finding(self, contract: &Contract, new: &ContractVersion, whose: &str) -> Finding {
        let Entry {
            verdict,
            path,
            new: new_place,
            old: old_place,
            writer,
            broken,
        } = self;
        let directions: BTreeSet<Direction> = broken.iter().map(|(it, _)| *it).collect();
        let versions: BTreeSet<Version> = broken.iter().map(|(_, it)| *it).collect();
        let against: Vec<Version> = versions.into_iter().collect();
        let list = join(&against);
        let message = match verdict.hurt {
            Hurt::Fails => {
                let words: Vec<&str> = directions.iter().map(|it| it.as_str()).collect();
                format!(
                    "not {} compatible with {list}{whose}: {}",
                    words.join(" or "),
                    verdict.what
                )
            }
            Hurt::Misreads => format!("other meaning than in {list}{whose}: {}", verdict.what),
        };
        let means: Vec<String> = directions
            .iter()
            .map(|direction| means(contract, new.version, &list, verdict.hurt, *direction))
            .collect();
        let (main, other) = match verdict.point {
            Point::New => (new_place, old_place),
            Point::Old => (old_place, new_place),
        };
        Finding {
            code: verdict.rule.code,
            name: verdict.rule.name,
            category: verdict.rule.category,
            severity: verdict.severity,
            contract: contract.name.clone(),
            version: new.version,
            against,
            path,
            file: main.file,
            span: Some(main.span),
            other: Some(other),
            message,
            means: format!(
                "{} (level: {})",
                means.join("; "),
                level_name(contract.config.compatibility)
            ),
            witness: verdict
                .datum
                .map(|datum| format!("{datum} written under {writer} {}", verdict.shows)),
            fix: verdict.fix,
        }
    }
}

fn means(
    contract: &Contract,
    new: Version,
    olds: &str,
    hurt: Hurt,
    direction: Direction,
) -> String {
    let topic = contract.config.topic.as_str();
    let (in_topic, to_topic) = if topic.is_empty() {
        (format!("written with {olds}"), String::new())
    } else {
        (
            format!("already in topic {topic}"),
            format!(" to topic {topic}"),
        )
    };
    match (hurt, direction) {
        (Hurt::Fails, Direction::Backward) => {
            format!("a {new} reader cannot decode records that are {in_topic}")
        }
        (Hurt::Fails, Direction::Forward) => {
            format!("a reader that runs with {olds} cannot decode what {new} writes{to_topic}")
        }
        (Hurt::Misreads, Direction::Backward) => {
            format!("a {new} reader misreads records that are {in_topic}, and nothing fails")
        }
        (Hurt::Misreads, Direction::Forward) => format!(
            "a reader that runs with {olds} misreads what {new} writes{to_topic}, and nothing fails"
        ),
    }
}

fn join(versions: &[Version]) -> String {
    let list: Vec<String> = versions.iter().map(Version::to_string).collect();
    list.join(", ")
}

/// A place of a version's schema, or of a type that it refers to.
fn place(contracts: &Contracts, version: &ContractVersion, site: Site) -> Place {
    let file = match site.source {
        0 => version.file.clone(),
        source => contracts
            .reached(version)
            .get(source - 1)
            .map_or_else(|| version.file.clone(), |(_, reached)| reached.file.clone()),
    };
    Place {
        file,
        span: site.span,
    }
}
