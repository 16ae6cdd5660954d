//! `contracts.lock`: one sorted line a released version, append-only.
//!
//! The format, so that a release is one added line in a diff and two releases
//! merge by themselves:
//!
//! ```text
//! # What is released ... (lines that begin with # are comments)
//! common.Money v1 sha256=<hex> canonical=<hex> topic= key= partition_by= partitions=0 subject=common.Money references=
//! shop.OfferChanged v1 sha256=<hex> canonical=<hex> topic=shop.offer key=article_id ... references=common.Money@v1
//! ```
//!
//! Lines are sorted by name, then by number of version. Fields stand in this
//! order, one space between; lists are joined with commas; no value has a
//! space, a comma or an equals sign in it.

use std::{fmt::Write, str::FromStr};

use super::{ContractName, Reference, Version};
use crate::{FullName, Problem, ProblemCode, Span, problem::shorten};

/// The released versions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// Lines, sorted by name and version: [`Lock::insert`] keeps them so.
    pub lines: Vec<LockLine>,
}

/// What is frozen of one released version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockLine {
    /// Contract.
    pub name: ContractName,
    /// Version.
    pub version: Version,
    /// SHA-256 of the file's bytes, hexadecimal.
    pub sha256: String,
    /// SHA-256 of the canonical form, hexadecimal.
    pub fingerprint: String,
    /// Topic; empty for a type.
    pub topic: String,
    /// Key paths.
    pub key: Vec<String>,
    /// Partition paths.
    pub partition_by: Vec<String>,
    /// Partition count; 0 for a type.
    pub partitions: u32,
    /// Registry subject.
    pub subject: String,
    /// Pinned references, direct ones, sorted.
    pub references: Vec<Reference>,
}

/// Where the lock stands, relative to the contracts folder.
pub const LOCK_FILE: &str = "contracts.lock";

const HEADER: &str = "\
# What is released, one line a version. `accordant release` adds lines; a line
# never changes and never goes, because records that it describes are out there.
";

impl Lock {
    /// The line of a version.
    pub fn line(&self, name: &ContractName, version: Version) -> Option<&LockLine> {
        let key = (name, version);
        let at = self
            .lines
            .binary_search_by(|line| (&line.name, line.version).cmp(&key))
            .ok()?;
        Some(&self.lines[at])
    }

    /// The lines of a contract, by version.
    pub fn lines_of(&self, name: &ContractName) -> &[LockLine] {
        let first = self.lines.partition_point(|line| line.name < *name);
        let lines = &self.lines[first..];
        &lines[..lines.partition_point(|line| line.name == *name)]
    }

    /// Adds a line in its sorted place; one of the same version is replaced.
    pub fn insert(&mut self, line: LockLine) {
        self.lines
            .retain(|it| (&it.name, it.version) != (&line.name, line.version));
        let at = self
            .lines
            .partition_point(|it| (&it.name, it.version) < (&line.name, line.version));
        self.lines.insert(at, line);
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        let mut lines: Vec<&LockLine> = self.lines.iter().collect();
        lines.sort_by_key(|line| (&line.name, line.version));
        lines.iter().fold(HEADER.to_owned(), |mut text, line| {
            writeln!(text, "{}", line.to_text()).expect("a String takes any text");
            text
        })
    }

