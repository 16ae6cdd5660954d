//! The contracts folder: what loads, and what it means.

use std::{collections::BTreeMap, time::Duration};

use accordant_schema::{
    Limits,
    contract::{
        Cleanup, Compatibility, ContractKind, Contracts, LOCK_FILE, Lock, State, SubjectNaming,
        UnknownFields, Version,
    },
};

pub(crate) type Files = BTreeMap<String, Vec<u8>>;

pub(crate) const TYPE_TOML: &str =
    "kind = \"type\"\ndescription = \"An amount.\"\nowner = \"platform\"\n";
pub(crate) const CHANGE_TOML: &str = "kind = \"change\"\ndescription = \"A price.\"\nowner = \"pricing\"\n\
    topic = \"pricing.price\"\nkey = [\"id\"]\nversion = \"version\"\npartitions = 6\n";
pub(crate) const MONEY: &str =
    r#"{"type":"record","name":"common.Money","fields":[{"name":"cents","type":"long"}]}"#;
pub(crate) const PRICE: &str = r#"{"type":"record","name":"pricing.Price","fields":[
    {"name":"id","type":"string"},{"name":"version","type":"long"},{"name":"price","type":"common.Money"}]}"#;

/// A folder from paths and texts.
pub(crate) fn files(entries: &[(&str, &str)]) -> Files {
    entries
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
        .collect()
}

pub(crate) fn money_and_price() -> Files {
    files(&[
        ("common.Money/contract.toml", TYPE_TOML),
        ("common.Money/v1.avsc", MONEY),
        ("pricing.Price/contract.toml", CHANGE_TOML),
        ("pricing.Price/v1.avsc", PRICE),
    ])
}

#[track_caller]
pub(crate) fn load(files: &Files) -> Contracts {
    let (contracts, problems) = Contracts::load(files, &Limits::default());
    assert_eq!(problems, []);
    contracts
}

/// Releases the lowest draft of each contract, as `accordant release` does.
pub(crate) fn release(files: &mut Files) {
    let (contracts, _) = Contracts::load(files, &Limits::default());
    let mut lock = contracts.lock.clone();
    for contract in contracts.contracts.values() {
        let draft = contract
            .versions
            .iter()
            .find(|version| version.state == State::Draft);
        if let Some(draft) = draft {
            lock.insert(contract.lock_line(draft));
        }
    }
    files.insert(LOCK_FILE.to_owned(), lock.to_text().into_bytes());
}

fn states(contracts: &Contracts, name: &str) -> Vec<State> {
    let contract = contracts.get(name).expect("it is loaded");
    contract
        .versions
        .iter()
        .map(|version| version.state)
        .collect()
}

#[test]
fn a_folder_without_a_lock_holds_drafts() {
    let contracts = load(&money_and_price());
    assert_eq!(states(&contracts, "pricing.Price"), [State::Draft]);
    let price = contracts.get("pricing.Price").expect("it is loaded");
    assert_eq!(
        (price.subject().as_str(), price.latest_released().is_none()),
        ("pricing.price-value", true)
    );
    let version = price.latest();
    assert_eq!(contracts.reference_texts(version), [MONEY]);
    let references = contracts.references_of(version);
    assert_eq!(references[0].0.subject(), "common.Money");
    assert_eq!(references[0].1.version, Version(1));
}

#[test]
fn every_key_of_a_contract_is_read() {
    let mut files = money_and_price();
    let toml = r#"
        kind = "change"
        description = "A price."
        owner = "pricing"
        audience = "everyone"
        topic = "pricing.price"
        key = ["id"]
        partition_by = ["price.cents", "id"]
        version = "version"
        partitions = 12
        cleanup = "compact,delete"
        retention = "36h"
        compatibility = "none"
        compatibility_reason = "nobody reads it yet"
        unknown_fields = "ignore"
        subject = "topic-record"
        retired = []
        [ignore."C104"]
        reason = "no consumer before 2027"
        until = "2027-01-31"
    "#;
    files.insert("pricing.Price/contract.toml".to_owned(), toml.into());
    let contracts = load(&files);
    let price = contracts.get("pricing.Price").expect("it is loaded");
    let config = &price.config;
    assert_eq!(config.kind, ContractKind::Change);
    assert_eq!(config.audience, "everyone");
    assert_eq!(config.partition_by, ["price.cents", "id"]);
    assert_eq!(
        (config.partitions, config.cleanup),
        (12, Cleanup::CompactDelete)
    );
    assert_eq!(config.retention, Some(Duration::from_secs(36 * 60 * 60)));
    assert_eq!(config.compatibility, Compatibility::None);
    assert_eq!(config.unknown_fields, UnknownFields::Ignore);
    assert_eq!(config.subject, SubjectNaming::TopicRecord);
    let ignore = &config.ignore["C104"];
    assert_eq!(ignore.until, "2027-01-31");
    assert!(toml[ignore.span.start..ignore.span.end].contains("C104"));
    assert_eq!(price.subject(), "pricing.price-pricing.Price");
}

#[test]
fn what_a_contract_leaves_out_has_a_default() {
    let contracts = load(&money_and_price());
    let config = &contracts.get("pricing.Price").expect("it is loaded").config;
    assert_eq!(config.partition_by, config.key);
    assert_eq!(config.audience, "company");
    assert_eq!(config.cleanup, Cleanup::Delete);
    assert_eq!(
        config.retention,
        Some(Duration::from_secs(7 * 24 * 60 * 60))
    );
    assert_eq!(config.compatibility, Compatibility::FullTransitive);
    assert_eq!(config.unknown_fields, UnknownFields::Refuse);
}

