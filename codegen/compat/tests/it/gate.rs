//! Which versions are compared, and what is ignored.

use accordant_compat::{
    Report,
    gate::{self, Status},
};

use crate::folder::{EVENT, Folder};

const F: &str = r#"{ "name": "f", "type": "int" }"#;
const F_DEFAULT: &str = r#"{ "name": "f", "type": "int", "default": 0 }"#;

fn codes(report: &Report) -> Vec<String> {
    let line = |it: &accordant_compat::Finding| {
        let against: Vec<String> = it.against.iter().map(ToString::to_string).collect();
        format!("{} {} against {}", it.version, it.code, against.join(" "))
    };
    report.findings.iter().map(line).collect()
}

#[track_caller]
fn check(folder: &Folder, expected: &[&str]) {
    assert_eq!(codes(&folder.check()), expected);
}

#[test]
fn a_draft_meets_every_earlier_version() {
    check(
        &Folder::orders(&["", F_DEFAULT, F]).released(2),
        &["v3 C102 against v1"],
    );
}

#[test]
fn one_change_is_one_finding_against_all_that_it_breaks() {
    check(
        &Folder::orders(&["", "", F]).released(2),
        &["v3 C102 against v1 v2"],
    );
}

#[test]
fn released_versions_are_checked_among_themselves() {
    check(
        &Folder::orders(&["", F]).released(2),
        &["v2 C102 against v1"],
    );
}

#[test]
fn several_drafts_are_checked_in_turn() {
    check(&Folder::orders(&["", F]), &["v2 C102 against v1"]);
}

#[test]
fn what_is_retired_is_not_compared() {
    let folder = Folder::orders(&["", "", F]).released(2);
    let toml = format!("{EVENT}retired = [1]\n");
    check(
        &folder.with("shop.Order/contract.toml", &toml),
        &["v3 C102 against v2"],
    );
}

#[test]
fn the_level_decides() {
    let folder = |level: &str| {
        let toml = format!("{EVENT}compatibility = \"{level}\"\n");
        Folder::orders(&[F, "", F])
            .with("shop.Order/contract.toml", &toml)
            .released(3)
    };
    check(&folder("backward-transitive"), &["v3 C102 against v2"]);
    check(&folder("forward-transitive"), &["v2 C107 against v1"]);
    check(
        &folder("full"),
        &["v2 C107 against v1", "v3 C102 against v2"],
    );
}

#[test]
fn an_ignored_finding_does_not_refuse_until_its_end() {
    let toml =
        format!("{EVENT}[ignore.C102]\nreason = \"no reader yet\"\nuntil = \"2027-01-31\"\n");
    let folder = Folder::orders(&["", F])
        .with("shop.Order/contract.toml", &toml)
        .released(1);
    let (contracts, problems) = folder.load();
    for (today, ignored) in [(None, 1), (Some("2027-01-31"), 1), (Some("2027-02-01"), 0)] {
        let report = gate::check_on(&contracts, &problems, today);
        assert_eq!(
            (report.ignored.len(), report.failed()),
            (ignored, ignored == 0)
        );
    }
}

#[test]
fn problems_of_the_files_are_part_of_the_report() {
    let folder = Folder::orders(&["", r#"{ "name": "f", "type": "itn" }"#]).released(1);
    let report = folder.check();
    assert_eq!(report.problems.len(), 1);
    assert!(report.failed());
}

#[test]
fn a_finding_from_outside_fails_its_own_version_alone() {
    let mut report = Folder::orders(&["", F_DEFAULT]).released(2).check();
    let found = Folder::orders(&["", F]).released(1).check().findings;
    let [finding] = &found[..] else {
        panic!("{found:#?}");
    };
    assert_eq!(finding.version.0, 2);
    report.add(accordant_compat::Finding {
        severity: accordant_compat::Severity::Warning,
        ..finding.clone()
    });
    assert!(!report.failed());
    report.add(finding.clone());
    assert!(report.failed());
    let statuses: Vec<Status> = report.versions.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Status::Fresh, Status::Failed]);
}
