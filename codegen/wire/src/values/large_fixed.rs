//! A fixed of many bytes: on the heap, where an array would be moved through
//! the stack.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

/// A fixed of `N` bytes, on the heap.
///
/// ```
/// use accordant_wire::values::LargeFixed;
///
/// let mut image = LargeFixed::<10_000_000>::zeroed();
/// image[7] = 1;
/// assert_eq!(image.len(), 10_000_000);
/// assert!(LargeFixed::<10_000_000>::try_from(vec![1, 2, 3]).is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LargeFixed<const N: usize>(Box<[u8]>);

/// So many bytes are no fixed of that size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{found} bytes are no fixed of {size}")]
pub struct WrongSize {
    /// Bytes of the fixed.
    pub size: usize,
    /// Bytes that there are.
    pub found: usize,
}

/// Bytes that `Debug` shows.
const SHOWN_BYTES: usize = 16;

impl<const N: usize> LargeFixed<N> {
    /// Every byte is zero.
    pub fn zeroed() -> LargeFixed<N> {
        LargeFixed(vec![0; N].into_boxed_slice())
    }

    /// The bytes; there are always `N` of them.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_vec()
    }
}

impl<const N: usize> TryFrom<Vec<u8>> for LargeFixed<N> {
    type Error = WrongSize;

    fn try_from(bytes: Vec<u8>) -> Result<LargeFixed<N>, WrongSize> {
        let found = bytes.len();
        match found == N {
            true => Ok(LargeFixed(bytes.into_boxed_slice())),
            false => Err(WrongSize { size: N, found }),
        }
    }
}

impl<const N: usize> From<&[u8; N]> for LargeFixed<N> {
    fn from(bytes: &[u8; N]) -> LargeFixed<N> {
        LargeFixed(Box::from(bytes.as_slice()))
    }
}

impl<const N: usize> Deref for LargeFixed<N> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<const N: usize> DerefMut for LargeFixed<N> {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

/// The first bytes: nobody reads millions.
impl<const N: usize> fmt::Debug for LargeFixed<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.get(..SHOWN_BYTES).unwrap_or(&self.0);
        write!(f, "LargeFixed<{N}>({shown:?}")?;
        if shown.len() < N {
            f.write_str(" and more")?;
        }
        f.write_str(")")
    }
}
