//! A schema as an arena of nodes: every named type stands once, a reference is
//! the id of its definition, so recursion is a cycle of ids.

use std::collections::BTreeMap;

use crate::{FullName, Span, json::Json};

/// A resolved schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// The nodes; a [`NodeId`] is an index into them.
    pub nodes: Vec<Node>,
    /// The top-level type.
    pub root: NodeId,
    /// Every named type by full name, those of references included.
    pub names: BTreeMap<FullName, NodeId>,
}

/// An index into [`Schema::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// One type.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its logical type, if it is a known one on the right base.
    pub logical: Option<Logical>,
    /// Every other attribute in input order; `logicalType`, `precision` and
    /// `scale` stand here too, so that nothing is lost.
    pub props: Vec<(String, Json)>,
    /// Its definition's place; for a type from a reference, in that text.
    pub span: Span,
    /// Which text the span belongs to: 0 is the schema's own text, n the n-th reference.
    pub source: usize,
}

/// The Avro types.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`
    Null,
    /// `boolean`
    Boolean,
    /// `int`: 32 bits
    Int,
    /// `long`: 64 bits
    Long,
    /// `float`
    Float,
    /// `double`
    Double,
    /// `bytes`
    Bytes,
    /// `string`
    String,
    /// `record` or `error`
    Record(Record),
    /// `enum`
    Enum(Enum),
    /// `fixed`
    Fixed(Fixed),
    /// `array`, with its items
    Array(NodeId),
    /// `map` of strings, with its values
    Map(NodeId),
    /// A union, with its branches in order
    Union(Vec<NodeId>),
}

/// What records, enums and fixed types have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named<'a> {
    /// Full name.
    pub name: &'a FullName,
    /// Other full names that a reader accepts.
    pub aliases: &'a [FullName],
    /// Documentation.
    pub doc: Option<&'a str>,
    /// `record`, `enum` or `fixed`.
    pub word: &'static str,
}

impl Kind {
    /// A record's fields; none of every other type.
    pub fn fields(&self) -> &[Field] {
        match self {
            Kind::Record(it) => &it.fields,
            _ => &[],
        }
    }

    /// A union's branches; none of every other type.
    pub fn branches(&self) -> &[NodeId] {
        match self {
            Kind::Union(branches) => branches,
            _ => &[],
        }
    }

    /// An array's items or a map's values; `None` of every other type.
    pub fn items(&self) -> Option<NodeId> {
        match self {
            Kind::Array(it) | Kind::Map(it) => Some(*it),
            _ => None,
        }
    }

    /// The name and what belongs to it; `None` of a type that has none.
    pub fn named(&self) -> Option<Named<'_>> {
        let (name, aliases, doc, word) = match self {
            Kind::Record(it) => (&it.name, &it.aliases, &it.doc, "record"),
            Kind::Enum(it) => (&it.name, &it.aliases, &it.doc, "enum"),
            Kind::Fixed(it) => (&it.name, &it.aliases, &it.doc, "fixed"),
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Array(_)
            | Kind::Map(_)
            | Kind::Union(_) => return None,
        };
        Some(Named {
            name,
            aliases,
            doc: doc.as_deref(),
            word,
        })
    }

    /// The type's word in a schema: `record` of every record.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Int => "int",
            Kind::Long => "long",
            Kind::Float => "float",
            Kind::Double => "double",
            Kind::Bytes => "bytes",
            Kind::String => "string",
            Kind::Record(_) => "record",
            Kind::Enum(_) => "enum",
            Kind::Fixed(_) => "fixed",
            Kind::Array(_) => "array",
            Kind::Map(_) => "map",
            Kind::Union(_) => "union",
        }
    }

    /// What a union calls it as a branch: the full name, or the type's word.
    pub fn branch_name(&self) -> &str {
        match self {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Int => "int",
            Kind::Long => "long",
            Kind::Float => "float",
            Kind::Double => "double",
            Kind::Bytes => "bytes",
            Kind::String => "string",
            Kind::Record(it) => it.name.as_str(),
            Kind::Enum(it) => it.name.as_str(),
            Kind::Fixed(it) => it.name.as_str(),
            Kind::Array(_) => "array",
            Kind::Map(_) => "map",
            Kind::Union(_) => "union",
        }
    }
}

