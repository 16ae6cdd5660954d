//! Avro names: a simple name and the namespace around it.

use std::fmt;

/// A full name: `namespace.name`, or just `name` in the null namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FullName {
    text: String,
}

/// Why a text is no Avro name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an Avro name: each part must match [A-Za-z_][A-Za-z0-9_]*")]
pub struct NameError {
    /// The text.
    pub text: String,
}

impl FullName {
    /// Checks and takes a full name.
    ///
    /// # Errors
    /// A part does not match `[A-Za-z_][A-Za-z0-9_]*`.
    pub fn new(text: &str) -> Result<FullName, NameError> {
        let part_ok = |part: &str| {
            let mut bytes = part.bytes();
            bytes
                .next()
                .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
                && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        if text.split('.').all(part_ok) {
            Ok(FullName {
                text: text.to_owned(),
            })
        } else {
            Err(NameError {
                text: text.to_owned(),
            })
        }
    }

    /// Stands in for a name that is missing; a problem says so.
    pub(crate) fn unnamed() -> FullName {
        FullName {
            text: "unnamed".to_owned(),
        }
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The simple name.
    pub fn name(&self) -> &str {
        self.text
            .rsplit_once('.')
            .map_or(self.text.as_str(), |(_, name)| name)
    }

    /// The namespace; empty for the null namespace.
    pub fn namespace(&self) -> &str {
        self.text
            .rsplit_once('.')
            .map_or("", |(namespace, _)| namespace)
    }
}

impl fmt::Display for FullName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
