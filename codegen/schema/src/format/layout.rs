//! From values to lines: on one line what fits, else one a line.

/// Columns of a line.
const WIDTH_MAX: usize = 100;
/// Columns of a level.
const INDENT: usize = 2;

/// One value; its parts are indices of the list that it stands in.
#[derive(Default)]
pub(super) struct Item<'t> {
    pub(super) shape: Shape<'t>,
    /// It is never broken, whatever its width.
    pub(super) stays_flat: bool,
}

/// What a value is made of.
pub(super) enum Shape<'t> {
    /// A string, number or word, as spelt.
    Leaf(&'t str),
    Array(Vec<usize>),
    /// Keys with their quotes, as spelt.
    Object(Vec<(&'t str, usize)>),
}

impl Default for Shape<'_> {
    fn default() -> Self {
        Shape::Leaf("")
    }
}

/// What is still to be written; the last comes first.
enum Work<'t> {
    Text(&'t str),
    /// A new line, so many levels deep.
    Line(usize),
    /// An item on the line where the writer is.
    Flat(usize),
    /// An item that may be broken, so many levels deep; `after` is what has to
    /// fit behind it.
    Item {
        at: usize,
        level: usize,
        after: usize,
    },
}

/// The text of the first item, each of which stands before its parts.
pub(super) fn lay_out(items: &[Item<'_>]) -> String {
    let widths = widths(items);
    let mut out = String::new();
    let mut column = 0;
    let mut work = vec![
        Work::Text("\n"),
        Work::Item {
            at: 0,
            level: 0,
            after: 0,
        },
    ];
    while let Some(next) = work.pop() {
        match next {
            Work::Text(text) => {
                out.push_str(text);
                column += text.chars().count();
            }
            Work::Line(level) => {
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', level * INDENT));
                column = level * INDENT;
            }
            Work::Flat(at) => flat(&items[at].shape, &mut work),
            Work::Item { at, level, after } => {
                let fits = column + widths[at] + after <= WIDTH_MAX;
                if fits || items[at].stays_flat {
                    work.push(Work::Flat(at));
                } else {
                    broken(&items[at].shape, level, &mut work);
                }
            }
        }
    }
    out
}

/// Columns of each item on one line. Parts have higher indices than the whole.
fn widths(items: &[Item<'_>]) -> Vec<usize> {
    let mut widths = vec![0; items.len()];
    for (at, item) in items.iter().enumerate().rev() {
        widths[at] = match &item.shape {
            Shape::Leaf(text) => text.chars().count(),
            Shape::Array(parts) => {
                let inner: usize = parts.iter().map(|part| widths[*part]).sum();
                2 + inner + 2 * parts.len().saturating_sub(1)
            }
            Shape::Object(members) if members.is_empty() => 2,
            Shape::Object(members) => {
                let inner: usize = members
                    .iter()
                    .map(|(key, part)| key.chars().count() + 2 + widths[*part])
                    .sum();
                4 + inner + 2 * (members.len() - 1)
            }
        };
    }
    widths
}

fn flat<'t>(shape: &Shape<'t>, work: &mut Vec<Work<'t>>) {
    match shape {
        Shape::Leaf(text) => work.push(Work::Text(text)),
        Shape::Array(parts) => {
            work.push(Work::Text("]"));
            for (index, part) in parts.iter().enumerate().rev() {
                work.push(Work::Flat(*part));
                if index > 0 {
                    work.push(Work::Text(", "));
                }
            }
            work.push(Work::Text("["));
        }
        Shape::Object(members) if members.is_empty() => work.push(Work::Text("{}")),
        Shape::Object(members) => {
            work.push(Work::Text(" }"));
            for (index, (key, part)) in members.iter().enumerate().rev() {
                work.push(Work::Flat(*part));
                work.push(Work::Text(": "));
                work.push(Work::Text(key));
                if index > 0 {
                    work.push(Work::Text(", "));
                }
            }
            work.push(Work::Text("{ "));
        }
    }
}

fn broken<'t>(shape: &Shape<'t>, level: usize, work: &mut Vec<Work<'t>>) {
    let part = |at, is_last: bool| Work::Item {
        at,
        level: level + 1,
        after: usize::from(!is_last),
    };
    match shape {
        Shape::Leaf(text) => work.push(Work::Text(text)),
        Shape::Array(parts) if parts.is_empty() => work.push(Work::Text("[]")),
        Shape::Object(members) if members.is_empty() => work.push(Work::Text("{}")),
        Shape::Array(parts) => {
            work.push(Work::Text("]"));
            work.push(Work::Line(level));
            for (index, at) in parts.iter().enumerate().rev() {
                let is_last = index + 1 == parts.len();
                if !is_last {
                    work.push(Work::Text(","));
                }
                work.push(part(*at, is_last));
                work.push(Work::Line(level + 1));
            }
            work.push(Work::Text("["));
        }
        Shape::Object(members) => {
            work.push(Work::Text("}"));
            work.push(Work::Line(level));
            for (index, (key, at)) in members.iter().enumerate().rev() {
                let is_last = index + 1 == members.len();
                if !is_last {
                    work.push(Work::Text(","));
                }
                work.push(part(*at, is_last));
                work.push(Work::Text(": "));
                work.push(Work::Text(key));
                work.push(Work::Line(level + 1));
            }
            work.push(Work::Text("{"));
        }
    }
}
