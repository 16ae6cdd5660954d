//! The paths that a build script's rules are about: Avro's names, each with a
//! dot before it.

use std::collections::BTreeSet;

use accordant_schema::{FullName, Kind, NodeId, Schema, contract::Contracts};

use crate::{
    choices::Choices,
    options::{Rule, RuleKind},
    slot::{can_be_boxed, content, values_in},
    types::UnionShape,
};

/// The path of a type with a name.
pub(crate) fn of_type(name: &FullName) -> String {
    format!(".{}", name.as_str())
}

/// The path of a record's field; it is also that of a union in there.
pub(crate) fn of_field(record: &FullName, field: &str) -> String {
    format!(".{}.{field}", record.as_str())
}

/// The path of a union's type: its field's, or its contract's in a root without
/// a name.
pub(crate) fn of_union(record: &FullName, field: &str) -> String {
    match field {
        "" => of_type(record),
        field => of_field(record, field),
    }
}

/// The path of an enum's symbol.
pub(crate) fn of_symbol(it: &FullName, symbol: &str) -> String {
    of_field(it, symbol)
}

/// The path of a branch of a union in a field: the branch's name without its
/// namespace, or the word of its type.
pub(crate) fn of_branch(field: &str, schema: &Schema, branch: NodeId) -> String {
    let name = match schema.name_of(branch) {
        Some(name) => name.name(),
        None => schema.node(branch).kind.word(),
    };
    format!("{field}.{name}")
}

/// What there is, for each kind of rule.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    types: BTreeSet<String>,
    fields: BTreeSet<String>,
    boxable: BTreeSet<String>,
    maps: BTreeSet<String>,
}

impl Paths {
    /// Of every version of every contract; the types that are replaced are not
    /// among them.
    pub(crate) fn new(contracts: &Contracts, choices: &Choices) -> Paths {
        let mut paths = Paths::default();
        for contract in contracts.contracts.values() {
            for version in &contract.versions {
                let (schema, root) = (&version.schema, version.schema.root);
                if schema.name_of(root).is_none() {
                    let path = of_type(&contract.name);
                    paths.types.insert(path.clone());
                    paths.add_values(schema, root, &path, choices);
                }
                for id in version.schema.names.values() {
                    paths.add(&version.schema, *id, choices);
                }
            }
        }
        paths
    }

    /// The paths that a kind of rule may be about.
    pub(crate) fn of(&self, kind: RuleKind) -> &BTreeSet<String> {
        match kind {
            RuleKind::TypeAttribute | RuleKind::ExternPath => &self.types,
            RuleKind::FieldAttribute => &self.fields,
            RuleKind::Boxed => &self.boxable,
            RuleKind::BTreeMap | RuleKind::HashMap => &self.maps,
        }
    }

    /// Whether a rule is about anything.
    pub(crate) fn meets(&self, rule: &Rule) -> bool {
        rule.path == "." || self.of(rule.kind).iter().any(|path| rule.matches(path))
    }

    fn add(&mut self, schema: &Schema, id: NodeId, choices: &Choices) {
        let kind = &schema.node(id).kind;
        if choices.external(kind).is_some() {
            return;
        }
        match kind {
            Kind::Record(record) => {
                self.types.insert(of_type(&record.name));
                for field in &record.fields {
                    let path = of_field(&record.name, &field.name);
                    self.add_field(schema, field.ty, &path, choices);
                }
            }
            Kind::Enum(it) => {
                self.types.insert(of_type(&it.name));
                let symbols = it.symbols.iter();
                self.fields
                    .extend(symbols.map(|symbol| of_symbol(&it.name, symbol)));
            }
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Fixed(_)
            | Kind::Array(_)
            | Kind::Map(_)
            | Kind::Union(_) => {}
        }
    }

    fn add_field(&mut self, schema: &Schema, field: NodeId, path: &str, choices: &Choices) {
        self.fields.insert(path.to_owned());
        if can_be_boxed(schema, content(schema, field), choices) {
            self.boxable.insert(path.to_owned());
        }
        self.add_values(schema, field, path, choices);
    }

    /// Maps, unions, and their branches.
    fn add_values(&mut self, schema: &Schema, ty: NodeId, path: &str, choices: &Choices) {
        for id in values_in(schema, ty) {
            match &schema.node(id).kind {
                Kind::Map(_) => drop(self.maps.insert(path.to_owned())),
                Kind::Union(branches) => {
                    let shape = UnionShape::new(schema, branches);
                    if !shape.is_enum() {
                        continue;
                    }
                    self.types.insert(path.to_owned());
                    for (_, branch, _) in &shape.variants {
                        let path = of_branch(path, schema, *branch);
                        if can_be_boxed(schema, *branch, choices) {
                            self.boxable.insert(path.clone());
                        }
                        self.fields.insert(path);
                    }
                }
                Kind::Null
                | Kind::Boolean
                | Kind::Int
                | Kind::Long
                | Kind::Float
                | Kind::Double
                | Kind::Bytes
                | Kind::String
                | Kind::Record(_)
                | Kind::Enum(_)
                | Kind::Fixed(_)
                | Kind::Array(_) => {}
            }
        }
    }
}
