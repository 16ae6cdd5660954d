//! A folder against contracts from elsewhere.

use std::collections::BTreeSet;

use accordant_compat::{
    Finding,
    gate::{self, Base, Source},
};

use accordant_schema::contract::Version;

use crate::folder::Folder;

const NOTE: &str = r#"{ "name": "note", "type": ["null", "string"], "default": null }"#;
const TITLE: &str = r#"{ "name": "title", "type": "string" }"#;
const TITLE_NUMBER: &str = r#"{ "name": "title", "type": "int" }"#;

fn against(here: &Folder, there: &Folder, source: Source) -> Vec<Finding> {
    let (contracts, problems) = here.load();
    assert_eq!(problems, []);
    let (elsewhere, problems) = there.load();
    assert_eq!(problems, []);
    let base = Base {
        source,
        label: "main",
        prefix: "main:",
        contracts: &elsewhere,
    };
    gate::against(&contracts, &base)
}

#[track_caller]
fn check(here: &Folder, there: &Folder, source: Source, expected: &[&str]) {
    let findings = against(here, there, source);
    let found: Vec<String> = findings
        .iter()
        .map(|it| format!("{} {}: {}", it.code, it.file, it.message))
        .collect();
    assert_eq!(found, expected);
}

/// Expects one finding, and what it means and how to repair it.
#[track_caller]
fn check_advice(here: &Folder, there: &Folder, means: &str, fix: &str) {
    let findings = against(here, there, Source::Folder);
    let [finding] = &findings[..] else {
        panic!("{findings:#?}");
    };
    assert_eq!((finding.means.as_str(), finding.fix.as_str()), (means, fix));
}

#[test]
fn the_same_folder_says_nothing() {
    let folder = Folder::orders(&["", NOTE]).released(2);
    check(&folder, &folder, Source::Folder, &[]);
    check(&folder, &folder, Source::Registry, &[]);
}

#[test]
fn what_is_not_there_or_a_draft_there_binds_nobody() {
    let here = Folder::orders(&[NOTE]);
    check(&here, &Folder::default(), Source::Folder, &[]);
    let draft = Folder::orders(&[TITLE]);
    check(&here, &draft, Source::Folder, &[]);
}

#[test]
fn a_contract_that_is_gone_is_found_in_a_folder_only() {
    let there = Folder::orders(&[""]).released(1);
    check(
        &Folder::default(),
        &there,
        Source::Folder,
        &["C308 main:shop.Order/v1.avsc: shop.Order is gone, main has it"],
    );
    check_advice(
        &Folder::default(),
        &there,
        "whoever writes or reads topic orders.placed has no contract any more",
        "bring the folder shop.Order back; `accordant retire` ends a version",
    );
    // A registry has the subjects of other teams too.
    check(&Folder::default(), &there, Source::Registry, &[]);
}

#[test]
fn a_released_version_that_changed_or_went_is_found() {
    let there = Folder::orders(&["", NOTE]).released(2);
    check(
        &Folder::orders(&[""]).released(1),
        &there,
        Source::Folder,
        &["C309 main:shop.Order/v2.avsc: shop.Order v2 is gone, main has it"],
    );
    check_advice(
        &Folder::orders(&[""]).released(1),
        &there,
        "records of it are out there, and nobody can say any more what they are",
        "restore shop.Order/v2.avsc as it is in main, and make the change a new version",
    );
    let changed = r#"{ "name": "remark", "type": ["null", "string"], "default": null }"#;
    check(
        &Folder::orders(&["", changed]).released(2),
        &there,
        Source::Folder,
        &["C309 main:shop.Order/v2.avsc: shop.Order v2 is not the one of main"],
    );
}

#[test]
fn the_latest_version_here_is_held_against_every_one_there() {
    let there = Folder::orders(&["", TITLE_NUMBER]).released(1);
    let there = there.released(2);
    let here = Folder::orders(&["", TITLE]).released(1);
    let findings = against(&here, &there, Source::Registry);
    let [finding] = &findings[..] else {
        panic!("{findings:#?}");
    };
    assert_eq!(finding.code, "C101");
    assert!(finding.message.contains("v2 of main: "), "{finding:#?}");
    let other = finding.other.as_ref().expect("it says where");
    assert_eq!(other.file, "main:shop.Order/v2.avsc");
}

#[test]
fn a_level_that_looks_at_the_latest_looks_at_the_latest_there() {
    let backward = "kind = \"event\"\ndescription = \"An order.\"\nowner = \"shop\"\n\
        topic = \"orders.placed\"\nkey = [\"id\"]\npartitions = 6\ncompatibility = \"backward\"\n";
    let title_flag = r#"{ "name": "title", "type": "boolean" }"#;
    let there = Folder::orders(&[TITLE_NUMBER, title_flag]).released(2);
    let here = Folder::orders(&[TITLE]);
    let every = against(&here, &there, Source::Registry);
    let versions: BTreeSet<_> = every.iter().flat_map(|it| it.against.clone()).collect();
    assert_eq!(
        versions,
        BTreeSet::from([Version(1), Version(2)]),
        "{every:#?}"
    );
    let here = here.with("shop.Order/contract.toml", backward);
    let findings = against(&here, &there, Source::Registry);
    let versions: BTreeSet<_> = findings.iter().flat_map(|it| it.against.clone()).collect();
    assert_eq!(versions, BTreeSet::from([Version(2)]), "{findings:#?}");
}

#[test]
fn a_contract_whose_versions_are_all_retired_is_held_against_nothing() {
    let retired = "kind = \"event\"\ndescription = \"An order.\"\nowner = \"shop\"\n\
        topic = \"orders.placed\"\nkey = [\"id\"]\npartitions = 6\nretired = [1]\n";
    let here = Folder::orders(&[TITLE]).with("shop.Order/contract.toml", retired);
    let there = Folder::orders(&[TITLE_NUMBER]).released(1);
    check(&here.released(1), &there, Source::Registry, &[]);
}
