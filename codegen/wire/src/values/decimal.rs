//! Decimals: a number of 96 bits, one of any size, or the bytes of the
//! unscaled value as they are.

/// A type of a decimal.
///
/// The unscaled value is the number times ten to the scale: whole, big-endian
/// two's complement.
pub trait DecimalValue: Sized {
    /// The number of an unscaled value; `None` where the type cannot hold it.
    fn from_unscaled(unscaled: &[u8], scale: u32) -> Option<Self>;

    /// Memory beside the value itself, for an unscaled value of so many bytes.
    fn heap_bytes(length: usize) -> usize;

    /// Hands the unscaled value on, in the fewest bytes; `None` where the number
    /// does not fit precision and scale exactly.
    fn with_unscaled<R>(
        &self,
        precision: u32,
        scale: u32,
        write: impl FnOnce(&[u8]) -> R,
    ) -> Option<R>;

    /// The number as people write it, for an error.
    fn text(&self) -> String;
}

#[cfg(feature = "rust_decimal")]
impl DecimalValue for rust_decimal::Decimal {
    #[inline]
    fn from_unscaled(unscaled: &[u8], scale: u32) -> Option<Self> {
        let value = number(unscaled)?;
        rust_decimal::Decimal::try_from_i128_with_scale(value, scale).ok()
    }

    #[inline]
    fn heap_bytes(_length: usize) -> usize {
        0
    }

    #[inline]
    fn with_unscaled<R>(
        &self,
        precision: u32,
        scale: u32,
        write: impl FnOnce(&[u8]) -> R,
    ) -> Option<R> {
        let mut unscaled = self.mantissa();
        for _ in scale..self.scale() {
            if unscaled % 10 != 0 {
                return None;
            }
            unscaled /= 10;
        }
        for _ in self.scale()..scale {
            unscaled = unscaled.checked_mul(10)?;
        }
        match 10i128.checked_pow(precision) {
            Some(bound) if unscaled.unsigned_abs() >= bound.unsigned_abs() => None,
            _ => Some(write(shortest(&unscaled.to_be_bytes()))),
        }
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

#[cfg(feature = "bigdecimal")]
impl DecimalValue for bigdecimal::BigDecimal {
    fn from_unscaled(unscaled: &[u8], scale: u32) -> Option<Self> {
        if unscaled.is_empty() {
            return None;
        }
        let value = bigdecimal::num_bigint::BigInt::from_signed_bytes_be(unscaled);
        Some(bigdecimal::BigDecimal::new(value, i64::from(scale)))
    }

    fn heap_bytes(length: usize) -> usize {
        length
    }

    fn with_unscaled<R>(
        &self,
        precision: u32,
        scale: u32,
        write: impl FnOnce(&[u8]) -> R,
    ) -> Option<R> {
        if is_zero(self) {
            return Some(write(&[0]));
        }
        // A number that is far too large or too fine is not written out first:
        // its exponent may be billions.
        let (digits, exponent) = (i128::from(self.digits()), self.fractional_digit_count());
        let (exponent, scale_wide) = (i128::from(exponent), i128::from(scale));
        let is_too_large = digits - exponent > i128::from(precision) - scale_wide;
        let is_too_fine = exponent - scale_wide >= digits;
        if is_too_large || is_too_fine {
            return None;
        }
        let scaled = self.with_scale(i64::from(scale));
        if scaled != *self || scaled.digits() > u64::from(precision) {
            return None;
        }
        let (unscaled, _) = scaled.into_bigint_and_exponent();
        // The number's own form is in the fewest bytes.
        Some(write(&unscaled.to_signed_bytes_be()))
    }

    fn text(&self) -> String {
        // An exponent of billions would be as many zeros.
        self.to_scientific_notation()
    }
}

#[cfg(feature = "bigdecimal")]
fn is_zero(value: &bigdecimal::BigDecimal) -> bool {
    value.sign() == bigdecimal::num_bigint::Sign::NoSign
}

/// The bytes of the unscaled value, which nobody has looked at.
impl DecimalValue for Vec<u8> {
    fn from_unscaled(unscaled: &[u8], _scale: u32) -> Option<Self> {
        Some(unscaled.to_vec())
    }

    fn heap_bytes(length: usize) -> usize {
        length
    }

    fn with_unscaled<R>(
        &self,
        _precision: u32,
        _scale: u32,
        write: impl FnOnce(&[u8]) -> R,
    ) -> Option<R> {
        Some(write(self))
    }

    fn text(&self) -> String {
        format!("{self:?}")
    }
}

/// As for [`Vec`], on `fixed`.
impl<const N: usize> DecimalValue for [u8; N] {
    fn from_unscaled(unscaled: &[u8], _scale: u32) -> Option<Self> {
        unscaled.try_into().ok()
    }

    fn heap_bytes(_length: usize) -> usize {
        0
    }

    fn with_unscaled<R>(
        &self,
        _precision: u32,
        _scale: u32,
        write: impl FnOnce(&[u8]) -> R,
    ) -> Option<R> {
        Some(write(self))
    }

    fn text(&self) -> String {
        format!("{self:?}")
    }
}

/// As for [`Vec`], on a large `fixed`.
impl<const N: usize> DecimalValue for super::LargeFixed<N> {
    fn from_unscaled(unscaled: &[u8], _scale: u32) -> Option<Self> {
        unscaled.to_vec().try_into().ok()
    }

    fn heap_bytes(length: usize) -> usize {
        length
    }

    fn with_unscaled<R>(
        &self,
        _precision: u32,
        _scale: u32,
        write: impl FnOnce(&[u8]) -> R,
    ) -> Option<R> {
        Some(write(self))
    }

    fn text(&self) -> String {
        format!("{self:?}")
    }
}

/// A big-endian two's complement number, `None` when it is empty or has more
/// than 128 bits.
#[cfg(feature = "rust_decimal")]
fn number(bytes: &[u8]) -> Option<i128> {
    let negative = bytes.first()? & 0x80 != 0;
    let sign: u8 = if negative { 0xff } else { 0 };
    let padding = bytes.len().saturating_sub(16);
    let (padding, digits) = bytes.split_at(padding);
    if padding.iter().any(|byte| *byte != sign)
        || (!padding.is_empty() && digits.first().is_some_and(|byte| (byte ^ sign) & 0x80 != 0))
    {
        return None;
    }
    let start = if negative { -1i128 } else { 0 };
    Some(
        digits
            .iter()
            .fold(start, |value, byte| (value << 8) | i128::from(*byte)),
    )
}

/// Without the leading bytes that only repeat the sign.
#[cfg(feature = "rust_decimal")]
fn shortest(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let [first, second, ..] = rest {
        let repeats = matches!((first, second), (0, 0..=0x7f) | (0xff, 0x80..=0xff));
        if !repeats {
            break;
        }
        rest = &rest[1..];
    }
    rest
}

#[cfg(all(test, feature = "rust_decimal"))]
mod tests {
    use super::number;

    #[test]
    fn an_unscaled_value_may_be_padded_but_not_longer() {
        assert_eq!(number(&[]), None);
        assert_eq!(number(&[0xff; 20]), Some(-1));
        assert_eq!(number(&[0; 20]), Some(0));
        let mut long = [0u8; 17];
        long[1] = 0x80;
        assert_eq!(number(&long), None);
        long[0] = 1;
        assert_eq!(number(&long), None);
    }
}
