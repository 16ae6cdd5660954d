//! JSON text, a token at a time: no tree, no recursion, and every byte is
//! looked at once unless a caller goes back.
//!
//! What is refused, and in which words, is what
//! [`accordant_schema::json::parse`] refuses.

use std::borrow::Cow;

use accordant_schema::{json::DEPTH_CEILING, position};

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

/// The text is no JSON: what [`Scanner::fault`] says.
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
    fault: Option<(Cow<'static, str>, usize)>,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str, at: usize) -> Scanner<'t> {
        Scanner {
            text,
            at,
            open: 0,
            fault: None,
        }
    }

    /// What is wrong with the text, and where, once a call has failed.
    pub(super) fn fault(&self) -> String {
        match &self.fault {
            Some((message, at)) => {
                let at = position(self.text, *at);
                format!("{message} at line {}, column {}", at.line, at.column)
            }
            None => "no JSON".to_owned(),
        }
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
            other => Err(self.no_value(other)),
        }
    }

    #[cold]
    fn no_value(&mut self, byte: Option<u8>) -> NoJson {
        self.wrong(match byte {
            Some(b'/') => "a comment, which JSON does not have",
            Some(b']' | b'}') => "a value is missing before the closing bracket",
            Some(_) => "no JSON value begins like this",
            None => "the text ends where a value is needed",
        })
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
            false => Err(self.wrong("no JSON value begins like this")),
        }
    }

    /// `true` or `false`
    pub(super) fn boolean(&mut self) -> Result<bool> {
        match (self.eat_all(b"true"), self.eat_all(b"false")) {
            (true, _) => Ok(true),
            (false, true) => Ok(false),
            (false, false) => Err(self.wrong("no JSON value begins like this")),
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
            return Err(self.wrong("a number has a zero in front"));
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
            true => Err(self.wrong("a digit is missing in a number")),
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
        let opening = self.at;
        let mut out = self.text[start..end].to_owned();
        self.at = end;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.wrong("a control character stands in a string")),
                None => return Err(self.wrong_at("a string is not closed", opening)),
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
        let start = self.at;
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
                return self.unicode_escape(start);
            }
            Some(_) | None => return Err(self.wrong("no escape that JSON knows")),
        };
        self.at += 1;
        Ok(char)
    }

    /// `\uXXXX`, or two of them that make a surrogate pair.
    fn unicode_escape(&mut self, start: usize) -> Result<char> {
        let high = self.hex4()?;
        let scalar = match high {
            0xD800..=0xDBFF if self.eat_all(b"\\u") => match self.hex4()? {
                low @ 0xDC00..=0xDFFF => 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00),
                _ => high,
            },
            _ => high,
        };
        char::from_u32(scalar)
            .ok_or_else(|| self.wrong_at("half of a surrogate pair in a string", start))
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
            _ => Err(self.wrong("\\u needs four hexadecimal digits")),
        }
    }

    /// Passes over the bracket that opens an array or object, and spaces.
    #[inline]
    pub(super) fn enter(&mut self) -> Result<()> {
        if self.open >= DEPTH_CEILING {
            return Err(self.too_deep());
        }
        self.open += 1;
        self.at += 1;
        self.space();
        Ok(())
    }

    #[cold]
    fn too_deep(&mut self) -> NoJson {
        let message = format!("the JSON nests deeper than {DEPTH_CEILING} levels");
        self.fault = Some((message.into(), self.at));
        NoJson
    }

    /// Passes over an object's key and the colon after it.
    #[inline]
    pub(super) fn key(&mut self) -> Result<Cow<'t, str>> {
        if self.peek() != Some(b'"') {
            return Err(self.no_key());
        }
        let key = self.string()?;
        self.colon()?;
        Ok(key)
    }

    #[cold]
    fn no_key(&mut self) -> NoJson {
        let message = match self.peek() {
            Some(b'}') => "a key is missing before the closing brace",
            Some(_) => "an object's key must be a string in quotes",
            None => "the text ends inside an object",
        };
        self.wrong(message)
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
            false => Err(self.wrong("\":\" is missing after an object's key")),
        }
    }

    /// Passes over what follows an array's item: whether that was the last.
    #[inline]
    pub(super) fn ends_array(&mut self) -> Result<bool> {
        self.ends(b']', "\",\" or \"]\" is missing")
    }

    /// Passes over what follows an object's entry: whether that was the last.
    #[inline]
    pub(super) fn ends_object(&mut self) -> Result<bool> {
        self.ends(b'}', "\",\" or \"}\" is missing")
    }

    #[inline]
    fn ends(&mut self, closing: u8, missing: &'static str) -> Result<bool> {
        self.space();
        let ends = match self.peek() {
            Some(b',') => false,
            Some(byte) if byte == closing => {
                self.open -= 1;
                true
            }
            Some(_) => return Err(self.wrong(missing)),
            None => return Err(self.cut_short(closing)),
        };
        self.at += 1;
        if !ends {
            self.space();
        }
        Ok(ends)
    }

    #[cold]
    fn cut_short(&mut self, closing: u8) -> NoJson {
        let closing = char::from(closing);
        let message = format!("the text ends where \",\" or \"{closing}\" is needed");
        self.fault = Some((message.into(), self.at));
        NoJson
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
            Some(_) => Err(self.wrong("text after the end of the JSON value")),
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

    #[cold]
    fn wrong(&mut self, message: &'static str) -> NoJson {
        self.wrong_at(message, self.at)
    }

    #[cold]
    fn wrong_at(&mut self, message: &'static str, at: usize) -> NoJson {
        self.fault = Some((message.into(), at));
        NoJson
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
