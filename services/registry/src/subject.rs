//! Subjects, contexts and versions as clients write them.

use std::fmt;

use crate::error::Error;

/// The context of every subject that names none.
pub(crate) const DEFAULT_CONTEXT: &str = ".";

/// Bytes of a subject or a context. PostgreSQL's index takes both twice.
const NAME_BYTES_MAX: usize = 1024;
const CONTEXT_BYTES_MAX: usize = 255;

/// A subject in its context: `orders-value`, or `:.ctx:orders-value`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SubjectName {
    context: String,
    name: String,
}

impl SubjectName {
    /// Takes a subject as it stands in a path or a body, qualified or not.
    pub(crate) fn parse(text: &str) -> SubjectName {
        SubjectName::in_context(DEFAULT_CONTEXT, text)
    }

    /// The same, where an unqualified subject belongs to `context`.
    pub(crate) fn in_context(context: &str, text: &str) -> SubjectName {
        let qualified = text.strip_prefix(':').and_then(|rest| rest.split_once(':'));
        let (context, name) = qualified
            .filter(|(context, _)| context.starts_with('.'))
            .unwrap_or((context, text));
        SubjectName {
            context: context.to_owned(),
            name: name.to_owned(),
        }
    }

    pub(crate) fn new(context: String, name: String) -> SubjectName {
        SubjectName { context, name }
    }

    pub(crate) fn context(&self) -> &str {
        &self.context
    }

    /// The subject without its context.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The context as Confluent's messages show it: nothing for the default one.
    pub(crate) fn context_shown(&self) -> &str {
        if self.context == DEFAULT_CONTEXT {
            ""
        } else {
            &self.context
        }
    }

    /// Whether this names a context and no subject in it: `:.ctx:`.
    pub(crate) fn is_context(&self) -> bool {
        self.name.is_empty() && self.context != DEFAULT_CONTEXT
    }

    /// Whether this is `:.:`, or the subject without a name.
    pub(crate) fn is_default_context(&self) -> bool {
        self.name.is_empty() && self.context == DEFAULT_CONTEXT
    }

    /// Whether something may be stored under this name.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let reserved = matches!(self.name.as_str(), "__GLOBAL" | "__EMPTY");
        if reserved || !self.can_exist() {
            return Err(Error::SubjectInvalid(self.to_string()));
        }
        Ok(())
    }

    /// False where nothing can be stored, so that nothing is asked for either:
    /// PostgreSQL refuses a NUL in a text.
    pub(crate) fn can_exist(&self) -> bool {
        let plain = |text: &str| !text.chars().any(char::is_control);
        plain(&self.name)
            && plain(&self.context)
            && self.name.len() <= NAME_BYTES_MAX
            && self.context.len() <= CONTEXT_BYTES_MAX
    }
}

/// Qualified unless it is in the default context.
impl fmt::Display for SubjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.context == DEFAULT_CONTEXT {
            f.write_str(&self.name)
        } else {
            write!(f, ":{}:{}", self.context, self.name)
        }
    }
}

/// A schema's number in its context.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type, serde::Serialize,
)]
#[sqlx(transparent)]
#[serde(transparent)]
pub(crate) struct SchemaId(pub(crate) i32);

impl fmt::Display for SchemaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A version's number in its subject, from 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type, serde::Serialize,
)]
#[sqlx(transparent)]
#[serde(transparent)]
pub(crate) struct Version(pub(crate) i32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A version as a path names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VersionSelector {
    Latest,
    Number(Version),
}

impl VersionSelector {
    /// `latest` in any case, `-1`, or a number from 1 to 2^31-1.
    pub(crate) fn parse(text: &str) -> Result<VersionSelector, Error> {
        if text.eq_ignore_ascii_case("latest") || text == "-1" {
            return Ok(VersionSelector::Latest);
        }
        match text.parse::<i32>() {
            Ok(number) if number >= 1 => Ok(VersionSelector::Number(Version(number))),
            Ok(_) | Err(_) => Err(Error::VersionInvalid(text.to_owned())),
        }
    }
}

impl fmt::Display for VersionSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VersionSelector::Latest => f.write_str("latest"),
            VersionSelector::Number(version) => version.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, context: &str, name: &str) {
        let subject = SubjectName::parse(text);
        assert_eq!((subject.context(), subject.name()), (context, name));
        assert_eq!(subject.to_string(), text);
    }

    #[test]
    fn a_subject_names_its_context_or_is_in_the_default_one() {
        check("orders-value", ".", "orders-value");
        check(":.ctx:orders-value", ".ctx", "orders-value");
        check(":.ctx:", ".ctx", "");
        check(":ctx:s", ".", ":ctx:s");
        check(":.ctx", ".", ":.ctx");
        check("", ".", "");
        check(":.ctx:a:b", ".ctx", "a:b");
    }

    #[test]
    fn control_characters_and_reserved_names_are_refused() {
        for bad in ["a\u{0}b", "a\nb", "__GLOBAL", "__EMPTY", &"x".repeat(1025)] {
            assert!(SubjectName::parse(bad).check().is_err(), "{bad:?}");
        }
        for good in ["", "a/b", "..", "\u{5d0}\u{202e}", &"x".repeat(1024)] {
            assert!(SubjectName::parse(good).check().is_ok(), "{good:?}");
        }
    }

    #[test]
    fn versions_are_numbers_or_the_latest() {
        let parse = |text| VersionSelector::parse(text).ok();
        assert_eq!(parse("LATEST"), Some(VersionSelector::Latest));
        assert_eq!(parse("-1"), Some(VersionSelector::Latest));
        assert_eq!(
            parse("2147483647"),
            Some(VersionSelector::Number(Version(i32::MAX)))
        );
        for bad in ["0", "-2", "abc", "2147483648", "", "1.0"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