    /// Reads the file's text. Lines with a problem are left out.
    ///
    /// ```
    /// use accordant_schema::contract::Lock;
    ///
    /// let (lock, problems) = Lock::parse("common.Money v1 sha256=oops");
    /// assert!(lock.lines.is_empty());
    /// assert_eq!(problems[0].code.0, "F015");
    /// ```
    pub fn parse(text: &str) -> (Lock, Vec<Problem>) {
        let mut lock = Lock::default();
        let mut problems = Vec::new();
        let mut start = 0;
        for raw in text.split_inclusive('\n') {
            let line = raw.trim_end_matches(['\n', '\r']);
            let span = Span {
                start,
                end: start + line.len(),
            };
            start += raw.len();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let problem = |message: String, fix: &str| {
                let problem = Problem::new(ProblemCode::BAD_LOCK_LINE, message);
                problem.in_file(LOCK_FILE).at(span).fix(fix)
            };
            match LockLine::parse(line) {
                Ok(line) => lock.lines.push(line),
                Err(what) => problems.push(problem(
                    format!("this line cannot be read: {what}"),
                    "restore it from git; only `accordant release` writes this file",
                )),
            }
        }
        lock.lines
            .sort_by(|a, b| (&a.name, a.version).cmp(&(&b.name, b.version)));
        lock.lines.dedup_by(|later, first| {
            let is_same = (&later.name, later.version) == (&first.name, first.version);
            if is_same {
                let message = format!("{} {} has two lines", first.name, first.version);
                let fix = "keep the line that was released first";
                let problem = Problem::new(ProblemCode::BAD_LOCK_LINE, message);
                problems.push(problem.in_file(LOCK_FILE).fix(fix));
            }
            is_same
        });
        (lock, problems)
    }
}

impl LockLine {
    /// The line's text, without its end.
    pub fn to_text(&self) -> String {
        let references: Vec<String> = self
            .references
            .iter()
            .map(|reference| format!("{}@{}", reference.name, reference.version))
            .collect();
        format!(
            "{} {} sha256={} canonical={} topic={} key={} partition_by={} partitions={} subject={} references={}",
            self.name,
            self.version,
            self.sha256,
            self.fingerprint,
            self.topic,
            self.key.join(","),
            self.partition_by.join(","),
            self.partitions,
            self.subject,
            references.join(","),
        )
    }

    /// Reads a line; what is wrong comes back as a lowercase fragment.
    fn parse(line: &str) -> Result<LockLine, String> {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, version, values @ ..] = &words[..] else {
            return Err("it has no version".to_owned());
        };
        let mut values = Fields {
            values: values.iter(),
        };
        let line = LockLine {
            name: parse_name(name)?,
            version: parse_version(version)?,
            sha256: parse_hash(values.next("sha256")?)?,
            fingerprint: parse_hash(values.next("canonical")?)?,
            topic: values.next("topic")?.to_owned(),
            key: parse_list(values.next("key")?),
            partition_by: parse_list(values.next("partition_by")?),
            partitions: parse_number(values.next("partitions")?)?,
            subject: values.next("subject")?.to_owned(),
            references: parse_list(values.next("references")?)
                .iter()
                .map(|text| {
                    let (name, version) = text
                        .split_once('@')
                        .ok_or_else(|| format!("{:?} is no reference", shorten(text)))?;
                    Ok(Reference {
                        name: parse_name(name)?,
                        version: parse_version(version)?,
                    })
                })
                .collect::<Result<Vec<Reference>, String>>()?,
        };
        match values.values.next() {
            None => Ok(line),
            Some(more) => Err(format!("{:?} is too much", shorten(more))),
        }
    }
}

struct Fields<'l> {
    values: std::slice::Iter<'l, &'l str>,
}

impl<'l> Fields<'l> {
    fn next(&mut self, key: &str) -> Result<&'l str, String> {
        let word = self.values.next().copied().unwrap_or_default();
        word.split_once('=')
            .filter(|(found, _)| *found == key)
            .map(|(_, value)| value)
            .ok_or_else(|| format!("{key:?} is missing in its place"))
    }
}

fn parse_name(text: &str) -> Result<FullName, String> {
    FullName::new(text).map_err(|_| format!("{:?} is no contract's name", shorten(text)))
}

fn parse_version(text: &str) -> Result<Version, String> {
    let digits = text.strip_prefix('v').unwrap_or_default();
    Version::from_digits(digits).ok_or_else(|| format!("{:?} is no version", shorten(text)))
}

fn parse_hash(text: &str) -> Result<String, String> {
    let is_hash = text.len() == 64
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_hash {
        Ok(text.to_owned())
    } else {
        Err(format!("{:?} is no SHA-256", shorten(text)))
    }
}

fn parse_number(text: &str) -> Result<u32, String> {
    u32::from_str(text).map_err(|_| format!("{:?} is no number", shorten(text)))
}

fn parse_list(text: &str) -> Vec<String> {
    text.split(',')
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}
