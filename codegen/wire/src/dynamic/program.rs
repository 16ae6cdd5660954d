//! A schema, compiled once into what reading its JSON needs to know.

use accordant_schema::{Kind, Logical, Node, NodeId, Record, Schema};

use super::{defaults, scan::JsonKind};

/// Which JSON stands for the data of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// The mapping of this module.
    Plain,
    /// The specification's JSON encoding, as Avro Java writes it.
    Avro,
}

/// What is done at each node of a schema; a [`NodeId`]'s number is an index.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) spelling: Spelling,
    steps: Vec<Step>,
}

/// What is done at a node.
#[derive(Debug)]
pub(super) enum Step {
    /// An int without a logical type.
    Int,
    /// A long without a logical type.
    Long,
    /// A string without a logical type.
    String,
    /// Another value that holds no others.
    Leaf,
    Record(RecordStep),
    Array(NodeId),
    Map(NodeId),
    Union(UnionStep),
}

/// The fields of a record.
#[derive(Debug)]
pub(super) struct RecordStep {
    pub(super) fields: Vec<FieldStep>,
    /// Positions of the fields in the order of their names.
    by_name: Vec<usize>,
}

/// One field.
#[derive(Debug)]
pub(super) struct FieldStep {
    pub(super) name: String,
    /// The name in quotes, as nearly every text has it.
    pub(super) quoted: String,
    pub(super) ty: NodeId,
    /// Encoded.
    pub(super) default: Option<Vec<u8>>,
}

/// The branches of a union.
#[derive(Debug)]
pub(super) struct UnionStep {
    pub(super) branches: Vec<NodeId>,
    names: Vec<String>,
    /// By JSON's kinds: the branches that accept some value of the kind.
    by_kind: [Vec<usize>; JsonKind::COUNT],
}

impl Program {
    pub(super) fn new(schema: &Schema, spelling: Spelling) -> Program {
        let steps = schema
            .nodes
            .iter()
            .map(|node| compile(schema, node, spelling));
        Program {
            spelling,
            steps: steps.collect(),
        }
    }

    /// What is done at a node of the schema that the program is compiled from.
    pub(super) fn step(&self, id: NodeId) -> &Step {
        &self.steps[id.0 as usize]
    }

    /// The encoded default of a record's field.
    pub(super) fn default_of(&self, record: NodeId, field: usize) -> Option<&[u8]> {
        match self.step(record) {
            Step::Record(record) => record.fields.get(field)?.default.as_deref(),
            Step::Int
            | Step::Long
            | Step::String
            | Step::Leaf
            | Step::Array(_)
            | Step::Map(_)
            | Step::Union(_) => None,
        }
    }
}

impl RecordStep {
    fn of(schema: &Schema, record: &Record, spelling: Spelling) -> RecordStep {
        let default = |field: &accordant_schema::Field| {
            let mut out = Vec::new();
            let default = field.default.as_ref()?;
            defaults::encode(schema, default, field.ty, &mut out).map(|()| out)
        };
        let field = |field: &accordant_schema::Field| FieldStep {
            name: field.name.clone(),
            quoted: format!("\"{}\"", field.name),
            ty: field.ty,
            default: match spelling {
                Spelling::Plain => default(field),
                // A datum of the specification's encoding is complete.
                Spelling::Avro => None,
            },
        };
        let mut by_name: Vec<usize> = (0..record.fields.len()).collect();
        by_name.sort_by_key(|at| &record.fields[*at].name);
        RecordStep {
            fields: record.fields.iter().map(field).collect(),
            by_name,
        }
    }

    /// The position of a field.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        let of = |at: &usize| self.fields[*at].name.as_str().cmp(name);
        let found = self.by_name.binary_search_by(of).ok()?;
        Some(self.by_name[found])
    }
}

impl UnionStep {
    fn of(schema: &Schema, branches: &[NodeId]) -> UnionStep {
        let accepting = |kind: JsonKind| {
            let all = branches.iter().enumerate();
            all.filter(|(_, branch)| accepts(schema.node(**branch), kind))
                .map(|(at, _)| at)
                .collect()
        };
        UnionStep {
            branches: branches.to_vec(),
            names: branches
                .iter()
                .map(|branch| schema.branch_name(*branch).to_owned())
                .collect(),
            by_kind: JsonKind::ALL.map(accepting),
        }
    }

    /// The branches that accept some value of the kind.
    pub(super) fn accepting(&self, kind: JsonKind) -> &[usize] {
        &self.by_kind[kind as usize]
    }

    /// The branch of a name.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|it| it == name)
    }
}

/// Whether some JSON value of the kind is one of the type, in plain spelling.
pub(super) fn accepts(node: &Node, kind: JsonKind) -> bool {
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

fn compile(schema: &Schema, node: &Node, spelling: Spelling) -> Step {
    let is_raw = node.logical.is_none() || spelling == Spelling::Avro;
    match &node.kind {
        Kind::Int if is_raw => Step::Int,
        Kind::Long if is_raw => Step::Long,
        Kind::String if is_raw => Step::String,
        Kind::Null
        | Kind::Boolean
        | Kind::Int
        | Kind::Long
        | Kind::Float
        | Kind::Double
        | Kind::Bytes
        | Kind::String
        | Kind::Fixed(_)
        | Kind::Enum(_) => Step::Leaf,
        Kind::Record(record) => Step::Record(RecordStep::of(schema, record, spelling)),
        Kind::Array(items) => Step::Array(*items),
        Kind::Map(values) => Step::Map(*values),
        Kind::Union(branches) => Step::Union(UnionStep::of(schema, branches)),
    }
}
