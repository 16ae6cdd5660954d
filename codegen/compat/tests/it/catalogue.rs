//! Every rule has a code, a name and a page that agree.

use std::collections::BTreeSet;

use accordant_compat::{Category, explain, rules};

#[test]
fn codes_are_sorted_and_stand_once() {
    let codes: Vec<&str> = rules::ALL.iter().map(|rule| rule.code).collect();
    let sorted: Vec<&str> = codes
        .iter()
        .copied()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    assert_eq!(codes, sorted);
}

#[test]
fn names_stand_once_and_every_purpose_is_a_sentence() {
    let mut names = BTreeSet::new();
    for rule in rules::catalogue() {
        assert!(names.insert(rule.name), "{} stands twice", rule.name);
        assert!(
            rule.purpose().ends_with('.'),
            "{}: {}",
            rule.code,
            rule.purpose()
        );
        let is_lint = rule.code.starts_with('L');
        assert_eq!(is_lint, rule.category == Category::Lint, "{}", rule.code);
        assert_eq!(is_lint, rule.set.is_some(), "{}", rule.code);
    }
}

#[test]
fn every_rule_with_its_category_and_severity() {
    let lines: Vec<String> = rules::catalogue()
        .map(|rule| {
            let set = rule.set.map(|it| it.as_str()).unwrap_or_default();
            let (category, severity) = (rule.category.as_str(), rule.severity.as_str());
            format!("{} {} {category} {set} {severity}", rule.code, rule.name)
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_category_is_one_word() {
    let words: BTreeSet<&str> = rules::catalogue()
        .map(|rule| rule.category.as_str())
        .collect();
    assert_eq!(words, BTreeSet::from(["lint", "meta", "value", "wire"]));
    assert_eq!(Category::Source.as_str(), "source");
}

#[test]
fn every_page_starts_with_its_rule_and_shows_the_safe_way() {
    for rule in rules::ALL {
        let page = explain(rule.code).unwrap();
        let title = format!("# {} {}\n", rule.code, rule.name);
        assert!(page.starts_with(&title), "{} has another title", rule.code);
        for part in ["\n## Why\n", "\n## Example\n", "\n## The safe way\n"] {
            assert!(
                page.contains(part),
                "the page of {} lacks {part:?}",
                rule.code
            );
        }
    }
}

#[test]
fn every_page_is_a_rules() {
    let folders = ["/src/rules", "/src/lint"];
    let pages: BTreeSet<String> = folders
        .iter()
        .flat_map(|it| std::fs::read_dir(format!("{}{it}", env!("CARGO_MANIFEST_DIR"))).unwrap())
        .filter_map(|entry| {
            entry
                .unwrap()
                .file_name()
                .into_string()
                .unwrap()
                .strip_suffix(".md")
                .map(str::to_owned)
        })
        .collect();
    let codes: BTreeSet<String> = rules::ALL.iter().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(pages, codes);
}
