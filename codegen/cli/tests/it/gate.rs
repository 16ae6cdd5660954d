//! `check`, `release` and `explain` in a git repository of their own.

use crate::repository::{Repository, ends};

const NOTE: &str = r#",
    { "name": "note", "type": ["null", "string"], "default": null }"#;
const TITLE: &str = r#",
    { "name": "title", "type": "string" }"#;

#[test]
fn a_draft_is_checked_released_and_then_frozen() {
    let repository = Repository::with_git(&[""]);
    insta::assert_snapshot!(repository.run(&["check"], 0), @r#"
    Checking 1 contract, 1 version (0 released, 1 draft; history: checked)
       Fresh shop.Order v1 (draft)
     -------
     Success 1 version checked: 1 fresh
    "#);
    insta::assert_snapshot!(repository.run(&["release"], 0), @"Released shop.Order v1");
    insta::assert_snapshot!(repository.run(&["release"], 0), @"Nothing to release: no contract has a draft");
    repository.commit();
    repository.version(1, NOTE);
    let result = repository.run(&["check"], 1);
    assert!(result.contains("shop.Order/v1.avsc"), "{result}");
    assert!(result.contains("[F017 released-file-changed]"), "{result}");
}

#[test]
fn the_removal_of_a_required_field_names_field_file_and_line() {
    let repository = Repository::with_git(&[TITLE]);
    repository.run(&["release", "shop.Order"], 0);
    repository.commit();
    repository.version(2, "");
    insta::assert_snapshot!(repository.run(&["check"], 1), @r#"
    Checking 1 contract, 2 versions (1 released, 1 draft; history: checked)
       Fresh shop.Order v1 (released)
     Failure shop.Order v2 (draft)
       error: not forward compatible with v1: the required field "title" was removed  [C107 required-field-removed]
          at: Order.title  contracts/shop.Order/v1.avsc:4:15
            4 |     { "name": "title", "type": "string" }
              |               ^^^^^^^
         now: contracts/shop.Order/v2.avsc:1:1
       means: a reader that runs with v1 cannot decode what v2 writes to topic orders.placed (level: full-transitive)
     witness: any event, such as {"id":""}, written under v2 has no value for "title"
         fix: put "title" back; a field can go only if the versions that readers run with have a default for it (accordant explain C107)
     -------
     Failure 2 versions checked: 1 fresh, 1 failed
    "#);
    let lock = repository.lock();
    let result = repository.run(&["release"], 1);
    assert!(result.contains("[C107 required-field-removed]"), "{result}");
    assert_eq!(repository.lock(), lock);
}

#[test]
fn several_drafts_are_released_lowest_first() {
    let repository = Repository::with_git(&["", NOTE]);
    insta::assert_snapshot!(repository.run(&["release"], 0), @r"
    Released shop.Order v1
    Released shop.Order v2
    ");
    let lock = repository.lock();
    let versions: Vec<&str> = lock
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(' ').nth(1))
        .collect();
    assert_eq!(versions, ["v1", "v2"]);
}

#[test]
fn a_lock_line_that_was_removed_is_found_in_a_clean_work_tree() {
    let repository = Repository::with_git(&["", NOTE]);
    repository.run(&["release"], 0);
    repository.commit();
    let lock = repository.lock();
    repository.write(
        "contracts.lock",
        lock.split(" v2 ")
            .next()
            .unwrap_or_default()
            .trim_end_matches("shop.Order"),
    );
    repository.commit();
    let result = repository.run(&["check"], 1);
    assert!(result.contains("[C307 lock-line-removed]"), "{result}");
    repository.write("contracts.lock", &lock);
    repository.run(&["check"], 0);
}

#[test]
fn an_attribute_does_not_hide_the_lock_from_the_check() {
    let repository = Repository::with_git(&[""]);
    repository.write(".gitattributes", "contracts.lock binary -diff\n");
    repository.run(&["release"], 0);
    repository.commit();
    repository.write("contracts.lock", "");
    repository.commit();
    repository.run(&["check"], 1);
}

#[test]
fn without_a_history_the_check_says_so_and_fails_in_ci() {
    let repository = Repository::new(&[""]);
    let result = repository.run(&["check"], 0);
    assert!(
        result.contains("history not checked: not a git repository"),
        "{result}"
    );
    let mut command = repository.accordant(&["check"]);
    command.env("CI", "true");
    assert!(ends(command, 1).contains("--allow-shallow"));
    let mut command = repository.accordant(&["check", "--allow-shallow"]);
    command.env("CI", "true");
    ends(command, 0);
}

#[test]
fn a_shallow_clone_has_no_history() {
    let repository = Repository::with_git(&[""]);
    repository.run(&["release"], 0);
    repository.commit();
    repository.version(2, NOTE);
    repository.commit();
    let clone = tempfile::tempdir().expect("a temporary folder");
    let origin = format!("file://{}", repository.path().display());
    let target = clone.path().join("clone").display().to_string();
    repository.git(&["clone", "-q", "--depth", "1", &origin, &target]);
    let mut command = repository.accordant(&["check", "--contracts"]);
    command.arg(clone.path().join("clone/contracts"));
    assert!(ends(command, 0).contains("history not checked: the clone is shallow"));
}

#[test]
fn explain_prints_the_page_of_a_code() {
    let repository = Repository::new(&[]);
    let page = repository.run(&["explain", "c107"], 0);
    assert!(
        page.starts_with("# C107 required-field-removed\n"),
        "{page}"
    );
    let page = repository.run(&["explain", "s007"], 0);
    assert!(page.starts_with("# S007 unknown-type\n"), "{page}");
    assert_eq!(
        repository.run(&["explain", "no-config"], 0),
        repository.run(&["explain", "F001"], 0)
    );
}

#[test]
fn explain_helps_where_there_is_no_page() {
    let repository = Repository::new(&[]);
    for (code, fix) in [
        ("unknown-tpye", "fix: did you mean unknown-type?\n"),
        (
            "requird-field-removed",
            "fix: did you mean required-field-removed?\n",
        ),
        (
            "S01",
            "fix: name one of S010, S011, S012, S013, S014, S015, S016, S017, S018\n",
        ),
        (
            "C999",
            "fix: accordant rules lists what the gate looks for; a message has its code in brackets\n",
        ),
        (
            "",
            "fix: accordant rules lists what the gate looks for; a message has its code in brackets\n",
        ),
    ] {
        let output = repository.accordant(&["explain", code]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{code}: {said}");
        assert!(said.ends_with(fix), "{code}: {said}");
    }
}

#[test]
fn what_cannot_be_done_ends_with_2() {
    let repository = Repository::new(&[""]);
    repository.run(&["check", "--contracts", "nowhere"], 2);
    repository.run(&["release", "shop.Oder"], 2);
    repository.run(&["check", "--no-such-flag"], 2);
}
