//! What the texts of a place have in common.

use std::collections::BTreeSet;

/// Different texts beyond which a place has no enum.
const SYMBOLS_MAX: usize = 12;
/// Texts that have to be there before they may be symbols.
const SYMBOL_TEXTS_MIN: u64 = 10;
/// How often a symbol comes on average, at least.
const SYMBOL_REPEATS_MIN: u64 = 3;
/// Characters of a symbol.
const SYMBOL_CHARS_MAX: usize = 64;
/// Digits of a decimal that is drafted.
const DECIMAL_DIGITS_MAX: usize = 38;

/// What all texts so far are, if they are it.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    count: u64,
    all_uuids: bool,
    all_dates: bool,
    /// Digits of the finest second.
    timestamps: Option<usize>,
    /// A timestamp had another offset than UTC.
    pub(super) has_offsets: bool,
    decimals: Option<Digits>,
    symbols: Option<BTreeSet<String>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Digits {
    before: usize,
    after: usize,
}

/// The type that texts stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TextType {
    Plain,
    Uuid,
    Date,
    Timestamp(&'static str),
    Decimal { needed: usize, scale: usize },
    Enum(Vec<String>),
}

impl Default for Texts {
    fn default() -> Texts {
        Texts {
            count: 0,
            all_uuids: true,
            all_dates: true,
            timestamps: Some(0),
            has_offsets: false,
            decimals: Some(Digits::default()),
            symbols: Some(BTreeSet::new()),
        }
    }
}

impl Texts {
    pub(super) fn see(&mut self, text: &str) {
        self.count += 1;
        self.all_uuids = self.all_uuids && is_uuid(text);
        self.all_dates = self.all_dates && is_date(text);
        if let Some(finest) = self.timestamps {
            let stamp = timestamp(text);
            self.timestamps = stamp.map(|(digits, _)| finest.max(digits));
            self.has_offsets |= stamp.is_some_and(|(_, is_utc)| !is_utc);
        }
        if let Some(most) = self.decimals {
            self.decimals = decimal(text).map(|digits| most.max(digits));
        }
        if let Some(symbols) = &mut self.symbols {
            if !is_symbol(text) {
                self.symbols = None;
            } else if !symbols.contains(text) {
                symbols.insert(text.to_owned());
                self.forget_too_many_symbols();
            }
        }
    }

    pub(super) fn merge(&mut self, other: Texts) {
        self.count += other.count;
        self.all_uuids &= other.all_uuids;
        self.all_dates &= other.all_dates;
        let stamps = self.timestamps.zip(other.timestamps);
        self.timestamps = stamps.map(|(one, other)| one.max(other));
        self.has_offsets |= other.has_offsets;
        let decimals = self.decimals.zip(other.decimals);
        self.decimals = decimals.map(|(one, other)| one.max(other));
        let symbols = self.symbols.take().zip(other.symbols);
        self.symbols = symbols.map(|(mut one, other)| {
            one.extend(other);
            one
        });
        self.forget_too_many_symbols();
    }

    fn forget_too_many_symbols(&mut self) {
        self.symbols = self.symbols.take().filter(|it| it.len() <= SYMBOLS_MAX);
    }

    pub(super) fn ty(&self) -> TextType {
        if self.all_uuids {
            return TextType::Uuid;
        }
        if self.all_dates {
            return TextType::Date;
        }
        if let Some(digits) = self.timestamps {
            return TextType::Timestamp(match digits {
                0..=3 => "timestamp-millis",
                4..=6 => "timestamp-micros",
                _ => "timestamp-nanos",
            });
        }
        if let Some(Digits { before, after }) = self.decimals
            && after > 0
            && before + after <= DECIMAL_DIGITS_MAX
        {
            return TextType::Decimal {
                needed: before + after,
                scale: after,
            };
        }
        match &self.symbols {
            Some(symbols)
                if self.count >= SYMBOL_TEXTS_MIN
                    && self.count >= SYMBOL_REPEATS_MIN * symbols.len() as u64 =>
            {
                TextType::Enum(symbols.iter().cloned().collect())
            }
            Some(_) | None => TextType::Plain,
        }
    }
}

impl Digits {
    fn max(self, other: Digits) -> Digits {
        Digits {
            before: self.before.max(other.before),
            after: self.after.max(other.after),
        }
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// `2026-11-22`, and a day that there is.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let &[year, month, day] = &parts[..] else {
        return false;
    };
    let numbers = (digits(year, 4), digits(month, 2), digits(day, 2));
    let (Some(year), Some(month), Some(day)) = numbers else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(is_leap),
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// RFC 3339: the digits of its second's fraction, and whether it is in UTC.
fn timestamp(text: &str) -> Option<(usize, bool)> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let at = time.find(['Z', 'z', '+', '-'])?;
    let (clock, offset) = time.split_at(at);
    let is_utc = matches!(offset, "Z" | "z" | "+00:00" | "-00:00");
    let (whole, fraction) = match clock.split_once('.') {
        Some((whole, fraction)) => (
            whole,
            digits(fraction, fraction.len()).map(|_| fraction.len())?,
        ),
        None => (clock, 0),
    };
    let is_offset = is_utc || (offset.len() == 6 && is_clock(&offset[1..], &[23, 59]));
    let fits = is_date(date) && is_clock(whole, &[23, 59, 60]) && is_offset;
    (fits && (1..=9).contains(&fraction.max(1))).then_some((fraction, is_utc))
}

/// Numbers of two digits with colons between, none above its limit.
fn is_clock(text: &str, limits: &[u32]) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    parts.len() == limits.len()
        && parts
            .iter()
            .zip(limits)
            .all(|(part, limit)| digits(part, 2).is_some_and(|it| it <= *limit))
}

/// A number of so many digits, as long as it fits.
fn digits(text: &str, length: usize) -> Option<u32> {
    let is_number = text.len() == length && text.bytes().all(|it| it.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// A plain decimal number: no exponent, no zero in front.
fn decimal(text: &str) -> Option<Digits> {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (before, after) = match text.split_once('.') {
        Some((before, after)) if !after.is_empty() => (before, after),
        Some(_) => return None,
        None => (text, ""),
    };
    let is_number = |part: &str| part.bytes().all(|it| it.is_ascii_digit());
    let is_plain = before == "0" || !before.starts_with('0');
    let fits = !before.is_empty() && is_plain && is_number(before) && is_number(after);
    fits.then_some(Digits {
        before: before.len(),
        after: after.len(),
    })
}

/// `IN_STOCK`, `A4`: what people name the values of an enum.
fn is_symbol(text: &str) -> bool {
    let mut bytes = text.bytes();
    (2..=SYMBOL_CHARS_MAX).contains(&text.len())
        && bytes.next().is_some_and(|it| it.is_ascii_uppercase())
        && bytes.all(|it| matches!(it, b'A'..=b'Z' | b'0'..=b'9' | b'_'))
}
