//! Every other command of the gate, its whole output, in a repository of its own.

use std::fs;

use crate::repository::{Repository, ends, says};

const NOTE: &str = r#",
    { "name": "note", "type": ["null", "string"], "default": null }"#;
const TITLE: &str = r#",
    { "name": "title", "type": "string" }"#;
const NOTE_NUMBER: &str = r#",
    { "name": "note", "type": "int", "default": 0 }"#;
const PRICE: &str = r#",
    { "name": "price", "type": "double", "default": 0 }"#;

/// A released `v1` on the branch `main`, and this `v2` as a draft.
fn with_draft(first: &str, second: &str) -> Repository {
    let repository = Repository::with_git(&[first]);
    repository.git(&["checkout", "-q", "-b", "main"]);
    repository.run(&["release"], 0);
    repository.commit();
    repository.version(2, second);
    repository
}

#[test]
fn list() {
    let repository = with_draft("", NOTE);
    insta::assert_snapshot!(says(&repository, &["list"]));
    insta::assert_snapshot!("list_json", says(&repository, &["list", "--json"]));
}

#[test]
fn lint_says_what_a_draft_gets_wrong_and_an_ignore_ends() {
    let repository = with_draft("", PRICE);
    insta::assert_snapshot!("lint", says(&repository, &["lint"]));
    let settings = "[lint]\nuse = [\"standard\"]\nexcept = [\"L306\"]\n";
    repository.write("../accordant.toml", settings);
    repository.run(&["lint"], 0);
    let settings = "[lint]\nuse = [\"standrad\"]\n";
    repository.write("../accordant.toml", settings);
    insta::assert_snapshot!("lint_unknown_set", says(&repository, &["lint"]));
    let settings =
        "[[lint.ignore]]\ncode = \"L306\"\nreason = \"legacy\"\nuntil = \"2020-01-31\"\n";
    repository.write("../accordant.toml", settings);
    insta::assert_snapshot!("lint_expired", says(&repository, &["lint"]));
    let settings = "[lint]\nuses = [\"standard\"]\n";
    repository.write("../accordant.toml", settings);
    insta::assert_snapshot!("lint_unknown_key", says(&repository, &["lint"]));
}

#[test]
fn every_format_says_the_same_and_ends_alike() {
    let repository = with_draft(TITLE, "");
    for format in ["json", "github", "gitlab", "sarif", "junit", "markdown"] {
        let args = ["check", "--format", format];
        insta::assert_snapshot!(format!("check_{format}"), says(&repository, &args));
    }
    insta::assert_snapshot!(
        "check_xml",
        says(&repository, &["check", "--format", "xml"])
    );
    repository.run(
        &["check", "--format", "sarif", "--output", "report.sarif"],
        1,
    );
    let report = fs::read_to_string(repository.path().join("report.sarif"));
    assert!(report.expect("it is there").contains("C107"));
}

#[test]
fn check_against_a_git_ref_and_a_folder() {
    // Two branches release a v2 of their own.
    let repository = with_draft("", TITLE);
    repository.git(&["checkout", "-q", "-b", "other"]);
    repository.version(2, NOTE);
    repository.run(&["release"], 0);
    repository.commit();
    repository.git(&["checkout", "-q", "main"]);
    repository.version(2, NOTE_NUMBER);
    let both = says(&repository, &["check", "--against", "other"]);
    insta::assert_snapshot!("check_against_ref", both);
    repository.run(&["check", "--against", "main"], 0);
    let tricky = "--upload-pack=touch pwned";
    insta::assert_snapshot!(
        "check_against_tricky",
        says(&repository, &["check", &format!("--against={tricky}")])
    );
    assert!(!repository.path().join("pwned").exists());

    let folder = with_draft("", NOTE);
    folder.run(&["release"], 0);
    let path = folder.path().join("contracts");
    let path = path.to_str().expect("a plain path");
    let result = repository.run(&["check", "--against", path], 1);
    assert!(result.contains("[C309 release-changed]"), "{result}");
    // A contract that is not over there is fine.
    let empty = tempfile::tempdir().expect("a temporary folder");
    let empty = empty.path().to_str().expect("a plain path").to_owned();
    repository.version(2, NOTE);
    repository.run(&["check", "--against", &empty], 0);
}

#[test]
fn a_contract_that_is_gone_is_found() {
    let repository = with_draft("", NOTE);
    let folder = repository.path().join("contracts/shop.Order");
    fs::remove_dir_all(&folder).expect("it is there");
    let text = repository.run(&["check", "--against", "main"], 1);
    assert!(text.contains("[C308 contract-removed]"), "{text}");
}

#[test]
fn diff() {
    let repository = with_draft(TITLE, NOTE);
    let pair = ["diff", "shop.Order@v1", "shop.Order"];
    insta::assert_snapshot!("diff", says(&repository, &pair));
    let at_ref = ["diff", "main:shop.Order", "contracts/shop.Order/v2.avsc"];
    assert_eq!(says(&repository, &at_ref), says(&repository, &pair));
    insta::assert_snapshot!(
        "diff_json",
        says(
            &repository,
            &["diff", "shop.Order@v1", "shop.Order@v2", "--json"]
        )
    );
    insta::assert_snapshot!(
        "diff_unknown",
        says(&repository, &["diff", "shop.Ordre", "shop.Order"])
    );
    insta::assert_snapshot!(
        "diff_version",
        says(&repository, &["diff", "shop.Order@v7", "shop.Order"])
    );
}

