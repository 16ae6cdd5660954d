//! What is wrong with a text that a person wrote, with its place and the way out.

mod pages;

pub use pages::{explain, pages};

use crate::Span;

/// One problem in a contract's file. Data, not an `Err`: several come at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code.
    pub code: ProblemCode,
    /// The file, relative to the contracts folder; empty for a lone text.
    pub file: String,
    /// Place in the file; `None` where the whole file is meant.
    pub span: Option<Span>,
    /// Path in words, such as `ArticleChanged.prices[].currency`; may be empty.
    pub path: String,
    /// What is wrong: a lowercase fragment without a final stop.
    pub message: String,
    /// What to do; empty where nobody can know.
    pub fix: String,
}

/// Stable code of a problem (`S` schema text, `F` contracts folder).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProblemCode(pub &'static str);

/// Problems of a schema's text.
impl ProblemCode {
    /// The text is no JSON.
    pub const SYNTAX: ProblemCode = ProblemCode("S001");
    /// The text has more bytes than the limit.
    pub const TEXT_SIZE: ProblemCode = ProblemCode("S002");
    /// The text nests deeper than the limit.
    pub const TEXT_DEPTH: ProblemCode = ProblemCode("S003");
    /// The schema has more types than the limit, or too many references.
    pub const SCHEMA_SIZE: ProblemCode = ProblemCode("S004");
    /// A JSON object has a key twice.
    pub const DUPLICATE_KEY: ProblemCode = ProblemCode("S005");
    /// A JSON value stands where a schema is needed and is none.
    pub const NO_SCHEMA: ProblemCode = ProblemCode("S006");
    /// A type's name is defined nowhere.
    pub const UNKNOWN_TYPE: ProblemCode = ProblemCode("S007");
    /// An attribute is missing.
    pub const MISSING_ATTRIBUTE: ProblemCode = ProblemCode("S008");
    /// An attribute's value has the wrong JSON type or form.
    pub const WRONG_ATTRIBUTE: ProblemCode = ProblemCode("S009");
    /// A name is no Avro name.
    pub const BAD_NAME: ProblemCode = ProblemCode("S010");
    /// A full name is defined twice.
    pub const REDEFINED: ProblemCode = ProblemCode("S011");
    /// A named type has the name of a primitive type.
    pub const PRIMITIVE_NAME: ProblemCode = ProblemCode("S012");
    /// A record has two fields of one name.
    pub const DUPLICATE_FIELD: ProblemCode = ProblemCode("S013");
    /// A field's default does not fit its type.
    pub const BAD_DEFAULT: ProblemCode = ProblemCode("S014");
    /// A union stands directly in a union.
    pub const NESTED_UNION: ProblemCode = ProblemCode("S015");
    /// A union has two branches that a reader cannot tell apart.
    pub const DUPLICATE_BRANCH: ProblemCode = ProblemCode("S016");
    /// An enum has a symbol twice.
    pub const DUPLICATE_SYMBOL: ProblemCode = ProblemCode("S017");
    /// An enum's default is none of its symbols.
    pub const BAD_ENUM_DEFAULT: ProblemCode = ProblemCode("S018");
}

