//! The small value formats of `contract.toml`, and its words.

use std::time::Duration;

use super::{Cleanup, Compatibility, ContractKind, SubjectNaming, UnknownFields};

/// Kafka's rule for topic names.
pub(super) fn is_topic(name: &str) -> bool {
    let is_char_ok = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=249).contains(&name.len()) && name != "." && name != ".." && name.bytes().all(is_char_ok)
}

/// A number and a unit: `7d`, `12h`, `30m`, `45s`. Zero is no duration.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        'd' => 24 * 60 * 60,
        'h' => 60 * 60,
        'm' => 60,
        's' => 1,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Kafka counts milliseconds in 64 bits with a sign.
    let seconds = digits.parse::<u64>().ok()?.checked_mul(seconds)?;
    let milliseconds_max = i64::MAX as u64;
    (1..=milliseconds_max / 1_000)
        .contains(&seconds)
        .then(|| Duration::from_secs(seconds))
}

/// A day of the calendar, `YYYY-MM-DD`.
pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else {
        return false;
    };
    let number = |part: &str, length: usize| {
        let is_ok = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| is_ok)
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2))
    else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let day_max = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=day_max).contains(&day)
}

pub(super) const KINDS: [(&str, ContractKind); 4] = [
    ("submission", ContractKind::Submission),
    ("event", ContractKind::Event),
    ("change", ContractKind::Change),
    ("type", ContractKind::Type),
];
pub(super) const CLEANUPS: [(&str, Cleanup); 3] = [
    ("delete", Cleanup::Delete),
    ("compact", Cleanup::Compact),
    ("compact,delete", Cleanup::CompactDelete),
];
pub(super) const LEVELS: [(&str, Compatibility); 7] = [
    ("none", Compatibility::None),
    ("backward", Compatibility::Backward),
    ("backward-transitive", Compatibility::BackwardTransitive),
    ("forward", Compatibility::Forward),
    ("forward-transitive", Compatibility::ForwardTransitive),
    ("full", Compatibility::Full),
    ("full-transitive", Compatibility::FullTransitive),
];
pub(super) const UNKNOWN_FIELDS: [(&str, UnknownFields); 2] = [
    ("refuse", UnknownFields::Refuse),
    ("ignore", UnknownFields::Ignore),
];
pub(super) const SUBJECTS: [(&str, SubjectNaming); 3] = [
    ("topic", SubjectNaming::Topic),
    ("record", SubjectNaming::Record),
    ("topic-record", SubjectNaming::TopicRecord),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        #[track_caller]
        fn check(text: &str, seconds: Option<u64>) {
            assert_eq!(
                parse_duration(text),
                seconds.map(Duration::from_secs),
                "{text}"
            );
        }
        check("7d", Some(604_800));
        check("12h", Some(43_200));
        check("30m", Some(1_800));
        check("45s", Some(45));
        check("0d", None);
        check("d", None);
        check("", None);
        check("7", None);
        check("7 d", None);
        check("-7d", None);
        check("+7d", None);
        check("1.5h", None);
        check("7é", None);
        check("18446744073709551615d", None);
        check("9223372036854775s", Some(9_223_372_036_854_775));
        check("9223372036854776s", None);
    }

    #[test]
    fn dates() {
        #[track_caller]
        fn check(text: &str, expected: bool) {
            assert_eq!(is_date(text), expected, "{text}");
        }
        check("2027-01-31", true);
        check("2028-02-29", true);
        check("2000-02-29", true);
        check("2100-02-29", false);
        check("2027-02-29", false);
        check("2027-13-01", false);
        check("2027-00-01", false);
        check("2027-04-31", false);
        check("2027-1-31", false);
        check("27-01-31", false);
        check("2027-01", false);
        check("2027-01-31T00:00:00Z", false);
        check("+027-01-31", false);
    }

    #[test]
    fn topics() {
        #[track_caller]
        fn check(name: &str, expected: bool) {
            assert_eq!(is_topic(name), expected, "{name}");
        }
        check("catalog.article-submissions_2", true);
        check("", false);
        check(".", false);
        check("..", false);
        check("a b", false);
        check("ä", false);
        check(&"t".repeat(249), true);
        check(&"t".repeat(250), false);
    }
}
