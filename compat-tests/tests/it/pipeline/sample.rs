//! The sample at size: every accepted event has one outcome, rows and logs agree.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::{
    harness::{Backend, Pipeline, root},
    live::events_wanted,
};

/// Two files: submissions of articles and of prices.
pub(super) struct Sample {
    pub(super) articles: PathBuf,
    pub(super) prices: PathBuf,
    /// What has to become of a generated one; holds in an empty system.
    summary: Option<Value>,
}

/// The committed sample, as it is.
pub(super) fn committed() -> Sample {
    let folder = root().join("ci/sample");
    Sample {
        articles: folder.join("articles.ndjson"),
        prices: folder.join("prices.ndjson"),
        summary: None,
    }
}

/// The sample multiplied by its generator.
pub(super) fn generated(folder: &Path, events: u64, seed: u64) -> Sample {
    let mut sample = Sample {
        articles: folder.join("articles.ndjson"),
        prices: folder.join("prices.ndjson"),
        summary: None,
    };
    let summary = folder.join("summary.json");
    let status = Command::new("python3")
        .arg(root().join("ci/sample/generate.py"))
        .args(["--events", &events.to_string(), "--seed", &seed.to_string()])
        .arg("--articles")
        .arg(&sample.articles)
        .arg("--prices")
        .arg(&sample.prices)
        .arg("--summary")
        .arg(&summary)
        .status();
    assert!(
        status.expect("python3 starts").success(),
        "the generator failed"
    );
    let text = std::fs::read(summary).expect("the generator wrote its summary");
    sample.summary = Some(serde_json::from_slice(&text).expect("the summary is JSON"));
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

/// Every accepted event id has exactly one outcome, every rejected one its reason;
/// how often each reason was given to this file's.
#[track_caller]
pub(super) fn check_outcomes(
    pipeline: &Pipeline,
    contract: &str,
    file: &Path,
) -> BTreeMap<String, u64> {
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
    let mut rejected = BTreeMap::new();
    for (id, outcome) in outcomes
        .iter()
        .flat_map(|(id, all)| all.iter().map(move |it| (id, it)))
    {
        let reasons = outcome["reasons"].as_array().expect("reasons are a list");
        let is_applied = outcome["result"] == "APPLIED";
        assert_eq!(reasons.is_empty(), is_applied, "{outcome}");
        // A cluster may have seen other tests before.
        for reason in reasons.iter().filter(|_| accepted.contains(id)) {
            let code = reason["code"].as_str().expect("a reason has a code");
            *rejected.entry(code.to_owned()).or_default() += 1;
        }
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
    rejected
}

/// Versions of every key of a change are 1, 2, 3 and so on, without a gap. Where
/// there are no transactions a record may stand in the log again, at least once
/// being the promise: then it is the same event, to the last byte. Entities.
#[track_caller]
pub(super) fn check_versions(pipeline: &Pipeline, contract: &str) -> u64 {
    let mut events: BTreeMap<(i64, String), Vec<(String, Value)>> = BTreeMap::new();
    for mut line in pipeline.tail(contract) {
        let text = |name: &str| line[name].as_str().expect("a change has it").to_owned();
        let (key, event_id) = (text("key"), text("event_id"));
        let partition = line["partition"].as_i64().expect("a number");
        let event = line["event"].take();
        let version = event["version"].as_u64().expect("a change has a version");
        let known = events.entry((partition, key)).or_default();
        if version == known.len() as u64 + 1 {
            known.push((event_id, event));
            continue;
        }
        assert!(!pipeline.has_transactions(), "{contract}: {line} {event}");
        let at = usize::try_from(version).expect("a small number") - 1;
        assert_eq!(
            known.get(at),
            Some(&(event_id, event)),
            "{contract}: {line}"
        );
    }
    events.len() as u64
}

/// What the three applications publish.
const CHANGES: [&str; 3] = [
    "catalog.ArticleChanged",
    "pricing.PriceChanged",
    "shop.OfferChanged",
];

/// Sends a sample to a running `up` and demands all that was promised.
#[track_caller]
pub(super) fn check(pipeline: &Pipeline, sample: &Sample) {
    let keys_before = CHANGES.map(|contract| check_versions(pipeline, contract));
    let articles = pipeline.send("catalog.ArticleSubmitted", &sample.articles);
    let prices = pipeline.send("pricing.PriceSubmitted", &sample.prices);
    let sent = |key: &str| articles[key].as_u64().unwrap_or(0) + prices[key].as_u64().unwrap_or(0);
    println!("sent: {articles} {prices}");
    assert_eq!(sent("unknown"), 0);
    assert_eq!(sent("accepted") + sent("rejected"), sent("lines"));
    let lines = lines(&sample.articles) + lines(&sample.prices);
    assert_eq!(sent("lines"), lines);
    let settled = check_settled(pipeline, sample);
    let Some(summary) = &sample.summary else {
        return;
    };
    for (name, sent, settled, before) in [
        ("articles", &articles, &settled.articles, keys_before[0]),
        ("prices", &prices, &settled.prices, keys_before[1]),
    ] {
        let expected = &summary[name];
        assert_eq!(sent["accepted"], expected["accepted_by_ingest"], "{name}");
        assert_eq!(sent["rejected"], expected["refused_by_ingest"], "{name}");
        let rejected = serde_json::to_value(&settled.rejected).expect("it is JSON");
        assert_eq!(rejected, expected["business_invalid"], "{name}");
        assert_eq!(settled.keys - before, expected["keys"], "{name}");
    }
    let offers = settled.offers - keys_before[2];
    assert_eq!(offers, summary["offers"]["keys"], "offers");
}

/// What an application made of its submissions.
pub(super) struct Decided {
    /// Entities in its outbound topic.
    keys: u64,
    /// How often each reason was given.
    rejected: BTreeMap<String, u64>,
}

/// What became of a sample.
pub(super) struct Settled {
    articles: Decided,
    prices: Decided,
    /// Entities in the topic of offers.
    offers: u64,
}

/// Rows equal logs, one outcome each, versions without a gap.
#[track_caller]
pub(super) fn check_settled(pipeline: &Pipeline, sample: &Sample) -> Settled {
    let report = pipeline.verify();
    let applications = report["applications"].as_array().expect("a list");
    assert_eq!(applications.len(), 3, "{report}");
    let decided = |submitted: &str, changed: &str, file: &Path| Decided {
        rejected: check_outcomes(pipeline, submitted, file),
        keys: check_versions(pipeline, changed),
    };
    let settled = Settled {
        articles: decided(
            "catalog.ArticleSubmitted",
            "catalog.ArticleChanged",
            &sample.articles,
        ),
        prices: decided(
            "pricing.PriceSubmitted",
            "pricing.PriceChanged",
            &sample.prices,
        ),
        offers: check_versions(pipeline, "shop.OfferChanged"),
    };
    for (name, keys) in [
        ("articles", settled.articles.keys),
        ("prices", settled.prices.keys),
        ("offers", settled.offers),
    ] {
        assert!(keys > 0, "nothing was published by {name}");
        let found = applications.iter().find(|it| it["name"] == name);
        assert_eq!(found.map(|it| &it["keys"]), Some(&keys.into()), "{report}");
    }
    settled
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
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sample = match events_wanted() {
        Some(events) => generated(folder.path(), events, 1),
        None => committed(),
    };
    check(&pipeline, &sample);
    up.stop();
}
