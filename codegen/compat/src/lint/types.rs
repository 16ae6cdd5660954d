//! The types and fields that a version's own text defines, with their paths.
//! What comes from a reference is linted in its own contract.

use std::collections::BTreeSet;

use accordant_schema::{Enum, Field, Kind, Named, Node, NodeId, Record, Schema, Span};

use super::run::{At, Subject};
use crate::walk::path::{Step, branch_step, root_word};

/// Everything that stands in a version's own text.
pub(super) struct Own<'a> {
    pub(super) schema: &'a Schema,
    /// Every type, the outermost first; a named one stands once.
    pub(super) nodes: Vec<NodeAt<'a>>,
    /// Every field of every record.
    pub(super) fields: Vec<FieldAt<'a>>,
}

/// A type and how to get to it.
pub(super) struct NodeAt<'a> {
    pub(super) id: NodeId,
    pub(super) node: &'a Node,
    pub(super) path: String,
}

/// A field and how to get to it.
pub(super) struct FieldAt<'a> {
    pub(super) record: &'a Record,
    pub(super) field: &'a Field,
    pub(super) path: String,
    /// Of the event itself.
    pub(super) is_top: bool,
}

impl<'a> Own<'a> {
    pub(super) fn of(schema: &'a Schema) -> Own<'a> {
        let mut own = Own {
            schema,
            nodes: Vec::new(),
            fields: Vec::new(),
        };
        let mut seen = BTreeSet::new();
        let mut open = vec![(schema.root, root_word(schema).to_owned())];
        while let Some((id, path)) = open.pop() {
            let node = schema.node(id);
            if node.source != 0 || !seen.insert(id) {
                continue;
            }
            let mut parts = own.parts(id, &path);
            parts.reverse();
            open.extend(parts);
            own.nodes.push(NodeAt { id, node, path });
        }
        own
    }

    /// The types that a type is made of; a record's fields are noted.
    fn parts(&mut self, id: NodeId, path: &str) -> Vec<(NodeId, String)> {
        let schema = self.schema;
        match &schema.node(id).kind {
            Kind::Record(record) => {
                let mut parts = Vec::new();
                for field in &record.fields {
                    let path = format!("{path}.{}", field.name);
                    parts.push((field.ty, path.clone()));
                    self.fields.push(FieldAt {
                        record,
                        field,
                        path,
                        is_top: id == schema.root,
                    });
                }
                parts
            }
            Kind::Array(items) => vec![(*items, format!("{path}[]"))],
            Kind::Map(values) => vec![(*values, format!("{path}{{}}"))],
            Kind::Union(branches) => {
                let step = |branch: &NodeId| match branch_step(schema, id, *branch) {
                    Some(Step::Branch(name)) => (*branch, format!("{path}<{name}>")),
                    Some(_) | None => (*branch, path.to_owned()),
                };
                branches.iter().map(step).collect()
            }
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Enum(_)
            | Kind::Fixed(_) => Vec::new(),
        }
    }

    /// The named types among them.
    pub(super) fn named(&self) -> impl Iterator<Item = (&NodeAt<'a>, Named<'a>)> {
        self.nodes
            .iter()
            .filter_map(|at| at.node.kind.named().map(|named| (at, named)))
    }

    /// The records among them.
    pub(super) fn records(&self) -> impl Iterator<Item = (&NodeAt<'a>, &'a Record)> {
        self.nodes.iter().filter_map(|at| {
            let Kind::Record(record) = &at.node.kind else {
                return None;
            };
            Some((at, record))
        })
    }

    /// The fields of one of its records.
    pub(super) fn fields_of(&self, record: &Record) -> impl Iterator<Item = &FieldAt<'a>> {
        self.fields
            .iter()
            .filter(move |it| std::ptr::eq(it.record, record))
    }

    /// The enums among them.
    pub(super) fn enums(&self) -> impl Iterator<Item = (&NodeAt<'a>, &'a Enum)> {
        self.nodes.iter().filter_map(|at| {
            let Kind::Enum(it) = &at.node.kind else {
                return None;
            };
            Some((at, it))
        })
    }

    /// The type of a field without `null`: itself, or the other branch where
    /// there is one.
    pub(super) fn plain(&self, field: &Field) -> &'a Node {
        let node = self.schema.node(field.ty);
        let Kind::Union(branches) = &node.kind else {
            return node;
        };
        let mut others = branches
            .iter()
            .map(|it| self.schema.node(*it))
            .filter(|it| it.kind != Kind::Null);
        match (others.next(), others.next()) {
            (Some(only), None) => only,
            (Some(_) | None, _) => node,
        }
    }
}

impl NodeAt<'_> {
    /// The type itself.
    pub(super) fn whole(&self) -> At {
        At::Schema {
            path: self.path.clone(),
            span: self.node.span,
        }
    }

    /// One of its attributes, or the type where it has none of that name.
    pub(super) fn at(&self, subject: &Subject<'_>, attribute: &str) -> At {
        At::Schema {
            path: self.path.clone(),
            span: subject.attribute(self.node.span, attribute),
        }
    }
}

impl FieldAt<'_> {
    /// Its name.
    pub(super) fn named(&self) -> At {
        self.at(self.field.name_span)
    }

    /// A place in it.
    pub(super) fn at(&self, span: Span) -> At {
        At::Schema {
            path: self.path.clone(),
            span,
        }
    }

    /// A text in one of its lists.
    pub(super) fn in_list(&self, subject: &Subject<'_>, list: &str, text: &str) -> At {
        self.at(subject.item(self.field.span, list, text))
    }
}

impl Subject<'_> {
    /// A named type, at its name.
    pub(super) fn name_of(&self, at: &NodeAt<'_>) -> At {
        at.at(self, "name")
    }

    /// One of its lists.
    pub(super) fn list_of(&self, at: &NodeAt<'_>, list: &str) -> At {
        at.at(self, list)
    }

    /// A symbol of an enum.
    pub(super) fn symbol_of(&self, at: &NodeAt<'_>, symbol: &str) -> At {
        At::Schema {
            path: at.path.clone(),
            span: self.item(at.node.span, "symbols", symbol),
        }
    }
}
