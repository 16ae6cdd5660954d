//! Our verdict, canonical form, fingerprints and parser beside Avro Java's, on
//! thousands of random pairs of schemas.

use std::fmt::Write;

use accordant_compat::java;
use accordant_schema::{Fingerprint, Schema, canonical_form, java_text, md5, parse, rabin};
use serde_json::Value;

use super::{
    Judge, SHOWN_MAX,
    parse::{is_known_problem, is_known_refusal},
    seeds,
};
use crate::generate::pair;

/// What was compared.
#[derive(Debug, Default)]
struct Counts {
    pairs: usize,
    schemas: usize,
    refused: usize,
    /// Taken by us alone, and by Java alone, for a reason that is known.
    stricter_java: usize,
    laxer_java: usize,
    compatible: usize,
    incompatible: usize,
    exceptions: usize,
}

#[test]
fn java_says_the_same() {
    let Some(mut judge) = Judge::start() else {
        return;
    };
    let mut counts = Counts::default();
    let mut differences = Vec::new();
    for seed in seeds() {
        let pair = pair(seed);
        let reader = same_schema(&mut judge, &pair.reader, &mut counts);
        let writer = same_schema(&mut judge, &pair.writer, &mut counts);
        let result = reader.and_then(|reader| {
            let (Some(reader), Some(writer)) = (reader, writer?) else {
                return Ok(());
            };
            counts.pairs += 1;
            let theirs = judge.compat(&pair.reader, &pair.writer);
            same_verdict(&reader, &writer, &theirs, &mut counts)
        });
        if let Err(difference) = result {
            differences.push(format!("{difference}\n  of seed {seed}: {pair:#?}"));
            if differences.len() >= SHOWN_MAX {
                break;
            }
        }
    }
    println!("{counts:?}");
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

/// Both parsers take the text and say the same of it, or neither takes it.
fn same_schema(
    judge: &mut Judge,
    text: &str,
    counts: &mut Counts,
) -> Result<Option<Schema>, String> {
    let theirs = judge.canonical(text);
    counts.schemas += 1;
    let ours = match (parse(text), theirs.get("exception")) {
        (Ok(ours), None) => ours,
        (Err(_), Some(_)) => {
            counts.refused += 1;
            return Ok(None);
        }
        (Ok(_), Some(_)) if theirs["message"].as_str().is_some_and(is_known_refusal) => {
            counts.stricter_java += 1;
            return Ok(None);
        }
        (Ok(_), Some(_)) => return Err(format!("Java refuses what we take: {theirs}\n  {text}")),
        (Err(problems), None) if problems.iter().all(|it| is_known_problem(it, text)) => {
            counts.laxer_java += 1;
            return Ok(None);
        }
        (Err(problems), None) => {
            return Err(format!("Java takes what we refuse: {problems:?}\n  {text}"));
        }
    };
    let canonical = canonical_form(&ours);
    let sides = [
        ("canonical", canonical.clone()),
        ("rabin", format!("{:016x}", rabin(&canonical))),
        ("md5", hex(&md5(&canonical))),
        ("sha256", Fingerprint::of(&canonical).to_string()),
        ("text", java_text(&ours, true)),
    ];
    for (name, ours) in sides {
        if theirs[name] != ours {
            return Err(format!("{name}: ours {ours}\n  theirs {}", theirs[name]));
        }
    }
    Ok(Some(ours))
}

/// The same verdict, error types, messages and pointers in the same order.
fn same_verdict(
    reader: &Schema,
    writer: &Schema,
    theirs: &Value,
    counts: &mut Counts,
) -> Result<(), String> {
    let found = java::check(reader, writer);
    if let Some(message) = theirs.get("exception").map(|_| &theirs["message"]) {
        counts.exceptions += 1;
        return match found.as_slice() {
            [one] if one.kind.is_exception() && one.message == *message => Ok(()),
            _ => Err(format!("Java throws {theirs}\n  we say {found:?}")),
        };
    }
    if found.is_empty() {
        counts.compatible += 1;
    } else {
        counts.incompatible += 1;
    }
    let ours = lines(
        found
            .iter()
            .map(|it| (it.kind.as_str(), it.location.as_str(), it.message.as_str())),
    );
    let list = theirs["found"].as_array().expect("Java's list");
    let text = |it: &'_ Value, key: &str| it[key].as_str().unwrap_or_default().to_owned();
    let theirs_list: Vec<[String; 3]> = list
        .iter()
        .map(|it| [text(it, "type"), text(it, "location"), text(it, "message")])
        .collect();
    let theirs_text = lines(
        theirs_list
            .iter()
            .map(|[kind, location, message]| (kind.as_str(), location.as_str(), message.as_str())),
    );
    let same_verdict = theirs["compatible"] == found.is_empty();
    if same_verdict && ours == theirs_text {
        Ok(())
    } else {
        Err(format!("ours:\n{ours}theirs:\n{theirs_text}"))
    }
}

fn lines<'a>(found: impl Iterator<Item = (&'a str, &'a str, &'a str)>) -> String {
    found.fold(String::new(), |mut text, (kind, location, message)| {
        let _ = writeln!(text, "  {kind} {location} {message}");
        text
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
