//! The JSON parser: a loop with its own stack, so that depth costs no stack.

use super::{DEPTH_CEILING, Json, Key, Value};
use crate::{Problem, ProblemCode, Span};

/// Parses one JSON text. Not recursive on depth; duplicate keys are kept, for
/// the caller to judge; anything after the value is an error. Levels above
/// [`DEPTH_CEILING`] are refused whatever `depth_max` says.
///
/// # Errors
/// The first syntax error with its place, or a depth above `depth_max`.
pub fn parse(text: &str, depth_max: usize) -> Result<Json, Problem> {
    let depth_max = depth_max.min(DEPTH_CEILING);
    Parser {
        text,
        at: 0,
        depth_max,
        open: Vec::new(),
    }
    .run()
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth_max: usize,
    open: Vec<Open>,
}

/// An array or object whose end has not been seen.
enum Open {
    Array {
        start: usize,
        items: Vec<Json>,
    },
    Object {
        start: usize,
        entries: Vec<(Key, Json)>,
        key: Key,
    },
}

impl Parser<'_> {
    fn run(mut self) -> Result<Json, Problem> {
        loop {
            let Some(mut done) = self.value()? else {
                continue;
            };
            // A finished value goes into what is open around it, which may
            // finish that in turn.
            loop {
                match self.open.pop() {
                    None => return self.end(done),
                    Some(open) => match self.attach(open, done)? {
                        Some(outer) => done = outer,
                        None => break,
                    },
                }
            }
        }
    }

    fn end(&mut self, done: Json) -> Result<Json, Problem> {
        self.skip_space();
        match self.peek() {
            None => Ok(done),
            Some(_) => Err(self.problem("text after the end of the JSON value")),
        }
    }

    /// A scalar or an empty container; `None` when a container was opened.
    fn value(&mut self) -> Result<Option<Json>, Problem> {
        self.skip_space();
        let start = self.at;
        let value = match self.peek() {
            Some(b'[') => {
                self.open_container()?;
                if !self.eat(b']') {
                    self.open.push(Open::Array {
                        start,
                        items: Vec::new(),
                    });
                    return Ok(None);
                }
                Value::Array(Vec::new())
            }
            Some(b'{') => {
                self.open_container()?;
                if !self.eat(b'}') {
                    let key = self.key()?;
                    self.open.push(Open::Object {
                        start,
                        entries: Vec::new(),
                        key,
                    });
                    return Ok(None);
                }
                Value::Object(Vec::new())
            }
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b'n') => self.word("null", Value::Null)?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'/') => return Err(self.problem("a comment, which JSON does not have")),
            Some(b']' | b'}') => {
                return Err(self
                    .problem("a value is missing before the closing bracket")
                    .fix("remove the comma before it"));
            }
            Some(_) => return Err(self.problem("no JSON value begins like this")),
            None => return Err(self.problem("the text ends where a value is needed")),
        };
        Ok(Some(Json {
            value,
            span: Span {
                start,
                end: self.at,
            },
        }))
    }

    /// Puts a finished value into its container: `Some` when that ends here.
    fn attach(&mut self, open: Open, done: Json) -> Result<Option<Json>, Problem> {
        self.skip_space();
        match open {
            Open::Array { start, mut items } => {
                items.push(done);
                if self.eat(b']') {
                    let span = Span {
                        start,
                        end: self.at,
                    };
                    return Ok(Some(Json {
                        value: Value::Array(items),
                        span,
                    }));
                }
                self.comma("\",\" or \"]\"")?;
                self.open.push(Open::Array { start, items });
            }
            Open::Object {
                start,
                mut entries,
                key,
            } => {
                entries.push((key, done));
                if self.eat(b'}') {
                    let span = Span {
                        start,
                        end: self.at,
                    };
                    return Ok(Some(Json {
                        value: Value::Object(entries),
                        span,
                    }));
                }
                self.comma("\",\" or \"}\"")?;
                self.skip_space();
                let key = self.key()?;
                self.open.push(Open::Object {
                    start,
                    entries,
                    key,
                });
            }
        }
        Ok(None)
    }

    fn open_container(&mut self) -> Result<(), Problem> {
        if self.open.len() >= self.depth_max {
            let message = format!("the JSON nests deeper than {} levels", self.depth_max);
            return Err(Problem::new(ProblemCode::TEXT_DEPTH, message).at(self.here()));
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn key(&mut self) -> Result<Key, Problem> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => {}
            Some(b'}') => {
                let problem = self.problem("a key is missing before the closing brace");
                return Err(problem.fix("remove the comma before it"));
            }
            Some(_) => return Err(self.problem("an object's key must be a string in quotes")),
            None => return Err(self.problem("the text ends inside an object")),
        }
        let name = self.string()?;
        let span = Span {
            start,
            end: self.at,
        };
        self.skip_space();
        if !self.eat(b':') {
            return Err(self.problem("\":\" is missing after an object's key"));
        }
        Ok(Key { name, span })
    }

    fn comma(&mut self, expected: &str) -> Result<(), Problem> {
        if self.eat(b',') {
            return Ok(());
        }
        Err(self.problem(&match self.peek() {
            Some(_) => format!("{expected} is missing"),
            None => format!("the text ends where {expected} is needed"),
        }))
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Problem> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.problem("no JSON value begins like this"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<String, Problem> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.problem("a number has a zero in front"));
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
        Ok(self.text[start..self.at].to_owned())
    }

    fn digits(&mut self) -> Result<(), Problem> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            Err(self.problem("a digit is missing in a number"))
        } else {
            Ok(())
        }
    }

    fn string(&mut self) -> Result<String, Problem> {
        let opening = self.here();
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let plain = rest
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
                .unwrap_or(rest.len());
            out.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => {
                    let problem = self.problem("a control character stands in a string");
                    return Err(problem.fix("write it as an escape, such as \\n"));
                }
                None => {
                    let message = "a string is not closed";
                    return Err(Problem::new(ProblemCode::SYNTAX, message).at(opening));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Problem> {
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
            Some(_) | None => return Err(self.problem("no escape that JSON knows")),
        };
        self.at += 1;
        Ok(char)
    }

    /// `\uXXXX`, or two of them that make a surrogate pair.
    fn unicode_escape(&mut self, start: usize) -> Result<char, Problem> {
        let high = self.hex4()?;
        let scalar = match high {
            0xD800..=0xDBFF if self.text[self.at..].starts_with("\\u") => {
                self.at += 2;
                match self.hex4()? {
                    low @ 0xDC00..=0xDFFF => 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00),
                    _ => high,
                }
            }
            _ => high,
        };
        char::from_u32(scalar).ok_or_else(|| {
            let span = Span {
                start,
                end: self.at,
            };
            Problem::new(ProblemCode::SYNTAX, "half of a surrogate pair in a string").at(span)
        })
    }

    fn hex4(&mut self) -> Result<u32, Problem> {
        let digits = self
            .text
            .as_bytes()
            .get(self.at..self.at + 4)
            .unwrap_or_default();
        if digits.len() < 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(self.problem("\\u needs four hexadecimal digits"));
        }
        self.at += 4;
        Ok(digits.iter().fold(0, |value, digit| {
            value * 16
                + (*digit as char)
                    .to_digit(16)
                    .expect("checked to be hexadecimal")
        }))
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let eaten = self.peek() == Some(byte);
        self.at += usize::from(eaten);
        eaten
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn problem(&self, message: &str) -> Problem {
        let problem = Problem::new(ProblemCode::SYNTAX, message).at(self.here());
        if self.at == 0 && self.text.starts_with('\u{feff}') {
            return problem.fix("save the file as UTF-8 without a byte order mark");
        }
        problem
    }

    /// The character at the cursor; empty at the end.
    fn here(&self) -> Span {
        let char = self.text[self.at..].chars().next();
        Span {
            start: self.at,
            end: self.at + char.map_or(0, char::len_utf8),
        }
    }
}
