//! A schema's documentation as rustdoc: text only. Nothing of it becomes a
//! link, markup, or code that a documentation test would run.

use proc_macro2::TokenStream;
use quote::quote;

/// Doc attributes, a paragraph a line; `otherwise` where there is no text.
pub(crate) fn docs(doc: Option<&str>, otherwise: &str) -> TokenStream {
    let paragraphs = doc
        .map(paragraphs)
        .filter(|paragraphs| !paragraphs.is_empty());
    let paragraphs = match paragraphs {
        Some(paragraphs) => paragraphs.iter().map(|text| escaped(text)).collect(),
        None => vec![otherwise.to_owned()],
    };
    let mut lines = Vec::new();
    for paragraph in paragraphs {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(format!(" {paragraph}"));
    }
    quote!(#(#[doc = #lines])*)
}

/// Runs of white space become one space: indentation would be a code block.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.split(['\n', '\r', '\u{2028}', '\u{2029}']) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match paragraphs.last_mut() {
            Some(last) if !words.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(&words.join(" "));
            }
            Some(last) if last.is_empty() => {}
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '`' | '~' | '[' | ']' | '<' | '>') {
            out.push('\\');
        }
        if !character.is_control() && !turns_direction(character) {
            out.push(character);
        }
    }
    out
}

/// Marks that make text read other than it is: the compiler refuses most of
/// them in comments, and none belongs into documentation.
fn turns_direction(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(doc: &str, expected: &[&str]) {
        let found: Vec<String> = paragraphs(doc).iter().map(|text| escaped(text)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_paragraph_is_a_line() {
        check("An article.", &["An article."]);
        check("  One\n  two.\r\n\n\n three. ", &["One two.", "three."]);
        check(" \n ", &[]);
    }

    #[test]
    fn nothing_is_markup_or_code() {
        check(
            "```\nstd::process::abort()\n```",
            &["\\`\\`\\` std::process::abort() \\`\\`\\`"],
        );
        check("    let x = 1;", &["let x = 1;"]);
        check(
            "[x](http://a) <script>",
            &["\\[x\\](http://a) \\<script\\>"],
        );
        check("a\u{202e}b\u{2066}c\u{feff}\u{200b}", &["abc"]);
        check("a\rb\u{0}c */ \"", &["a bc */ \""]);
    }
}