/// Nothing fails, and a reader gets another time: somebody is hurt.
#[test]
fn a_difference_that_is_misread_is_found() {
    let field = |unit: &str| {
        format!(
            r#", {{"name": "at", "type": {{"type": "long", "logicalType": "timestamp-{unit}"}}}}"#
        )
    };
    let repository = with_draft(&field("millis"), &field("micros"));
    let pair = ["diff", "shop.Order@v1", "shop.Order@v2"];
    insta::assert_snapshot!(says(&repository, &pair), @"
    ~ logical type Order.at: timestamp-millis -> timestamp-micros  backward misreads (C203), forward misreads (C203)
    --- talk
    1 change, which hurts somebody
    --- exit code 1
    ");
}

#[test]
fn fmt_lays_drafts_out_and_leaves_what_is_released() {
    let repository = with_draft("", "");
    let draft = "contracts/shop.Order/v2.avsc";
    repository.write(
        "shop.Order/v2.avsc",
        r#"{"fields":[{"type":"string","name":"id"}],"name":"shop.Order","type":"record"}"#,
    );
    insta::assert_snapshot!("fmt_check", says(&repository, &["fmt", "--check"]));
    repository.run(&["fmt"], 0);
    let text = fs::read_to_string(repository.path().join(draft)).expect("it is there");
    insta::assert_snapshot!("fmt", text);
    repository.run(&["fmt", "--check"], 0);
    insta::assert_snapshot!(
        "fmt_released",
        says(&repository, &["fmt", "contracts/shop.Order/v1.avsc"])
    );
    repository.write("shop.Order/v2.avsc", "{ \"type\": \"record\", \"type\": 1 ");
    insta::assert_snapshot!("fmt_broken", says(&repository, &["fmt"]));
}

#[test]
fn new_begins_contracts_that_the_gate_accepts() {
    let repository = Repository::with_git(&[""]);
    for kind in ["submission", "event", "change", "type"] {
        let name = format!("fresh.A{kind}");
        repository.run(&["new", &name, "--kind", kind], 0);
    }
    insta::assert_snapshot!("new_check", says(&repository, &["check"]));
    insta::assert_snapshot!("new_twice", says(&repository, &["new", "fresh.Aevent"]));
    insta::assert_snapshot!("new_bare", says(&repository, &["new", "Order"]));
    repository.run(&["release", "shop.Order"], 0);
    insta::assert_snapshot!("new_version", says(&repository, &["new", "shop.Order"]));
}

#[test]
fn retire_edits_one_line() {
    let repository = with_draft("", NOTE);
    repository.run(&["release"], 0);
    let path = repository.path().join("contracts/shop.Order/contract.toml");
    let before = fs::read_to_string(&path).expect("it is there");
    insta::assert_snapshot!("retire", says(&repository, &["retire", "shop.Order", "v1"]));
    let after = fs::read_to_string(&path).expect("it is there");
    assert_eq!(after, format!("{before}retired = [1]\n"));
    repository.run(&["check"], 0);
    insta::assert_snapshot!(
        "retire_again",
        says(&repository, &["retire", "shop.Order", "v1"])
    );
    insta::assert_snapshot!(
        "retire_unknown",
        says(&repository, &["retire", "shop.Order", "v9"])
    );
}

#[test]
fn infer_drafts_a_schema_that_parses() {
    let repository = Repository::new(&[""]);
    repository.write(
        "../events.ndjson",
        "{\"id\": \"a\", \"at\": \"2026-01-01T12:00:00Z\", \"price\": \"12.99\"}\n\n\
         {\"id\": \"b\", \"at\": \"2026-01-02T12:00:00Z\", \"price\": \"9.50\", \"tags\": [\"x\"]}\n",
    );
    let args = ["infer", "events.ndjson", "--name", "shop.Seen"];
    insta::assert_snapshot!("infer", says(&repository, &args));
    repository.write("../broken.ndjson", "{\"id\": \"a\"}\n{\"id\": \n");
    insta::assert_snapshot!(
        "infer_broken",
        says(&repository, &["infer", "broken.ndjson"])
    );
}

#[test]
fn export_in_every_form() {
    let repository = with_draft(TITLE, NOTE);
    for form in ["bundle", "json-schema", "markdown"] {
        let args = ["export", form, "shop.Order@v1"];
        insta::assert_snapshot!(format!("export_{form}"), says(&repository, &args));
    }
    insta::assert_snapshot!(
        "export_asyncapi",
        says(&repository, &["export", "asyncapi"])
    );
    insta::assert_snapshot!("export_nameless", says(&repository, &["export", "bundle"]));
}

#[test]
fn rules_and_completions() {
    let repository = Repository::new(&[""]);
    insta::assert_snapshot!("rules", says(&repository, &["rules"]));
    for shell in ["bash", "zsh", "fish"] {
        let script = repository.run(&["completions", shell], 0);
        assert!(script.contains("against"), "{script}");
    }
    ends(repository.accordant(&["completions", "cmd"]), 2);
}

#[test]
fn config_is_shown_as_a_file_that_says_the_same() {
    let repository = Repository::new(&[""]);
    let settings = "log = \"info\"\ndrafts = true\nregistry_token = \"hidden\"\n\
                    [limits]\npage_max = 7\n[app.articles]\nprocessing = \"exactly-once\"\n";
    repository.write("../accordant.toml", settings);
    let show = ["config", "show", "--kafka", "127.0.0.1:19092", "--origin"];
    insta::assert_snapshot!("config_origin", says(&repository, &show));
    let shown = repository.run(&["config", "show"], 0);
    repository.write("../accordant.toml", &shown);
    assert_eq!(repository.run(&["config", "show"], 0), shown);
}
