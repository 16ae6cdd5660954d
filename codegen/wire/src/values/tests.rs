//! Logical types, of every library that is there.
#![cfg(all(feature = "chrono", feature = "rust_decimal"))]

use std::{fmt::Debug, str::FromStr};

use super::*;
use crate::{DecodeError, EncodeError, Limits, Reader, write};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[track_caller]
fn check_decimal_of<T>(text: &str, expected: &[u8])
where
    T: DecimalValue + FromStr<Err: Debug> + PartialEq + Debug,
{
    let value: T = text.parse().unwrap();
    let mut out = Vec::new();
    write::decimal(&value, 18, 2, &mut out).unwrap();
    assert_eq!(out[1..], *expected, "{text}");
    let mut reader = Reader::new(&out, Limits::default());
    assert_eq!(reader.decimal::<T>(2).unwrap(), value);
    reader.finish().unwrap();
}

#[track_caller]
fn check_decimal(text: &str, expected: &[u8]) {
    check_decimal_of::<Decimal>(text, expected);
    #[cfg(feature = "bigdecimal")]
    check_decimal_of::<BigDecimal>(text, expected);
}

#[test]
fn a_decimal_has_the_fewest_bytes() {
    check_decimal("0", &[0]);
    check_decimal("1.27", &[0x7f]);
    check_decimal("1.28", &[0, 0x80]);
    check_decimal("-1.28", &[0x80]);
    check_decimal("-1.29", &[0xff, 0x7f]);
    check_decimal("12.990", &[0x05, 0x13]);
    check_decimal(
        "9999999999999999.99",
        &[0x0d, 0xe0, 0xb6, 0xb3, 0xa7, 0x63, 0xff, 0xff],
    );
}

#[track_caller]
fn check_refused(result: Result<(), EncodeError>, expected: &str) {
    assert_eq!(
        result.map_err(|error| error.to_string()),
        Err(expected.to_owned())
    );
}

#[test]
fn a_decimal_is_exact_or_refused() {
    let mut out = Vec::new();
    check_refused(
        write::decimal(&decimal("1.234"), 18, 2, &mut out),
        "1.234 does not fit a decimal of 18 digits, 2 of them after the point",
    );
    check_refused(
        write::decimal(&decimal("1000.00"), 5, 2, &mut out),
        "1000.00 does not fit a decimal of 5 digits, 2 of them after the point",
    );
    check_refused(
        write::decimal_fixed::<1>(&decimal("1.28"), 18, 2, &mut out),
        "1.28 does not fit 1 bytes",
    );
    assert!(out.is_empty());
}

#[test]
fn a_fixed_decimal_is_sign_extended() {
    let mut out = Vec::new();
    write::decimal_fixed::<4>(&decimal("-1.28"), 9, 2, &mut out).unwrap();
    assert_eq!(out, [0xff, 0xff, 0xff, 0x80]);
    let mut reader = Reader::new(&out, Limits::default());
    assert_eq!(
        reader.decimal_fixed::<Decimal>(4, 2).unwrap().to_string(),
        "-1.28"
    );
}

#[test]
fn times_are_within_a_day() {
    let reader = Reader::new(&[], Limits::default());
    let last = reader.time_millis_from::<NaiveTime>(86_399_999);
    assert_eq!(last.unwrap().to_string(), "23:59:59.999");
    assert!(reader.time_millis_from::<NaiveTime>(86_400_000).is_err());
    assert!(reader.time_micros_from::<NaiveTime>(-1).is_err());
    #[cfg(feature = "time")]
    {
        let last = reader.time_millis_from::<Time>(86_399_999);
        assert_eq!(last.unwrap().to_string(), "23:59:59.999");
        assert!(reader.time_millis_from::<Time>(86_400_000).is_err());
        assert!(reader.time_micros_from::<Time>(-1).is_err());
    }
}

