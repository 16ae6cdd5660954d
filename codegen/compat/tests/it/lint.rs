//! The lint rules over their fixtures: `tests/lint/<CODE>/{hit,silent}`.
//!
//! A contract of a fixture that has no `contract.toml` is an event with an
//! example. Every version but a contract's highest is released; that one too
//! where a file `released` stands beside it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use accordant_compat::{
    Category, Report, gate,
    lint::Config,
    render,
    rules::{self, Rule},
};
use accordant_schema::contract::LOCK_FILE;

use crate::folder::Folder;

/// The day on which the fixtures are linted.
pub(crate) const TODAY: &str = "2027-01-01";

const EVENT: &str = r#"kind = "event"
description = "A buyer paid for a basket."
owner = "shop"
topic = "shop.order-placed"
key = ["order_id"]
partitions = 6
"#;

/// Every rule, with a few fields to a record so that a fixture stays short.
pub(crate) fn everything() -> Config {
    Config {
        uses: vec!["standard".into(), "comments".into(), "events".into()],
        fields_max: 8,
        ..Config::default()
    }
}

pub(crate) fn lint(folder: &Folder, config: &Config) -> Report {
    let (contracts, problems) = folder.load();
    let options = gate::Options {
        today: Some(TODAY),
        lint: Some(config),
        is_part: false,
    };
    gate::check_with(&contracts, &problems, &options)
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint")
}

fn lint_rules() -> impl Iterator<Item = &'static Rule> {
    rules::catalogue().filter(|rule| rule.category == Category::Lint)
}

/// A fixture as a contracts folder.
fn fixture(code: &str, kind: &str) -> Folder {
    let root = fixtures().join(code).join(kind);
    let mut files = BTreeMap::new();
    read(&root, "", &mut files);
    let contracts: BTreeSet<String> = files
        .keys()
        .filter_map(|path| path.split_once('/').map(|it| it.0.to_owned()))
        .collect();
    let mut released = BTreeSet::new();
    for contract in contracts {
        if files.remove(&format!("{contract}/released")).is_some() {
            released.insert(contract.clone());
        }
        let toml = format!("{contract}/contract.toml");
        if !files.contains_key(&toml) {
            files.insert(toml, EVENT.as_bytes().to_vec());
            files.insert(format!("{contract}/examples/one.json"), b"{}".to_vec());
        }
    }
    let folder = Folder { files };
    let (contracts, _) = folder.load();
    let mut lock = contracts.lock.clone();
    for contract in contracts.contracts.values() {
        let latest = contract.latest().version;
        for version in &contract.versions {
            if version.version != latest || released.contains(contract.name.as_str()) {
                lock.insert(contract.lock_line(version));
            }
        }
    }
    folder.with(LOCK_FILE, &lock.to_text())
}

fn read(folder: &Path, prefix: &str, files: &mut render::FileMap) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}")) {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|it| it.code).collect()
}

#[test]
fn every_fixture_is_a_rules() {
    let folders: BTreeSet<String> = fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let codes: BTreeSet<String> = lint_rules().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(folders, codes);
}

#[test]
fn every_rule_finds_its_trouble_once_and_is_silent_without_it() {
    for rule in lint_rules() {
        let folder = fixture(rule.code, "hit");
        let report = lint(&folder, &everything());
        assert_eq!(report.problems, [], "{}", rule.code);
        let own: Vec<_> = report
            .findings
            .iter()
            .filter(|it| it.code == rule.code)
            .collect();
        assert_eq!(own.len(), 1, "{}: {:?}", rule.code, codes(&report));
        assert_eq!(own[0].severity, rule.severity, "{}", rule.code);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(fixtures().join(rule.code));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let text = render::text(&report, &folder.files);
        settings.bind(|| insta::assert_snapshot!("hit", text));

        let report = lint(&fixture(rule.code, "silent"), &everything());
        assert_eq!(report.problems, [], "{}", rule.code);
        assert!(
            !codes(&report).contains(&rule.code),
            "{} is not silent",
            rule.code
        );
    }
}

/// Every rule runs over every fixture; what is not named here fires nowhere else.
#[test]
fn what_else_fires() {
    let mut text = String::new();
    for rule in lint_rules() {
        for kind in ["hit", "silent"] {
            let report = lint(&fixture(rule.code, kind), &everything());
            let mut others = codes(&report);
            others.retain(|it| *it != rule.code);
            if !others.is_empty() {
                text.push_str(&format!("{} {kind}: {}\n", rule.code, others.join(" ")));
            }
        }
    }
    insta::assert_snapshot!(text, @"");
}

/// A version is linted by itself: the same text once more, as the next version,
/// says the same, and nothing refuses it.
#[test]
fn what_was_released_with_a_finding_only_warns_in_the_next_draft() {
    for rule in lint_rules() {
        let folder = fixture(rule.code, "hit");
        let (contracts, _) = folder.load();
        let mut lock = contracts.lock.clone();
        let mut next = Folder {
            files: folder.files,
        };
        for contract in contracts.contracts.values() {
            let latest = contract.latest();
            lock.insert(contract.lock_line(latest));
            let file = format!("{}/v{}.avsc", contract.name, latest.version.0 + 1);
            next = next.with(&file, &latest.text);
        }
        let report = lint(&next.with(LOCK_FILE, &lock.to_text()), &everything());
        let errors: Vec<&str> = report
            .errors()
            .filter(|it| it.category == Category::Lint)
            .map(|it| it.code)
            .collect();
        // An ignore can always be taken out of its contract.toml.
        let expected: &[&str] = if rule.code.starts_with("L0") {
            &[rule.code]
        } else {
            &[]
        };
        assert_eq!(errors, expected, "{}", rule.code);
    }
}
