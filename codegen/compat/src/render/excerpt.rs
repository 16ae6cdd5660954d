//! The line of a file that is meant, with carets under the place.

use accordant_schema::{Position, Span, position};

use super::{
    FileMap,
    style::{NOTE_COLUMNS, Paint},
};

/// Characters of a line that are shown; a minified schema is one long line.
const EXCERPT_CHARS_MAX: usize = 100;
/// Characters before the place that a cut line keeps.
const LEAD_CHARS: usize = 30;

/// A place in a file, as far as it can be found.
#[derive(Debug)]
pub(super) struct Located<'a> {
    pub(super) file: &'a str,
    pub(super) position: Option<Position>,
    /// The line and the range of characters in it that is meant.
    line: Option<(&'a str, usize, usize)>,
}

/// Finds a span in the files.
pub(super) fn locate<'a>(files: &'a FileMap, file: &'a str, span: Option<Span>) -> Located<'a> {
    let none = Located {
        file,
        position: None,
        line: None,
    };
    let text = files
        .get(file)
        .and_then(|bytes| std::str::from_utf8(bytes).ok());
    let (Some(text), Some(span)) = (text, span) else {
        return none;
    };
    let at = position(text, span.start);
    let Some(line) = text.lines().nth(at.line - 1) else {
        return none;
    };
    let start = at.column - 1;
    let within = text.get(span.start..span.end).map_or(1, |it| {
        it.lines().next().map_or(1, |first| first.chars().count())
    });
    let end = (start + within).min(line.chars().count());
    Located {
        file,
        position: Some(at),
        line: Some((line, start, end)),
    }
}

/// The place of a key in a `contract.toml`, when the key stands in it.
pub(super) fn key_span(files: &FileMap, file: &str, key: &str) -> Option<Span> {
    let text = std::str::from_utf8(files.get(file)?).ok()?;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        // The keys of the contract itself end where the first table begins.
        if line.trim_start().starts_with('[') {
            return None;
        }
        let found = line
            .split_once('=')
            .is_some_and(|(left, _)| left.trim() == key);
        if found {
            let indent = line.len() - line.trim_start().len();
            return Some(Span {
                start: start + indent,
                end: start + line.trim_end().len(),
            });
        }
        start += line.len();
    }
    None
}

/// The lines to show under a place; none where there is no line.
pub(super) fn excerpt(located: &Located<'_>, paint: Paint) -> Vec<String> {
    let (Some(at), Some((line, start, end))) = (&located.position, located.line) else {
        return Vec::new();
    };
    let chars: Vec<char> = line.chars().collect();
    let (from, before) = if chars.len() > EXCERPT_CHARS_MAX && start > LEAD_CHARS {
        (start - LEAD_CHARS, "...")
    } else {
        (0, "")
    };
    let to = chars.len().min(from + EXCERPT_CHARS_MAX);
    let after = if to < chars.len() { "..." } else { "" };
    // A tab is as wide as a space here, and a control character is not shown.
    let shown: String = chars[from..to]
        .iter()
        .map(|it| if it.is_control() { ' ' } else { *it })
        .collect();
    let carets = "^".repeat(end.min(to).saturating_sub(start).max(1));
    let lead = " ".repeat(before.len() + start - from);
    let bar = paint.quiet("|");
    let number = paint.quiet(&format!("{:>NOTE_COLUMNS$}", at.line));
    vec![
        format!("{number} {bar} {before}{}{after}", shown.trim_end()),
        format!("{:>NOTE_COLUMNS$} {bar} {lead}{}", "", paint.bad(&carets)),
    ]
}
