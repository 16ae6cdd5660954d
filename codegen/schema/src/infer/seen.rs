//! What was seen at one place of the samples. Recursive on a sample's depth,
//! which is bounded.

use std::collections::BTreeMap;

use super::text::Texts;
use crate::json::{Json, Value};

/// Keys of one place beyond which it is a map; the event itself never is.
const KEYS_MAX: usize = 200;

/// Everything that stood at a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// Times that something stood here, null included.
    pub(super) count: u64,
    pub(super) nulls: u64,
    pub(super) booleans: u64,
    pub(super) numbers: Numbers,
    pub(super) texts: Option<Box<Texts>>,
    /// What stood in arrays here.
    pub(super) items: Option<Box<Seen>>,
    pub(super) objects: Option<Box<Objects>>,
}

/// The numbers of a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    /// Smallest and largest of the whole numbers that 64 bits hold.
    pub(super) range: Option<(i64, i64)>,
    /// Digits of the longest whole number that they do not.
    pub(super) digits_beyond: usize,
    /// One had a point or an exponent.
    pub(super) fractions: bool,
}

/// The objects of a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Objects {
    pub(super) count: u64,
    /// Keys in the order in which they came.
    pub(super) keys: Vec<String>,
    pub(super) fields: BTreeMap<String, Seen>,
    /// The values of all keys, once there were too many keys.
    pub(super) values: Option<Seen>,
}

impl Seen {
    /// Takes a sample's value; how many places are new.
    pub(super) fn see(&mut self, json: &Json) -> usize {
        self.see_at(json, true)
    }

    fn see_at(&mut self, json: &Json, is_root: bool) -> usize {
        self.count += 1;
        match &json.value {
            Value::Null => self.nulls += 1,
            Value::Bool(_) => self.booleans += 1,
            Value::Number(text) => self.numbers.see(text),
            Value::String(text) => self.texts.get_or_insert_default().see(text),
            Value::Array(values) => {
                let mut new = usize::from(self.items.is_none());
                let items = self.items.get_or_insert_default();
                for value in values {
                    new += items.see_at(value, false);
                }
                return new;
            }
            Value::Object(entries) => {
                let objects = self.objects.get_or_insert_default();
                objects.count += 1;
                let mut new = 0;
                for (key, value) in entries {
                    new += objects.see(&key.name, value);
                    if objects.keys.len() > KEYS_MAX && !is_root {
                        objects.become_map();
                    }
                }
                return new;
            }
        }
        0
    }

    /// Takes in all that another place saw.
    fn merge(&mut self, other: Seen) {
        self.count += other.count;
        self.nulls += other.nulls;
        self.booleans += other.booleans;
        self.numbers.merge(&other.numbers);
        if let Some(texts) = other.texts {
            self.texts.get_or_insert_default().merge(*texts);
        }
        if let Some(items) = other.items {
            self.items.get_or_insert_default().merge(*items);
        }
        if let Some(objects) = other.objects {
            self.objects.get_or_insert_default().merge(*objects);
        }
    }
}

impl Numbers {
    fn see(&mut self, text: &str) {
        if text.contains(['.', 'e', 'E']) {
            self.fractions = true;
            return;
        }
        match text.parse::<i64>() {
            Ok(number) => self.widen(number, number),
            Err(_) => {
                let digits = text.trim_start_matches('-').len();
                self.digits_beyond = self.digits_beyond.max(digits);
            }
        }
    }

    fn widen(&mut self, smallest: i64, largest: i64) {
        let (low, high) = self.range.unwrap_or((smallest, largest));
        self.range = Some((low.min(smallest), high.max(largest)));
    }

    fn merge(&mut self, other: &Numbers) {
        if let Some((smallest, largest)) = other.range {
            self.widen(smallest, largest);
        }
        self.digits_beyond = self.digits_beyond.max(other.digits_beyond);
        self.fractions |= other.fractions;
    }
}

impl Objects {
    fn see(&mut self, key: &str, value: &Json) -> usize {
        if let Some(values) = &mut self.values {
            return values.see_at(value, false);
        }
        if let Some(field) = self.fields.get_mut(key) {
            return field.see_at(value, false);
        }
        let mut field = Seen::default();
        let new = field.see_at(value, false);
        self.keys.push(key.to_owned());
        self.fields.insert(key.to_owned(), field);
        new + 1
    }

    /// The values of all keys as one.
    pub(super) fn all_values(&self) -> Seen {
        let mut all = self.values.clone().unwrap_or_default();
        for key in &self.keys {
            if let Some(field) = self.fields.get(key) {
                all.merge(field.clone());
            }
        }
        all
    }

    fn become_map(&mut self) {
        self.values = Some(self.all_values());
        self.keys.clear();
        self.fields.clear();
    }

    fn merge(&mut self, other: Objects) {
        self.count += other.count;
        if self.values.is_some() || other.values.is_some() {
            self.become_map();
            if let Some(values) = &mut self.values {
                values.merge(other.all_values());
            }
            return;
        }
        let Objects {
            keys, mut fields, ..
        } = other;
        for key in keys {
            let Some(field) = fields.remove(&key) else {
                continue;
            };
            if !self.fields.contains_key(&key) {
                self.keys.push(key.clone());
            }
            self.fields.entry(key).or_default().merge(field);
        }
    }
}
