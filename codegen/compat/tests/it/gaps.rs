//! Where Avro Java's verdict and Avro Java's decoder disagree. One table, with
//! the reason and a condition that is as narrow as it can be said.

use std::collections::BTreeSet;

use accordant_compat::{
    java::{Incompatibility, Kind as Found},
    witness::ReadError,
};
use accordant_schema::{FullName, Kind, NodeId, Schema};

/// A disagreement of Java with itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Compatible: bytes that are no UTF-8 are read as string.
    NotUtf8,
    /// Compatible: the decoder renames every type of the writer that bears an
    /// alias of any of the reader's types, whatever its kind and its place;
    /// two fields or branches may meet.
    AliasesEverywhere,
    /// Compatible: types match without their namespace, but in a union, and
    /// for a field's alias, the decoder wants the whole name.
    NamespaceMoved,
    /// Incompatible: the writer has a type without any datum (it contains
    /// itself without end, or is an empty union), and the trouble is in it.
    NoDatum,
    /// Incompatible: the decoder reads a record of any name, also in a union.
    RecordName,
    /// Incompatible: the check throws over aliases that the decoder can tell
    /// apart, or that it does not apply because the schemas are equal.
    AliasesThrow,
}

/// The table: the verdict, and what contradicts it.
pub(crate) const ALL: &[(&str, Gap)] = &[
    ("compatible", Gap::NotUtf8),
    ("compatible", Gap::AliasesEverywhere),
    ("compatible", Gap::NamespaceMoved),
    ("incompatible", Gap::NoDatum),
    ("incompatible", Gap::RecordName),
    ("incompatible", Gap::AliasesThrow),
];

/// Why a datum may fail though the verdict is "compatible".
pub(crate) fn something_fails(reader: &Schema, writer: &Schema, error: &ReadError) -> Option<Gap> {
    match error {
        ReadError::NotUtf8 => Some(Gap::NotUtf8),
        ReadError::Aliases => Some(Gap::AliasesEverywhere),
        ReadError::Incompatible(_) if namespace_moved(reader, writer) => Some(Gap::NamespaceMoved),
        ReadError::Incompatible(_) if is_renamed(reader, writer) => Some(Gap::AliasesEverywhere),
        _ => None,
    }
}

/// Why no datum may fail though the verdict is "incompatible".
pub(crate) fn nothing_fails(
    reader: &Schema,
    writer: &Schema,
    found: &[Incompatibility],
) -> Option<Gap> {
    let all = |kinds: &[Found]| found.iter().all(|it| kinds.contains(&it.kind));
    if has_endless(writer) {
        Some(Gap::NoDatum)
    } else if all(&[Found::NameMismatch, Found::MissingUnionBranch])
        && has_other_record(reader, writer)
    {
        Some(Gap::RecordName)
    } else if all(&[Found::AmbiguousAlias]) {
        Some(Gap::AliasesThrow)
    } else {
        None
    }
}

/// A type of the one side has the simple name of another side's, and another
/// namespace.
fn namespace_moved(reader: &Schema, writer: &Schema) -> bool {
    let differ = |one: &FullName, other: &FullName| one.name() == other.name() && one != other;
    reader
        .names
        .keys()
        .any(|one| writer.names.keys().any(|other| differ(one, other)))
}

/// A record of the writer has a name that no type of the reader has.
fn has_other_record(reader: &Schema, writer: &Schema) -> bool {
    writer.names.iter().any(|(name, id)| {
        let is_record = matches!(writer.node(*id).kind, Kind::Record(_));
        is_record && !reader.names.contains_key(name)
    })
}

/// A type of the writer bears an alias of one of the reader's types.
fn is_renamed(reader: &Schema, writer: &Schema) -> bool {
    reader.nodes.iter().any(|node| {
        let aliases = match &node.kind {
            Kind::Record(it) => &it.aliases,
            Kind::Enum(it) => &it.aliases,
            Kind::Fixed(it) => &it.aliases,
            _ => return false,
        };
        aliases.iter().any(|it| writer.names.contains_key(it))
    })
}

/// A type without any datum.
fn has_endless(schema: &Schema) -> bool {
    let mut ended: BTreeSet<NodeId> = BTreeSet::new();
    let ids = || (0..schema.nodes.len() as u32).map(NodeId);
    loop {
        let before = ended.len();
        for id in ids() {
            let ends = match &schema.node(id).kind {
                Kind::Record(it) => it.fields.iter().all(|field| ended.contains(&field.ty)),
                Kind::Union(branches) => branches.iter().any(|it| ended.contains(it)),
                _ => true,
            };
            if ends {
                ended.insert(id);
            }
        }
        if ended.len() == before {
            return ended.len() < schema.nodes.len();
        }
    }
}
