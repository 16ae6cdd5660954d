//! Avro's maps: sorted by key, or hashed.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, Hash},
};

/// A map of strings.
pub trait MapValue: Default {
    /// What its entries hold.
    type Value;

    /// Memory that the first entry takes at most, besides what its key and its
    /// value hold.
    const FIRST_BYTES: usize;

    /// Memory that each entry takes at most, all that the map has allocated
    /// and does not use included.
    const ENTRY_BYTES: usize;

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

    // A node has room for eleven entries, its length, and eleven nodes below
    // it; at worst there is one for every five entries.
    const FIRST_BYTES: usize = 11 * size_of::<(String, T)>() + 112;
    const ENTRY_BYTES: usize = Self::FIRST_BYTES.div_ceil(5);

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

    // While it grows there are three places for every seven eighths of an
    // entry: the old table and one of twice its size.
    const FIRST_BYTES: usize = 4 * (size_of::<(String, T)>() + 1) + 64;
    const ENTRY_BYTES: usize = 4 * (size_of::<(String, T)>() + 1);

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
