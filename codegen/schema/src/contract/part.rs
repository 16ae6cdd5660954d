//! The part of a contracts folder that a look at some contracts needs, found
//! without reading every schema: those contracts, who uses them, and what all
//! of these use. It may hold more than that, never less.

use std::collections::{BTreeMap, BTreeSet};

use super::{ContractKind, LOCK_FILE, config_text::read_config};
use crate::{
    Limits,
    parse::{defined_names, unresolved_names},
};

/// Of the files of a folder (paths relative to it, `/` between) those that it
/// takes to load some contracts, given by their folders' names, and to judge
/// them: theirs, those of the contracts that use their types, directly or not,
/// those with the same topic, and everything that these use. Names without a
/// folder are passed over.
///
/// The lock has all its lines still; those of other contracts are comments of
/// the same length, so that places in it stay what they are.
///
/// ```
/// use std::collections::{BTreeMap, BTreeSet};
///
/// use accordant_schema::{Limits, contract::part};
///
/// let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
/// let files = BTreeMap::from([
///     file("shop.Order/v1.avsc", r#"{"type": "record", "name": "shop.Order", "fields": []}"#),
///     file("shop.Cart/v1.avsc", r#"{"type": "record", "name": "shop.Cart", "fields": []}"#),
/// ]);
/// let part = part(&files, &BTreeSet::from(["shop.Cart".to_owned()]), &Limits::default());
/// assert_eq!(part.keys().collect::<Vec<_>>(), ["shop.Cart/v1.avsc"]);
/// ```
pub fn part(
    files: &BTreeMap<String, Vec<u8>>,
    wanted: &BTreeSet<String>,
    limits: &Limits,
) -> BTreeMap<String, Vec<u8>> {
    let folders = Folders::of(files, limits);
    let mut kept = folders.users(wanted);
    kept.extend(folders.same_topic(wanted));
    folders.add_used(&mut kept);
    let mut part: BTreeMap<String, Vec<u8>> = files
        .iter()
        .filter(|(path, _)| folder_of(path).is_none_or(|name| kept.contains(name)))
        .map(|(path, bytes)| (path.clone(), bytes.clone()))
        .collect();
    if let Some(lock) = part.get_mut(LOCK_FILE) {
        silence(lock, &kept);
    }
    part
}

/// What each folder holds.
struct Folders<'f> {
    by_name: BTreeMap<&'f str, Vec<(&'f str, &'f str)>>,
    limits: &'f Limits,
}

impl<'f> Folders<'f> {
    fn of(files: &'f BTreeMap<String, Vec<u8>>, limits: &'f Limits) -> Folders<'f> {
        let mut by_name: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for (path, bytes) in files {
            if let Some(name) = folder_of(path) {
                let texts = by_name.entry(name).or_default();
                // What is no text defines nothing and uses nothing.
                texts.extend(std::str::from_utf8(bytes).ok().map(|it| (&**path, it)));
            }
        }
        Folders { by_name, limits }
    }

    fn texts(&self, name: &str, ending: &str) -> impl Iterator<Item = (&'f str, &'f str)> {
        let texts = self.by_name.get(name).map_or(&[][..], |it| &it[..]);
        let of_kind = |(path, _): &&(&str, &str)| path.ends_with(ending);
        texts
            .iter()
            .filter(of_kind)
            .copied()
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn schemas(&self, name: &str) -> impl Iterator<Item = &'f str> {
        self.texts(name, ".avsc").map(|(_, text)| text)
    }

    /// The wanted folders and all that may use a type of theirs.
    fn users(&self, wanted: &BTreeSet<String>) -> BTreeSet<&'f str> {
        let names = self.by_name.keys().copied();
        let mut kept: BTreeSet<&str> = names.filter(|it| wanted.contains(*it)).collect();
        let mut pending: Vec<&str> = kept.iter().copied().collect();
        while let Some(name) = pending.pop() {
            // An event's type is not to be used by another contract.
            if !self.may_be_type(name) {
                continue;
            }
            let mut defined = BTreeSet::from([last_part(name).to_owned()]);
            for text in self.schemas(name) {
                let names = defined_names(text, self.limits);
                defined.extend(names.iter().map(|it| it.name().to_owned()));
            }
            for other in self.mentioning(&defined) {
                if kept.insert(other) {
                    pending.push(other);
                }
            }
        }
        kept
    }

    fn may_be_type(&self, name: &str) -> bool {
        self.texts(name, "/contract.toml").all(|(path, text)| {
            let (config, _) = read_config(text, path);
            config.is_none_or(|it| it.config.kind == ContractKind::Type)
        })
    }

    /// Folders in whose schemas one of these words stands, or may.
    fn mentioning(&self, words: &BTreeSet<String>) -> Vec<&'f str> {
        let stands_in = |text: &str| {
            // A name can be written with escapes.
            text.contains("\\u") || words.iter().any(|word| text.contains(word.as_str()))
        };
        let names = self.by_name.keys().copied();
        names
            .filter(|name| self.schemas(name).any(stands_in))
            .collect()
    }

    /// Folders that write to a wanted one's topic, or may.
    fn same_topic(&self, wanted: &BTreeSet<String>) -> Vec<&'f str> {
        let mut topics = BTreeSet::new();
        for name in wanted {
            for (path, text) in self.texts(name, "/contract.toml") {
                let (config, _) = read_config(text, path);
                topics.extend(config.map(|it| it.config.topic).filter(|it| !it.is_empty()));
            }
        }
        let stands_in = |text: &str| {
            text.contains('\\') || topics.iter().any(|topic| text.contains(topic.as_str()))
        };
        let names = self.by_name.keys().copied();
        let has_topic = |name: &&str| {
            let mut texts = self.texts(name, "/contract.toml");
            texts.any(|(_, text)| stands_in(text))
        };
        names.filter(has_topic).collect()
    }

    /// Adds what the kept folders use, directly or not.
    fn add_used(&self, kept: &mut BTreeSet<&'f str>) {
        let mut pending: Vec<&str> = kept.iter().copied().collect();
        while let Some(name) = pending.pop() {
            let mut inner = BTreeSet::new();
            let mut used = Vec::new();
            for text in self.schemas(name) {
                for use_ in unresolved_names(text, self.limits) {
                    let names = use_.names.iter();
                    let mut found = names.filter_map(|it| self.by_name.get_key_value(it.as_str()));
                    match found.next() {
                        Some((folder, _)) => used.push(*folder),
                        // A type inside of another contract's, perhaps.
                        None => _ = inner.insert(use_.names[0].name().to_owned()),
                    }
                }
            }
            if !inner.is_empty() {
                used.extend(self.mentioning(&inner));
            }
            pending.extend(used.into_iter().filter(|it| kept.insert(it)));
        }
    }
}

fn folder_of(path: &str) -> Option<&str> {
    path.split_once('/').map(|(folder, _)| folder)
}

fn last_part(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}

/// Makes comments of the lines of contracts that are not kept.
fn silence(lock: &mut [u8], kept: &BTreeSet<&str>) {
    for line in lock.split_mut(|byte| *byte == b'\n') {
        let name = line.split(|byte| *byte == b' ').next().unwrap_or_default();
        let is_kept = std::str::from_utf8(name).is_ok_and(|it| kept.contains(it));
        if !is_kept && let Some(first) = line.first_mut() {
            *first = b'#';
        }
    }
}
