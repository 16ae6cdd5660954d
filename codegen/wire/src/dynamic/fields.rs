//! An object's entries, sorted out by a record's fields.

use std::collections::{BTreeMap, BTreeSet};

use accordant_schema::{
    Record,
    json::{Json, Key},
};

/// The entries of an object, by the fields of a record.
#[derive(Debug, Default)]
pub(super) struct Fields<'j> {
    /// The value of each field, `None` where it is absent.
    pub(super) values: Vec<Option<&'j Json>>,
    /// Keys that are no field, with their values.
    pub(super) unknown: Vec<(&'j Key, &'j Json)>,
    /// Keys that stood before.
    pub(super) duplicate: Vec<&'j Key>,
}

impl<'j> Fields<'j> {
    pub(super) fn of(record: &Record, entries: &'j [(Key, Json)]) -> Fields<'j> {
        let mut fields = Fields {
            values: vec![None; record.fields.len()],
            ..Fields::default()
        };
        let mut by_name: Option<BTreeMap<&str, usize>> = None;
        let mut unknown = BTreeSet::new();
        let mut next = 0;
        for (key, value) in entries {
            // Most inputs have the order of the schema: no look-up for those.
            let here = record
                .fields
                .get(next)
                .filter(|field| field.name == key.name);
            let at = here.map(|_| next).or_else(|| {
                let names = by_name.get_or_insert_with(|| {
                    let names = record.fields.iter().map(|field| field.name.as_str());
                    names.zip(0..).collect()
                });
                names.get(key.name.as_str()).copied()
            });
            let is_new = match at {
                Some(at) => {
                    next = at + 1;
                    let slot = &mut fields.values[at];
                    slot.is_none().then(|| *slot = Some(value)).is_some()
                }
                None => {
                    let is_new = unknown.insert(key.name.as_str());
                    if is_new {
                        fields.unknown.push((key, value));
                    }
                    is_new
                }
            };
            if !is_new {
                fields.duplicate.push(key);
            }
        }
        fields
    }
}
