//! Paths as shared lists: a step costs one entry however deep it stands.

use accordant_schema::{Kind, NodeId, Schema};

/// A place in [`Paths`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PathId(usize);

impl PathId {
    /// The empty path.
    pub(crate) const ROOT: PathId = PathId(0);
}

/// Every path of one check: each entry names its parent.
#[derive(Debug)]
pub(crate) struct Paths<T> {
    entries: Vec<(PathId, T)>,
}

impl<T> Default for Paths<T> {
    fn default() -> Paths<T> {
        Paths {
            entries: Vec::new(),
        }
    }
}

impl<T: Copy> Paths<T> {
    pub(crate) fn push(&mut self, parent: PathId, step: T) -> PathId {
        self.entries.push((parent, step));
        PathId(self.entries.len())
    }

    /// The steps from the root to a place.
    pub(crate) fn steps(&self, mut at: PathId) -> Vec<T> {
        let mut steps = Vec::new();
        while at != PathId::ROOT {
            let (parent, step) = self.entries[at.0 - 1];
            steps.push(step);
            at = parent;
        }
        steps.reverse();
        steps
    }
}

/// One step from a type to a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// A record's field, by its name on each side that has it.
    Field {
        reader: Option<&'a str>,
        writer: Option<&'a str>,
    },
    /// An array's items.
    Items,
    /// A map's values.
    Values,
    /// A union's branch, by its type's name.
    Branch(&'a str),
}

/// Which of the two schemas names a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Reader,
    Writer,
}

/// The path in words, such as `ArticleChanged.prices[].currency`.
pub(crate) fn words(root: &str, steps: &[Step<'_>], side: Side) -> String {
    let mut text = root.to_owned();
    for step in steps {
        match step {
            Step::Field { reader, writer } => {
                let name = match side {
                    Side::Reader => reader.or(*writer),
                    Side::Writer => writer.or(*reader),
                };
                text.push('.');
                text.push_str(name.unwrap_or_default());
            }
            Step::Items => text.push_str("[]"),
            Step::Values => text.push_str("{}"),
            Step::Branch(name) => {
                text.push('<');
                text.push_str(name);
                text.push('>');
            }
        }
    }
    text
}

/// What a schema's path starts with: the simple name, or the Avro type.
pub(crate) fn root_word(schema: &Schema) -> &str {
    schema
        .name_of(schema.root)
        .map_or_else(|| schema.root().kind.word(), |it| it.name())
}

/// The step into a union's branch; none where the branch goes without saying
/// because the union only makes its other branch nullable.
pub(crate) fn branch_step(schema: &Schema, union: NodeId, branch: NodeId) -> Option<Step<'_>> {
    let Kind::Union(branches) = &schema.node(union).kind else {
        return None;
    };
    let nullable = branches.len() == 2
        && branches
            .iter()
            .any(|it| matches!(schema.node(*it).kind, Kind::Null));
    (!nullable).then(|| Step::Branch(short_name(schema, branch)))
}

/// A type in one word: the simple name, or the Avro type.
pub(crate) fn short_name(schema: &Schema, id: NodeId) -> &str {
    schema
        .name_of(id)
        .map_or_else(|| schema.node(id).kind.word(), |it| it.name())
}