/// Problems of the contracts folder.
impl ProblemCode {
    /// A contract's folder has no `contract.toml`.
    pub const NO_CONFIG: ProblemCode = ProblemCode("F001");
    /// `contract.toml` is no TOML.
    pub const CONFIG_SYNTAX: ProblemCode = ProblemCode("F002");
    /// `contract.toml` has a key that nobody reads.
    pub const UNKNOWN_KEY: ProblemCode = ProblemCode("F003");
    /// `contract.toml` lacks a key.
    pub const MISSING_KEY: ProblemCode = ProblemCode("F004");
    /// A value in `contract.toml` is not allowed.
    pub const BAD_VALUE: ProblemCode = ProblemCode("F005");
    /// A file that has no meaning where it stands.
    pub const UNKNOWN_FILE: ProblemCode = ProblemCode("F006");
    /// A contract has no version.
    pub const NO_VERSION: ProblemCode = ProblemCode("F007");
    /// A version's number is left out.
    pub const VERSION_GAP: ProblemCode = ProblemCode("F008");
    /// Two files claim one version.
    pub const DUPLICATE_VERSION: ProblemCode = ProblemCode("F009");
    /// A contract's folder is not named by an Avro full name.
    pub const FOLDER_NAME: ProblemCode = ProblemCode("F010");
    /// A schema's full name is not its folder's, or it is no record.
    pub const WRONG_FULL_NAME: ProblemCode = ProblemCode("F011");
    /// More than the highest version is unreleased.
    pub const TWO_DRAFTS: ProblemCode = ProblemCode("F012");
    /// A file has git's conflict markers.
    pub const CONFLICT_MARKERS: ProblemCode = ProblemCode("F013");
    /// A file is not UTF-8.
    pub const NOT_UTF8: ProblemCode = ProblemCode("F014");
    /// A line of `contracts.lock` cannot be read, or stands twice.
    pub const BAD_LOCK_LINE: ProblemCode = ProblemCode("F015");
    /// A released version's file is gone.
    pub const RELEASED_FILE_GONE: ProblemCode = ProblemCode("F016");
    /// A released version's file has other bytes than at its release.
    pub const RELEASED_FILE_CHANGED: ProblemCode = ProblemCode("F017");
    /// A field path in `contract.toml` does not lead to a fitting field.
    pub const BAD_FIELD_PATH: ProblemCode = ProblemCode("F018");
    /// A schema refers to a contract that is no shared type.
    pub const NOT_A_TYPE: ProblemCode = ProblemCode("F019");
    /// Contracts refer to each other in a circle.
    pub const REFERENCE_CYCLE: ProblemCode = ProblemCode("F020");
    /// A pinned reference leads to no version.
    pub const PIN_GONE: ProblemCode = ProblemCode("F021");
    /// Two contracts share one registry subject.
    pub const SHARED_SUBJECT: ProblemCode = ProblemCode("F022");
    /// `retired` names a version that is not released.
    pub const RETIRED_UNRELEASED: ProblemCode = ProblemCode("F023");
    /// A version reaches more references than the limit.
    pub const TOO_MANY_REFERENCES: ProblemCode = ProblemCode("F024");
    /// An example is no JSON.
    pub const BAD_EXAMPLE: ProblemCode = ProblemCode("F025");
    /// A version that is referred to could not be loaded.
    pub const REFERENCE_BROKEN: ProblemCode = ProblemCode("F026");
    /// A version reaches a shared type in two versions.
    pub const REFERENCE_CLASH: ProblemCode = ProblemCode("F027");
}

impl Problem {
    /// A problem without a place.
    pub(crate) fn new(code: ProblemCode, message: impl Into<String>) -> Problem {
        Problem {
            code,
            file: String::new(),
            span: None,
            path: String::new(),
            message: message.into(),
            fix: String::new(),
        }
    }

    /// The same problem at a place.
    pub(crate) fn at(self, span: Span) -> Problem {
        Problem {
            span: Some(span),
            ..self
        }
    }

    /// The same problem in a file.
    pub(crate) fn in_file(self, file: &str) -> Problem {
        Problem {
            file: file.to_owned(),
            ..self
        }
    }

    /// The same problem with its path in words.
    pub(crate) fn on(self, path: &str) -> Problem {
        Problem {
            path: shorten(path),
            ..self
        }
    }

    /// The same problem with a way out.
    pub(crate) fn fix(self, fix: impl Into<String>) -> Problem {
        Problem {
            fix: fix.into(),
            ..self
        }
    }
}

/// Characters of a user's text that a message repeats at most.
const QUOTE_CHARS_MAX: usize = 120;

/// A user's text, cut so that a hostile one cannot make a message large.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(QUOTE_CHARS_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The candidate nearest to a text, whatever the distance.
pub fn nearest<'c>(text: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let text = shorten(text);
    candidates
        .into_iter()
        .take(NEAREST_CANDIDATES_MAX)
        .filter(|candidate| candidate.len() <= 4 * QUOTE_CHARS_MAX)
        .min_by_key(|candidate| strsim::damerau_levenshtein(&text, candidate))
}

/// The candidate that a text is likely a misspelling of.
pub fn likely<'c>(text: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let length = text.chars().take(QUOTE_CHARS_MAX + 1).count();
    let distance_max = (length / 3).clamp(1, 4);
    if length > QUOTE_CHARS_MAX {
        return None;
    }
    let is_similar = |candidate: &&str| candidate.len().abs_diff(text.len()) <= 4 * distance_max;
    nearest(text, candidates.into_iter().filter(is_similar))
        .filter(|candidate| strsim::damerau_levenshtein(text, candidate) <= distance_max)
}

/// Candidates that a search for the nearest looks at.
const NEAREST_CANDIDATES_MAX: usize = 300;
