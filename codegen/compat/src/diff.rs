//! What differs between two schemas, in the terms of schemas and not of lines:
//! one change an entry, with what it does to readers of either side.
//!
//! Total and pure, and no gate: a change of documentation is here too.

mod effects;
mod fields;
mod node;
mod render;
mod walk;

use accordant_schema::Schema;

pub use render::{json, text};

/// Changes that come back at most: nobody reads more.
pub const CHANGES_MAX: usize = 1_000;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind it is.
    pub kind: ChangeKind,
    /// Path in words, with the names of the new schema; of what was removed,
    /// with those of the old one.
    pub path: String,
    /// How it was, in words; for a text its text. `None` where there was none.
    pub old: Option<String>,
    /// How it is, likewise.
    pub new: Option<String>,
    /// What happens to a reader with the new schema that meets old data.
    pub backward: Effect,
    /// What happens to a reader with the old schema that meets new data.
    pub forward: Effect,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// A field is new, or gone.
    Field,
    /// A field has another name; one of the two is an alias of the other.
    FieldName,
    /// The fields that both have stand in another order.
    FieldOrder,
    /// Another type.
    Type,
    /// A named type has another name.
    TypeName,
    /// A union's branch is new, or gone.
    Branch,
    /// The branches that both have stand in another order.
    BranchOrder,
    /// An enum's symbol is new, or gone.
    Symbol,
    /// The symbols that both have stand in another order.
    SymbolOrder,
    /// The symbol for those that a reader does not know.
    EnumDefault,
    /// A fixed has another size.
    Size,
    /// Another logical type, or other digits of a decimal.
    Logical,
    /// A field's default.
    Default,
    /// How a field takes part in sorting.
    SortOrder,
    /// The other names of a field or type.
    Aliases,
    /// Documentation.
    Doc,
    /// An attribute that Avro does not know.
    Attribute,
    /// What a rule sees and no other change explains.
    Other,
}

/// What a change does to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Fine,
    /// It reads on, and gets another meaning: the rule's code.
    Misreads(&'static str),
    /// It fails: the rule's code.
    Breaks(&'static str),
}

impl ChangeKind {
    /// In one word.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Field => "field",
            ChangeKind::FieldName => "field-name",
            ChangeKind::FieldOrder => "field-order",
            ChangeKind::Type => "type",
            ChangeKind::TypeName => "type-name",
            ChangeKind::Branch => "branch",
            ChangeKind::BranchOrder => "branch-order",
            ChangeKind::Symbol => "symbol",
            ChangeKind::SymbolOrder => "symbol-order",
            ChangeKind::EnumDefault => "enum-default",
            ChangeKind::Size => "size",
            ChangeKind::Logical => "logical-type",
            ChangeKind::Default => "default",
            ChangeKind::SortOrder => "sort-order",
            ChangeKind::Aliases => "aliases",
            ChangeKind::Doc => "doc",
            ChangeKind::Attribute => "attribute",
            ChangeKind::Other => "other",
        }
    }
}

/// What changed from `old` to `new`, record by record: its fields in the order
/// of the new schema, then what is gone, then what changed inside of the types
/// of the fields. At most [`CHANGES_MAX`] changes.
///
/// The effects are the verdicts of the rules: everything that the gate would
/// say of the pair is in them, whatever the contract's level.
///
/// ```
/// use accordant_compat::diff::{self, diff};
/// use accordant_schema::parse;
///
/// let old = parse(r#"{"type": "record", "name": "A", "fields": []}"#).unwrap();
/// let new = parse(r#"{"type": "record", "name": "A", "fields": [
///     {"name": "email", "type": "string", "default": ""},
///     {"name": "id", "type": "long"}
/// ]}"#).unwrap();
/// assert_eq!(diff::text(&diff(&old, &new)), "\
/// + field A.email: string (default \"\")  backward ok, forward ok
/// + field A.id: long  backward breaks (C102), forward ok
/// ");
/// assert!(diff(&new, &new).is_empty());
/// ```
pub fn diff(old: &Schema, new: &Schema) -> Vec<Change> {
    let mut found = walk::differences(old, new);
    effects::judge(old, new, &mut found);
    found.truncate(CHANGES_MAX);
    found.into_iter().map(|it| it.change).collect()
}

/// A change and the places that rules may point at.
#[derive(Debug)]
struct Found {
    change: Change,
    old_site: Option<crate::walk::Site>,
    new_site: Option<crate::walk::Site>,
}
