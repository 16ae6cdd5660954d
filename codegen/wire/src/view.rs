//! Borrowed views: data that are read without being copied out of their bytes.

use std::mem::size_of;

use crate::{DecodeError, Event, Limits, Reader, Segment};

type Result<T> = std::result::Result<T, DecodeError>;

/// Reads itself from Avro binary that was written with its own schema, and
/// borrows strings, bytes and fixed values from there.
pub trait DecodeRef<'a>: Sized {
    /// The same with everything copied.
    type Owned;

    /// Reads one datum and leaves the reader behind it.
    ///
    /// # Errors
    /// Bytes that are no datum of the schema, or a limit that is passed.
    fn decode_ref(reader: &mut Reader<'a>) -> Result<Self>;

    /// Copies what is borrowed.
    fn into_owned(self) -> Self::Owned;
}

/// A view of an event, read from every version that the event is read from.
pub trait EventRef<'a>: DecodeRef<'a, Owned: Event> {
    /// Reads a datum that was written with a version of [`Event::VERSIONS`].
    ///
    /// # Errors
    /// As [`Event::decode_version`].
    fn decode_version(version: u32, reader: &mut Reader<'a>) -> Result<Self>;

    /// Reads one whole datum and refuses bytes after it.
    ///
    /// # Errors
    /// As [`Event::from_avro`].
    fn from_avro(version: u32, bytes: &'a [u8], limits: Limits) -> Result<Self> {
        let mut reader = Reader::new(bytes, limits);
        // As in `Event`: the result is not moved.
        let event = Self::decode_version(version, &mut reader);
        if event.is_ok() {
            reader.finish()?;
        }
        event
    }
}

/// The entries of a map, ascending by key, each key once.
///
/// ```
/// use accordant_wire::Entries;
///
/// let entries = Entries::from(vec![("b", 1), ("a", 2), ("b", 3)]);
/// assert_eq!(entries.get("b"), Some(&3));
/// assert_eq!(entries.iter().count(), 2);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Entries<'a, V>(Vec<(&'a str, V)>);

impl<'a, V> Entries<'a, V> {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&V> {
        let at = self.0.binary_search_by_key(&key, |(key, _)| key).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// Every entry, ascending by key.
    pub fn iter(&self) -> impl Iterator<Item = &(&'a str, V)> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a, V> From<Vec<(&'a str, V)>> for Entries<'a, V> {
    /// In any order; of two entries with one key the later stays.
    fn from(mut entries: Vec<(&'a str, V)>) -> Entries<'a, V> {
        // Most writers sort: then there is nothing to do. Sorting, unlike
        // hashing, has no keys that make it slow.
        if !entries.is_sorted_by(|(one, _), (other, _)| one < other) {
            entries.sort_by_key(|(key, _)| *key);
            entries.dedup_by(|later, earlier| {
                let is_same = later.0 == earlier.0;
                if is_same {
                    std::mem::swap(later, earlier);
                }
                is_same
            });
        }
        Entries(entries)
    }
}

impl<'a, V> IntoIterator for Entries<'a, V> {
    type Item = (&'a str, V);
    type IntoIter = std::vec::IntoIter<(&'a str, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> Reader<'a> {
    /// `fixed`, as it lies in the input.
    ///
    /// # Errors
    /// The input ends.
    #[inline]
    pub fn fixed_ref<const N: usize>(&mut self) -> Result<&'a [u8; N]> {
        match self.take(N)?.first_chunk() {
            Some(chunk) => Ok(chunk),
            None => Err(self.unexpected_end(N)),
        }
    }

    /// `map`, whose values take at least `value_bytes_min` bytes each, with its
    /// keys as they lie in the input.
    ///
    /// # Errors
    /// Those of `read`, a block that cannot be, or a limit.
    pub fn map_ref<T>(
        &mut self,
        value_bytes_min: usize,
        mut read: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Entries<'a, T>> {
        self.nested::<T, _>(|reader| {
            let mut entries = Vec::new();
            // Once more what an entry takes: sorting needs as much again.
            let entry_bytes = size_of::<(&str, T)>();
            while let Some(count) = reader.block(value_bytes_min.saturating_add(1), entry_bytes)? {
                reader.grow(&mut entries, count)?;
                for _ in 0..count {
                    let key = reader.str_ref()?;
                    let value =
                        read(reader).map_err(|error| error.within(Segment::Key(key.to_owned())))?;
                    entries.push((key, value));
                }
            }
            Ok(Entries::from(entries))
        })
    }
}
