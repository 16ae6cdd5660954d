//! How a page looks: where the files stand, and colours.

use super::excerpt::Located;

/// How a report is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// What stands before a file's path, such as `contracts`; may be empty.
    pub root: String,
    /// Colours.
    pub colour: Colour,
}

impl Default for Style {
    fn default() -> Style {
        Style {
            root: "contracts".to_owned(),
            colour: Colour::Plain,
        }
    }
}

/// Whether the text has ANSI colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// None.
    Plain,
    /// ANSI escape sequences.
    Ansi,
}

impl Style {
    /// A file as a person finds it; `../` leads out of the contracts folder.
    pub(super) fn path(&self, file: &str) -> String {
        let root = self.root.trim_end_matches('/');
        let (root, file) = match (file.strip_prefix("../"), root) {
            (None, _) | (Some(_), "" | "." | "..") => (root, file),
            (Some(outside), root) => (root.rsplit_once('/').map_or("", |it| it.0), outside),
        };
        match root {
            "" => file.to_owned(),
            root => format!("{root}/{file}"),
        }
    }

    /// `file:line:column`, or the file alone.
    pub(super) fn position(&self, located: &Located<'_>) -> String {
        let file = self.path(located.file);
        match &located.position {
            Some(at) => format!("{file}:{}:{}", at.line, at.column),
            None => file,
        }
    }
}

/// Columns of what stands before a line, as cargo's.
const HEAD_COLUMNS: usize = 12;
/// A note's colon stands beyond them, so that notes are below their head.
pub(super) const NOTE_COLUMNS: usize = HEAD_COLUMNS + 1;

/// A word at the right end of the first columns.
pub(super) fn label(word: &str) -> String {
    format!("{word:>HEAD_COLUMNS$}")
}

/// A word and its colon in front of a note.
pub(super) fn note_label(word: &str) -> String {
    format!("{word:>HEAD_COLUMNS$}:")
}

/// Colours a text, or leaves it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(pub(super) Colour);

impl Paint {
    pub(super) fn good(self, text: &str) -> String {
        self.paint("1;32", text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    pub(super) fn warn(self, text: &str) -> String {
        self.paint("1;33", text)
    }

    pub(super) fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(super) fn quiet(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn paint(self, codes: &str, text: &str) -> String {
        match self.0 {
            Colour::Plain => text.to_owned(),
            Colour::Ansi => format!("\u{1b}[{codes}m{text}\u{1b}[0m"),
        }
    }
}
