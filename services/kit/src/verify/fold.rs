//! Folds one partition of an outbound topic, without any of the runtime's code
//! for it, and compares the result with rows.

use std::collections::BTreeMap;

use accordant_wire::confluent;
use sha2::{Digest, Sha256};

use super::Difference;
use crate::{
    processor::Record,
    store::{Snapshot, SnapshotRow},
};

/// The header with an entity's version.
const VERSION: &str = "accordant_version";

/// The fold of one partition: the first record of a version wins.
#[derive(Debug)]
pub(super) struct Fold {
    partition: i32,
    rows: BTreeMap<String, SnapshotRow>,
    next_offset: Option<i64>,
    /// Whether compaction may have taken records out.
    has_holes: bool,
    differences: Vec<Difference>,
}

#[derive(Debug)]
pub(super) struct Compared {
    pub(super) keys: u64,
    pub(super) differences: Vec<Difference>,
}

impl Fold {
    pub(super) fn new(partition: i32) -> Fold {
        Fold {
            partition,
            rows: BTreeMap::new(),
            next_offset: None,
            has_holes: false,
            differences: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, record: &Record) {
        let offset = record.position.offset;
        // One offset is a transaction's marker.
        let is_hole = self
            .next_offset
            .map_or(offset > 0, |next| offset > next + 1);
        self.has_holes |= is_hole;
        self.next_offset = Some(offset + 1);
        let key = record
            .key
            .as_deref()
            .map(String::from_utf8_lossy)
            .unwrap_or_default();
        let version = record
            .header(VERSION)
            .and_then(|text| text.parse::<i64>().ok());
        let datum = confluent::split(record.value.as_deref().unwrap_or_default());
        let (Some(version), Ok((_, datum))) = (version, datum) else {
            self.differ(&key, format!("the record at offset {offset} is no change"));
            return;
        };
        let current = self.rows.get(&*key).map_or(0, |row| row.version);
        if version <= current {
            return;
        }
        let may_begin_later = current == 0 && self.has_holes;
        if version != current + 1 && !may_begin_later {
            self.differ(
                &key,
                format!("version {version} at offset {offset} comes after {current}"),
            );
        }
        let row = SnapshotRow {
            version,
            sha256: Sha256::digest(datum).into(),
        };
        self.rows.insert(key.into_owned(), row);
    }

    pub(super) fn compare(mut self, snapshot: &Snapshot) -> Compared {
        let folded = std::mem::take(&mut self.rows);
        let mut keys = 0;
        for (key, row) in &folded {
            keys += 1;
            match snapshot.rows.get(key) {
                None => self.differ(key, format!("version {} has no row", row.version)),
                Some(stored) if stored.version != row.version => {
                    let (found, expected) = (stored.version, row.version);
                    self.differ(
                        key,
                        format!("the row has version {found}, the topic {expected}"),
                    );
                }
                Some(stored) if stored.sha256 != row.sha256 => {
                    self.differ(
                        key,
                        format!("the row's bytes differ at version {}", row.version),
                    );
                }
                Some(_) => {}
            }
        }
        for (key, row) in &snapshot.rows {
            if !folded.contains_key(key) {
                keys += 1;
                self.differ(
                    key,
                    format!("the row of version {} is not in the topic", row.version),
                );
            }
        }
        Compared {
            keys,
            differences: self.differences,
        }
    }

    fn differ(&mut self, key: &str, problem: String) {
        self.differences.push(Difference {
            partition: self.partition,
            key: key.to_owned(),
            problem,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::processor::Position;

    fn record(offset: i64, key: &str, version: i64, value: &str) -> Record {
        Record {
            position: Position {
                topic: "out".into(),
                partition: 0,
                offset,
            },
            timestamp_ms: 0,
            key: Some(key.as_bytes().to_vec()),
            value: Some([&[0, 0, 0, 0, 1], value.as_bytes()].concat()),
            headers: vec![(VERSION.to_owned(), version.to_string().into_bytes())],
        }
    }

    fn row(version: i64, value: &str) -> SnapshotRow {
        SnapshotRow {
            version,
            sha256: Sha256::digest(value).into(),
        }
    }

    /// Folds records (offset, key, version, value) and compares with rows.
    #[track_caller]
    fn check(records: &[(i64, &str, i64, &str)], rows: &[(&str, SnapshotRow)], expected: &[&str]) {
        let mut fold = Fold::new(0);
        for (offset, key, version, value) in records {
            fold.take(&record(*offset, key, *version, value));
        }
        let rows = rows
            .iter()
            .map(|(key, row)| ((*key).to_owned(), *row))
            .collect();
        let compared = fold.compare(&Snapshot {
            checkpoint: None,
            rows,
        });
        let found: Vec<String> = compared
            .differences
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn equal_is_the_same_keys_versions_and_bytes() {
        let log = [(0, "a", 1, "x"), (1, "a", 2, "y"), (2, "b", 1, "z")];
        check(&log, &[("a", row(2, "y")), ("b", row(1, "z"))], &[]);
        check(
            &log,
            &[("a", row(2, "y"))],
            &["[0] b: version 1 has no row"],
        );
        let rows = [("a", row(1, "x")), ("b", row(1, "?"))];
        check(
            &log,
            &rows,
            &[
                "[0] a: the row has version 1, the topic 2",
                "[0] b: the row's bytes differ at version 1",
            ],
        );
        let rows = [("a", row(2, "y")), ("b", row(1, "z")), ("c", row(1, "w"))];
        check(
            &log,
            &rows,
            &["[0] c: the row of version 1 is not in the topic"],
        );
    }

    #[test]
    fn the_first_record_of_a_version_counts() {
        let log = [
            (0, "a", 1, "x"),
            (1, "a", 1, "late"),
            (2, "a", 2, "y"),
            (3, "a", 1, "x"),
        ];
        check(&log, &[("a", row(2, "y"))], &[]);
    }

    #[test]
    fn a_missing_version_is_a_difference_unless_the_log_was_compacted() {
        let log = [(0, "a", 1, "x"), (1, "a", 3, "y")];
        check(
            &log,
            &[("a", row(3, "y"))],
            &["[0] a: version 3 at offset 1 comes after 1"],
        );
        let log = [(0, "a", 2, "y")];
        check(
            &log,
            &[("a", row(2, "y"))],
            &["[0] a: version 2 at offset 0 comes after 0"],
        );
        let log = [(5, "a", 2, "y"), (7, "a", 3, "z")];
        check(&log, &[("a", row(3, "z"))], &[]);
    }

    #[test]
    fn what_is_no_change_is_a_difference() {
        let mut fold = Fold::new(0);
        fold.take(&Record {
            value: Some(b"{}".to_vec()),
            ..record(0, "a", 1, "")
        });
        let compared = fold.compare(&Snapshot::default());
        assert_eq!(
            compared.differences[0].problem,
            "the record at offset 0 is no change"
        );
    }
}
