//! Whether two types are read alike: same names, same layout, same meaning.

use std::collections::BTreeSet;

use accordant_schema::{Kind, NodeId, Schema};

use crate::types::Leaf;

/// A writer's type and a reader's.
type Pair = (NodeId, NodeId);

/// The pairs of two schemas that are read alike.
#[derive(Debug)]
pub(crate) struct Same {
    different: BTreeSet<Pair>,
    is_one_schema: bool,
    pairs: BTreeSet<Pair>,
}

impl Same {
    /// Pairs are looked at from the roots; what differs is spread to whatever
    /// holds it until nothing changes.
    pub(crate) fn new(writer: &Schema, reader: &Schema) -> Same {
        let is_one_schema = std::ptr::eq(writer, reader);
        let mut same = Same {
            different: BTreeSet::new(),
            is_one_schema,
            pairs: BTreeSet::new(),
        };
        if !is_one_schema {
            same.compare(writer, reader);
        }
        same
    }

    /// Whether the reader's own decoder reads what was written with the writer's type.
    pub(crate) fn is_same(&self, w: NodeId, r: NodeId) -> bool {
        match self.is_one_schema {
            true => w == r,
            false => self.pairs.contains(&(w, r)) && !self.different.contains(&(w, r)),
        }
    }

    fn compare(&mut self, writer: &Schema, reader: &Schema) {
        let named = writer.names.iter();
        let both = named.filter_map(|(name, w)| reader.names.get(name).map(|r| (*w, *r)));
        let mut open: Vec<Pair> = both.collect();
        let mut held: Vec<(Pair, Vec<Pair>)> = Vec::new();
        while let Some(pair) = open.pop() {
            if !self.pairs.insert(pair) {
                continue;
            }
            match parts(writer, reader, pair) {
                Some(parts) => {
                    open.extend(&parts);
                    held.push((pair, parts));
                }
                None => {
                    self.different.insert(pair);
                }
            }
        }
        let mut before = usize::MAX;
        while before != self.different.len() {
            before = self.different.len();
            for (pair, parts) in &held {
                if parts.iter().any(|part| self.different.contains(part)) {
                    self.different.insert(*pair);
                }
            }
        }
    }
}

/// The pairs that must be alike for this pair to be; `None` if it is not.
fn parts(writer: &Schema, reader: &Schema, (w, r): Pair) -> Option<Vec<Pair>> {
    let (w_node, r_node) = (writer.node(w), reader.node(r));
    if Leaf::of(w_node) != Leaf::of(r_node) || writer.name_of(w) != reader.name_of(r) {
        return None;
    }
    match (&w_node.kind, &r_node.kind) {
        (Kind::Record(one), Kind::Record(other)) => {
            let names = |record: &accordant_schema::Record| -> Vec<String> {
                record
                    .fields
                    .iter()
                    .map(|field| field.name.clone())
                    .collect()
            };
            let pairs = one
                .fields
                .iter()
                .zip(&other.fields)
                .map(|(one, other)| (one.ty, other.ty));
            (names(one) == names(other)).then(|| pairs.collect())
        }
        (Kind::Enum(one), Kind::Enum(other)) => (one.symbols == other.symbols).then(Vec::new),
        (Kind::Fixed(one), Kind::Fixed(other)) => (one.size == other.size).then(Vec::new),
        (Kind::Array(one), Kind::Array(other)) | (Kind::Map(one), Kind::Map(other)) => {
            Some(vec![(*one, *other)])
        }
        (Kind::Union(one), Kind::Union(other)) => (one.len() == other.len())
            .then(|| one.iter().copied().zip(other.iter().copied()).collect()),
        (one, other) => {
            (std::mem::discriminant(one) == std::mem::discriminant(other)).then(Vec::new)
        }
    }
}
