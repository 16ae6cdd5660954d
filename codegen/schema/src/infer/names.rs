//! Names that Avro has, from names that people have.

use std::collections::BTreeSet;

/// Characters of a name that are kept.
const NAME_CHARS_MAX: usize = 128;

/// A field's name made legal: what Avro does not know is an underscore.
pub(super) fn legal(name: &str) -> String {
    let mut out: String = name
        .chars()
        .take(NAME_CHARS_MAX)
        .map(|char| {
            if char.is_ascii_alphanumeric() {
                char
            } else {
                '_'
            }
        })
        .collect();
    if out.is_empty() || out.starts_with(|it: char| it.is_ascii_digit()) {
        out.insert(0, '_');
    }
    out
}

/// The name, with a number behind it where it is taken; taken from then on.
pub(super) fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name}_{number}");
        number += 1;
    }
    candidate
}

/// A type's name from a field's: `order_lines` is `OrderLines`.
pub(super) fn type_name(field: &str) -> String {
    let mut out = String::new();
    let mut starts = true;
    for char in legal(field).chars() {
        if char == '_' {
            starts = true;
        } else if starts {
            out.push(char.to_ascii_uppercase());
            starts = false;
        } else {
            out.push(char);
        }
    }
    if out.is_empty() {
        return "Value".to_owned();
    }
    legal(&out)
}

/// One of several: `lines` is `line`, `entries` is `entry`.
pub(super) fn singular(field: &str) -> String {
    if let Some(stem) = field.strip_suffix("ies").filter(|it| it.len() > 1) {
        return format!("{stem}y");
    }
    match field.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        Some(_) | None => field.to_owned(),
    }
}
