//! What is wrong with a datum, collected from the inside out.

use std::sync::Arc;

use super::json_codec::FieldError;

/// Errors of one datum; what is beyond is not looked for.
const ERRORS_MAX: usize = 1_000;

/// Bytes of all pointers together; a long key would else be told with every
/// error inside it. The first error is always told.
const POINTER_BYTES_MAX: usize = 1 << 20;

/// The errors of one datum.
#[derive(Debug, Default)]
pub(super) struct Report {
    found: Vec<Found>,
}

#[derive(Debug)]
struct Found {
    /// Innermost first: it grows on the way out.
    path: Vec<Arc<str>>,
    /// Where it stands among those of its object.
    rank: usize,
    rule: &'static str,
    expected: String,
    found: String,
}

impl Report {
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= ERRORS_MAX
    }

    pub(super) fn push(&mut self, rule: &'static str, expected: String, found: String) {
        if !self.is_full() {
            self.found.push(Found {
                path: Vec::new(),
                rank: 0,
                rule,
                expected,
                found,
            });
        }
    }

    /// The errors from `first` on are one step further out.
    pub(super) fn within(&mut self, first: usize, token: impl Into<Arc<str>>, rank: usize) {
        let Some(new) = self.found.get_mut(first..).filter(|new| !new.is_empty()) else {
            return;
        };
        let token = token.into();
        for error in new {
            error.path.push(Arc::clone(&token));
            error.rank = rank;
        }
    }

    /// Puts the errors of one object, from `first` on, in the order of ranks.
    pub(super) fn by_rank(&mut self, first: usize) {
        if let Some(new) = self.found.get_mut(first..) {
            new.sort_by_key(|error| error.rank);
        }
    }

    /// Puts the errors of one map, from `first` on, in the order of ranks and
    /// then of keys.
    pub(super) fn by_key(&mut self, first: usize) {
        if let Some(new) = self.found.get_mut(first..) {
            new.sort_by(|a, b| (a.rank, a.path.last()).cmp(&(b.rank, b.path.last())));
        }
    }

    /// As a caller is told; empty where nothing is wrong.
    pub(super) fn errors(self) -> Vec<FieldError> {
        let mut bytes = 0;
        let mut errors = Vec::with_capacity(self.found.len());
        for error in self.found {
            let pointer = pointer(
                &error.path,
                POINTER_BYTES_MAX - bytes.min(POINTER_BYTES_MAX),
            );
            let Some(pointer) = pointer else {
                if errors.is_empty() {
                    errors.push(error.at(String::new()));
                }
                break;
            };
            bytes += pointer.len();
            errors.push(error.at(pointer));
        }
        errors
    }
}

impl Found {
    fn at(self, pointer: String) -> FieldError {
        FieldError {
            pointer,
            rule: self.rule,
            expected: self.expected,
            found: self.found,
        }
    }
}

/// The JSON pointer of a path, if it is not too long.
fn pointer(path: &[Arc<str>], bytes_max: usize) -> Option<String> {
    let mut pointer = String::new();
    for token in path.iter().rev() {
        if pointer.len() + token.len() > bytes_max {
            return None;
        }
        pointer.push('/');
        for character in token.chars() {
            match character {
                '~' => pointer.push_str("~0"),
                '/' => pointer.push_str("~1"),
                other => pointer.push(other),
            }
        }
    }
    Some(pointer)
}