/// The known logical types of Avro 1.12.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Logical {
    /// On bytes or fixed.
    Decimal {
        /// Digits in all, at least 1.
        precision: u32,
        /// Digits after the point, at most the precision.
        scale: u32,
    },
    /// On bytes.
    BigDecimal,
    /// On string or fixed(16).
    Uuid,
    /// On int: days since 1970-01-01.
    Date,
    /// On int.
    TimeMillis,
    /// On long.
    TimeMicros,
    /// On long.
    TimestampMillis,
    /// On long.
    TimestampMicros,
    /// On long.
    TimestampNanos,
    /// On long.
    LocalTimestampMillis,
    /// On long.
    LocalTimestampMicros,
    /// On long.
    LocalTimestampNanos,
    /// On fixed(12): months, days, milliseconds, little endian.
    Duration,
}

/// A record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Full name.
    pub name: FullName,
    /// Other full names that a reader accepts.
    pub aliases: Vec<FullName>,
    /// Documentation.
    pub doc: Option<String>,
    /// Fields in order.
    pub fields: Vec<Field>,
    /// Declared as `error`.
    pub is_error: bool,
}

/// A record's field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name.
    pub name: String,
    /// Other names that a reader accepts.
    pub aliases: Vec<String>,
    /// Documentation.
    pub doc: Option<String>,
    /// Type.
    pub ty: NodeId,
    /// Default, as JSON of the specification (bytes as code points).
    pub default: Option<Json>,
    /// Sort order.
    pub order: Order,
    /// Every other attribute in input order.
    pub props: Vec<(String, Json)>,
    /// The field's object in its text.
    pub span: Span,
    /// The field's name in its text.
    pub name_span: Span,
}

/// How a field takes part in sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The default.
    Ascending,
    /// Reversed.
    Descending,
    /// Left out.
    Ignore,
}

/// An enum.
#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    /// Full name.
    pub name: FullName,
    /// Other full names that a reader accepts.
    pub aliases: Vec<FullName>,
    /// Documentation.
    pub doc: Option<String>,
    /// Symbols in order.
    pub symbols: Vec<String>,
    /// The symbol that stands for one that a reader does not know.
    pub default: Option<String>,
}

/// A fixed.
#[derive(Debug, Clone, PartialEq)]
pub struct Fixed {
    /// Full name.
    pub name: FullName,
    /// Other full names that a reader accepts.
    pub aliases: Vec<FullName>,
    /// Documentation.
    pub doc: Option<String>,
    /// Bytes.
    pub size: usize,
}

impl Node {
    /// One of [`Node::props`] by its name: the first one.
    pub fn prop(&self, name: &str) -> Option<&Json> {
        prop(&self.props, name)
    }
}

impl Field {
    /// One of [`Field::props`] by its name: the first one.
    pub fn prop(&self, name: &str) -> Option<&Json> {
        prop(&self.props, name)
    }
}

fn prop<'p>(props: &'p [(String, Json)], name: &str) -> Option<&'p Json> {
    let found = props.iter().find(|(key, _)| key == name);
    found.map(|(_, json)| json)
}

impl Schema {
    /// The node of an id.
    ///
    /// # Panics
    /// With an id of another schema.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The top-level node.
    pub fn root(&self) -> &Node {
        self.node(self.root)
    }

    /// What a union calls this type as a branch.
    pub fn branch_name(&self, id: NodeId) -> &str {
        self.node(id).kind.branch_name()
    }

    /// The full name of a named type, `None` for the others.
    pub fn name_of(&self, id: NodeId) -> Option<&FullName> {
        self.node(id).kind.named().map(|it| it.name)
    }
}
