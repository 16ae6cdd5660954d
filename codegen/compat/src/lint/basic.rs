//! The set `basic`: names, unions and attributes as everybody writes them.

pub(super) mod attributes;
pub(super) mod names;
pub(super) mod unions;

use super::{Lint, Set, lint, run::Check};

const fn basic(code: &'static str, name: &'static str, page: &'static str, check: Check) -> Lint {
    lint(Set::Basic, code, name, page, check)
}
