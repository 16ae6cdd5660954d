//! The lock's history: no line that was ever committed may be missing now.
//!
//! A comparison with the main branch is empty in a fresh clone of it, so the
//! whole first-parent history is replayed. A line that went and came back is
//! fine again: that is how a mistake is repaired.

use std::{collections::BTreeMap, path::Path};

use accordant_compat::{Finding, Severity, rules::LOCK_LINE_REMOVED};
use accordant_kit::contracts::FileMap;
use accordant_schema::{
    Span,
    contract::{ContractName, LOCK_FILE, Lock, Version},
};

use super::git;

/// The findings, or why the history cannot be read.
pub(super) fn removed_lines(folder: &Path, files: &FileMap) -> Result<Vec<Finding>, String> {
    if git::text(folder, &["rev-parse", "--is-shallow-repository"])?.trim() == "true" {
        return Err("the clone is shallow".to_owned());
    }
    let head = git::run(folder, &["rev-parse", "--verify", "--quiet", "HEAD"])?;
    if !head.status.success() {
        // Nothing was ever committed, so nothing was ever removed.
        return Ok(Vec::new());
    }
    // `--text`, because an attribute must not be able to hide the lines.
    let log = git::text(
        folder,
        &[
            "log",
            "--reverse",
            "--first-parent",
            "-m",
            "-p",
            "-U0",
            "--text",
            "--format=",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-renames",
            "--",
            LOCK_FILE,
        ],
    )?;
    let now = files
        .get(LOCK_FILE)
        .map(|bytes| String::from_utf8_lossy(bytes))
        .unwrap_or_default();
    Ok(missing(&log, &now))
}

/// What the history (oldest first) says was committed and `now` lacks.
fn missing(log: &str, now: &str) -> Vec<Finding> {
    let mut first: BTreeMap<(ContractName, Version), &str> = BTreeMap::new();
    for line in added_lines(log) {
        if let Some(key) = key_of(line) {
            first.entry(key).or_insert(line);
        }
    }
    let mut current: BTreeMap<(ContractName, Version), (&str, Span)> = BTreeMap::new();
    let mut start = 0;
    for raw in now.split_inclusive('\n') {
        let line = raw.trim_end();
        if let Some(key) = key_of(line) {
            current.insert(
                key,
                (
                    line,
                    Span {
                        start,
                        end: start + line.len(),
                    },
                ),
            );
        }
        start += raw.len();
    }
    first
        .into_iter()
        .filter_map(|((name, version), line)| {
            let found = current.get(&(name.clone(), version));
            match found {
                Some((same, _)) if *same == line => None,
                Some((_, span)) => Some(finding(name, version, Some(*span))),
                None => Some(finding(name, version, None)),
            }
        })
        .collect()
}

/// The lines that the hunks of `git log -p -U0` add, in their order.
fn added_lines(log: &str) -> impl Iterator<Item = &str> {
    let mut left = 0_usize;
    log.lines().filter_map(move |line| {
        if left > 0 {
            // "\ No newline at end of file" belongs to no side.
            left -= usize::from(!line.starts_with('\\'));
            return line.strip_prefix('+').map(str::trim_end);
        }
        left = hunk_lines(line).unwrap_or(0);
        None
    })
}

/// How many lines a hunk has, from its head `@@ -1,2 +3,4 @@`.
fn hunk_lines(head: &str) -> Option<usize> {
    let (old, rest) = head.strip_prefix("@@ -")?.split_once(" +")?;
    let (new, _) = rest.split_once(" @@")?;
    let count = |range: &str| match range.split_once(',') {
        Some((_, many)) => many.parse::<usize>().ok(),
        None => Some(1),
    };
    Some(count(old)?.saturating_add(count(new)?))
}

fn key_of(line: &str) -> Option<(ContractName, Version)> {
    let (lock, _) = Lock::parse(line);
    let line = lock.lines.into_iter().next()?;
    Some((line.name, line.version))
}

fn finding(contract: ContractName, version: Version, span: Option<Span>) -> Finding {
    Finding {
        code: LOCK_LINE_REMOVED.code,
        name: LOCK_LINE_REMOVED.name,
        category: LOCK_LINE_REMOVED.category,
        severity: Severity::Error,
        path: format!("{contract} {version}"),
        message: match span {
            Some(_) => {
                format!("the line of {contract} {version} differs from the one first committed")
            }
            None => {
                format!(
                    "the line of {contract} {version} is gone from the lock; it was committed once"
                )
            }
        },
        contract,
        version,
        against: vec![version],
        file: LOCK_FILE.to_owned(),
        span,
        other: None,
        means: "a released version is no longer frozen, while records of it are out there"
            .to_owned(),
        witness: None,
        fix: format!("restore the line; git log -p -- {LOCK_FILE} in this folder shows it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(version: u32, hash: char) -> String {
        let hash = hash.to_string().repeat(64);
        format!(
            "a.B v{version} sha256={hash} canonical={hash} topic=t key=k partition_by=k \
             partitions=1 subject=t-value references="
        )
    }

    fn commit(removed: &[String], added: &[String]) -> String {
        let mut text = format!(
            "diff --git a/contracts.lock b/contracts.lock\n--- a/contracts.lock\n\
             +++ b/contracts.lock\n@@ -1,{} +1,{} @@\n",
            removed.len(),
            added.len()
        );
        removed
            .iter()
            .for_each(|it| text.push_str(&format!("-{it}\n")));
        added
            .iter()
            .for_each(|it| text.push_str(&format!("+{it}\n")));
        text
    }

    #[track_caller]
    fn check(log: &str, now: &[String], expected: &[&str]) {
        let found: Vec<String> = missing(log, &now.join("\n"))
            .into_iter()
            .map(|it| it.message)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_lock_that_only_grew_is_fine() {
        let log = commit(&[], &[line(1, 'a')]) + &commit(&[], &[line(2, 'b')]);
        check(&log, &[line(1, 'a'), line(2, 'b'), line(3, 'c')], &[]);
    }

    #[test]
    fn a_line_that_went_is_found() {
        let log = commit(&[], &[line(1, 'a')]) + &commit(&[line(1, 'a')], &[]);
        check(
            &log,
            &[],
            &["the line of a.B v1 is gone from the lock; it was committed once"],
        );
    }

    #[test]
    fn a_line_that_changed_is_found_and_restoring_it_repairs_the_lock() {
        let log = commit(&[], &[line(1, 'a')]) + &commit(&[line(1, 'a')], &[line(1, 'b')]);
        let expected = ["the line of a.B v1 differs from the one first committed"];
        check(&log, &[line(1, 'b')], &expected);
        check(&log, &[line(1, 'a')], &[]);
    }

    #[test]
    fn comments_may_change() {
        let log = commit(&[], &["# one".to_owned(), line(1, 'a')])
            + &commit(&["# one".to_owned()], &["# two".to_owned()]);
        check(&log, &[line(1, 'a')], &[]);
    }
}
