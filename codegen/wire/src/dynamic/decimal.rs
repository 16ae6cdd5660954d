//! Decimals of any precision between text and two's complement bytes.

/// The unscaled value of a decimal text, big-endian two's complement, in the
/// fewest bytes. `None` where the text is no decimal or does not fit exactly.
pub(super) fn unscaled(text: &str, precision: u32, scale: u32) -> Option<Vec<u8>> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_point = mantissa.contains('.');
    if whole.is_empty() || (has_point && fraction.is_empty()) {
        return None;
    }
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0').trim_end_matches('0');
    if significant.is_empty() {
        return Some(vec![0]);
    }
    let trailing = digits.len() - digits.trim_end_matches('0').len();
    // The power of ten of the last significant digit, over that of the scale.
    let fraction = i64::try_from(fraction.len()).ok()?;
    let power = exponent
        .checked_sub(fraction)?
        .checked_add(i64::try_from(trailing).ok()?)?
        .checked_add(i64::from(scale))?;
    let zeros = usize::try_from(power).ok()?;
    let precision = usize::try_from(precision).ok()?;
    if significant.len().checked_add(zeros)? > precision {
        return None;
    }
    let mut magnitude = Vec::new();
    for digit in significant
        .bytes()
        .map(|byte| byte - b'0')
        .chain(std::iter::repeat_n(0, zeros))
    {
        multiply_add(&mut magnitude, digit);
    }
    magnitude.reverse();
    Some(twos_complement(magnitude, negative))
}

/// The text of an unscaled value, with exactly `scale` digits after the point.
/// `None` for no bytes at all.
pub(super) fn text(unscaled: &[u8], scale: u32) -> Option<String> {
    let negative = unscaled.first()? & 0x80 != 0;
    let mut magnitude = unscaled.to_vec();
    if negative {
        negate(&mut magnitude);
    }
    let mut digits = Vec::new();
    while magnitude.iter().any(|byte| *byte != 0) {
        digits.push(b'0' + divide_by_ten(&mut magnitude));
        let zeros = magnitude.iter().take_while(|byte| **byte == 0).count();
        magnitude.drain(..zeros);
    }
    let scale = usize::try_from(scale).ok()?;
    while digits.len() <= scale {
        digits.push(b'0');
    }
    let mut text = String::with_capacity(digits.len() + 2);
    if negative {
        text.push('-');
    }
    for (index, digit) in digits.iter().rev().enumerate() {
        if index == digits.len() - scale {
            text.push('.');
        }
        text.push(char::from(*digit));
    }
    Some(text)
}

/// `magnitude * 10 + digit`, little-endian.
fn multiply_add(magnitude: &mut Vec<u8>, digit: u8) {
    let mut carry = u16::from(digit);
    for byte in magnitude.iter_mut() {
        let value = u16::from(*byte) * 10 + carry;
        [*byte, _] = value.to_le_bytes();
        carry = value >> 8;
    }
    if carry > 0 {
        let [byte, _] = carry.to_le_bytes();
        magnitude.push(byte);
    }
}

/// Divides a big-endian magnitude by ten and gives the remainder.
fn divide_by_ten(magnitude: &mut [u8]) -> u8 {
    let mut rest = 0u16;
    for byte in magnitude.iter_mut() {
        let value = (rest << 8) | u16::from(*byte);
        [*byte, _] = (value / 10).to_le_bytes();
        rest = value % 10;
    }
    let [rest, _] = rest.to_le_bytes();
    rest
}

fn twos_complement(magnitude: Vec<u8>, negative: bool) -> Vec<u8> {
    let mut bytes = magnitude;
    bytes.insert(0, 0);
    if negative {
        negate(&mut bytes);
    }
    let sign: u8 = if negative { 0xff } else { 0 };
    while let [first, second, ..] = bytes.as_slice() {
        if *first != sign || (second ^ sign) & 0x80 != 0 {
            break;
        }
        bytes.remove(0);
    }
    bytes
}

fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes.iter_mut().rev() {
        let (value, overflow) = (!*byte).overflowing_add(u8::from(carry));
        *byte = value;
        carry = overflow;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, bytes: &[u8], output: &str) {
        assert_eq!(unscaled(input, 40, 2).as_deref(), Some(bytes));
        assert_eq!(text(bytes, 2).as_deref(), Some(output));
    }

    #[test]
    fn a_decimal_goes_both_ways() {
        check("0", &[0], "0.00");
        check("-0.0", &[0], "0.00");
        check("1.28", &[0, 0x80], "1.28");
        check("-1.28", &[0x80], "-1.28");
        check("-1.29", &[0xff, 0x7f], "-1.29");
        check("0.010", &[1], "0.01");
        check("1.5e3", &[0x02, 0x49, 0xf0], "1500.00");
        check(
            "1234567890123456789012345678901234567.89",
            &[
                0x5c, 0xe0, 0xe9, 0xa5, 0x60, 0x15, 0xfe, 0xc5, 0xaa, 0xdf, 0xa3, 0x28, 0xae, 0x39,
                0x81, 0x15,
            ],
            "1234567890123456789012345678901234567.89",
        );
    }

    #[track_caller]
    fn check_refused(input: &str) {
        assert_eq!(unscaled(input, 5, 2), None, "{input}");
    }

    #[test]
    fn what_does_not_fit_exactly_is_refused() {
        for input in [
            "1.234",
            "1000.00",
            "1e9223372036854775807",
            "1e-9223372036854775808",
        ] {
            check_refused(input);
        }
        for input in [
            "", "-", ".5", "5.", "1e", "+1", "1,5", "0x1", "NaN", " 1", "--1",
        ] {
            check_refused(input);
        }
    }

    #[test]
    fn padded_bytes_are_the_same_number() {
        assert_eq!(text(&[0, 0, 5], 0).as_deref(), Some("5"));
        assert_eq!(text(&[0xff, 0xff, 0xfb], 1).as_deref(), Some("-0.5"));
        assert_eq!(text(&[], 1), None);
    }
}
