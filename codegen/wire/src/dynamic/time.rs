//! Dates, times, instants and durations between text and Avro's numbers.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use crate::values::{Duration, EPOCH};

/// How fine a number of a logical type counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Millis,
    Micros,
    Nanos,
}

impl Unit {
    fn nanos(self) -> u32 {
        match self {
            Unit::Millis => 1_000_000,
            Unit::Micros => 1_000,
            Unit::Nanos => 1,
        }
    }

    fn digits(self) -> usize {
        match self {
            Unit::Millis => 3,
            Unit::Micros => 6,
            Unit::Nanos => 9,
        }
    }

    /// In words: how many digits after the point fit.
    pub(super) fn fraction(self) -> &'static str {
        match self {
            Unit::Millis => "at most 3 digits of a second's fraction",
            Unit::Micros => "at most 6 digits of a second's fraction",
            Unit::Nanos => "at most 9 digits of a second's fraction",
        }
    }

    fn count(self, at: DateTime<chrono::Utc>) -> Option<i64> {
        let fraction = at.timestamp_subsec_nanos();
        if !fraction.is_multiple_of(self.nanos()) {
            return None;
        }
        match self {
            Unit::Millis => Some(at.timestamp_millis()),
            Unit::Micros => Some(at.timestamp_micros()),
            Unit::Nanos => at.timestamp_nanos_opt(),
        }
    }

    fn instant(self, count: i64) -> Option<NaiveDateTime> {
        let instant = match self {
            Unit::Millis => DateTime::from_timestamp_millis(count),
            Unit::Micros => DateTime::from_timestamp_micros(count),
            Unit::Nanos => Some(DateTime::from_timestamp_nanos(count)),
        };
        // RFC 3339 has years of four digits.
        instant
            .map(|at| at.naive_utc())
            .filter(|at| (0..=9999).contains(&at.year()))
    }
}

/// The count of an RFC 3339 instant; `None` where it is none or too fine.
pub(super) fn timestamp(text: &str, unit: Unit) -> Option<i64> {
    if more_digits_than(text, unit) {
        return None;
    }
    unit.count(DateTime::parse_from_rfc3339(text).ok()?.to_utc())
}

/// The RFC 3339 text of an instant's count.
pub(super) fn timestamp_text(count: i64, unit: Unit) -> Option<String> {
    local_text(count, unit).map(|text| text + "Z")
}

/// The count of a local date and time.
pub(super) fn local(text: &str, unit: Unit) -> Option<i64> {
    let is_plain = text.len() >= 19 && text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    if !is_plain || more_digits_than(text, unit) {
        return None;
    }
    let at = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
    unit.count(at.and_utc())
}

/// The text of a local date and time's count.
pub(super) fn local_text(count: i64, unit: Unit) -> Option<String> {
    let at = unit.instant(count)?;
    let fraction = at.nanosecond() / unit.nanos();
    let digits = unit.digits();
    Some(format!(
        "{}.{fraction:0digits$}",
        at.format("%Y-%m-%dT%H:%M:%S")
    ))
}

/// Days since 1970-01-01.
pub(super) fn date(text: &str) -> Option<i32> {
    if text.len() != 10 {
        return None;
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    date.signed_duration_since(EPOCH).num_days().try_into().ok()
}

/// The text of a number of days.
pub(super) fn date_text(days: i32) -> Option<String> {
    let date = EPOCH.checked_add_signed(TimeDelta::days(days.into()))?;
    (0..=9999)
        .contains(&date.year())
        .then(|| date.format("%Y-%m-%d").to_string())
}

/// The count since midnight.
pub(super) fn time(text: &str, unit: Unit) -> Option<i64> {
    if text.len() < 8 || more_digits_than(text, unit) {
        return None;
    }
    let time = NaiveTime::parse_from_str(text, "%H:%M:%S%.f").ok()?;
    let nanos = time.nanosecond();
    if nanos >= 1_000_000_000 || !nanos.is_multiple_of(unit.nanos()) {
        return None;
    }
    let per_second = i64::from(1_000_000_000 / unit.nanos());
    Some(i64::from(time.num_seconds_from_midnight()) * per_second + i64::from(nanos / unit.nanos()))
}

/// The text of a count since midnight.
pub(super) fn time_text(count: i64, unit: Unit) -> Option<String> {
    let per_second = i64::from(1_000_000_000 / unit.nanos());
    let seconds = u32::try_from(count.div_euclid(per_second)).ok()?;
    let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0)?;
    let digits = unit.digits();
    Some(format!(
        "{}.{:0digits$}",
        time.format("%H:%M:%S"),
        count.rem_euclid(per_second)
    ))
}

