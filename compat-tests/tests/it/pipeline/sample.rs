//! The sample at size: every accepted event has one outcome, rows and logs agree.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::harness::{Backend, Pipeline, root};

/// Two files: submissions of articles and of prices.
pub(super) struct Sample {
    pub(super) articles: PathBuf,
    pub(super) prices: PathBuf,
}

/// The committed sample, as it is.
pub(super) fn committed() -> Sample {
    let folder = root().join("ci/sample");
    Sample {
        articles: folder.join("articles.ndjson"),
        prices: folder.join("prices.ndjson"),
    }
}

/// The sample multiplied by its generator.
pub(super) fn generated(folder: &Path, events: u64, seed: u64) -> Sample {
    let sample = Sample {
        articles: folder.join("articles.ndjson"),
        prices: folder.join("prices.ndjson"),
    };
    let status = Command::new("python3")
        .arg(root().join("ci/sample/generate.py"))
        .args(["--events", &events.to_string(), "--seed", &seed.to_string()])
        .arg("--articles")
        .arg(&sample.articles)
        .arg("--prices")
        .arg(&sample.prices)
        .stdout(std::process::Stdio::null())
        .status();
    assert!(
        status.expect("python3 starts").success(),
        "the generator failed"
    );
    sample
}

/// Outcomes of a contract: event id to the results that are no duplicate's.
fn outcomes(pipeline: &Pipeline, contract: &str) -> BTreeMap<String, Vec<Value>> {
    let output = pipeline.run(&[
        "tail",
        contract,
        "--outcomes",
        "--from-beginning",
        "--until-end",
    ]);
    let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let mut line: Value = serde_json::from_str(line).expect("a line is JSON");
        let outcome = line["event"].take();
        if outcome["duplicate_of"].is_null() {
            let id = outcome["event_id"]
                .as_str()
                .expect("an outcome names its event")
                .to_owned();
            all.entry(id).or_default().push(outcome);
        }
    }
    all
}

/// Every accepted event id has exactly one outcome, every rejected one its reason.
#[track_caller]
pub(super) fn check_outcomes(pipeline: &Pipeline, contract: &str, file: &Path) {
    let outcomes = outcomes(pipeline, contract);
    let accepted: BTreeSet<String> = pipeline
        .sent(file, "accepted")
        .iter()
        .map(|line| line["event_id"].as_str().expect("it has an id").to_owned())
        .collect();
    for id in &accepted {
        let found = outcomes.get(id).map_or(0, Vec::len);
        assert_eq!(found, 1, "{contract} {id} has {found} outcomes");
    }
    for outcome in outcomes.values().flatten() {
        let reasons = outcome["reasons"].as_array().expect("reasons are a list");
        let is_applied = outcome["result"] == "APPLIED";
        assert_eq!(reasons.is_empty(), is_applied, "{outcome}");
    }
    for line in pipeline.sent(file, "rejected") {
        assert_eq!(line["status"], "rejected", "{line}");
        assert!(
            !line["errors"]
                .as_array()
                .expect("errors are a list")
                .is_empty(),
            "{line}"
        );
    }
}

/// Versions of every key of a change are 1, 2, 3 and so on, without a gap or a repeat.
#[track_caller]
pub(super) fn check_versions(pipeline: &Pipeline, contract: &str) -> usize {
    let mut last: BTreeMap<(i64, String), i64> = BTreeMap::new();
    for line in pipeline.tail(contract) {
        let key = line["key"].as_str().expect("a change has a key").to_owned();
        let partition = line["partition"].as_i64().expect("a number");
        let version = line["event"]["version"]
            .as_i64()
            .expect("a change has a version");
        let last = last.entry((partition, key)).or_default();
        assert_eq!(version, *last + 1, "{contract}: {line}");
        *last = version;
    }
    last.len()
}

/// Sends a sample to a running `up` and demands all that was promised.
#[track_caller]
pub(super) fn check(pipeline: &Pipeline, sample: &Sample) {
    let articles = pipeline.send("catalog.ArticleSubmitted", &sample.articles);
    let prices = pipeline.send("pricing.PriceSubmitted", &sample.prices);
    let sent = |key: &str| articles[key].as_u64().unwrap_or(0) + prices[key].as_u64().unwrap_or(0);
    println!("sent: {articles} {prices}");
    assert_eq!(sent("unknown"), 0);
    assert_eq!(sent("accepted") + sent("rejected"), sent("lines"));
    let lines = lines(&sample.articles) + lines(&sample.prices);
    assert_eq!(sent("lines"), lines);
    check_settled(pipeline, sample);
}

/// Rows equal logs, one outcome each, versions without a gap.
#[track_caller]
pub(super) fn check_settled(pipeline: &Pipeline, sample: &Sample) {
    let report = pipeline.verify();
    let applications = report["applications"].as_array().expect("a list");
    assert_eq!(applications.len(), 3, "{report}");
    assert!(
        applications.iter().all(|it| it["keys"].as_u64() > Some(0)),
        "{report}"
    );
    check_outcomes(pipeline, "catalog.ArticleSubmitted", &sample.articles);
    check_outcomes(pipeline, "pricing.PriceSubmitted", &sample.prices);
    for contract in [
        "catalog.ArticleChanged",
        "pricing.PriceChanged",
        "shop.OfferChanged",
    ] {
        assert!(
            check_versions(pipeline, contract) > 0,
            "{contract} is empty"
        );
    }
}

/// Lines of a file that are not blank.
fn lines(path: &Path) -> u64 {
    let bytes = std::fs::read(path).expect("the sample can be read");
    let lines = bytes.split(|byte| *byte == b'\n');
    lines.filter(|line| !line.trim_ascii().is_empty()).count() as u64
}

#[test]
fn the_sample_goes_through_on_the_embedded_broker() {
    let pipeline = Pipeline::new(Backend::default());
    let up = pipeline.up();
    check(&pipeline, &committed());
    up.stop();
}
