//! Reading arrays and maps: blocks of items whose counts nobody vouches for.
//!
//! A block is held against the bytes that are left before anything is
//! allocated for it, and what is allocated is counted as the allocator sees
//! it: what a vector held before it grew, and the nodes of a map.

use std::mem::size_of;

use crate::{DecodeError, DecodeErrorKind, Reader, Segment, values::MapValue};

type Result<T> = std::result::Result<T, DecodeError>;

impl Reader<'_> {
    /// `array`, whose items take at least `item_bytes_min` bytes each.
    ///
    /// # Errors
    /// Those of `read`, a block that cannot be, or a limit.
    pub fn array<T>(
        &mut self,
        item_bytes_min: usize,
        mut read: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.nested::<T, _>(|reader| {
            let mut items = Vec::new();
            while let Some(count) = reader.block(item_bytes_min, 0)? {
                reader.grow(&mut items, count)?;
                for _ in 0..count {
                    let index = items.len();
                    items.push(read(reader).map_err(|error| error.within(Segment::Index(index)))?);
                }
            }
            Ok(items)
        })
    }

    /// `map`, whose values take at least `value_bytes_min` bytes each. Of two
    /// entries with one key the later stays.
    ///
    /// # Errors
    /// Those of `read`, a block that cannot be, or a limit.
    pub fn map<M: MapValue>(
        &mut self,
        value_bytes_min: usize,
        mut read: impl FnMut(&mut Self) -> Result<M::Value>,
    ) -> Result<M> {
        self.nested::<M::Value, _>(|reader| {
            let mut entries = M::default();
            let bytes_min = value_bytes_min.saturating_add(1);
            while let Some(count) = reader.block(bytes_min, M::ENTRY_BYTES)? {
                if entries.count() == 0 {
                    reader.allocate(M::FIRST_BYTES)?;
                }
                for _ in 0..count {
                    let key = reader.string()?;
                    let value =
                        read(reader).map_err(|error| error.within(Segment::Key(key.clone())))?;
                    entries.put(key, value);
                }
            }
            Ok(entries)
        })
    }

    /// The head of an array's or map's next block: how many items follow, and
    /// `None` at the end. `item_bytes_min` is what an item takes at least in
    /// the input, `item_memory_bytes` what it takes in memory.
    ///
    /// # Errors
    /// A count or a size that the rest of the input cannot hold, or a limit.
    pub fn block(
        &mut self,
        item_bytes_min: usize,
        item_memory_bytes: usize,
    ) -> Result<Option<usize>> {
        let count = self.long()?;
        if count == 0 {
            return Ok(None);
        }
        if count < 0 {
            let length = self.length()?;
            if length > self.remaining() {
                return Err(self.unexpected_end(length));
            }
        }
        let items = self.check_block(count.unsigned_abs(), item_bytes_min, self.remaining())?;
        if item_bytes_min == 0 {
            self.count_empty(items)?;
        }
        self.allocate(items.saturating_mul(item_memory_bytes))?;
        Ok(Some(items))
    }

    /// Makes room for items, by doubling at least: blocks of one item each
    /// must not copy all that came before them every time.
    pub(crate) fn grow<T>(&mut self, items: &mut Vec<T>, count: usize) -> Result<()> {
        let wanted = items.len().saturating_add(count);
        if wanted > items.capacity() {
            let capacity = wanted.max(items.capacity().saturating_mul(2));
            self.allocate(capacity.saturating_mul(size_of::<T>()))?;
            items.reserve_exact(capacity - items.len());
        }
        Ok(())
    }

    /// Passes over an array (or, with the key in `skip`, a map).
    ///
    /// # Errors
    /// Those of `skip`, a block that cannot be, or a limit.
    pub fn skip_blocks(
        &mut self,
        item_bytes_min: usize,
        mut skip: impl FnMut(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.enter()?;
        loop {
            let count = self.long()?;
            if count == 0 {
                break;
            }
            if count < 0 {
                let length = self.length()?;
                if length > self.remaining() {
                    return Err(self.unexpected_end(length));
                }
                self.check_block(count.unsigned_abs(), item_bytes_min, length)?;
                self.skip(length)?;
                continue;
            }
            let items = self.check_block(count.unsigned_abs(), item_bytes_min, self.remaining())?;
            if item_bytes_min == 0 {
                self.count_empty(items)?;
            }
            for _ in 0..items {
                skip(self)?;
            }
        }
        self.leave();
        Ok(())
    }

    /// The items of a block, if so many bytes can hold them.
    fn check_block(&self, count: u64, item_bytes_min: usize, bytes: usize) -> Result<usize> {
        let items = usize::try_from(count).ok();
        let fits = |items: &usize| {
            let needed = items.checked_mul(item_bytes_min);
            needed.is_some_and(|needed| needed <= bytes)
        };
        items.filter(fits).ok_or_else(|| {
            let remaining = bytes;
            self.error(DecodeErrorKind::BlockTooLong { count, remaining })
        })
    }
}
