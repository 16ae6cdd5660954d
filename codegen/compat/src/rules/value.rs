//! VALUE rules: a reader succeeds and gets another meaning. Java sees none.

use super::{Hurt, Point, Rule, Verdict, new_and_old, rule, subject_of};
use crate::{
    Category, Direction, Severity,
    walk::{Value, path::Step},
};

pub(super) const SCALE_CHANGED: Rule = rule(
    Category::Value,
    "C201",
    "decimal-scale-changed",
    include_str!("C201.md"),
);
pub(super) const PRECISION_NARROWED: Rule = rule(
    Category::Value,
    "C202",
    "decimal-precision-narrowed",
    include_str!("C202.md"),
);
pub(super) const TIME_UNIT_CHANGED: Rule = rule(
    Category::Value,
    "C203",
    "time-unit-changed",
    include_str!("C203.md"),
);
pub(super) const LOGICAL_TYPE_CHANGED: Rule = rule(
    Category::Value,
    "C204",
    "logical-type-changed",
    include_str!("C204.md"),
);
pub(super) const PRECISION_LOST: Rule = Rule {
    severity: Severity::Warning,
    ..rule(
        Category::Value,
        "C205",
        "promotion-loses-digits",
        include_str!("C205.md"),
    )
};
pub(super) const BYTES_READ_AS_STRING: Rule = Rule {
    severity: Severity::Warning,
    ..rule(
        Category::Value,
        "C206",
        "bytes-read-as-string",
        include_str!("C206.md"),
    )
};

pub(super) fn judge(what: Value, steps: &[Step<'_>], direction: Direction) -> Verdict {
    let subject = subject_of(steps, direction);
    match what {
        Value::Scale { reader, writer } => {
            let (new, old) = new_and_old(direction, reader, writer);
            Verdict {
                datum: Some(format!("{} (unscaled 12345)", scaled(writer))),
                shows: format!("is read as {}", scaled(reader)),
                ..verdict(
                    SCALE_CHANGED,
                    Severity::Error,
                    format!("{subject} had scale {old} and has scale {new}"),
                    format!("keep scale {old}, or add a field of another name with scale {new}"),
                )
            }
        }
        Value::Precision { reader, writer } => {
            let (new, old) = new_and_old(direction, reader, writer);
            verdict(
                PRECISION_NARROWED,
                Severity::Error,
                format!("{subject} had precision {old} and has precision {new}"),
                format!("keep precision {old}"),
            )
        }
        Value::TimeUnit { reader, writer } => {
            let (new, old) = new_and_old(direction, reader, writer);
            Verdict {
                datum: Some(format!("1700000000000 {writer}")),
                shows: format!("is read as 1700000000000 {reader}"),
                ..verdict(
                    TIME_UNIT_CHANGED,
                    Severity::Error,
                    format!("{subject} counted {old} and counts {new}"),
                    format!("keep {old}, or add a field of another name in {new}"),
                )
            }
        }
        Value::Logical { reader, writer } => logical(&subject, direction, reader, writer),
        Value::Precise { reader, writer } => verdict(
            PRECISION_LOST,
            Severity::Warning,
            format!(
                "{subject} is written as {writer} and read as {reader}, which has fewer digits"
            ),
            format!("make sure that {subject} stays below 2^{}", digits(reader)),
        ),
        Value::BytesAsString => verdict(
            BYTES_READ_AS_STRING,
            Severity::Warning,
            format!("{subject} is written as bytes and read as string: not all bytes are UTF-8"),
            format!("make sure that {subject} only ever holds UTF-8"),
        ),
    }
}

fn verdict(rule: Rule, severity: Severity, what: String, fix: String) -> Verdict {
    Verdict {
        rule,
        severity,
        what,
        hurt: Hurt::Misreads,
        datum: None,
        shows: String::new(),
        fix,
        point: Point::New,
    }
}

fn logical(
    subject: &str,
    direction: Direction,
    reader: Option<&str>,
    writer: Option<&str>,
) -> Verdict {
    let (new, old) = new_and_old(direction, reader, writer);
    let word = |logical: Option<&str>| match logical {
        Some(name) => format!("the logical type {name}"),
        None => "no logical type".to_owned(),
    };
    // A label that comes or goes leaves the number as it is; a text that must
    // now be a UUID may not be one.
    let severity = match (reader, writer) {
        (Some(_), Some(_)) | (Some("uuid"), None) => Severity::Error,
        _ => Severity::Warning,
    };
    verdict(
        LOGICAL_TYPE_CHANGED,
        severity,
        format!("{subject} had {} and has {}", word(old), word(new)),
        format!(
            "keep {} for {subject}, or add a field of another name",
            word(old)
        ),
    )
}

/// 12345 with a scale; past its digits, zeros are put in front.
fn scaled(scale: u32) -> String {
    const DIGITS: &str = "12345";
    const SHOWN_MAX: usize = 20;
    match scale as usize {
        0 => DIGITS.to_owned(),
        scale if scale < DIGITS.len() => {
            let (whole, part) = DIGITS.split_at(DIGITS.len() - scale);
            format!("{whole}.{part}")
        }
        scale if scale <= SHOWN_MAX => format!("0.{}{DIGITS}", "0".repeat(scale - DIGITS.len())),
        scale => format!("{DIGITS}e-{scale}"),
    }
}

/// Bits of a mantissa, beyond which integers are rounded.
fn digits(reader: &str) -> u32 {
    if reader == "float" { 24 } else { 53 }
}
