//! What a writing transaction needs for itself, as names that PostgreSQL's
//! advisory locks can take. SQLite needs none: it has one writer.

use std::collections::BTreeMap;

use crate::subject::SubjectName;

/// The locks of one transaction, taken in the order of their keys so that two
/// transactions cannot wait for each other.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    keys: BTreeMap<i64, LockMode>,
}

/// Whether others may hold the lock at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LockMode {
    Shared,
    Exclusive,
}

impl Locks {
    /// Alone on one subject.
    pub(crate) fn on(subject: &SubjectName) -> Locks {
        let mut locks = Locks::default();
        locks.add(subject, LockMode::Exclusive);
        locks
    }

    /// The subject must not lose a version meanwhile.
    pub(crate) fn keep(&mut self, subject: &SubjectName) {
        self.add(subject, LockMode::Shared);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, LockMode)> + '_ {
        self.keys.iter().map(|(key, mode)| (*key, *mode))
    }

    fn add(&mut self, subject: &SubjectName, mode: LockMode) {
        let name = format!(
            "accordant registry subject {}\n{}",
            subject.context(),
            subject.name()
        );
        let held = self.keys.entry(key_of(&name)).or_insert(mode);
        *held = (*held).max(mode);
    }
}

/// 64 bits of a digest. Two names with one key only wait for each other.
pub(super) fn key_of(name: &str) -> i64 {
    use md5::{Digest, Md5};
    let digest = Md5::digest(name.as_bytes());
    let mut key = [0; 8];
    key.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exclusive_wins_over_shared_on_one_subject() {
        let subject = SubjectName::parse("s");
        let mut locks = Locks::on(&subject);
        locks.keep(&subject);
        assert_eq!(
            locks.iter().map(|(_, mode)| mode).collect::<Vec<_>>(),
            [LockMode::Exclusive]
        );
    }

    #[test]
    fn keys_come_in_order_whatever_the_order_of_asking() {
        let mut one = Locks::on(&SubjectName::parse("a"));
        one.keep(&SubjectName::parse("b"));
        let mut two = Locks::on(&SubjectName::parse("b"));
        two.keep(&SubjectName::parse("a"));
        let keys = |locks: &Locks| locks.iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(keys(&one), keys(&two));
        assert_eq!(keys(&one).len(), 2);
    }
}
