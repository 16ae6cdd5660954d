//! A comment for a pull request. It begins with a hidden marker, so that a bot
//! finds it again and updates it in place.

use super::{
    FileMap, Style,
    entry::{Entry, Spot, entries, ignored},
    plural,
};
use crate::{Report, Severity};

/// The first line, which nobody sees.
pub const MARKER: &str = "<!-- accordant -->";

/// Characters of a comment at most, which is GitHub's limit.
const COMMENT_CHARS_MAX: usize = 65_536;
/// Of them, what stays free for the lines about what is left out.
const RESERVE_CHARS: usize = 500;
/// Characters of one text in the table.
const CELL_CHARS_MAX: usize = 300;
/// Characters of one text in the details.
const NOTE_CHARS_MAX: usize = 2_000;

pub(super) fn render(report: &Report, files: &FileMap, style: &Style) -> String {
    let entries = entries(report, files, style);
    let ignored = ignored(report, files, style);
    let mut comment = Comment::new(&headline(report, &entries));
    let rows: Vec<String> = entries.iter().map(row).collect();
    let shown = comment.rows("| | where | what | rule |\n|---|---|---|---|\n", &rows);
    comment.left_out(entries.len() - shown, "finding");
    let rows: Vec<String> = ignored.iter().map(ignored_row).collect();
    let summary = format!("{} ignored", plural(ignored.len(), "finding"));
    let ignored_shown = comment.folded(&summary, |comment| {
        comment.rows(
            "| where | what | rule | until | reason |\n|---|---|---|---|---|\n",
            &rows,
        )
    });
    comment.left_out(ignored.len() - ignored_shown, "ignored finding");
    let blocks: Vec<String> = entries[..shown].iter().map(details).collect();
    let detailed = comment.folded("Details", |comment| comment.blocks(&blocks));
    comment.left_out(shown - detailed, "detail");
    comment.text
}

fn headline(report: &Report, entries: &[Entry<'_>]) -> String {
    let errors = entries
        .iter()
        .filter(|it| it.severity == Severity::Error)
        .count();
    let warnings = entries.len() - errors;
    let mut parts = vec![plural(report.versions.len(), "version") + " checked"];
    if errors > 0 {
        parts.push(plural(errors, "error"));
    }
    if warnings > 0 {
        parts.push(plural(warnings, "warning"));
    }
    let verdict = if report.failed() {
        "❌ The contracts are refused"
    } else {
        "✅ The contracts are accepted"
    };
    format!("{MARKER}\n### {verdict}\n\n{}.\n", parts.join(", "))
}

/// A text that grows as long as there is room.
struct Comment {
    text: String,
    chars: usize,
}

impl Comment {
    fn new(head: &str) -> Comment {
        let mut comment = Comment {
            text: String::new(),
            chars: 0,
        };
        comment.push(head);
        comment
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.chars += text.chars().count();
    }

    fn has_room(&self, text: &str) -> bool {
        self.chars + text.chars().count() + RESERVE_CHARS <= COMMENT_CHARS_MAX
    }

    /// A table with as many rows as fit; how many did.
    fn rows(&mut self, head: &str, rows: &[String]) -> usize {
        if rows.is_empty() || !self.has_room(head) {
            return 0;
        }
        self.push("\n");
        self.push(head);
        self.blocks(rows)
    }

    /// As many blocks as fit; how many did.
    fn blocks(&mut self, blocks: &[String]) -> usize {
        for (index, block) in blocks.iter().enumerate() {
            if !self.has_room(block) {
                return index;
            }
            self.push(block);
        }
        blocks.len()
    }

    /// A part that is folded away; none where nothing goes into it.
    fn folded(&mut self, summary: &str, fill: impl FnOnce(&mut Comment) -> usize) -> usize {
        let before = (self.text.len(), self.chars);
        self.push(&format!("\n<details><summary>{summary}</summary>\n"));
        let filled = fill(self);
        if filled == 0 {
            self.text.truncate(before.0);
            self.chars = before.1;
        } else {
            self.push("\n</details>\n");
        }
        filled
    }

    fn left_out(&mut self, many: usize, word: &str) {
        if many > 0 {
            let (verb, what) = (if many == 1 { "is" } else { "are" }, plural(many, word));
            self.push(&format!(
                "\n{what} {verb} left out here; `accordant check` shows everything.\n"
            ));
        }
    }
}

fn row(entry: &Entry<'_>) -> String {
    let sign = match entry.severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
    };
    format!(
        "| {sign} | {} | {} | {} |\n",
        where_(entry),
        cell(entry.message),
        cell(&entry.title())
    )
}

fn ignored_row(entry: &Entry<'_>) -> String {
    let (reason, until) = entry.ignored.unwrap_or_default();
    format!(
        "| {} | {} | {} | {} | {} |\n",
        where_(entry),
        cell(entry.message),
        cell(&entry.title()),
        cell(until),
        cell(reason)
    )
}

/// The path in words and the place.
fn where_(entry: &Entry<'_>) -> String {
    let place = cell(&position(&entry.place));
    match entry.path {
        "" => place,
        path => format!("{}<br>{place}", cell(path)),
    }
}

fn position(spot: &Spot) -> String {
    match spot.range {
        Some(range) => format!("{}:{}:{}", spot.file, range.start.line, range.start.column),
        None => spot.file.clone(),
    }
}

fn details(entry: &Entry<'_>) -> String {
    let mut lines = vec![
        entry.message.to_owned(),
        format!("in: {}", position(&entry.place)),
    ];
    if let Some(other) = &entry.other {
        lines.push(format!("see: {}", position(other)));
    }
    for (word, text) in entry.notes() {
        lines.push(format!("{word}: {text}"));
    }
    let lines: Vec<String> = lines
        .iter()
        .map(|line| one_line(line, NOTE_CHARS_MAX))
        .collect();
    let body = lines.join("\n");
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    let title = cell(&entry.title());
    format!("\n**{title}**\n\n{fence}text\n{body}\n{fence}\n")
}

/// The longest run of backticks: the fence around it has to be longer.
fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`')
        .map(str::len)
        .max()
        .unwrap_or_default()
}

fn one_line(text: &str, chars_max: usize) -> String {
    let mut out: String = text
        .chars()
        .take(chars_max)
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect();
    if text.chars().count() > chars_max {
        out.push_str("...");
    }
    out
}

/// A text in a table's cell: nothing in it is markup, a mention or a link.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for char in one_line(text, CELL_CHARS_MAX).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // An empty comment ends what would be a mention or a reference.
            '@' | '#' => {
                out.push(char);
                out.push_str("<!-- -->");
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    out
}