#[test]
fn a_lock_comes_back_from_its_text() {
    let mut files = money_and_price();
    release(&mut files);
    let lock = load(&files).lock;
    let text = lock.to_text();
    assert_eq!(Lock::parse(&text), (lock, Vec::new()));
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let is_hash = |word: &str| word.starts_with("sha256=") || word.starts_with("canonical=");
    let shown: Vec<Vec<&str>> = lines
        .iter()
        .map(|line| line.split(' ').filter(|word| !is_hash(word)).collect())
        .collect();
    assert_eq!(
        shown
            .iter()
            .map(|words| words.join(" "))
            .collect::<Vec<_>>(),
        [
            "common.Money v1 topic= key= partition_by= partitions=0 subject=common.Money references=",
            "pricing.Price v1 topic=pricing.price key=id partition_by=id partitions=6 subject=pricing.price-value references=common.Money@v1",
        ]
    );
}

#[test]
fn versions_sort_by_number() {
    let mut files = files(&[("common.Money/contract.toml", TYPE_TOML)]);
    for version in 1..=11 {
        files.insert(format!("common.Money/v{version}.avsc"), MONEY.into());
        release(&mut files);
    }
    let contracts = load(&files);
    let numbers: Vec<u32> = contracts
        .contracts
        .values()
        .next()
        .expect("one")
        .versions
        .iter()
        .map(|it| it.version.0)
        .collect();
    assert_eq!(numbers, (1..=11).collect::<Vec<_>>());
    let locked: Vec<u32> = contracts
        .lock
        .lines
        .iter()
        .map(|line| line.version.0)
        .collect();
    assert_eq!(locked, numbers);
}

#[test]
fn a_released_version_keeps_its_references_and_a_draft_takes_the_latest() {
    let mut files = money_and_price();
    release(&mut files);
    let money_2 = MONEY.replace(
        "\"long\"}",
        "\"long\"},{\"name\":\"x\",\"type\":\"int\",\"default\":0}",
    );
    files.insert("common.Money/v2.avsc".to_owned(), money_2.clone().into());
    files.insert("pricing.Price/v2.avsc".to_owned(), PRICE.into());
    let contracts = load(&files);
    let price = contracts.get("pricing.Price").expect("it is loaded");
    assert_eq!(
        states(&contracts, "pricing.Price"),
        [State::Released, State::Draft]
    );
    assert_eq!(contracts.reference_texts(&price.versions[0]), [MONEY]);
    assert_eq!(
        contracts.reference_texts(&price.versions[1]),
        [money_2.as_str()]
    );
    assert_ne!(price.versions[0].fingerprint, price.versions[1].fingerprint);
    assert_eq!(price.versions[0].sha256, price.versions[1].sha256);
}

#[test]
fn a_retired_version_is_not_the_latest_released() {
    let mut files = money_and_price();
    release(&mut files);
    files.insert("common.Money/v2.avsc".to_owned(), MONEY.into());
    release(&mut files);
    let toml = format!("{TYPE_TOML}retired = [2]\n");
    files.insert("common.Money/contract.toml".to_owned(), toml.into());
    let contracts = load(&files);
    assert_eq!(
        states(&contracts, "common.Money"),
        [State::Released, State::Retired]
    );
    let money = contracts.get("common.Money").expect("it is loaded");
    assert_eq!(
        money.latest_released().map(|version| version.version),
        Some(Version(1))
    );
}

#[test]
fn a_type_inside_a_shared_types_schema_is_a_reference_to_it() {
    let mut files = money_and_price();
    let money = r#"{"type":"record","name":"common.Money","fields":[
        {"name":"currency","type":{"type":"enum","name":"Currency","symbols":["EUR"]}}]}"#;
    files.insert("common.Money/v1.avsc".to_owned(), money.into());
    let price = PRICE.replace("common.Money", "common.Currency");
    files.insert("pricing.Price/v1.avsc".to_owned(), price.into());
    let contracts = load(&files);
    let price = contracts
        .get("pricing.Price")
        .expect("it is loaded")
        .latest();
    assert_eq!(price.references[0].name.as_str(), "common.Money");
}

#[test]
fn references_come_in_the_order_of_their_use() {
    let mut files = money_and_price();
    // A name that sorts before what it uses.
    let price = r#"{"type":"record","name":"common.A","fields":[{"name":"m","type":"Money"}]}"#;
    files.insert("common.A/contract.toml".to_owned(), TYPE_TOML.into());
    files.insert("common.A/v1.avsc".to_owned(), price.into());
    let text = PRICE.replace("\"common.Money\"", r#"["common.A","common.Money"]"#);
    files.insert("pricing.Price/v1.avsc".to_owned(), text.into());
    let contracts = load(&files);
    let version = contracts
        .get("pricing.Price")
        .expect("it is loaded")
        .latest();
    assert_eq!(contracts.reference_texts(version), [MONEY, price]);
    assert_eq!(contracts.references_of(version).len(), 2);
}

#[test]
fn files_beside_the_contracts_are_passed_over() {
    let mut files = money_and_price();
    for path in [
        "README.md",
        "common.Money/README.md",
        ".git/x",
        "common.Money/.v1.avsc.swp",
        "samples/films.ndjson",
    ] {
        files.insert(path.to_owned(), b"anything".to_vec());
    }
    files.insert(
        "common.Money/examples/ten.json".to_owned(),
        b"{\"cents\": 1000}".to_vec(),
    );
    let contracts = load(&files);
    assert_eq!(contracts.contracts.len(), 2);
    let examples = &contracts
        .get("common.Money")
        .expect("it is loaded")
        .examples;
    assert_eq!(examples[0].file, "common.Money/examples/ten.json");
}
