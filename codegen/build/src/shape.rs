//! Facts about a schema's shape: which records contain themselves, so that the
//! way there is boxed, and how few bytes a value can take.

use std::collections::{BTreeMap, btree_map::Entry};

use accordant_schema::{Kind, NodeId, Schema};
use proc_macro2::TokenStream;
use quote::quote;

use crate::types::Leaf;

/// The facts of one schema.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Records of one number contain each other.
    circle: BTreeMap<NodeId, usize>,
    bytes_min: Vec<usize>,
    /// By node: whether a value holds what a view borrows.
    borrows: Vec<bool>,
}

impl Shape {
    pub(crate) fn new(schema: &Schema) -> Shape {
        Shape {
            circle: circles(schema),
            bytes_min: bytes_min(schema),
            borrows: borrows(schema),
        }
    }

    /// Whether a record that stands directly in another one must be boxed.
    pub(crate) fn is_boxed(&self, owner: Option<NodeId>, record: NodeId) -> bool {
        owner.is_some_and(
            |owner| match (self.circle.get(&owner), self.circle.get(&record)) {
                (Some(one), Some(other)) => one == other,
                _ => false,
            },
        )
    }

    /// Whether a value holds what a view borrows.
    pub(crate) fn borrows(&self, id: NodeId) -> bool {
        self.borrows.get(id.0 as usize).copied().unwrap_or_default()
    }

    /// The statement that enters a record as the bytes have it. One that can
    /// be there without a byte is counted: few types make many of these.
    pub(crate) fn enter(&self, record: NodeId) -> TokenStream {
        match self.bytes_min(record) {
            0 => quote!(reader.enter_empty()?;),
            _ => quote!(reader.enter()?;),
        }
    }

    /// How many bytes a value takes at least.
    pub(crate) fn bytes_min(&self, id: NodeId) -> usize {
        self.bytes_min
            .get(id.0 as usize)
            .copied()
            .unwrap_or_default()
    }
}

/// From nothing upwards, until nothing more is found to borrow.
fn borrows(schema: &Schema) -> Vec<bool> {
    let mut known = vec![false; schema.nodes.len()];
    let mut before = None;
    while before != Some(known.clone()) {
        before = Some(known.clone());
        for at in 0..known.len() {
            known[at] = node_borrows(schema, at, &known);
        }
    }
    known
}

fn node_borrows(schema: &Schema, at: usize, known: &[bool]) -> bool {
    let of = |id: &NodeId| known[id.0 as usize];
    let node = &schema.nodes[at];
    match &node.kind {
        Kind::String | Kind::Bytes | Kind::Fixed(_) => Leaf::of(node) == Leaf::Plain,
        // Its keys are strings.
        Kind::Map(_) => true,
        Kind::Array(items) => of(items),
        Kind::Record(record) => record.fields.iter().any(|field| of(&field.ty)),
        Kind::Union(branches) => branches.iter().any(of),
        Kind::Null
        | Kind::Boolean
        | Kind::Int
        | Kind::Long
        | Kind::Float
        | Kind::Double
        | Kind::Enum(_) => false,
    }
}

/// The records that a record holds in itself, without a heap between.
fn held(schema: &Schema, id: NodeId) -> Vec<NodeId> {
    let Kind::Record(record) = &schema.node(id).kind else {
        return Vec::new();
    };
    let mut records = Vec::new();
    for field in &record.fields {
        match &schema.node(field.ty).kind {
            Kind::Union(branches) => records.extend(branches),
            _ => records.push(field.ty),
        }
    }
    records.retain(|id| matches!(schema.node(*id).kind, Kind::Record(_)));
    records
}

/// Strongly connected components (Kosaraju), without recursion.
fn circles(schema: &Schema) -> BTreeMap<NodeId, usize> {
    let is_record = |id: &&NodeId| matches!(schema.node(**id).kind, Kind::Record(_));
    let records: Vec<NodeId> = schema.names.values().filter(is_record).copied().collect();
    let edges: BTreeMap<NodeId, Vec<NodeId>> =
        records.iter().map(|id| (*id, held(schema, *id))).collect();
    let mut back: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
    for (from, targets) in &edges {
        for target in targets {
            back.entry(*target).or_default().push(*from);
        }
    }
    let mut finished = Vec::new();
    let mut seen = BTreeMap::new();
    for start in &records {
        let mut open = vec![(*start, 0)];
        while let Some((id, next)) = open.pop() {
            if next == 0 && seen.insert(id, ()).is_some() {
                continue;
            }
            match edges.get(&id).and_then(|targets| targets.get(next)) {
                Some(target) => open.extend([(id, next + 1), (*target, 0)]),
                None => finished.push(id),
            }
        }
    }
    let mut circle = BTreeMap::new();
    for (number, start) in finished.iter().rev().enumerate() {
        let mut open = vec![*start];
        while let Some(id) = open.pop() {
            if let Entry::Vacant(vacant) = circle.entry(id) {
                vacant.insert(number);
                open.extend(back.get(&id).into_iter().flatten());
            }
        }
    }
    circle
}

/// The least fixed point from below: a value that contains itself counts as
/// nothing, which is never too much.
fn bytes_min(schema: &Schema) -> Vec<usize> {
    let mut known: Vec<Option<usize>> = vec![None; schema.nodes.len()];
    let mut entered = vec![false; schema.nodes.len()];
    for start in 0..schema.nodes.len() {
        let mut open = vec![(start, false)];
        while let Some((at, children_known)) = open.pop() {
            if children_known {
                known[at] = Some(node_bytes_min(schema, at, &known));
            } else if !std::mem::replace(&mut entered[at], true) {
                open.push((at, true));
                let children = children(schema, at);
                open.extend(children.into_iter().map(|child| (child, false)));
            }
        }
    }
    known.into_iter().map(Option::unwrap_or_default).collect()
}

fn children(schema: &Schema, at: usize) -> Vec<usize> {
    match &schema.nodes[at].kind {
        Kind::Record(record) => record
            .fields
            .iter()
            .map(|field| field.ty.0 as usize)
            .collect(),
        Kind::Union(branches) => branches.iter().map(|branch| branch.0 as usize).collect(),
        // An empty array or map takes one byte, whatever it is of.
        _ => Vec::new(),
    }
}

fn node_bytes_min(schema: &Schema, at: usize, known: &[Option<usize>]) -> usize {
    let of = |id: &NodeId| known[id.0 as usize].unwrap_or_default();
    match &schema.nodes[at].kind {
        Kind::Null => 0,
        Kind::Fixed(fixed) => fixed.size,
        Kind::Float => 4,
        Kind::Double => 8,
        Kind::Record(record) => record
            .fields
            .iter()
            .map(|field| of(&field.ty))
            .fold(0, usize::saturating_add),
        Kind::Union(branches) => branches
            .iter()
            .map(of)
            .min()
            .unwrap_or_default()
            .saturating_add(1),
        Kind::Boolean
        | Kind::Int
        | Kind::Long
        | Kind::Bytes
        | Kind::String
        | Kind::Enum(_)
        | Kind::Array(_)
        | Kind::Map(_) => 1,
    }
}
