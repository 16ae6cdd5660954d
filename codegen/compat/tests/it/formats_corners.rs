//! Reports with something in them that is rare: what each format makes of it.

use accordant_compat::{
    History, Report, Severity,
    render::{self, FileMap, Format, Style},
};
use accordant_schema::{Span, contract::Version};
use insta::assert_snapshot;

use crate::folder::{EVENT, Folder};

/// One finding in the second version of `shop.Order`.
fn one_finding() -> (Report, FileMap) {
    let title = r#"{ "name": "title", "type": "string" }"#;
    let folder = Folder::orders(&[title, ""]).released(1);
    (folder.check(), folder.files)
}

fn say(report: &Report, files: &FileMap, format: Format) -> String {
    render::render(report, files, &Style::default(), format)
}

#[test]
fn what_is_retired_and_how_far_the_history_was_seen() {
    let title = r#"{ "name": "title", "type": "string" }"#;
    let folder = Folder::orders(&[title, title])
        .with(
            "shop.Order/contract.toml",
            &format!("{EVENT}retired = [1]\n"),
        )
        .released(2);
    let mut report = folder.check();
    report.history = History::Checked;
    assert_snapshot!(say(&report, &folder.files, Format::Text));
    assert_snapshot!(say(&report, &folder.files, Format::Junit));
    let json = say(&report, &folder.files, Format::Json);
    assert!(json.contains(r#""state": "retired""#), "{json}");
    assert!(json.contains(r#""status": "retired""#), "{json}");
    assert!(json.contains(r#""state": "checked""#), "{json}");
    report.history = History::NotAsked;
    assert!(say(&report, &folder.files, Format::Json).contains(r#""state": "not-asked""#));
    report.history = History::NotChecked {
        reason: "there is no git".to_owned(),
        refused: false,
    };
    assert!(!report.failed());
    let text = say(&report, &folder.files, Format::Text);
    assert!(
        text.contains("Warning history not checked: there is no git"),
        "{text}"
    );
    assert!(
        say(&report, &folder.files, Format::Github)
            .starts_with("::warning file=contracts/contracts.lock,")
    );
    assert!(say(&report, &folder.files, Format::Gitlab).contains("\"minor\""));
}

#[test]
fn a_place_that_is_not_in_its_file_is_left_out() {
    let (report, mut files) = one_finding();
    let finding = report.findings[0].clone();
    assert!(say(&report, &files, Format::Text).contains("shop.Order/v1.avsc:"));
    // The file has become shorter, is no text, or is gone.
    for bytes in [Some(b"\n".to_vec()), Some(vec![0xff, 0xfe]), None] {
        match bytes {
            Some(bytes) => files.insert(finding.file.clone(), bytes),
            None => files.remove(&finding.file),
        };
        let text = say(&report, &files, Format::Text);
        assert!(text.contains(&finding.message), "{text}");
        assert!(!text.contains(" | "), "{text}");
    }
}

#[test]
fn a_place_of_several_lines_has_no_columns_at_github() {
    let (mut report, files) = one_finding();
    let text = String::from_utf8(files["shop.Order/v1.avsc"].clone()).expect("a text");
    let finding = &mut report.findings[0];
    finding.file = "shop.Order/v1.avsc".to_owned();
    finding.span = Some(Span {
        start: 0,
        end: text.trim_end().len(),
    });
    let line = say(&report, &files, Format::Github);
    assert!(
        line.starts_with("::error file=contracts/shop.Order/v1.avsc,line=1,endLine=7,title="),
        "{line}"
    );
    let shown = say(&report, &files, Format::Text);
    assert!(shown.contains("shop.Order/v1.avsc:1:1"), "{shown}");
}

#[test]
fn a_finding_of_a_version_that_is_not_loaded_is_shown() {
    let (mut report, files) = one_finding();
    report.findings[0].version = Version(9);
    report.findings[0].path = String::new();
    let text = say(&report, &files, Format::Text);
    assert!(text.contains("     Failure shop.Order v9\n"), "{text}");
    assert!(
        text.contains("          at: contracts/shop.Order/v1.avsc"),
        "{text}"
    );
}

#[test]
fn a_finding_of_a_retired_version_is_shown() {
    let (mut report, files) = one_finding();
    report.versions[0].state = accordant_schema::contract::State::Retired;
    report.findings[0].version = report.versions[0].version;
    let text = say(&report, &files, Format::Text);
    assert!(text.contains("shop.Order v1 (retired)"), "{text}");
}

#[test]
fn a_problem_without_a_fix_ends_with_its_message() {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let folder = Folder::orders(&[""]).with("shop.Order/v1.avsc", &deep);
    let report = folder.check();
    assert_eq!(report.problems[0].fix, "");
    let gitlab = say(&report, &folder.files, Format::Gitlab);
    assert!(
        gitlab.contains(r#""description": "the JSON nests deeper than 64 levels","#),
        "{gitlab}"
    );
    assert!(!say(&report, &folder.files, Format::Text).contains("fix: \n"));
}

#[test]
fn a_key_is_pointed_at_only_where_it_stands() {
    let indented = EVENT.replace("topic =", "  topic =");
    let other = |toml: &str| {
        let folder = Folder::orders(&[""]).released(1).with(
            "shop.Order/contract.toml",
            &toml.replace("orders.placed", "orders"),
        );
        say(&folder.check(), &folder.files, Format::Text)
    };
    assert!(
        other(&indented).contains("contract.toml:4:3"),
        "{}",
        other(&indented)
    );
    // The subject follows the topic: its key is nowhere.
    let quoted = EVENT.replace("topic =", "\"topic\" =");
    let text = other(&quoted);
    assert!(text.contains("C301"), "{text}");
    let tables = format!(
        "{}[ignore.C999]\nreason = \"x\"\nuntil = \"2099-01-01\"\n",
        quoted
    );
    assert!(other(&tables).contains("C301"));
}

#[test]
fn of_a_long_line_the_part_around_the_place_is_shown() {
    let (mut report, mut files) = one_finding();
    let line: String = ('a'..='z').cycle().take(200).collect();
    files.insert("shop.Order/v1.avsc".to_owned(), line.clone().into_bytes());
    let mut shown = |start: usize, end: usize| {
        let finding = &mut report.findings[0];
        finding.file = "shop.Order/v1.avsc".to_owned();
        finding.span = Some(Span { start, end });
        let text = say(&report, &files, Format::Text);
        let excerpt = text.lines().filter(|it| it.contains(" | "));
        let parts = excerpt.filter_map(|it| it.split_once(" | "));
        let [line, carets] = parts.map(|it| it.1).collect::<Vec<_>>()[..] else {
            panic!("two lines of an excerpt: {text}");
        };
        (line.to_owned(), carets.to_owned())
    };
    let under = |spaces: usize, carets: usize| " ".repeat(spaces) + &"^".repeat(carets);
    assert_eq!(
        shown(30, 35),
        (format!("{}...", &line[..100]), under(30, 5))
    );
    assert_eq!(
        shown(31, 36),
        (format!("...{}...", &line[1..101]), under(33, 5))
    );
    // To the end of the line, and behind it.
    assert_eq!(
        shown(150, 200),
        (format!("...{}", &line[120..]), under(33, 50))
    );
    assert_eq!(
        shown(200, 201),
        (format!("...{}", &line[170..]), under(33, 1))
    );
}

#[test]
fn a_comment_counts_warnings_apart() {
    let (mut report, files) = one_finding();
    let mut headline = || {
        let text = say(&report, &files, Format::Markdown);
        let line = text.lines().find(|it| it.contains(" checked")).unwrap();
        let line = line.to_owned();
        report.findings[0].severity = Severity::Warning;
        line
    };
    assert_eq!(headline(), "2 versions checked, 1 error.");
    assert_eq!(headline(), "2 versions checked, 1 warning.");
}

#[test]
fn a_long_text_of_a_table_is_cut_and_says_so() {
    let (mut report, files) = one_finding();
    let mut row = |chars: usize| {
        report.findings[0].message = "x".repeat(chars);
        let text = say(&report, &files, Format::Markdown);
        let row = text.lines().find(|it| it.contains("xxx"));
        row.expect("the finding has its row").to_owned()
    };
    assert!(row(300).contains(&format!(" {} ", "x".repeat(300))));
    assert!(row(301).contains(&format!(" {}... ", "x".repeat(300))));
}

#[test]
fn findings_that_are_alike_are_told_apart_by_sarif() {
    let (mut report, files) = one_finding();
    report.findings.push(report.findings[0].clone());
    let text = say(&report, &files, Format::Sarif);
    let sarif: serde_json::Value = serde_json::from_str(&text).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let fingerprints: Vec<&serde_json::Value> = results
        .iter()
        .map(|it| &it["partialFingerprints"])
        .collect();
    assert_eq!(fingerprints.len(), 2);
    assert!(fingerprints[0].is_object());
    assert_ne!(fingerprints[0], fingerprints[1]);
}
