//! Aliases as Avro Java applies them (`Schema.applyAliases`): before anything
//! is compared, the writer's types and fields take the reader's names. A
//! field's alias counts only where the record's whole name agrees.

use std::collections::{BTreeMap, BTreeSet};

use crate::{FullName, Kind, NodeId, Schema, canonical_form, java_text};

/// The writer with the reader's names; `None` where Java throws: two fields or
/// two branches get the same name.
///
/// Java's reader does it, and its resolver does it again: aliases of aliases
/// are followed once, and two names that are each other's alias stay.
pub(super) fn renamed(reader: &Schema, writer: &Schema) -> Option<Schema> {
    let once = renamed_once(reader, writer)?;
    renamed_once(reader, &once)
}

fn renamed_once(reader: &Schema, writer: &Schema) -> Option<Schema> {
    let names = Names::new(reader, writer)?;
    let mut renamed = writer.clone();
    for (at, node) in renamed.nodes.iter_mut().enumerate() {
        let id = NodeId(at as u32);
        let name = match &mut node.kind {
            Kind::Record(it) => {
                for (field, name) in it.fields.iter_mut().zip(names.fields(id)) {
                    name.clone_into(&mut field.name);
                }
                &mut it.name
            }
            Kind::Enum(it) => &mut it.name,
            Kind::Fixed(it) => &mut it.name,
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
            | Kind::Union(_) => continue,
        };
        *name = FullName::new(names.full(id)).ok()?;
    }
    Some(renamed)
}

/// The writer's names as the reader says them.
struct Names<'a> {
    writer: &'a Schema,
    types: BTreeMap<&'a str, &'a str>,
    /// By record, an index into `field_names`: Java lets a record and its aliases
    /// share one map, and so all that is added to it later.
    fields: BTreeMap<&'a str, usize>,
    field_names: Vec<BTreeMap<&'a str, &'a str>>,
}

impl<'a> Names<'a> {
    fn new(reader: &'a Schema, writer: &'a Schema) -> Option<Names<'a>> {
        let mut names = Names {
            writer,
            types: BTreeMap::new(),
            fields: BTreeMap::new(),
            field_names: Vec::new(),
        };
        if bare(reader) != bare(writer) {
            names.collect(reader);
        }
        names.are_distinct().then_some(names)
    }

    /// A type's full name; the Avro type where it has none.
    fn full(&self, id: NodeId) -> &'a str {
        match self.writer.name_of(id) {
            Some(name) => {
                let name = name.as_str();
                self.types.get(name).copied().unwrap_or(name)
            }
            None => self.writer.node(id).kind.word(),
        }
    }

    /// The names of a record's fields.
    fn fields(&self, id: NodeId) -> Vec<&'a str> {
        let Kind::Record(record) = &self.writer.node(id).kind else {
            return Vec::new();
        };
        let renamed = self
            .fields
            .get(self.full(id))
            .map(|it| &self.field_names[*it]);
        record
            .fields
            .iter()
            .map(|field| {
                let name = field.name.as_str();
                renamed.and_then(|it| it.get(name)).copied().unwrap_or(name)
            })
            .collect()
    }

    /// Java's `getAliases`: what comes later in the text has the last word.
    fn collect(&mut self, reader: &'a Schema) {
        enum Work {
            Type(NodeId),
            Field(NodeId, usize),
            End(NodeId),
        }
        let mut seen = BTreeSet::new();
        let mut work = vec![Work::Type(reader.root)];
        while let Some(next) = work.pop() {
            match next {
                Work::Type(id) => {
                    let (name, aliases) = match &reader.node(id).kind {
                        Kind::Record(it) => (&it.name, &it.aliases),
                        Kind::Enum(it) => (&it.name, &it.aliases),
                        Kind::Fixed(it) => (&it.name, &it.aliases),
                        Kind::Array(inner) | Kind::Map(inner) => {
                            work.push(Work::Type(*inner));
                            continue;
                        }
                        Kind::Union(branches) => {
                            work.extend(branches.iter().rev().map(|it| Work::Type(*it)));
                            continue;
                        }
                        Kind::Null
                        | Kind::Boolean
                        | Kind::Int
                        | Kind::Long
                        | Kind::Float
                        | Kind::Double
                        | Kind::Bytes
                        | Kind::String => continue,
                    };
                    for alias in aliases {
                        self.types.insert(alias.as_str(), name.as_str());
                    }
                    if let Kind::Record(it) = &reader.node(id).kind
                        && seen.insert(id)
                    {
                        work.push(Work::End(id));
                        work.extend((0..it.fields.len()).rev().map(|at| Work::Field(id, at)));
                    }
                }
                Work::Field(id, at) => {
                    let Kind::Record(record) = &reader.node(id).kind else {
                        continue;
                    };
                    let field = &record.fields[at];
                    for alias in &field.aliases {
                        let shared = *self
                            .fields
                            .entry(record.name.as_str())
                            .or_insert(self.field_names.len());
                        if shared == self.field_names.len() {
                            self.field_names.push(BTreeMap::new());
                        }
                        self.field_names[shared].insert(alias, &field.name);
                    }
                    work.push(Work::Type(field.ty));
                }
                Work::End(id) => {
                    let Kind::Record(record) = &reader.node(id).kind else {
                        continue;
                    };
                    if let Some(fields) = self.fields.get(record.name.as_str()).copied() {
                        for alias in &record.aliases {
                            self.fields.insert(alias.as_str(), fields);
                        }
                    }
                }
            }
        }
    }

    fn are_distinct(&self) -> bool {
        if self.types.is_empty() && self.fields.is_empty() {
            return true;
        }
        let is_set = |names: Vec<&str>| {
            let many = names.len();
            names.into_iter().collect::<BTreeSet<_>>().len() == many
        };
        let mut seen = BTreeSet::new();
        let mut todo = vec![self.writer.root];
        while let Some(id) = todo.pop() {
            if !seen.insert(id) {
                continue;
            }
            let distinct = match &self.writer.node(id).kind {
                Kind::Record(it) => {
                    todo.extend(it.fields.iter().map(|field| field.ty));
                    is_set(self.fields(id))
                }
                Kind::Array(inner) | Kind::Map(inner) => {
                    todo.push(*inner);
                    true
                }
                Kind::Union(branches) => {
                    todo.extend(branches);
                    is_set(branches.iter().map(|it| self.full(*it)).collect())
                }
                Kind::Null
                | Kind::Boolean
                | Kind::Int
                | Kind::Long
                | Kind::Float
                | Kind::Double
                | Kind::Bytes
                | Kind::String
                | Kind::Enum(_)
                | Kind::Fixed(_) => true,
            };
            if !distinct {
                return false;
            }
        }
        true
    }
}

/// What Java's `Schema.equals` compares: everything but aliases, documentation
/// and the defaults of enums.
fn bare(schema: &Schema) -> String {
    let mut schema = schema.clone();
    for node in &mut schema.nodes {
        match &mut node.kind {
            Kind::Record(it) => {
                it.aliases.clear();
                it.doc = None;
                for field in &mut it.fields {
                    field.aliases.clear();
                    field.doc = None;
                }
            }
            Kind::Enum(it) => {
                it.aliases.clear();
                it.doc = None;
                it.default = None;
            }
            Kind::Fixed(it) => {
                it.aliases.clear();
                it.doc = None;
            }
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
            | Kind::Union(_) => {}
        }
    }
    // In Java's text a name may stand for two types.
    java_text(&schema, true) + &canonical_form(&schema)
}
