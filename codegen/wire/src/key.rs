//! The text of a Kafka key.

/// Joins the texts of a key's fields. One field is its plain text, so that any
/// string deserialiser reads it; several stand with `|` between them, and `|`
/// and `\` inside one are escaped with `\`.
///
/// ```
/// use accordant_wire::key::join;
///
/// assert_eq!(join(["a|b"]), "a|b");
/// assert_eq!(join(["a|b", "c"]), r"a\|b|c");
/// ```
pub fn join<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut parts = parts.into_iter();
    let first = parts.next().unwrap_or_default();
    let Some(second) = parts.next() else {
        return first.to_owned();
    };
    let mut text = String::with_capacity(first.len() + second.len() + 1);
    push_escaped(first, &mut text);
    for part in std::iter::once(second).chain(parts) {
        text.push('|');
        push_escaped(part, &mut text);
    }
    text
}

fn push_escaped(part: &str, text: &mut String) {
    for character in part.chars() {
        if matches!(character, '|' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(parts: &[&str], expected: &str) {
        assert_eq!(join(parts.iter().copied()), expected);
    }

    #[test]
    fn joins_and_escapes() {
        check(&[], "");
        check(&["plain"], "plain");
        check(&[r"a\b|c"], r"a\b|c");
        check(&["a", "b"], "a|b");
        check(&["a|b", r"c\"], r"a\|b|c\\");
        check(&["", ""], "|");
    }
}
