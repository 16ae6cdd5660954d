//! The text of the generated code.

use std::{collections::BTreeMap, fs, io::Write, path::Path};

use accordant_build::{Config, generate};
use accordant_schema::contract::Version;

use crate::{
    choice,
    contracts::{FileMap, corpus, folder, load, release},
};

const REFRESH: &str = "UPDATE_GOLDEN=1 cargo test -p accordant-build --test it golden";

/// The code of a folder beside its golden file, which a test of this file
/// refreshes on demand.
#[track_caller]
fn check_golden(name: &str, config: &Config) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let path = tests.join("golden").join(format!("{name}.rs"));
    let code = config.code(&load(&folder(name))).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::File::create(&path)
            .unwrap()
            .write_all(code.as_bytes())
            .unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap();
    let same = code
        .lines()
        .zip(golden.lines())
        .take_while(|(new, old)| new == old)
        .count();
    assert!(
        code == golden,
        "{name}: line {} differs; if it should: {REFRESH}",
        same + 1
    );
}

#[test]
fn the_golden_file_is_what_the_corpus_gives() {
    check_golden("corpus", &Config::new());
}

#[test]
fn the_golden_file_of_a_large_record_is_apart() {
    check_golden("large", &Config::new());
}

#[test]
fn the_golden_file_of_options_has_what_they_choose() {
    check_golden("options", &choice::config());
}

#[test]
fn the_same_contracts_give_the_same_code() {
    let files = corpus();
    assert_eq!(
        generate(&load(&files)).unwrap(),
        generate(&load(&files)).unwrap()
    );
}

/// Each module of the generated code by its path, without the modules in it.
fn modules(code: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![(String::new(), syn::parse_file(code).unwrap().items)];
    while let Some((path, items)) = open.pop() {
        let mut own = Vec::new();
        for item in items {
            match item {
                syn::Item::Mod(module) => {
                    let inner = module.content.map(|(_, items)| items).unwrap_or_default();
                    open.push((format!("{path}::{}", module.ident), inner));
                }
                item => own.push(item),
            }
        }
        let file = syn::File {
            shebang: None,
            frontmatter: None,
            attrs: Vec::new(),
            items: own,
        };
        found.insert(path, prettyplease::unparse(&file));
    }
    found
}

/// An optional field is one new file, and nothing of any other contract changes.
#[test]
fn a_new_version_changes_its_own_contract_only() {
    let mut files: FileMap = corpus();
    let before = modules(&generate(&load(&files)).unwrap());
    let new = br#"{"type": "record", "name": "Bare", "fields": [
        {"name": "id", "type": "string"},
        {"name": "catalog", "type": {"type": "record", "name": "Catalog", "fields": [
            {"name": "n", "type": "int"}]}},
        {"name": "note", "type": ["null", "string"], "default": null}]}"#;
    release(&mut files, "Bare", Version(1));
    files.insert("Bare/v2.avsc".to_owned(), new.to_vec());
    let after = modules(&generate(&load(&files)).unwrap());
    let is_new = |(path, code): &(&String, &String)| before.get(*path) != Some(*code);
    let changed: Vec<&str> = after
        .iter()
        .filter(is_new)
        .map(|(path, _)| path.as_str())
        .collect();
    assert_eq!(
        changed,
        [
            "::bare",
            "::bare::v1",
            "::bare::v1::from_v2",
            "::bare::v1::view_from_v2",
            "::bare::v2",
            "::bare::v2::from_v1",
            "::bare::v2::view_from_v1"
        ]
    );
}
