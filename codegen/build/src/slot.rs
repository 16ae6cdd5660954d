//! Places that hold a value in themselves, and which of them are boxed: where a
//! record would hold itself, and where the build script says so. What an array
//! or a map holds is on the heap in any case.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use accordant_schema::{Kind, NodeId, Schema};

use crate::{
    choices::{Choices, MapKind},
    paths,
    types::UnionShape,
};

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// An array, a map, or nothing at all.
    Heap,
    /// A record's field, by number. An optional value stands in the field.
    Field(NodeId, usize),
    /// A branch, by number, of a union that is an enum.
    Branch(NodeId, usize),
}

/// What stands in a place in itself, options seen through.
pub(crate) fn content(schema: &Schema, id: NodeId) -> NodeId {
    if let Kind::Union(branches) = &schema.node(id).kind
        && let [(_, only, _)] = UnionShape::new(schema, branches).variants.as_slice()
    {
        return *only;
    }
    id
}

/// Records, unions of several branches, and types of the user's own can be
/// boxed; nothing else becomes smaller.
pub(crate) fn can_be_boxed(schema: &Schema, id: NodeId, choices: &Choices) -> bool {
    match &schema.node(id).kind {
        Kind::Record(_) => true,
        Kind::Union(branches) => UnionShape::new(schema, branches).is_enum(),
        Kind::Enum(_) | Kind::Fixed(_) => choices.external(&schema.node(id).kind).is_some(),
        Kind::Null
        | Kind::Boolean
        | Kind::Int
        | Kind::Long
        | Kind::Float
        | Kind::Double
        | Kind::Bytes
        | Kind::String
        | Kind::Array(_)
        | Kind::Map(_) => false,
    }
}

/// Every value in a field, down to the next type with a name.
pub(crate) fn values_in(schema: &Schema, field: NodeId) -> Vec<NodeId> {
    let (mut found, mut open) = (Vec::new(), vec![field]);
    while let Some(id) = open.pop() {
        found.push(id);
        let kind = &schema.node(id).kind;
        open.extend(kind.items());
        open.extend(kind.branches());
    }
    found
}

/// The places of a schema that are boxed.
pub(crate) fn boxed_slots(schema: &Schema, choices: &Choices) -> BTreeSet<Slot> {
    let circle = circles(schema, choices);
    let is_circle = |owner: NodeId, id: NodeId| match (circle.get(&owner), circle.get(&id)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    };
    let mut boxed = BTreeSet::new();
    for owner in schema.names.values() {
        let Kind::Record(record) = &schema.node(*owner).kind else {
            continue;
        };
        for (at, field) in record.fields.iter().enumerate() {
            let path = paths::of_field(&record.name, &field.name);
            let inside = content(schema, field.ty);
            let is_wanted = choices.is_boxed(&path);
            let can_be = can_be_boxed(schema, inside, choices);
            if (is_wanted && can_be) || is_circle(*owner, inside) {
                boxed.insert(Slot::Field(*owner, at));
            }
            for id in values_in(schema, field.ty) {
                let Kind::Union(branches) = &schema.node(id).kind else {
                    continue;
                };
                let shape = UnionShape::new(schema, branches);
                if !shape.is_enum() {
                    continue;
                }
                let is_direct = id == inside;
                for (branch_at, branch, _) in shape.variants {
                    let path = paths::of_branch(&path, schema, branch);
                    // Whoever boxes the whole of it has boxed its branches.
                    let is_wanted = choices.is_boxed(&path)
                        && can_be_boxed(schema, branch, choices)
                        && !(is_direct && is_wanted);
                    if is_wanted || (is_direct && is_circle(*owner, branch)) {
                        boxed.insert(Slot::Branch(id, branch_at));
                    }
                }
            }
        }
    }
    boxed
}

/// The maps of a schema that are hashed.
pub(crate) fn hashed_maps(schema: &Schema, choices: &Choices) -> BTreeSet<NodeId> {
    let mut hashed = BTreeSet::new();
    for id in schema.names.values() {
        let Kind::Record(record) = &schema.node(*id).kind else {
            continue;
        };
        for field in &record.fields {
            let path = paths::of_field(&record.name, &field.name);
            match choices.map_kind(&path) {
                MapKind::Hashed => hashed.extend(values_in(schema, field.ty)),
                MapKind::Ordered => {}
            }
        }
    }
    hashed
}

fn is_record(schema: &Schema, id: NodeId, choices: &Choices) -> bool {
    let kind = &schema.node(id).kind;
    matches!(kind, Kind::Record(_)) && choices.external(kind).is_none()
}

/// The records that a record holds in itself, without a heap between.
fn held(schema: &Schema, id: NodeId, choices: &Choices) -> Vec<NodeId> {
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
    // What a type of the user's own holds is boxed there.
    records.retain(|id| is_record(schema, *id, choices));
    records
}

/// Strongly connected components (Kosaraju), without recursion.
fn circles(schema: &Schema, choices: &Choices) -> BTreeMap<NodeId, usize> {
    let mut records: Vec<NodeId> = schema.names.values().copied().collect();
    records.retain(|id| is_record(schema, *id, choices));
    let edges: BTreeMap<NodeId, Vec<NodeId>> = (records.iter())
        .map(|id| (*id, held(schema, *id, choices)))
        .collect();
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
