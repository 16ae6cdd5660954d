//! A part of a folder says of its contracts what the whole folder says.

use std::collections::BTreeSet;

use accordant_compat::{Report, gate, lint};
use accordant_schema::{
    Limits,
    contract::{Contracts, LOCK_FILE, part},
};

use crate::folder::Folder;

const TYPE: &str = "kind = \"type\"\ndescription = \"Shared.\"\nowner = \"platform\"\n";

fn event(topic: &str) -> String {
    format!(
        "kind = \"event\"\ndescription = \"One.\"\nowner = \"shop\"\ntopic = \"{topic}\"\n\
         key = [\"id\"]\npartitions = 6\n"
    )
}

fn record(name: &str, fields: &str) -> String {
    format!(
        r#"{{ "type": "record", "name": "{name}", "fields": [
  {{ "name": "id", "type": "string" }}{fields}
] }}
"#
    )
}

/// Shared types in a chain, one of them about to break; a type inside of a
/// type; two contracts with one topic; names with escapes; one that has nothing
/// to do with anybody.
fn folder() -> Folder {
    let currency = r#", { "name": "currency", "type":
      { "type": "enum", "name": "Currency", "symbols": ["EUR", "USD"] } }"#;
    let money = r#", { "name": "amount", "type": "common.Money" }"#;
    let released = Folder::default()
        .with("common.Money/contract.toml", TYPE)
        .with("common.Money/v1.avsc", &record("common.Money", currency))
        .with("common.Basket/contract.toml", TYPE)
        .with("common.Basket/v1.avsc", &record("common.Basket", money))
        .with("shop.Order/contract.toml", &event("orders"))
        .with(
            "shop.Order/v1.avsc",
            &record(
                "shop.Order",
                r#", { "name": "basket", "type": "common.Basket" }"#,
            ),
        )
        .with("shop.Cart/contract.toml", &event("carts"))
        .with(
            "shop.Cart/v1.avsc",
            &record(
                "shop.Cart",
                r#", { "name": "in", "type": "common.Currency" }"#,
            ),
        )
        .with("shop.Twin/contract.toml", &event("twins"))
        .with("shop.Twin/v1.avsc", &record("shop.Twin", ""))
        .with("shop.Lone/contract.toml", &event("lone"))
        .with("shop.Lone/v1.avsc", &record("shop.Lone", ""))
        .released(1);
    released
        .with(
            "common.Money/v2.avsc",
            &record("common.Money", r#", { "name": "cents", "type": "long" }"#),
        )
        .with("common.Basket/v2.avsc", &record("common.Basket", money))
        .with(
            "shop.Order/v2.avsc",
            &record(
                "shop.Order",
                r#", { "name": "basket", "type": "common.Basket" }"#,
            ),
        )
        .with("shop.Escaped/contract.toml", &event("escaped"))
        .with(
            "shop.Escaped/v1.avsc",
            &record(
                "shop.Escaped",
                r#", { "name": "a", "type": "common.\u004doney" }"#,
            ),
        )
        .with("shop.Other/contract.toml", &event("twins"))
        .with("shop.Other/v1.avsc", &record("shop.Other", ""))
        .with(
            "shop.Lone/v2.avsc",
            &record("shop.Lone", r#", { "name": "n", "type": "int" }"#),
        )
        .with("shop.Typo/contract.toml", &event("typo"))
        .with(
            "shop.Typo/v1.avsc",
            &record("shop.Typo", r#", { "name": "a", "type": "common.Mony" }"#),
        )
}

fn part_of(folder: &Folder, name: &str) -> Folder {
    let wanted = BTreeSet::from([name.to_owned()]);
    Folder {
        files: part(&folder.files, &wanted, &Limits::default()),
    }
}

fn report(folder: &Folder, is_part: bool) -> Report {
    let (contracts, problems) = Contracts::load(&folder.files, &Limits::default());
    let config = lint::Config {
        uses: vec!["basic".into()],
        ..lint::Config::default()
    };
    let options = gate::Options {
        today: Some("2027-01-31"),
        lint: Some(&config),
        is_part,
    };
    gate::check_with(&contracts, &problems, &options)
}

/// All that a report says of one contract.
fn of(report: &Report, name: &str) -> String {
    let file = format!("{name}/");
    let problems = report
        .problems
        .iter()
        .filter(|it| it.file.starts_with(&file));
    let findings = report
        .findings
        .iter()
        .filter(|it| it.contract.as_str() == name);
    let versions = report
        .versions
        .iter()
        .filter(|it| it.contract.as_str() == name);
    format!(
        "{:#?}\n{:#?}\n{:#?}",
        problems.collect::<Vec<_>>(),
        findings.collect::<Vec<_>>(),
        versions.collect::<Vec<_>>()
    )
}

#[test]
fn says_of_its_contract_what_the_whole_folder_says() {
    let folder = folder();
    let whole = report(&folder, false);
    assert!(!whole.findings.is_empty() && !whole.problems.is_empty());
    for name in [
        "common.Basket",
        "common.Money",
        "shop.Cart",
        "shop.Escaped",
        "shop.Lone",
        "shop.Order",
        "shop.Other",
        "shop.Twin",
        "shop.Typo",
    ] {
        let part = report(&part_of(&folder, name), true);
        assert_eq!(of(&part, name), of(&whole, name), "{name}");
        for finding in &part.findings {
            assert!(whole.findings.contains(finding), "{name}: {finding:?}");
        }
        for problem in &part.problems {
            assert!(whole.problems.contains(problem), "{name}: {problem:?}");
        }
    }
}

#[test]
fn holds_who_uses_a_type_and_what_these_use_and_nobody_else() {
    #[track_caller]
    fn check(name: &str, expected: &[&str]) {
        let part = part_of(&folder(), name);
        let folders = part.files.keys().filter_map(|path| path.split_once('/'));
        let found: BTreeSet<&str> = folders.map(|(folder, _)| folder).collect();
        assert_eq!(found, expected.iter().copied().collect(), "{name}");
    }
    let users = [
        "common.Basket",
        "common.Money",
        "shop.Cart",
        "shop.Escaped",
        "shop.Order",
    ];
    check("common.Money", &users);
    check(
        "shop.Order",
        &["common.Basket", "common.Money", "shop.Order"],
    );
    check("shop.Lone", &["shop.Lone"]);
    check("shop.Other", &["shop.Other", "shop.Twin"]);
    check("shop.None", &[]);
}

#[test]
fn places_in_the_lock_stay_what_they_are() {
    let folder = folder();
    let broken = String::from_utf8_lossy(&folder.files[LOCK_FILE])
        .replace("shop.Lone v1 sha256=", "shop.Lone v1 sha=");
    let folder = folder.with(LOCK_FILE, &broken);
    let whole = report(&folder, false);
    let part = report(&part_of(&folder, "shop.Lone"), true);
    let places = |it: &Report| {
        let problems = it.problems.iter().filter(|it| it.file == LOCK_FILE);
        problems.map(|it| it.span).collect::<Vec<_>>()
    };
    assert_eq!(places(&part).len(), 1);
    assert_eq!(places(&part), places(&whole));
    // Another contract's line is nothing to a part.
    assert_eq!(places(&report(&part_of(&folder, "shop.Order"), true)), []);
}

#[test]
fn an_ignore_of_the_workspace_may_match_elsewhere() {
    let folder = folder();
    let (contracts, problems) = part_of(&folder, "shop.Order").load();
    let config = lint::Config {
        ignore: vec![lint::Ignore {
            code: "C102".to_owned(),
            contract: Some("shop.Lone".to_owned()),
            path: None,
            reason: "known".to_owned(),
            until: "2027-12-31".to_owned(),
            span: None,
        }],
        ..lint::Config::default()
    };
    let unused = |is_part: bool| {
        let options = gate::Options {
            today: Some("2027-01-31"),
            lint: Some(&config),
            is_part,
        };
        let report = gate::check_with(&contracts, &problems, &options);
        report
            .problems
            .iter()
            .filter(|it| it.code.0 == "L002")
            .count()
    };
    assert_eq!((unused(false), unused(true)), (1, 0));
}
