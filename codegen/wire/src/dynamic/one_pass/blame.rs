//! What is told about a datum that is wrong, and where that is.

use super::{Encoder, Result, Unfit};
use crate::dynamic::{
    json_codec::FieldError,
    leaf::{self, Token},
    program::Spelling,
    scan::JsonKind,
};

/// What is wrong, where that was asked for.
#[derive(Debug)]
pub(in crate::dynamic) struct Blame(pub(in crate::dynamic) FieldError);

impl Encoder<'_, '_> {
    /// What stands here, in words; it is passed over.
    pub(super) fn found(&mut self) -> Result<String> {
        let kind = self.scan.kind()?;
        let start = self.scan.at;
        if self.program.spelling == Spelling::Plain {
            return Ok(String::new());
        }
        let token = match kind {
            JsonKind::Null => Token::Null,
            JsonKind::Boolean => Token::Bool(self.scan.boolean()?),
            JsonKind::Number => Token::Number(self.scan.number()?),
            JsonKind::String => {
                let text = self.scan.string()?;
                return Ok(leaf::found(Token::String(&text)));
            }
            JsonKind::Array => Token::Array,
            JsonKind::Object => Token::Object,
        };
        self.scan.at = start;
        Ok(leaf::found(token))
    }

    pub(super) fn twice<T>(&mut self, name: String) -> Result<T> {
        let expected = || "each key once".to_owned();
        let unfit = self.unfit("duplicate_key", expected, "the same key again");
        self.within(unfit, || name)
    }

    pub(super) fn unfit<T>(
        &mut self,
        rule: &'static str,
        expected: impl FnOnce() -> String,
        found: &str,
    ) -> Result<T> {
        if self.program.spelling == Spelling::Avro {
            self.blame = Some((rule, expected(), found.to_owned()));
        }
        Err(Unfit)
    }

    pub(super) fn misfit(
        &mut self,
        rule: &'static str,
        expected: String,
        token: Token<'_>,
    ) -> Unfit {
        if self.program.spelling == Spelling::Avro {
            self.blame = Some((rule, expected, leaf::found(token)));
        }
        Unfit
    }

    /// Notes on the way out where an error stands.
    #[inline]
    pub(super) fn within<T>(
        &mut self,
        result: Result<T>,
        token: impl FnOnce() -> String,
    ) -> Result<T> {
        if result.is_err() && self.program.spelling == Spelling::Avro {
            self.path.push(token());
        }
        result
    }

    pub(super) fn into_blame(self) -> Blame {
        let Some((rule, expected, found)) = self.blame else {
            return Blame(FieldError {
                pointer: String::new(),
                rule: "json",
                expected: "a JSON text".to_owned(),
                found: self.scan.fault(),
            });
        };
        let mut pointer = String::new();
        for token in self.path.iter().rev() {
            pointer.push('/');
            pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
        }
        Blame(FieldError {
            pointer,
            rule,
            expected,
            found,
        })
    }
}
