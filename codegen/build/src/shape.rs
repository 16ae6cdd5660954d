//! Facts about a schema's shape: where values are boxed, what kind of map a
//! map is, and how few bytes a value can take.

use std::collections::BTreeSet;

use accordant_schema::{Kind, NodeId, Schema};
use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    choices::{Choices, MapKind},
    slot::{Slot, boxed_slots, hashed_maps},
    types::Leaf,
};

/// The facts of one schema.
#[derive(Debug)]
pub(crate) struct Shape {
    boxed: BTreeSet<Slot>,
    hashed: BTreeSet<NodeId>,
    bytes_min: Vec<usize>,
    /// By node: whether a value holds what a view borrows.
    borrows: Vec<bool>,
}

impl Shape {
    pub(crate) fn new(schema: &Schema, choices: &Choices) -> Shape {
        Shape {
            boxed: boxed_slots(schema, choices),
            hashed: hashed_maps(schema, choices),
            bytes_min: bytes_min(schema),
            borrows: borrows(schema, choices),
        }
    }

    /// Whether a value that can be boxed is, in this place.
    pub(crate) fn is_boxed(&self, slot: Slot) -> bool {
        self.boxed.contains(&slot)
    }

    /// What a map of owned values is.
    pub(crate) fn map_kind(&self, map: NodeId) -> MapKind {
        match self.hashed.contains(&map) {
            true => MapKind::Hashed,
            false => MapKind::Ordered,
        }
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
fn borrows(schema: &Schema, choices: &Choices) -> Vec<bool> {
    let mut known = vec![false; schema.nodes.len()];
    let mut before = None;
    while before != Some(known.clone()) {
        before = Some(known.clone());
        for at in 0..known.len() {
            known[at] = node_borrows(schema, at, &known, choices);
        }
    }
    known
}

fn node_borrows(schema: &Schema, at: usize, known: &[bool], choices: &Choices) -> bool {
    let of = |id: &NodeId| known[id.0 as usize];
    let node = &schema.nodes[at];
    // A type of the user's own is owned, whatever it holds.
    if choices.external(&node.kind).is_some() {
        return false;
    }
    match &node.kind {
        Kind::String | Kind::Bytes | Kind::Fixed(_) => choices.is_plain(Leaf::of(node)),
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
