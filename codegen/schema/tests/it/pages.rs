//! The pages of the problems: each is there, and its example is what it says.

use std::collections::BTreeSet;

use accordant_schema::{Limits, contract::Contracts, explain, pages, parse};

use crate::contracts::Files;

/// Pages whose example is too large, or of too many files, to be shown.
const TOLD_ONLY: [&str; 6] = ["F014", "F021", "F024", "F027", "S002", "S004"];

/// A block of code of a page: the words behind its fence, and its text.
fn blocks(part: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut rest = part;
    while let Some((_, open)) = rest.split_once("```") {
        let (head, body) = open.split_once('\n').expect("a fence ends its line");
        let (text, after) = body.split_once("```").expect("a block ends");
        blocks.push((head, text.to_owned()));
        rest = after;
    }
    blocks
}

/// The codes of a folder of one event and one shared type, with these files
/// changed.
fn codes_of(blocks: &[(&str, String)]) -> BTreeSet<&'static str> {
    let mut files: Files = [
        ("shop.Order/contract.toml", "kind = \"event\"\ndescription = \"d\"\nowner = \"shop\"\ntopic = \"shop.order\"\nkey = [\"id\"]\npartitions = 6\n"),
        ("shop.Order/v1.avsc", r#"{"type":"record","name":"shop.Order","fields":[{"name":"id","type":"string"}]}"#),
        ("common.Money/contract.toml", "kind = \"type\"\ndescription = \"d\"\nowner = \"platform\"\n"),
        ("common.Money/v1.avsc", r#"{"type":"record","name":"common.Money","fields":[{"name":"amount","type":"long"}]}"#),
    ]
    .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
    .into();
    for (head, text) in blocks {
        let (_, path) = head.split_once(' ').expect("a file's block names it");
        match text.trim() {
            "(there is no such file)" => files.remove(path),
            _ => files.insert(path.to_owned(), text.as_bytes().to_vec()),
        };
    }
    let (_, problems) = Contracts::load(&files, &Limits::default());
    problems.iter().map(|it| it.code.0).collect()
}

/// The codes of a schema's text.
fn codes_of_schema(text: &str) -> BTreeSet<&'static str> {
    let problems = parse(text).err().unwrap_or_default();
    problems.iter().map(|it| it.code.0).collect()
}

#[test]
fn every_example_has_its_problem_and_the_safe_way_has_none() {
    for (code, name, page) in pages() {
        assert!(page.starts_with(&format!("# {code} {name}\n")), "{code}");
        let (_, rest) = page.split_once("\n## Why\n").expect("it says why");
        let (_, rest) = rest.split_once("\n## Example\n").expect("an example");
        let (example, safe) = rest.split_once("\n## The safe way\n").expect("a way");
        let (example, mut safe) = (blocks(example), blocks(safe));
        assert_eq!(example.is_empty(), TOLD_ONLY.contains(&code), "{code}");
        if code.starts_with('S') {
            for (_, text) in &example {
                assert!(codes_of_schema(text).contains(code), "{code}: {text}");
            }
            for (_, text) in &safe {
                assert_eq!(codes_of_schema(text), BTreeSet::new(), "{code}: {text}");
            }
        } else if !example.is_empty() {
            let found = codes_of(&example);
            assert!(found.contains(code), "{code}: {found:?}");
            if !safe.is_empty() {
                // The safe way is told as what changes in the example.
                safe.splice(0..0, example.iter().cloned());
                assert_eq!(codes_of(&safe), BTreeSet::new(), "{code}");
            }
        }
    }
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let source = include_str!("../../src/problem.rs");
    let codes: BTreeSet<&str> = source
        .split("ProblemCode(\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|it| it.0))
        .collect();
    let paged: Vec<&str> = pages().map(|(code, ..)| code).collect();
    assert_eq!(paged, codes.into_iter().collect::<Vec<_>>());
}

#[test]
fn a_page_is_found_by_code_and_by_name() {
    for (code, name, page) in pages() {
        assert_eq!(explain(code), Some(page));
        assert_eq!(explain(&name.to_uppercase()), Some(page));
    }
}
