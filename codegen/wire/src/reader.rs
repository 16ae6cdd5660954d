//! Reading Avro binary from bytes that nobody vouches for.
//!
//! Lengths are checked against what remains before anything is allocated;
//! memory, items that take no bytes, and depth are bounded a datum.

use std::{borrow::Cow, mem::size_of};

use crate::{DecodeError, DecodeErrorKind, Segment, values::MapValue};

/// How much one datum may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Memory for strings, bytes, items and entries.
    pub allocation_bytes_max: usize,
    /// Nested records, arrays and maps.
    pub depth_max: usize,
    /// Items and entries that take no bytes, such as those of an array of
    /// null, all together.
    pub empty_items_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            allocation_bytes_max: 16 << 20,
            depth_max: 256,
            empty_items_max: 1_000_000,
        }
    }
}

/// A position in the bytes of one datum, and what is left of its limits.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    position: usize,
    depth: usize,
    allocation_left: usize,
    empty_items_left: usize,
    limits: Limits,
}

type Result<T> = std::result::Result<T, DecodeError>;

impl<'a> Reader<'a> {
    /// A reader at the start of a datum.
    pub fn new(bytes: &'a [u8], limits: Limits) -> Reader<'a> {
        Reader {
            bytes,
            position: 0,
            depth: 0,
            allocation_left: limits.allocation_bytes_max,
            empty_items_left: limits.empty_items_max,
            limits,
        }
    }

    /// Ends the datum.
    ///
    /// # Errors
    /// There are bytes left.
    pub fn finish(self) -> Result<()> {
        match self.remaining() {
            0 => Ok(()),
            left => Err(self.error(DecodeErrorKind::TrailingBytes(left))),
        }
    }

    /// Bytes that are left.
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// The byte at which the next value begins.
    pub fn position(&self) -> usize {
        self.position
    }

    /// An error at this position.
    #[cold]
    pub fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.position)
    }

    /// Enters a record, array or map.
    ///
    /// # Errors
    /// The depth is used up.
    #[inline]
    pub fn enter(&mut self) -> Result<()> {
        if self.depth >= self.limits.depth_max {
            return Err(self.error(DecodeErrorKind::TooDeep {
                depth_max: self.limits.depth_max,
            }));
        }
        self.depth += 1;
        Ok(())
    }

    /// Leaves what was entered last.
    #[inline]
    pub fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Reads a record's field, whose name an error then bears.
    ///
    /// # Errors
    /// Those of `read`.
    #[inline]
    pub fn field<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        read(self).map_err(|error| error.within(Segment::Field(Cow::Borrowed(name))))
    }

    /// `null`: nothing.
    ///
    /// # Errors
    /// Never; the result is that of its siblings.
    #[inline]
    pub fn null(&mut self) -> Result<()> {
        Ok(())
    }

    /// `boolean`
    ///
    /// # Errors
    /// The input ends, or the byte is neither 0 nor 1.
    #[inline]
    pub fn boolean(&mut self) -> Result<bool> {
        match self.take(1)? {
            [0] => Ok(false),
            [1] => Ok(true),
            other => {
                let byte = other.first().copied().unwrap_or_default();
                Err(DecodeError::new(
                    DecodeErrorKind::InvalidBoolean(byte),
                    self.position - 1,
                ))
            }
        }
    }

    /// `int`
    ///
    /// # Errors
    /// The input ends, or the number does not fit 32 bits.
    #[inline]
    pub fn int(&mut self) -> Result<i32> {
        let start = self.position;
        let long = self.long()?;
        i32::try_from(long)
            .map_err(|_| DecodeError::new(DecodeErrorKind::IntOutOfRange(long), start))
    }

    /// `long`
    ///
    /// # Errors
    /// The input ends, or the number does not fit 64 bits.
    #[inline]
    pub fn long(&mut self) -> Result<i64> {
        match self.bytes.get(self.position) {
            Some(&byte) if byte < 0x80 => {
                self.position += 1;
                Ok(unzigzag(u64::from(byte)))
            }
            _ => self.long_slow(),
        }
    }

    fn long_slow(&mut self) -> Result<i64> {
        let mut value = 0u64;
        for (index, &byte) in self.bytes[self.position..].iter().take(10).enumerate() {
            if index == 9 && byte > 1 {
                return Err(self.error(DecodeErrorKind::VarintTooLong));
            }
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                self.position += index + 1;
                return Ok(unzigzag(value));
            }
        }
        let remaining = self.remaining();
        Err(self.error(DecodeErrorKind::UnexpectedEnd {
            needed: remaining + 1,
            remaining,
        }))
    }

    /// `float`
    ///
    /// # Errors
    /// The input ends.
    #[inline]
    pub fn float(&mut self) -> Result<f32> {
        Ok(f32::from_le_bytes(self.fixed()?))
    }

    /// `double`
    ///
    /// # Errors
    /// The input ends.
    #[inline]
    pub fn double(&mut self) -> Result<f64> {
        Ok(f64::from_le_bytes(self.fixed()?))
    }

    /// `bytes`
    ///
    /// # Errors
    /// The input ends, the length is no length, or the memory is used up.
    #[inline]
    pub fn bytes(&mut self) -> Result<Vec<u8>> {
        let bytes = self.bytes_ref()?;
        self.allocate(bytes.len())?;
        Ok(bytes.to_vec())
    }

    /// `string`
    ///
    /// # Errors
    /// As [`Reader::bytes`], or it is not UTF-8.
    #[inline]
    pub fn string(&mut self) -> Result<String> {
        let text = self.str_ref()?;
        self.allocate(text.len())?;
        Ok(text.to_owned())
    }

    /// `bytes`, as they lie in the input.
    ///
    /// # Errors
    /// The input ends, or the length is no length.
    #[inline]
    pub fn bytes_ref(&mut self) -> Result<&'a [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    /// `string`, as it lies in the input.
    ///
    /// # Errors
    /// The input ends, the length is no length, or it is not UTF-8.
    #[inline]
    pub fn str_ref(&mut self) -> Result<&'a str> {
        let start = self.position;
        std::str::from_utf8(self.bytes_ref()?)
            .map_err(|_| DecodeError::new(DecodeErrorKind::InvalidUtf8, start))
    }

    /// `fixed`
    ///
    /// # Errors
    /// The input ends.
    #[inline]
    pub fn fixed<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    /// The next bytes of the input.
    ///
    /// # Errors
    /// There are fewer.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let remaining = self.remaining();
        if count > remaining {
            return Err(self.error(DecodeErrorKind::UnexpectedEnd {
                needed: count,
                remaining,
            }));
        }
        let taken = &self.bytes[self.position..self.position + count];
        self.position += count;
        Ok(taken)
    }

    /// The branch of a union.
    ///
    /// # Errors
    /// The input ends, or there is no such branch.
    #[inline]
    pub fn branch(&mut self, count: usize) -> Result<usize> {
        let start = self.position;
        let index = self.long()?;
        usize::try_from(index)
            .ok()
            .filter(|branch| *branch < count)
            .ok_or_else(|| DecodeError::new(DecodeErrorKind::UnknownBranch { index, count }, start))
    }

    /// The error for a union without branches, which has no values.
    #[cold]
    pub fn no_branch(&self, branch: usize) -> DecodeError {
        // There is no branch to have been read: the number is what `branch` gave.
        let index = i64::try_from(branch).unwrap_or(i64::MAX);
        self.error(DecodeErrorKind::UnknownBranch { index, count: 0 })
    }

    /// The number of an enum's symbol.
    ///
    /// # Errors
    /// The input ends, or there is no such symbol.
    #[inline]
    pub fn symbol(&mut self, count: usize) -> Result<usize> {
        let start = self.position;
        let index = self.long()?;
        usize::try_from(index)
            .ok()
            .filter(|symbol| *symbol < count)
            .ok_or_else(|| DecodeError::new(DecodeErrorKind::UnknownSymbol { index, count }, start))
    }

    /// `array`, whose items take at least `item_bytes_min` bytes each.
    ///
    /// # Errors
    /// Those of `read`, a block that cannot be, or a limit.
    pub fn array<T>(
        &mut self,
        item_bytes_min: usize,
        mut read: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.enter()?;
        let mut items = Vec::new();
        while let Some(count) = self.block(item_bytes_min, size_of::<T>())? {
            items.reserve(count);
            for _ in 0..count {
                let index = items.len();
                items.push(read(self).map_err(|error| error.within(Segment::Index(index)))?);
            }
        }
        self.leave();
        Ok(items)
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
        self.enter()?;
        let mut entries = M::default();
        let entry_bytes = size_of::<M::Value>() + size_of::<String>();
        while let Some(count) = self.block(value_bytes_min + 1, entry_bytes)? {
            for _ in 0..count {
                let key = self.string()?;
                let value = read(self).map_err(|error| error.within(Segment::Key(key.clone())))?;
                entries.put(key, value);
            }
        }
        self.leave();
        Ok(entries)
    }

    /// The head of an array's or map's next block: how many items follow, and
    /// `None` at the end. `item_bytes_min` is what an item takes at least in
    /// the input, `item_memory_bytes` what it takes in memory.
    ///
    /// # Errors
    /// A count that the rest of the input cannot hold, or a limit.
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
            self.long()?;
        }
        let items = self.check_block(count.unsigned_abs(), item_bytes_min)?;
        self.allocate(items.saturating_mul(item_memory_bytes))?;
        Ok(Some(items))
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
                self.take(length)?;
                continue;
            }
            for _ in 0..self.check_block(count.unsigned_abs(), item_bytes_min)? {
                skip(self)?;
            }
        }
        self.leave();
        Ok(())
    }

    /// Passes over a `long`, `int`, enum or a union's branch.
    ///
    /// # Errors
    /// The input ends, or the number does not fit 64 bits.
    pub fn skip_long(&mut self) -> Result<()> {
        self.long().map(drop)
    }

    /// Passes over `bytes` or a `string`.
    ///
    /// # Errors
    /// The input ends, or the length is no length.
    pub fn skip_bytes(&mut self) -> Result<()> {
        self.bytes_ref().map(drop)
    }

    /// Passes over a number of bytes.
    ///
    /// # Errors
    /// The input ends.
    pub fn skip(&mut self, count: usize) -> Result<()> {
        self.take(count).map(drop)
    }

    /// Takes memory from the datum's limit.
    ///
    /// # Errors
    /// It is used up.
    #[inline]
    pub fn allocate(&mut self, bytes: usize) -> Result<()> {
        match self.allocation_left.checked_sub(bytes) {
            Some(left) => {
                self.allocation_left = left;
                Ok(())
            }
            None => {
                let allocation_bytes_max = self.limits.allocation_bytes_max;
                Err(self.error(DecodeErrorKind::TooLarge {
                    allocation_bytes_max,
                }))
            }
        }
    }

    fn length(&mut self) -> Result<usize> {
        let start = self.position;
        let length = self.long()?;
        usize::try_from(length)
            .map_err(|_| DecodeError::new(DecodeErrorKind::NegativeLength(length), start))
    }

    fn check_block(&mut self, count: u64, item_bytes_min: usize) -> Result<usize> {
        let remaining = self.remaining();
        let too_long = DecodeErrorKind::BlockTooLong { count, remaining };
        let Ok(items) = usize::try_from(count) else {
            return Err(self.error(too_long));
        };
        if item_bytes_min == 0 {
            let empty_items_max = self.limits.empty_items_max;
            self.empty_items_left = self.empty_items_left.checked_sub(items).ok_or_else(|| {
                self.error(DecodeErrorKind::TooManyEmptyItems { empty_items_max })
            })?;
        } else if items
            .checked_mul(item_bytes_min)
            .is_none_or(|needed| needed > remaining)
        {
            return Err(self.error(too_long));
        }
        Ok(items)
    }
}

#[inline]
fn unzigzag(value: u64) -> i64 {
    // The wrap is the zigzag encoding's own: the lowest bit is the sign.
    ((value >> 1) as i64) ^ -((value & 1) as i64)
}
