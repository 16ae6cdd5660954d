//! Reading values of a TOML table, with a problem for what does not fit.

use std::collections::BTreeMap;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    Problem, ProblemCode, Span,
    problem::{nearest, shorten},
};

/// Problems of one file that are collected at most.
const PROBLEMS_MAX: usize = 100;

pub(super) struct Reader<'t> {
    pub(super) file: &'t str,
    pub(super) table: &'t DeTable<'t>,
    pub(super) problems: Vec<Problem>,
    pub(super) spans: BTreeMap<String, Span>,
}

impl<'t> Reader<'t> {
    /// A value that is one of a few words.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = choices
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value);
        if found.is_none() {
            let words: Vec<String> = choices
                .iter()
                .map(|(word, _)| format!("{word:?}"))
                .collect();
            let message = format!("{key} cannot be {:?}", shorten(&text));
            self.bad_value(key, message, format!("use one of {}", words.join(", ")));
        }
        found
    }

    /// A list of dotted field paths.
    pub(super) fn paths(&mut self, key: &str) -> Vec<String> {
        let items = self.array(key, "an array of field paths");
        if let (true, Some(span)) = (self.has(key) && items.is_empty(), self.spans.get(key)) {
            let span = *span;
            if self
                .value(key)
                .is_some_and(|value| value.get_ref().is_array())
            {
                let message = format!("{key} names no field");
                self.report(
                    ProblemCode::BAD_VALUE,
                    span,
                    message,
                    "name at least one field path",
                );
            }
        }
        let mut paths: Vec<String> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            self.spans.insert(format!("{key}[{index}]"), span_of(item));
            match item.get_ref().as_str() {
                Some(path) if paths.iter().any(|known| known == path) => {
                    let message = format!("{key} names {:?} twice", shorten(path));
                    self.report(ProblemCode::BAD_VALUE, span_of(item), message, "remove one");
                }
                Some(path) => paths.push(path.to_owned()),
                None => self.wrong_type(key, item, "an array of field paths"),
            }
        }
        paths
    }

    pub(super) fn required_text(&mut self, key: &str, example: &str) -> String {
        match self.text(key) {
            Some(text) if text.trim().is_empty() => {
                self.bad_value(key, format!("{key} is empty"), example);
                text
            }
            Some(text) => text,
            None => {
                if !self.has(key) {
                    self.missing(key, example);
                }
                String::new()
            }
        }
    }

    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong_type(key, value, "a string");
        }
        text
    }

    pub(super) fn number(&mut self, key: &str) -> Option<i64> {
        let value = self.value(key)?;
        let number = integer(value.get_ref());
        if number.is_none() {
            self.wrong_type(key, value, "a whole number");
        }
        number
    }

    pub(super) fn array(&mut self, key: &str, expected: &str) -> &'t [Spanned<DeValue<'t>>] {
        let Some(value) = self.value(key) else {
            return &[];
        };
        match value.get_ref() {
            DeValue::Array(items) => items,
            _ => {
                self.wrong_type(key, value, expected);
                &[]
            }
        }
    }

    pub(super) fn value(&mut self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        let value = self.table.get(key)?;
        self.spans.insert(key.to_owned(), span_of(value));
        Some(value)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Reports keys that nobody reads, each with the nearest known one.
    pub(super) fn check_keys(&mut self, table: &DeTable<'_>, known: &[&str], place: &str) {
        for (key, _) in table {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let near = nearest(name, known.iter().copied()).unwrap_or_default();
            let message = format!(
                "{place} has no key {:?}; the nearest is {near:?}",
                shorten(name)
            );
            let fix = format!("did you mean {near:?}? known are {}", known.join(", "));
            let span = Span {
                start: key.span().start,
                end: key.span().end,
            };
            self.report(ProblemCode::UNKNOWN_KEY, span, message, fix);
        }
    }

    pub(super) fn refuse_keys(&mut self, keys: &[&str], why: &str) {
        for key in keys {
            if let Some(value) = self.table.get(*key) {
                let message = format!("{key:?} has no meaning here: {why}");
                let fix = format!("remove {key:?}, or change \"kind\"");
                self.report(ProblemCode::BAD_VALUE, span_of(value), message, fix);
            }
        }
    }

    fn add(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }

    pub(super) fn missing(&mut self, key: &str, example: &str) {
        let message = format!("{key:?} is missing");
        let problem = Problem::new(ProblemCode::MISSING_KEY, message).in_file(self.file);
        self.add(problem.fix(format!("add {example}")));
    }

    pub(super) fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        let found = value.get_ref().type_str();
        let message = format!("{:?} must be {expected}, not of type {found}", shorten(key));
        self.report(ProblemCode::BAD_VALUE, span_of(value), message, "");
    }

    pub(super) fn bad_value(&mut self, key: &str, message: String, fix: impl Into<String>) {
        let span = self.spans.get(key).copied();
        let problem = Problem::new(ProblemCode::BAD_VALUE, message)
            .in_file(self.file)
            .fix(fix);
        self.add(Problem { span, ..problem });
    }

    pub(super) fn report(
        &mut self,
        code: ProblemCode,
        span: Span,
        message: String,
        fix: impl Into<String>,
    ) {
        self.add(
            Problem::new(code, message)
                .at(span)
                .in_file(self.file)
                .fix(fix),
        );
    }
}

pub(super) fn span_of(value: &Spanned<DeValue<'_>>) -> Span {
    Span {
        start: value.span().start,
        end: value.span().end,
    }
}

pub(super) fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok()
}