/// A number of a logical type, read and written again.
#[track_caller]
fn check_number<T: Debug>(
    number: i64,
    expected: &str,
    read: fn(&mut Reader<'_>) -> Result<T, DecodeError>,
    write_again: fn(&T, &mut Vec<u8>),
) {
    let mut avro = Vec::new();
    write::long(number, &mut avro);
    let value = read(&mut Reader::new(&avro, Limits::default())).unwrap();
    assert_eq!(format!("{value:?}"), expected);
    let mut again = Vec::new();
    write_again(&value, &mut again);
    assert_eq!(again, avro, "{number}");
}

#[test]
fn days_and_instants_before_1970_are_exact() {
    check_number::<NaiveDate>(-1, "1969-12-31", |reader| reader.date(), write::date);
    check_number::<DateTime<Utc>>(
        -1,
        "1969-12-31T23:59:59.999Z",
        |reader| reader.timestamp_millis(),
        write::timestamp_millis,
    );
    check_number::<NaiveDateTime>(
        -1_000_001,
        "1969-12-31T23:59:58.999999",
        |reader| reader.local_timestamp_micros(),
        write::local_timestamp_micros,
    );
    check_number::<DateTime<Utc>>(
        i64::MIN,
        "1677-09-21T00:12:43.145224192Z",
        |reader| reader.timestamp_nanos(),
        |value, out| write::timestamp_nanos(value, out).unwrap(),
    );
}

#[cfg(feature = "time")]
#[test]
fn the_other_library_says_the_same() {
    check_number::<Date>(-1, "1969-12-31", |reader| reader.date(), write::date);
    check_number::<OffsetDateTime>(
        -1,
        "1969-12-31 23:59:59.999 +00:00:00",
        |reader| reader.timestamp_millis(),
        write::timestamp_millis,
    );
    check_number::<PrimitiveDateTime>(
        -1_000_001,
        "1969-12-31 23:59:58.999999",
        |reader| reader.local_timestamp_micros(),
        write::local_timestamp_micros,
    );
    check_number::<OffsetDateTime>(
        i64::MIN,
        "1677-09-21 0:12:43.145224192 +00:00:00",
        |reader| reader.timestamp_nanos(),
        |value, out| write::timestamp_nanos(value, out).unwrap(),
    );
    let reader = Reader::new(&[], Limits::default());
    assert!(reader.date_from::<Date>(i32::MAX).is_err());
    assert!(
        reader
            .timestamp_millis_from::<OffsetDateTime>(i64::MAX)
            .is_err()
    );
}

#[cfg(feature = "bigdecimal")]
#[test]
fn a_decimal_of_any_size_is_exact_or_refused() {
    let digits = "9".repeat(60);
    let mut out = Vec::new();
    let value: BigDecimal = format!("-{digits}.5").parse().unwrap();
    write::decimal(&value, 61, 1, &mut out).unwrap();
    let mut reader = Reader::new(&out, Limits::default());
    assert_eq!(reader.decimal::<BigDecimal>(1).unwrap(), value);
    for (text, precision, scale) in [
        ("1e1000000000", 61, 0),
        ("1e-1000000000", 61, 5),
        ("10.5", 2, 1),
    ] {
        let value: BigDecimal = text.parse().unwrap();
        assert!(
            write::decimal(&value, precision, scale, &mut out).is_err(),
            "{text}"
        );
    }
    let zero: BigDecimal = "0e1000000000".parse().unwrap();
    write::decimal(&zero, 4, 2, &mut out).unwrap();
}

/// What a decimal takes beside itself counts as memory of the datum.
#[test]
fn raw_decimals_count_as_memory() {
    let limits = Limits {
        allocation_bytes_max: 3,
        ..Limits::default()
    };
    let avro = [8, 1, 2, 3, 4];
    assert!(Reader::new(&avro, limits).decimal::<Vec<u8>>(2).is_err());
    let raw = Reader::new(&avro, Limits::default()).decimal::<Vec<u8>>(2);
    assert_eq!(raw.unwrap(), [1, 2, 3, 4]);
    let fixed = Reader::new(&avro, limits).decimal_fixed::<[u8; 5]>(5, 2);
    assert_eq!(fixed.unwrap(), avro);
}
