//! A schema, compiled once into what reading its JSON needs.

use std::sync::Arc;

use accordant_schema::{Field, Kind, Logical, Node, NodeId, Record, Schema};

use super::{defaults, scan::JsonKind};

/// The types of a schema; a [`NodeId`]'s number is an index into them.
#[derive(Debug)]
pub(super) struct Program {
    types: Vec<Type>,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Type {
    /// It holds no other values: the schema's node says all.
    Leaf,
    Record(RecordType),
    Array(NodeId),
    Map(NodeId),
    Union(UnionType),
}

/// The fields of a record.
#[derive(Debug)]
pub(super) struct RecordType {
    pub(super) fields: Vec<FieldType>,
    places: Places,
}

/// One field.
#[derive(Debug)]
pub(super) struct FieldType {
    pub(super) name: Arc<str>,
    /// The name in quotes, as nearly every text has it.
    pub(super) quoted: Box<str>,
    pub(super) ty: NodeId,
    /// Encoded.
    pub(super) default: Option<Box<[u8]>>,
}

/// The branches of a union.
#[derive(Debug)]
pub(super) struct UnionType {
    pub(super) branches: Vec<Branch>,
    /// By JSON's kinds: which branches there can be.
    kinds: Box<[Candidates; JsonKind::COUNT]>,
}

/// One branch.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) name: Arc<str>,
    pub(super) ty: NodeId,
}

/// The branches that a kind of JSON value can mean.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// These accept some value of this kind.
    pub(super) accepting: Vec<usize>,
    /// Values of these are usually of this kind.
    pub(super) alike: Vec<usize>,
}

/// Where names stand in a list, sorted when there are many.
#[derive(Debug)]
struct Places(Vec<usize>);

/// Names up to which each one is looked at.
const LINEAR_MAX: usize = 8;

impl Program {
    pub(super) fn new(schema: &Schema) -> Program {
        Program {
            types: schema.nodes.iter().map(|it| compile(schema, it)).collect(),
        }
    }

    pub(super) fn ty(&self, id: NodeId) -> &Type {
        &self.types[id.0 as usize]
    }
}

impl RecordType {
    fn of(schema: &Schema, record: &Record) -> RecordType {
        let default = |field: &Field| {
            let mut out = Vec::new();
            defaults::encode(schema, field.default.as_ref()?, field.ty, &mut out)?;
            Some(out.into())
        };
        let field = |field: &Field| FieldType {
            name: field.name.as_str().into(),
            quoted: format!("\"{}\"", field.name).into(),
            ty: field.ty,
            default: default(field),
        };
        RecordType {
            fields: record.fields.iter().map(field).collect(),
            places: Places::of(record.fields.len(), |at| &record.fields[at].name),
        }
    }

    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.places.find(name, |at| &self.fields[at].name)
    }
}

impl UnionType {
    fn of(schema: &Schema, branches: &[NodeId]) -> UnionType {
        let branch = |id: &NodeId| Branch {
            name: schema.branch_name(*id).into(),
            ty: *id,
        };
        let mut kinds: Box<[Candidates; JsonKind::COUNT]> = Default::default();
        for (at, id) in branches.iter().enumerate() {
            for kind in JsonKind::ALL {
                let node = schema.node(*id);
                let candidates = &mut kinds[kind as usize];
                if accepts(node, kind) {
                    candidates.accepting.push(at);
                }
                if is_alike(node, kind) {
                    candidates.alike.push(at);
                }
            }
        }
        UnionType {
            branches: branches.iter().map(branch).collect(),
            kinds,
        }
    }

    pub(super) fn of_kind(&self, kind: JsonKind) -> &Candidates {
        &self.kinds[kind as usize]
    }

    /// The branch of a name.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.branches
            .iter()
            .position(|branch| *branch.name == *name)
    }

    /// In words, for an error: which branches there are.
    pub(super) fn expected(&self) -> String {
        let names = self.branches.iter().map(|branch| &*branch.name);
        format!("one of {}", names.collect::<Vec<_>>().join(", "))
    }
}

impl Places {
    fn of<'n>(count: usize, name: impl Fn(usize) -> &'n str) -> Places {
        let mut places: Vec<usize> = (0..count).collect();
        if count > LINEAR_MAX {
            places.sort_by_key(|at| name(*at));
        }
        Places(places)
    }

    fn find<'n>(&self, wanted: &str, name: impl Fn(usize) -> &'n str) -> Option<usize> {
        if self.0.len() <= LINEAR_MAX {
            return (0..self.0.len()).find(|at| name(*at) == wanted);
        }
        let found = self.0.binary_search_by(|at| name(*at).cmp(wanted)).ok()?;
        Some(self.0[found])
    }
}

fn compile(schema: &Schema, node: &Node) -> Type {
    match &node.kind {
        Kind::Record(record) => Type::Record(RecordType::of(schema, record)),
        Kind::Array(items) => Type::Array(*items),
        Kind::Map(values) => Type::Map(*values),
        Kind::Union(branches) => Type::Union(UnionType::of(schema, branches)),
        Kind::Null
        | Kind::Boolean
        | Kind::Int
        | Kind::Long
        | Kind::Float
        | Kind::Double
        | Kind::Bytes
        | Kind::String
        | Kind::Enum(_)
        | Kind::Fixed(_) => Type::Leaf,
    }
}

/// Whether some JSON value of the kind is one of the type.
fn accepts(node: &Node, kind: JsonKind) -> bool {
    match (&node.kind, kind) {
        (Kind::Null, JsonKind::Null)
        | (Kind::Boolean, JsonKind::Boolean)
        | (Kind::Int, JsonKind::Number)
        | (Kind::Long | Kind::Float | Kind::Double, JsonKind::Number | JsonKind::String)
        | (Kind::Bytes | Kind::Fixed(_) | Kind::String | Kind::Enum(_), JsonKind::String)
        | (Kind::Array(_), JsonKind::Array)
        | (Kind::Map(_) | Kind::Record(_), JsonKind::Object) => true,
        (Kind::Int, JsonKind::String) => {
            matches!(node.logical, Some(Logical::Date | Logical::TimeMillis))
        }
        (Kind::Bytes | Kind::Fixed(_), JsonKind::Number) => {
            matches!(node.logical, Some(Logical::Decimal { .. }))
        }
        _ => false,
    }
}

/// Whether a value of the type is usually written as JSON of this kind.
fn is_alike(node: &Node, kind: JsonKind) -> bool {
    match (&node.kind, kind) {
        (Kind::Null, JsonKind::Null)
        | (Kind::Boolean, JsonKind::Boolean)
        | (Kind::Int | Kind::Long | Kind::Float | Kind::Double, JsonKind::Number)
        | (Kind::Bytes | Kind::String | Kind::Enum(_) | Kind::Fixed(_), JsonKind::String)
        | (Kind::Array(_), JsonKind::Array)
        | (Kind::Map(_) | Kind::Record(_), JsonKind::Object) => true,
        (Kind::Int | Kind::Long, JsonKind::String) => node.logical.is_some(),
        (Kind::Bytes | Kind::Fixed(_), JsonKind::Number) => node.logical.is_some(),
        _ => false,
    }
}
