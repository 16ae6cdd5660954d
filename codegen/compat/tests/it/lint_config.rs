//! Which lint rules run, what is ignored, and which versions are linted.

use accordant_compat::{
    Severity, gate,
    lint::{Config, FieldCase, Ignore, Selector, Versions},
    render,
};
use accordant_schema::Span;

use crate::{
    folder::{EVENT, Folder},
    lint::{TODAY, everything, lint},
};

/// An enum without a default (L301), in lower case (L203), with no docs.
const STATE: &str = r#"{ "name": "state", "type":
      { "type": "enum", "name": "State", "symbols": ["open", "DONE"] } }"#;

#[track_caller]
fn check(config: &Config, folder: &Folder, expected: &[&str]) {
    let report = lint(folder, config);
    let mut found: Vec<String> = report
        .findings
        .iter()
        .map(|it| format!("{} {} {}", it.code, it.severity.as_str(), it.path))
        .collect();
    let problems = report.problems.iter();
    found.extend(
        problems.map(|it| format!("{} {}: {} | {}", it.code.0, it.path, it.message, it.fix)),
    );
    assert_eq!(found, expected);
}

fn uses(uses: &[&str], except: &[&str]) -> Config {
    Config {
        uses: uses.iter().map(|it| Selector::from(*it)).collect(),
        except: except.iter().map(|it| Selector::from(*it)).collect(),
        ..Config::default()
    }
}

fn state() -> Folder {
    Folder::orders(&[STATE])
}

#[test]
fn a_set_includes_those_before_it() {
    let folder = state();
    check(&uses(&["minimal"], &[]), &folder, &[]);
    check(&uses(&["basic"], &[]), &folder, &["L203 error Order.state"]);
    let both = ["L301 error Order.state", "L203 error Order.state"];
    check(&uses(&["standard"], &[]), &folder, &both);
    check(&Config::default(), &folder, &both);
}

#[test]
fn comments_and_events_stand_for_themselves() {
    let folder = state();
    check(
        &uses(&["events"], &[]),
        &folder,
        &["L505 error kind", "L501 error Order", "L502 error Order"],
    );
    check(
        &uses(&["comments"], &["field-without-doc", "l405"]),
        &folder,
        &["L401 error Order", "L401 error Order.state"],
    );
}

#[test]
fn rules_are_chosen_and_left_out_by_code_or_name() {
    let folder = state();
    let only = ["L301 error Order.state"];
    check(&uses(&["L301"], &[]), &folder, &only);
    check(&uses(&["enum-without-default"], &[]), &folder, &only);
    check(&uses(&["standard"], &["L203"]), &folder, &only);
}

#[test]
fn an_unknown_name_is_a_problem_that_names_the_nearest() {
    check(
        &uses(&["standrad"], &["L31", "basic", "ignore-unused"]),
        &Folder::orders(&[""]),
        &[
            r#"L001 lint.use: there is no set or lint rule "standrad"; the nearest is "standard" | did you mean "standard"?"#,
            r#"L001 lint.except: there is no lint rule "L31"; the nearest is "L301" | did you mean "L301"?"#,
            r#"L001 lint.except: there is no lint rule "basic"; the nearest is "L001" | did you mean "L001"?"#,
            "L001 lint.except: L002 cannot be left out | remove it: it watches over the configuration itself",
        ],
    );
}

fn ignore(code: &str, contract: Option<&str>, path: Option<&str>) -> Config {
    Config {
        ignore: vec![Ignore {
            code: code.to_owned(),
            contract: contract.map(str::to_owned),
            path: path.map(str::to_owned),
            reason: "waits for the shop".to_owned(),
            until: "2027-01-31".to_owned(),
            span: None,
        }],
        ..uses(&["L203", "L301"], &[])
    }
}

#[test]
fn a_workspace_ignores_by_rule_contract_and_path() {
    let kept = ["L203 error Order.state"];
    for (contract, path) in [
        (None, None),
        (Some("shop.Order"), None),
        (Some("shop.*"), Some("*.state")),
    ] {
        check(&ignore("L301", contract, path), &state(), &kept);
        check(
            &ignore("enum-without-default", contract, path),
            &state(),
            &kept,
        );
    }
    let unused = [
        "L301 error Order.state",
        "L203 error Order.state",
        "L002 lint.ignore[0]: the ignore of L301 matches no finding | remove the entry",
    ];
    check(
        &ignore("L301", Some("shop.OrderPlaced"), None),
        &state(),
        &unused,
    );
    check(
        &ignore("L301", None, Some("Order.other")),
        &state(),
        &unused,
    );
}

#[test]
fn an_ignore_of_a_rule_that_does_not_run_says_so() {
    let config = Config {
        uses: vec![Selector::from("L203")],
        ..ignore("L301", None, None)
    };
    check(
        &config,
        &state(),
        &[
            "L203 error Order.state",
            "L002 lint.ignore[0]: the ignore of L301 matches no finding: the rule does not run | remove the entry",
        ],
    );
}