/// ISO 8601: years and months are months, weeks and days are days, the rest
/// is milliseconds.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (days, times) = match text.strip_prefix('P')?.split_once('T') {
        Some((days, times)) if !times.is_empty() => (days, times),
        Some(_) => return None,
        None => (text.strip_prefix('P')?, ""),
    };
    if days.is_empty() && times.is_empty() {
        return None;
    }
    let [years, months, weeks, single_days] = parts(days, ['Y', 'M', 'W', 'D'])?;
    let [hours, minutes, seconds] = parts(times, ['H', 'M', 'S'])?;
    let whole = |text: Option<&str>| text.map_or(Some(0), |text| text.parse::<u32>().ok());
    let seconds_millis = match seconds {
        None => 0,
        Some(text) => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            let fraction = fraction.trim_end_matches('0');
            if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let millis: u32 = format!("{fraction:0<3}").parse().ok()?;
            whole
                .parse::<u32>()
                .ok()?
                .checked_mul(1_000)?
                .checked_add(millis)?
        }
    };
    Some(Duration {
        months: whole(years)?.checked_mul(12)?.checked_add(whole(months)?)?,
        days: whole(weeks)?
            .checked_mul(7)?
            .checked_add(whole(single_days)?)?,
        millis: (whole(hours)?.checked_mul(3_600_000)?)
            .checked_add(whole(minutes)?.checked_mul(60_000)?)?
            .checked_add(seconds_millis)?,
    })
}

/// The ISO 8601 text of a duration.
pub(super) fn duration_text(duration: Duration) -> String {
    let Duration {
        months,
        days,
        millis,
    } = duration;
    let mut text = "P".to_owned();
    if months > 0 {
        text.push_str(&format!("{months}M"));
    }
    if days > 0 || (months == 0 && millis == 0) {
        text.push_str(&format!("{days}D"));
    }
    if millis > 0 {
        text.push_str(&format!("T{}.{:03}S", millis / 1_000, millis % 1_000));
    }
    text
}

/// Splits `1Y2M` into the numbers before each letter, which stand in order.
fn parts<const N: usize>(text: &str, letters: [char; N]) -> Option<[Option<&str>; N]> {
    let mut found = [None; N];
    let mut rest = text;
    for (letter, slot) in letters.into_iter().zip(&mut found) {
        if let Some((number, after)) = rest.split_once(letter)
            && number
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
        {
            *slot = Some(number);
            rest = after;
        }
    }
    rest.is_empty().then_some(found)
}

fn more_digits_than(text: &str, unit: Unit) -> bool {
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    let zeros = fraction[..digits]
        .bytes()
        .rev()
        .take_while(|byte| *byte == b'0')
        .count();
    digits - zeros > unit.digits()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, unit: Unit, expected: Option<i64>) {
        assert_eq!(timestamp(text, unit), expected, "{text}");
    }

    #[test]
    fn an_instant_fits_its_unit_exactly() {
        check("1970-01-01T00:00:01.5Z", Unit::Millis, Some(1_500));
        check("1970-01-01T01:00:00+01:00", Unit::Micros, Some(0));
        check("1969-12-31T23:59:59.999999999Z", Unit::Nanos, Some(-1));
        check(
            "1970-01-01T00:00:00.1230000000000Z",
            Unit::Millis,
            Some(123),
        );
        check("1970-01-01T00:00:00.1234Z", Unit::Millis, None);
        check("1970-01-01T00:00:00.0000000001Z", Unit::Nanos, None);
        check("1970-01-01T00:00:00", Unit::Millis, None);
        check("3000-01-01T00:00:00Z", Unit::Nanos, None);
    }

    #[test]
    fn counts_have_the_text_that_they_came_from() {
        assert_eq!(
            timestamp_text(-1, Unit::Millis).unwrap(),
            "1969-12-31T23:59:59.999Z"
        );
        assert_eq!(timestamp_text(i64::MAX, Unit::Millis), None);
        assert_eq!(
            date_text(date("1998-08-07").unwrap()).unwrap(),
            "1998-08-07"
        );
        assert_eq!(date("98-08-07"), None);
        assert_eq!(
            time_text(time("23:59:59.999", Unit::Millis).unwrap(), Unit::Millis).unwrap(),
            "23:59:59.999"
        );
        assert_eq!(time("24:00:00", Unit::Millis), None);
        assert_eq!(time_text(86_400_000, Unit::Millis), None);
        assert_eq!(local("2026-11-22T10:15:30Z", Unit::Millis), None);
        assert_eq!(local("1970-01-01T00:00:01", Unit::Millis), Some(1_000));
    }

    #[track_caller]
    fn check_duration(text: &str, months: u32, days: u32, millis: u32, written: &str) {
        let found = duration(text);
        assert_eq!(
            found,
            Some(Duration {
                months,
                days,
                millis
            }),
            "{text}"
        );
        assert_eq!(found.map(duration_text).as_deref(), Some(written));
    }

    #[test]
    fn durations_are_iso_8601() {
        check_duration(
            "P1Y2M3W4DT5H6M7.008S",
            14,
            25,
            18_367_008,
            "P14M25DT18367.008S",
        );
        check_duration("PT0.5S", 0, 0, 500, "PT0.500S");
        check_duration("P0D", 0, 0, 0, "P0D");
        check_duration("P1M", 1, 0, 0, "P1M");
        for refused in [
            "",
            "P",
            "PT",
            "P1S",
            "P1DT",
            "PT0.0001S",
            "1D",
            "P-1D",
            "P1D2M",
            "P1.5D",
        ] {
            assert_eq!(duration(refused), None, "{refused}");
        }
    }
}
