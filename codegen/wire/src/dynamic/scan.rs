//! JSON text, a token at a time: no tree, no recursion, and every byte is
//! looked at once unless a caller goes back.
//!
//! What is refused is what [`accordant_schema::json::parse`] refuses, which
//! says why.

use std::borrow::Cow;

use accordant_schema::json::DEPTH_CEILING;

/// The kinds of JSON values, told by their first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonKind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl JsonKind {
    pub(super) const COUNT: usize = 6;

    /// Every kind, each at its own number.
    pub(super) const ALL: [JsonKind; JsonKind::COUNT] = [
        JsonKind::Null,
        JsonKind::Boolean,
        JsonKind::Number,
        JsonKind::String,
        JsonKind::Array,
        JsonKind::Object,
    ];
}

/// The text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoJson;

type Result<T> = std::result::Result<T, NoJson>;

/// A position in a JSON text.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    pub(super) at: usize,
    /// Arrays and objects that are open here.
    pub(super) open: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str, at: usize) -> Scanner<'t> {
        Scanner { text, at, open: 0 }
    }

    /// The kind of the value that begins here, spaces passed over.
    pub(super) fn kind(&mut self) -> Result<JsonKind> {
        self.space();
        match self.peek() {
            Some(b'"') => Ok(JsonKind::String),
            Some(b'-' | b'0'..=b'9') => Ok(JsonKind::Number),
            Some(b'{') => Ok(JsonKind::Object),
            Some(b'[') => Ok(JsonKind::Array),
            Some(b'n') => Ok(JsonKind::Null),
            Some(b't' | b'f') => Ok(JsonKind::Boolean),
            Some(_) | None => Err(NoJson),
        }
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over spaces.
    #[inline]
    pub(super) fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    #[inline]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let eaten = self.peek() == Some(byte);
        self.at += usize::from(eaten);
        eaten
    }

    /// Passes over exactly these bytes.
    #[inline]
    pub(super) fn eat_all(&mut self, bytes: &[u8]) -> bool {
        let eaten = self.text.as_bytes()[self.at..].starts_with(bytes);
        if eaten {
            self.at += bytes.len();
        }
        eaten
    }

    /// `null`
    pub(super) fn null(&mut self) -> Result<()> {
        match self.eat_all(b"null") {
            true => Ok(()),
            false => Err(NoJson),
        }
    }

    /// `true` or `false`
    pub(super) fn boolean(&mut self) -> Result<bool> {
        match (self.eat_all(b"true"), self.eat_all(b"false")) {
            (true, _) => Ok(true),
            (false, true) => Ok(false),
            (false, false) => Err(NoJson),
        }
    }

    /// A whole number of at most 18 digits without exponent; `None` for any
    /// other number, which is then not passed over.
    #[inline]
    pub(super) fn short_integer(&mut self) -> Option<i64> {
        let bytes = self.text.as_bytes();
        let negative = bytes.get(self.at) == Some(&b'-');
        let first = self.at + usize::from(negative);
        let mut at = first;
        let mut value = 0i64;
        while let Some(digit @ b'0'..=b'9') = bytes.get(at) {
            // Eighteen digits stay below 2^63; more are refused below, before
            // the value is used.
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
            at += 1;
        }
        let digits = at - first;
        let leads_with_zero = digits > 1 && bytes[first] == b'0';
        let goes_on = matches!(bytes.get(at), Some(b'.' | b'e' | b'E'));
        if digits == 0 || digits > 18 || leads_with_zero || goes_on {
            return None;
        }
        self.at = at;
        Some(if negative { -value } else { value })
    }

    /// A number's text.
    pub(super) fn number(&mut self) -> Result<&'t str> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(NoJson);
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            if !self.eat(b'+') {
                self.eat(b'-');
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        match self.at == start {
            true => Err(NoJson),
            false => Ok(()),
        }
    }

    /// A string, without its quotes; its own bytes where it has no escapes.
    #[inline]
    pub(super) fn string(&mut self) -> Result<Cow<'t, str>> {
        let start = self.at + 1;
        let end = self.plain_end(start);
        if self.text.as_bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.escaped(start, end).map(Cow::Owned)
    }

    /// The rest of a string whose first special byte stands at `end`.
    fn escaped(&mut self, start: usize, end: usize) -> Result<String> {
        let mut out = self.text[start..end].to_owned();
        self.at = end;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(NoJson),
                None => return Err(NoJson),
            }
            let end = self.plain_end(self.at);
            out.push_str(&self.text[self.at..end]);
            self.at = end;
        }
    }

    /// Where the next quote, backslash or control character stands, or the end.
    #[inline]
    fn plain_end(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = from;
        while let Some(chunk) = bytes.get(at..at + 8) {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            let special = special_bytes(u64::from_le_bytes(word));
            if special != 0 {
                return at + (special.trailing_zeros() / 8) as usize;
            }
            at += 8;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let plain = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
        at + plain.unwrap_or(rest.len())
    }

    fn escape(&mut self) -> Result<char> {
        self.at += 1;
        let char = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            Some(_) | None => return Err(NoJson),
        };
        self.at += 1;
        Ok(char)
    }

    /// `\uXXXX`, or two of them that make a surrogate pair.
    fn unicode_escape(&mut self) -> Result<char> {
        let high = self.hex4()?;
        let scalar = match high {
            0xD800..=0xDBFF if self.eat_all(b"\\u") => match self.hex4()? {
                low @ 0xDC00..=0xDFFF => 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00),
                _ => high,
            },
            _ => high,
        };
        char::from_u32(scalar).ok_or(NoJson)
    }

    fn hex4(&mut self) -> Result<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let value = digits
            .unwrap_or_default()
            .iter()
            .try_fold(0, |value, digit| {
                char::from(*digit)
                    .to_digit(16)
                    .map(|digit| value * 16 + digit)
            });
        match (digits, value) {
            (Some(_), Some(value)) => {
                self.at += 4;
                Ok(value)
            }
            _ => Err(NoJson),
        }
    }

    /// Passes over the bracket that opens an array or object, and spaces.
    #[inline]
    pub(super) fn enter(&mut self) -> Result<()> {
        if self.open >= DEPTH_CEILING {
            return Err(NoJson);
        }
        self.open += 1;
        self.at += 1;
        self.space();
        Ok(())
    }

    /// Passes over an object's key and the colon after it.
    #[inline]
    pub(super) fn key(&mut self) -> Result<Cow<'t, str>> {
        if self.peek() != Some(b'"') {
            return Err(NoJson);
        }
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    /// Passes over the colon after a key.
    #[inline]
    pub(super) fn colon(&mut self) -> Result<()> {
        if self.eat(b':') {
            return Ok(());
        }
        self.space();
        match self.eat(b':') {
            true => Ok(()),
            false => Err(NoJson),
        }
    }

    /// Passes over what follows an array's item: whether that was the last.
    #[inline]
    pub(super) fn ends_array(&mut self) -> Result<bool> {
        self.ends(b']')
    }

    /// Passes over what follows an object's entry: whether that was the last.
    #[inline]
    pub(super) fn ends_object(&mut self) -> Result<bool> {
        self.ends(b'}')
    }

    #[inline]
    fn ends(&mut self, closing: u8) -> Result<bool> {
        self.space();
        let ends = match self.peek() {
            Some(b',') => false,
            Some(byte) if byte == closing => {
                self.open -= 1;
                true
            }
            Some(_) | None => return Err(NoJson),
        };
        self.at += 1;
        if !ends {
            self.space();
        }
        Ok(ends)
    }

    /// Passes over the bracket that closes an empty array or object.
    #[inline]
    pub(super) fn is_empty(&mut self, closing: u8) -> bool {
        let is_empty = self.eat(closing);
        self.open -= usize::from(is_empty);
        is_empty
    }

    /// Ends the text.
    pub(super) fn end(&mut self) -> Result<()> {
        self.space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(NoJson),
        }
    }

    /// Passes over one value, whatever it is.
    pub(super) fn skip(&mut self) -> Result<()> {
        let mut opened: Vec<JsonKind> = Vec::new();
        loop {
            let kind = self.kind()?;
            match kind {
                JsonKind::Null => self.null()?,
                JsonKind::Boolean => drop(self.boolean()?),
                JsonKind::Number => drop(self.number()?),
                JsonKind::String => drop(self.string()?),
                JsonKind::Array => {
                    self.enter()?;
                    if !self.is_empty(b']') {
                        opened.push(kind);
                        continue;
                    }
                }
                JsonKind::Object => {
                    self.enter()?;
                    if !self.is_empty(b'}') {
                        opened.push(kind);
                        self.key()?;
                        continue;
                    }
                }
            }
            // A value that ends may end what is open around it.
            loop {
                let Some(kind) = opened.last().copied() else {
                    return Ok(());
                };
                let ends = match kind {
                    JsonKind::Object => self.ends_object()?,
                    _ => self.ends_array()?,
                };
                if !ends {
                    if kind == JsonKind::Object {
                        self.key()?;
                    }
                    break;
                }
                opened.pop();
            }
        }
    }
}

/// The highest bit of each byte that is a quote, a backslash or a control
/// character. Bytes above the first such one may be marked without being one.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = zero(word ^ (ONES * b'"' as u64));
    let backslash = zero(word ^ (ONES * b'\\' as u64));
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (quote | backslash | control) & HIGHS
}
