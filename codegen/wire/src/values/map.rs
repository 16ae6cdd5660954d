//! Avro's maps: sorted by key, or hashed.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, Hash},
};

/// A map of strings.
pub trait MapValue: Default {
    /// What its entries hold.
    type Value;

    /// Adds an entry; of two with one key the later stays.
    fn put(&mut self, key: String, value: Self::Value);

    /// How many entries there are.
    fn count(&self) -> usize;

    /// Every entry.
    fn entries<'a>(&'a self) -> impl Iterator<Item = (&'a String, &'a Self::Value)>
    where
        Self::Value: 'a;
}

impl<T> MapValue for BTreeMap<String, T> {
    type Value = T;

    #[inline]
    fn put(&mut self, key: String, value: T) {
        self.insert(key, value);
    }

    #[inline]
    fn count(&self) -> usize {
        self.len()
    }

    #[inline]
    fn entries<'a>(&'a self) -> impl Iterator<Item = (&'a String, &'a T)>
    where
        T: 'a,
    {
        self.iter()
    }
}

impl<T, S: BuildHasher + Default> MapValue for HashMap<String, T, S>
where
    String: Hash,
{
    type Value = T;

    #[inline]
    fn put(&mut self, key: String, value: T) {
        self.insert(key, value);
    }

    #[inline]
    fn count(&self) -> usize {
        self.len()
    }

    #[inline]
    fn entries<'a>(&'a self) -> impl Iterator<Item = (&'a String, &'a T)>
    where
        T: 'a,
    {
        self.iter()
    }
}
