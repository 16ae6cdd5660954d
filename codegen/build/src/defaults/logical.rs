//! Defaults of logical types. Out of a decoder they must be in range of every
//! type that may be chosen for them, for nobody is there to be told.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::{Context, Defaults, array, signed};
use crate::types::Leaf;

/// From 0001-01-01 to 9999-12-31: every calendar has these days.
const DAYS: std::ops::RangeInclusive<i64> = -719_162..=2_932_896;

const SECONDS_A_DAY: i64 = 86_400;

/// Bytes of an unscaled value that fits 96 bits in any case.
const DECIMAL_BYTES_MAX: usize = 12;

impl Defaults<'_, '_, '_> {
    /// Of a number.
    pub(super) fn logical(&self, leaf: Leaf, raw: i64) -> Option<TokenStream> {
        let number = signed(raw);
        let Some(function) = leaf.function() else {
            return Some(number);
        };
        match self.context {
            Context::Decoder => {
                let from = format_ident!("{function}_from");
                Some(quote!(reader.#from(#number)?))
            }
            Context::Known => known(leaf, raw),
        }
    }

    /// Of the unscaled value.
    pub(super) fn decimal(&self, leaf: Leaf, bytes: &[u8], scale: u32) -> Option<TokenStream> {
        let literal = Literal::byte_string(bytes);
        let scale = Literal::u32_unsuffixed(scale);
        match self.context {
            Context::Decoder => Some(quote!(reader.decimal_from(#literal, #scale)?)),
            Context::Known => {
                let is_large = matches!(leaf, Leaf::Decimal { precision, .. }
                    if precision > crate::types::DECIMAL_DIGITS_MAX);
                let fits = is_large || bytes.len() <= DECIMAL_BYTES_MAX;
                (fits && !bytes.is_empty())
                    .then(|| quote!(::accordant_wire::values::known::decimal(#literal, #scale)))
            }
        }
    }

    /// Of a UUID's text.
    pub(super) fn uuid(&self, text: &str) -> Option<TokenStream> {
        match self.context {
            Context::Decoder => Some(quote!(reader.uuid_from(#text)?)),
            Context::Known => {
                let bytes = array(&uuid_bytes(text)?);
                Some(quote!(::accordant_wire::values::Uuid::from_bytes(#bytes)))
            }
        }
    }

    /// Of the bytes of a fixed.
    pub(super) fn fixed(&self, leaf: Leaf, bytes: &[u8]) -> Option<TokenStream> {
        let value = array(bytes);
        match leaf {
            Leaf::Uuid => Some(quote!(::accordant_wire::values::Uuid::from_bytes(#value))),
            Leaf::Duration => Some(quote!(::accordant_wire::values::Duration::from_bytes(#value))),
            Leaf::Decimal { scale, .. } if !self.place.choices().is_plain(leaf) => {
                self.decimal(leaf, bytes, scale)
            }
            Leaf::Plain
            | Leaf::Decimal { .. }
            | Leaf::Date
            | Leaf::TimeMillis
            | Leaf::TimeMicros
            | Leaf::TimestampMillis
            | Leaf::TimestampMicros
            | Leaf::TimestampNanos
            | Leaf::LocalTimestampMillis
            | Leaf::LocalTimestampMicros
            | Leaf::LocalTimestampNanos => Some(value),
        }
    }
}

fn known(leaf: Leaf, raw: i64) -> Option<TokenStream> {
    let (function, units_per_second) = match leaf {
        Leaf::Date => {
            let days = DAYS.contains(&raw).then(|| signed(raw))?;
            return Some(quote!(::accordant_wire::values::known::date(#days)));
        }
        Leaf::TimeMillis => return known_time(raw, 1_000),
        Leaf::TimeMicros => return known_time(raw, 1_000_000),
        Leaf::TimestampMillis => ("timestamp", 1_000),
        Leaf::TimestampMicros => ("timestamp", 1_000_000),
        Leaf::TimestampNanos => ("timestamp", 1_000_000_000),
        Leaf::LocalTimestampMillis => ("local_timestamp", 1_000),
        Leaf::LocalTimestampMicros => ("local_timestamp", 1_000_000),
        Leaf::LocalTimestampNanos => ("local_timestamp", 1_000_000_000),
        Leaf::Plain | Leaf::Uuid | Leaf::Decimal { .. } | Leaf::Duration => return None,
    };
    let days = raw.div_euclid(units_per_second).div_euclid(SECONDS_A_DAY);
    let count = DAYS.contains(&days).then(|| signed(raw))?;
    let function = format_ident!("{function}");
    let units = Literal::i64_unsuffixed(units_per_second);
    Some(quote!(::accordant_wire::values::known::#function(#count, #units)))
}

fn known_time(raw: i64, units_per_second: i64) -> Option<TokenStream> {
    let is_within = (0..SECONDS_A_DAY * units_per_second).contains(&raw);
    let nanos = is_within.then(|| raw * (1_000_000_000 / units_per_second))?;
    let nanos = Literal::i64_unsuffixed(nanos);
    Some(quote!(::accordant_wire::values::known::time(#nanos)))
}

/// The bytes of a UUID's hyphenated text.
fn uuid_bytes(text: &str) -> Option<[u8; 16]> {
    let hyphens = [8, 13, 18, 23];
    let is_well_formed = text.len() == 36 && text.is_ascii();
    let mut digits = Vec::new();
    for (at, character) in text.chars().enumerate().take_while(|_| is_well_formed) {
        match hyphens.contains(&at) {
            true if character == '-' => {}
            true => return None,
            false => digits.push(u8::try_from(character.to_digit(16)?).ok()?),
        }
    }
    let pairs = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]);
    pairs.collect::<Vec<u8>>().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(leaf: Leaf, raw: i64, expected: Option<&str>) {
        let found = known(leaf, raw).map(|tokens| tokens.to_string().replace(' ', ""));
        let expected = expected.map(|text| format!("::accordant_wire::values::known::{text}"));
        assert_eq!(found, expected);
    }

    #[test]
    fn what_a_calendar_may_not_have_is_no_known_default() {
        check(Leaf::Date, -719_162, Some("date(-719162)"));
        check(Leaf::Date, -719_163, None);
        check(Leaf::Date, 2_932_896, Some("date(2932896)"));
        check(Leaf::Date, 2_932_897, None);
        let end = 253_402_300_800_000;
        check(
            Leaf::TimestampMillis,
            end - 1,
            Some("timestamp(253402300799999,1000)"),
        );
        check(Leaf::TimestampMillis, end, None);
        check(
            Leaf::LocalTimestampNanos,
            i64::MIN,
            Some("local_timestamp(-9223372036854775808,1000000000)"),
        );
    }

    #[test]
    fn what_is_beyond_a_day_is_no_known_default() {
        check(Leaf::TimeMillis, 86_399_999, Some("time(86399999000000)"));
        check(Leaf::TimeMillis, 86_400_000, None);
        check(Leaf::TimeMicros, -1, None);
        check(Leaf::TimeMicros, 7, Some("time(7000)"));
    }

    #[test]
    fn a_uuid_is_its_bytes() {
        let text = "3f8a1c52-6b0e-4f0e-9d3c-0a4b1c9d7e21";
        let bytes = uuid_bytes(text).unwrap();
        assert_eq!((bytes[0], bytes[15]), (0x3f, 0x21));
        assert_eq!(uuid_bytes(&text.replace('-', "0")), None);
        assert_eq!(uuid_bytes(&text.replace("3f", "3g")), None);
        assert_eq!(uuid_bytes(&text[1..]), None);
    }
}
