//! What must hold for any schema that is accepted: one version of a contract,
//! or two with a zero byte between them. The generated code is Rust, and the
//! same whenever it is generated.
//!
//! `ci/fuzz` compiles this file too.

use std::collections::BTreeMap;

use accordant_build::{Error, generate};
use accordant_schema::{Limits, contract::Contracts, parse};

const CONFIG: &str = r#"kind = "type"
description = "From a fuzzer."
owner = "ci"
compatibility = "none"
compatibility_reason = "A fuzzer has no readers."
"#;

/// # Panics
/// Something does not hold.
pub(crate) fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let versions: Vec<&str> = text.splitn(2, '\0').collect();
    let Some(contracts) = contracts(&versions) else {
        return;
    };
    let code = match generate(&contracts) {
        Ok(code) => code,
        Err(Error::Unsupported { .. }) => return,
        Err(error) => panic!("{error}"),
    };
    syn::parse_file(&code).expect("it is Rust");
    let again = generate(&contracts).expect("it was generated before");
    assert_eq!(again, code, "generated twice");
}

/// The contract, if nothing is wrong with it.
fn contracts(versions: &[&str]) -> Option<Contracts> {
    let schema = parse(versions.first()?).ok()?;
    let name = match schema.name_of(schema.root) {
        Some(name) => name.to_string(),
        None => "fuzz.Root".to_owned(),
    };
    let mut files = BTreeMap::new();
    files.insert(format!("{name}/contract.toml"), CONFIG.into());
    for (number, text) in (1..).zip(versions) {
        let is_named = schema.name_of(schema.root).is_some();
        // What has no name of its own is a field of something that has.
        let text = match is_named {
            true => (*text).to_owned(),
            false => format!(
                r#"{{"type":"record","name":"fuzz.Root","fields":[{{"name":"value","type":{text}}}]}}"#
            ),
        };
        files.insert(format!("{name}/v{number}.avsc"), text.into_bytes());
    }
    release_all_but_the_last(&mut files, &name);
    let (contracts, problems) = Contracts::load(&files, &Limits::default());
    problems.is_empty().then_some(contracts)
}

fn release_all_but_the_last(files: &mut BTreeMap<String, Vec<u8>>, name: &str) {
    let (contracts, _) = Contracts::load(files, &Limits::default());
    let mut lock = contracts.lock.clone();
    if let Some(contract) = contracts.get(name)
        && let [released @ .., _draft] = contract.versions.as_slice()
    {
        released
            .iter()
            .for_each(|it| lock.insert(contract.lock_line(it)));
    }
    files.insert("contracts.lock".to_owned(), lock.to_text().into_bytes());
}
