//! Changes as lines and as JSON.

use serde_json::{Value, json};

use super::{Change, ChangeKind, Effect};

/// Grows when a key of the JSON changes its meaning or goes.
const FORMAT: u32 = 1;
/// Characters of one text on a line.
const TEXT_CHARS_MAX: usize = 120;

/// A line a change: a sign, what it is about, the path, how it was and is, and
/// what readers of either side get from it.
///
/// `+` is new, `-` is gone, `~` differs. Where a reader fails or misreads, the
/// rule's code says more (`accordant explain`). Empty if nothing changed.
pub fn text(changes: &[Change]) -> String {
    changes.iter().map(line).collect()
}

/// The changes for a program, whole:
///
/// ```text
/// format   1
/// changes  [{ kind, sign: "+" | "-" | "~", path, old, new,
///             backward: { effect: "ok" | "misreads" | "breaks", code }, forward: … }]
/// ```
///
/// `old`, `new` and `code` are `null` where there is none.
pub fn json(changes: &[Change]) -> Value {
    let effect = |effect: Effect| {
        let (word, code) = effect_words(effect);
        json!({ "effect": word, "code": code })
    };
    let changes = changes.iter().map(|change| {
        json!({
            "kind": change.kind.as_str(),
            "sign": sign(change),
            "path": change.path,
            "old": change.old,
            "new": change.new,
            "backward": effect(change.backward),
            "forward": effect(change.forward),
        })
    });
    json!({ "format": FORMAT, "changes": changes.collect::<Vec<_>>() })
}

fn line(change: &Change) -> String {
    let sides = [&change.old, &change.new].into_iter().flatten();
    let sides: Vec<String> = sides.map(|text| shown(change.kind, text)).collect();
    let what = sides.join(" -> ");
    format!(
        "{} {} {}: {what}  backward {}, forward {}\n",
        sign(change),
        change.kind.as_str().replace('-', " "),
        change.path,
        effect_text(change.backward),
        effect_text(change.forward)
    )
}

fn sign(change: &Change) -> &'static str {
    match (change.kind, &change.old, &change.new) {
        (ChangeKind::Other, _, _) | (_, Some(_), Some(_)) | (_, None, None) => "~",
        (_, None, Some(_)) => "+",
        (_, Some(_), None) => "-",
    }
}

/// A text on one line; documentation in quotes.
fn shown(kind: ChangeKind, text: &str) -> String {
    let mut short: String = text
        .chars()
        .take(TEXT_CHARS_MAX)
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect();
    if text.chars().count() > TEXT_CHARS_MAX {
        short.push_str("...");
    }
    match kind {
        ChangeKind::Doc => format!("\"{short}\""),
        ChangeKind::Field
        | ChangeKind::FieldName
        | ChangeKind::FieldOrder
        | ChangeKind::Type
        | ChangeKind::TypeName
        | ChangeKind::Branch
        | ChangeKind::BranchOrder
        | ChangeKind::Symbol
        | ChangeKind::SymbolOrder
        | ChangeKind::EnumDefault
        | ChangeKind::Size
        | ChangeKind::Logical
        | ChangeKind::Default
        | ChangeKind::SortOrder
        | ChangeKind::Aliases
        | ChangeKind::Attribute
        | ChangeKind::Other => short,
    }
}

fn effect_words(effect: Effect) -> (&'static str, Option<&'static str>) {
    match effect {
        Effect::Fine => ("ok", None),
        Effect::Misreads(code) => ("misreads", Some(code)),
        Effect::Breaks(code) => ("breaks", Some(code)),
    }
}

fn effect_text(effect: Effect) -> String {
    match effect_words(effect) {
        (word, Some(code)) => format!("{word} ({code})"),
        (word, None) => word.to_owned(),
    }
}
