//! What Java compares of two types, apart from their parts.

use std::collections::BTreeSet;

use accordant_schema::{Enum, Field, Kind as Type, Schema};

/// The writer's field that a reader's field takes its value from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    None,
    One(usize),
    Several,
}

/// Java's `lookupWriterField`: by name, and by each alias.
pub(crate) fn lookup_field(field: &Field, find: impl Fn(&str) -> Option<usize>) -> Lookup {
    let mut found = match find(&field.name) {
        Some(at) => Lookup::One(at),
        None => Lookup::None,
    };
    // A set in Java: an alias that is given twice counts once.
    for alias in field.aliases.iter().collect::<BTreeSet<_>>() {
        if let Some(at) = find(alias) {
            found = match found {
                Lookup::None => Lookup::One(at),
                Lookup::One(_) | Lookup::Several => Lookup::Several,
            };
        }
    }
    found
}

/// The writer's symbols that the reader can do nothing with, sorted.
pub(crate) fn missing_symbols<'s>(reader: &'s Enum, writer: &'s Enum) -> Vec<&'s str> {
    if reader
        .default
        .as_ref()
        .is_some_and(|it| reader.symbols.contains(it))
    {
        return Vec::new();
    }
    let known: BTreeSet<&str> = reader.symbols.iter().map(String::as_str).collect();
    let written: BTreeSet<&str> = writer.symbols.iter().map(String::as_str).collect();
    written.difference(&known).copied().collect()
}

/// A field's type is an enum with a default symbol.
pub(super) fn has_enum_default(schema: &Schema, field: &Field) -> bool {
    matches!(&schema.node(field.ty).kind, Type::Enum(it) if it.default.is_some())
}

/// Java's name of a type.
pub(crate) fn type_name(kind: &Type) -> String {
    kind.word().to_uppercase()
}
