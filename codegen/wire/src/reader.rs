//! Reading Avro binary from bytes that nobody vouches for.
//!
//! Lengths are checked against what remains before anything is allocated;
//! memory, items that take no bytes, and depth are bounded a datum.

use std::{borrow::Cow, mem::size_of};

use crate::{DecodeError, DecodeErrorKind, Segment, values::LargeFixed};

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

/// Bytes of a value for which one level of depth is enough.
const STACK_BYTES_A_LEVEL: usize = 512;

/// A position in the bytes of one datum, and what is left of its limits.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    /// Bytes of the datum, those that are read included.
    length: usize,
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
            rest: bytes,
            length: bytes.len(),
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
    #[inline]
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The byte at which the next value begins.
    #[inline]
    pub fn position(&self) -> usize {
        self.length - self.rest.len()
    }

    /// An error at this position.
    #[cold]
    pub fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.position())
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

    /// Enters a record that may take no bytes, which counts as an item that
    /// takes none.
    ///
    /// # Errors
    /// The depth or the items that take no bytes are used up.
    #[inline]
    pub fn enter_empty(&mut self) -> Result<()> {
        self.count_empty(1)?;
        self.enter()
    }

    /// Enters what holds values of a type, and reads one in `read`. Who nests
    /// large values uses up the depth sooner: they lie on the stack.
    ///
    /// # Errors
    /// Those of `read`, or the depth is used up.
    #[inline]
    pub(crate) fn nested<T, U>(&mut self, read: impl FnOnce(&mut Self) -> Result<U>) -> Result<U> {
        let weight = size_of::<T>() / STACK_BYTES_A_LEVEL;
        let outside = self.depth;
        self.depth = outside.saturating_add(weight);
        self.enter()?;
        let value = read(self)?;
        self.depth = outside;
        Ok(value)
    }

    /// A record inside itself: the way there is boxed.
    ///
    /// # Errors
    /// Those of `read`, or a limit that is passed.
    #[inline]
    pub fn boxed<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<Box<T>> {
        self.allocate(size_of::<T>())?;
        let outside = self.depth;
        self.depth = outside.saturating_add(size_of::<T>() / STACK_BYTES_A_LEVEL);
        let value = read(self)?;
        self.depth = outside;
        Ok(Box::new(value))
    }

    /// A default that the generator has written out as bytes, with limits of
    /// its own.
    ///
    /// # Errors
    /// Those of the type.
    pub fn default_of<T: crate::Decode>(&self, bytes: &'static [u8]) -> Result<T> {
        T::decode(&mut Reader::new(bytes, self.limits))
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
                    self.position() - 1,
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
        let start = self.position();
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
        if let [byte @ ..0x80, rest @ ..] = self.rest {
            self.rest = rest;
            return Ok(unzigzag(u64::from(*byte)));
        }
        self.long_of_bytes()
    }

    /// Up to eight bytes at once, without a branch a byte: their number is what
    /// a processor cannot foresee.
    #[inline]
    fn long_of_bytes(&mut self) -> Result<i64> {
        let Some(chunk) = self.rest.first_chunk() else {
            return self.long_by_byte();
        };
        let word = u64::from_le_bytes(*chunk);
        let ends = !word & 0x8080_8080_8080_8080;
        if ends == 0 {
            return self.long_by_byte();
        }
        let bits = ends.trailing_zeros() + 1;
        self.rest = self.rest.get(bits as usize / 8..).unwrap_or_default();
        // Groups of 7 bits move together: to 14, to 28, to 56.
        let mut value = word & (u64::MAX >> (64 - bits)) & 0x7f7f_7f7f_7f7f_7f7f;
        value = (value & 0x007f_007f_007f_007f) | ((value & 0x7f00_7f00_7f00_7f00) >> 1);
        value = (value & 0x0000_3fff_0000_3fff) | ((value & 0x3fff_0000_3fff_0000) >> 2);
        value = (value & 0x0000_0000_0fff_ffff) | ((value & 0x0fff_ffff_0000_0000) >> 4);
        Ok(unzigzag(value))
    }

    #[cold]
    fn long_by_byte(&mut self) -> Result<i64> {
        let mut value = 0u64;
        for (index, &byte) in self.rest.iter().take(10).enumerate() {
            if index == 9 && byte > 1 {
                return Err(self.error(DecodeErrorKind::VarintTooLong));
            }
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                self.rest = self.rest.get(index + 1..).unwrap_or_default();
                return Ok(unzigzag(value));
            }
        }
        Err(self.unexpected_end(self.remaining() + 1))
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
        let start = self.position();
        std::str::from_utf8(self.bytes_ref()?)
            .map_err(|_| DecodeError::new(DecodeErrorKind::InvalidUtf8, start))
    }

    /// `fixed`
    ///
    /// # Errors
    /// The input ends.
    #[inline]
    pub fn fixed<const N: usize>(&mut self) -> Result<[u8; N]> {
        match self.rest.split_first_chunk() {
            Some((chunk, rest)) => {
                self.rest = rest;
                Ok(*chunk)
            }
            None => Err(self.unexpected_end(N)),
        }
    }

    /// `fixed` of many bytes, onto the heap.
    ///
    /// # Errors
    /// The input ends, or the memory is used up.
    pub fn large_fixed<const N: usize>(&mut self) -> Result<LargeFixed<N>> {
        let bytes = self.fixed_ref::<N>()?;
        self.allocate(N)?;
        Ok(LargeFixed::from(bytes))
    }

    /// The next bytes of the input.
    ///
    /// # Errors
    /// There are fewer.
    #[inline]
    pub fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        match self.rest.split_at_checked(count) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => Err(self.unexpected_end(count)),
        }
    }

    /// The branch of a union.
    ///
    /// # Errors
    /// The input ends, or there is no such branch.
    #[inline]
    pub fn branch(&mut self, count: usize) -> Result<usize> {
        let start = self.position();
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
        let start = self.position();
        let index = self.long()?;
        usize::try_from(index)
            .ok()
            .filter(|symbol| *symbol < count)
            .ok_or_else(|| DecodeError::new(DecodeErrorKind::UnknownSymbol { index, count }, start))
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

    /// Takes items that take no bytes from the datum's limit.
    ///
    /// # Errors
    /// It is used up.
    pub(crate) fn count_empty(&mut self, items: usize) -> Result<()> {
        match self.empty_items_left.checked_sub(items) {
            Some(left) => {
                self.empty_items_left = left;
                Ok(())
            }
            None => {
                let empty_items_max = self.limits.empty_items_max;
                Err(self.error(DecodeErrorKind::TooManyEmptyItems { empty_items_max }))
            }
        }
    }

    /// A length in bytes, which the input need not have.
    ///
    /// # Errors
    /// The input ends, or the length is below zero.
    #[inline]
    pub(crate) fn length(&mut self) -> Result<usize> {
        let start = self.position();
        let length = self.long()?;
        usize::try_from(length)
            .map_err(|_| DecodeError::new(DecodeErrorKind::NegativeLength(length), start))
    }

    #[cold]
    pub(crate) fn unexpected_end(&self, needed: usize) -> DecodeError {
        let remaining = self.remaining();
        self.error(DecodeErrorKind::UnexpectedEnd { needed, remaining })
    }
}

#[inline]
pub(crate) fn unzigzag(value: u64) -> i64 {
    // The wrap is the zigzag encoding's own: the lowest bit is the sign.
    ((value >> 1) as i64) ^ -((value & 1) as i64)
}