#[test]
fn a_workspaces_ignore_ends_and_needs_a_reason() {
    let mut config = ignore("L301", None, None);
    config.uses = vec!["L301".into()];
    config.ignore[0].until = "2026-12-31".to_owned();
    check(
        &config,
        &state(),
        &[
            "L301 error Order.state",
            "L003 lint.ignore[0]: the ignore of L301 ended on 2026-12-31 | repair what L301 finds and remove the entry, or give it a new end",
        ],
    );
    config.ignore[0].until = "soon".to_owned();
    check(
        &config,
        &state(),
        &[
            "F005 lint.ignore[0]: the ignored finding \"L301\" needs a reason and an end | add reason = \"...\" and until = \"YYYY-MM-DD\"",
        ],
    );
    config.ignore[0].code = "C1O2".to_owned();
    check(
        &config,
        &state(),
        &[
            "L301 error Order.state",
            "L001 lint.ignore[0]: there is no rule \"C1O2\" to ignore; the nearest is \"C102\" | did you mean \"C102\"?",
        ],
    );
}

#[test]
fn an_ignore_of_a_compatibility_rule_ends_and_must_match_too() {
    let new = r#"{ "name": "f", "type": "int" }"#;
    let toml = |until: &str| {
        format!("{EVENT}[ignore.C102]\nreason = \"no reader yet\"\nuntil = \"{until}\"\n")
    };
    let config = uses(&["minimal"], &[]);
    let folder = |fields: &str, until: &str| {
        Folder::orders(&["", fields])
            .with("shop.Order/contract.toml", &toml(until))
            .released(1)
    };
    check(&config, &folder(new, TODAY), &[]);
    check(&config, &folder("", TODAY), &["L002 error ignore.C102"]);
    check(
        &config,
        &folder(new, "2026-12-31"),
        &["C102 error Order.f", "L003 error ignore.C102"],
    );
    // Without lint, nothing is said of an ignore.
    let (contracts, problems) = folder("", TODAY).load();
    assert_eq!(gate::check(&contracts, &problems).findings, []);
}

#[test]
fn what_is_released_never_refuses() {
    let config = uses(&["L301"], &[]);
    check(&config, &state().released(1), &["L301 warning Order.state"]);
    assert!(!lint(&state().released(1), &config).failed());
    assert!(lint(&state(), &config).failed());
}

#[test]
fn a_draft_inherits_warnings_and_gets_errors_for_what_is_new() {
    let config = uses(&["L301"], &[]);
    let new = r#"{ "name": "other", "default": "A", "type":
      { "type": "enum", "name": "Other", "symbols": ["A"] } }"#;
    let folder = Folder::orders(&[STATE, &format!("{STATE}, {new}")]).released(1);
    check(
        &config,
        &folder,
        &["L301 error Order.other", "L301 warning Order.state"],
    );
    let report = lint(&folder, &config);
    assert!(report.findings[1].means.ends_with("(v1 was released so)"));
}

#[test]
fn only_the_latest_version_is_linted_unless_all_are_wanted() {
    let folder = Folder::orders(&[STATE, ""]).released(2);
    let config = uses(&["L301"], &[]);
    check(&config, &folder, &["C107 error Order.state"]);
    let all = Config {
        versions: Versions::All,
        ..config
    };
    let report = lint(&folder, &all);
    let of_lint: Vec<_> = report
        .findings
        .iter()
        .filter(|it| it.code == "L301")
        .collect();
    assert_eq!(of_lint.len(), 1);
    assert_eq!(
        (of_lint[0].version.0, of_lint[0].severity),
        (1, Severity::Warning)
    );
}

#[test]
fn the_style_of_fields_is_the_workspaces() {
    let fields = r#"{ "name": "merchantId", "type": "string" },
    { "name": "shop_id", "type": "string" }"#;
    let folder = Folder::orders(&[fields]);
    let config = |field_case| Config {
        field_case,
        ..uses(&["L202"], &[])
    };
    check(
        &config(FieldCase::Snake),
        &folder,
        &["L202 error Order.merchantId"],
    );
    check(
        &config(FieldCase::LowerCamel),
        &folder,
        &["L202 error Order.shop_id"],
    );
}

#[test]
fn a_problem_of_the_workspaces_file_shows_its_line() {
    let text = "[lint]\nuse = [\"standrad\"]\n";
    let mut config = uses(&["standrad"], &[]);
    config.uses[0].span = Some(Span { start: 14, end: 24 });
    let folder = Folder::orders(&[""]);
    let report = lint(&folder, &config);
    let files = folder.with("../accordant.toml", text).files;
    insta::assert_snapshot!(render::text(&report, &files), @r#"
    Checking 1 contract, 1 version (0 released, 1 draft)
     Failure accordant.toml
       error: there is no set or lint rule "standrad"; the nearest is "standard"  [L001 unknown-rule]
          at: lint.use  accordant.toml:2:8
            2 | use = ["standrad"]
              |        ^^^^^^^^^^
         fix: did you mean "standard"? (accordant explain L001)
       Fresh shop.Order v1 (draft)
     -------
     Failure 1 version checked: 1 fresh, 1 problem
    "#);
}

#[test]
fn every_schema_is_linted_alike_each_time() {
    let folder = state();
    assert_eq!(lint(&folder, &everything()), lint(&folder, &everything()));
}

#[test]
fn what_was_released_with_a_finding_excuses_no_other_place() {
    let single =
        |name: &str| format!(r#"{{ "name": "{name}", "type": ["string"], "default": "" }}"#);
    let (old, new) = (single("old"), single("new"));
    let folder = Folder::orders(&[&old, &format!("{old}, {new}")]).released(1);
    check(
        &uses(&["L209"], &[]),
        &folder,
        &["L209 error Order.new", "L209 warning Order.old"],
    );
}
