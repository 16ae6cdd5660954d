//! What a reader does with each type of a writer: Avro Java's `Resolver`, step
//! by step, also where it disagrees with the specification.

use std::collections::{HashMap, HashSet};

use super::{Promotion, promotes, rename::renamed, same_type};
use crate::{Enum, Kind, NodeId, Record, Schema};

/// Types within types that are followed.
const DEPTH_MAX: usize = 128;

/// Actions and comparisons that one plan may need.
const STEPS_MAX: usize = 200_000;

/// An index into [`Resolution::actions`].
pub type ActionId = usize;

/// Everything that may have to be done.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// The actions; an [`ActionId`] is an index into them.
    pub actions: Vec<Action>,
    /// What is done at the top.
    pub root: ActionId,
}

/// What is done where the writer has written a type.
#[derive(Debug, Clone)]
pub struct Action {
    /// The reader's type.
    pub reader: NodeId,
    /// What the writer has written.
    pub writer: NodeId,
    /// What is done.
    pub what: Do,
}

/// The kinds of actions.
#[derive(Debug, Clone)]
pub enum Do {
    /// Nothing can be read here.
    Fail(String),
    /// The bytes are the reader's own.
    Same,
    /// A value of the reader's wider type.
    Promote(Promotion),
    /// Items of an array, or values of a map.
    Each(ActionId),
    /// By the writer's symbol, the reader's.
    Symbol(Vec<Option<usize>>),
    /// The writer's fields in order, and what the reader adds.
    Fields {
        /// The reader's field; none where it is skipped.
        written: Vec<Option<(usize, ActionId)>>,
        /// The reader's fields that take their default.
        defaults: Vec<usize>,
    },
    /// By the writer's branch; each gives a value of the reader.
    WriterBranch(Vec<ActionId>),
    /// Both unions are the same: the reader's own bytes.
    SameUnion,
    /// The reader's branch that takes the writer's type.
    ReaderBranch(usize, ActionId),
}

/// Why there is no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoResolution {
    /// The reader's aliases give two of the writer's fields or branches one name.
    #[error("the reader's aliases are ambiguous")]
    Aliases,
    /// The schemas are too deep or too large for this module.
    #[error("the schemas are too deep or too large")]
    TooLarge,
}

impl Resolution {
    /// What `reader` does with each type of `writer`.
    ///
    /// # Errors
    /// See [`NoResolution`].
    pub fn new(reader: &Schema, writer: &Schema) -> Result<Resolution, NoResolution> {
        let writer = renamed(reader, writer).ok_or(NoResolution::Aliases)?;
        let mut planner = Planner {
            reader,
            writer: &writer,
            actions: Vec::new(),
            named: HashMap::new(),
            depth: 0,
            steps: 0,
        };
        let root = planner.resolve(reader.root, writer.root)?;
        Ok(Resolution {
            actions: planner.actions,
            root,
        })
    }
}

struct Planner<'a> {
    reader: &'a Schema,
    /// By the reader's names.
    writer: &'a Schema,
    actions: Vec<Action>,
    /// Records and enums that are planned, or being planned: recursion ends here.
    named: HashMap<(NodeId, NodeId), ActionId>,
    depth: usize,
    steps: usize,
}

impl<'a> Planner<'a> {
    fn step(&mut self) -> Result<(), NoResolution> {
        self.steps(1)
    }

    fn steps(&mut self, many: usize) -> Result<(), NoResolution> {
        self.steps += many;
        if self.steps > STEPS_MAX || self.depth > DEPTH_MAX {
            return Err(NoResolution::TooLarge);
        }
        Ok(())
    }

    fn add(&mut self, reader: NodeId, writer: NodeId, what: Do) -> ActionId {
        self.actions.push(Action {
            reader,
            writer,
            what,
        });
        self.actions.len() - 1
    }

    fn resolve(&mut self, reader: NodeId, writer: NodeId) -> Result<ActionId, NoResolution> {
        self.depth += 1;
        self.step()?;
        let (reader_schema, writer_schema) = (self.reader, self.writer);
        let kinds = (
            &reader_schema.node(reader).kind,
            &writer_schema.node(writer).kind,
        );
        let what = match kinds {
            (_, Kind::Union(branches)) => self.writer_union(reader, writer, branches)?,
            (Kind::Array(inner), Kind::Array(written)) | (Kind::Map(inner), Kind::Map(written)) => {
                Do::Each(self.resolve(*inner, *written)?)
            }
            (Kind::Record(it), Kind::Record(_)) => {
                let id = self.record(reader, it, writer)?;
                self.depth -= 1;
                return Ok(id);
            }
            (Kind::Enum(it), Kind::Enum(written)) => {
                // However often an enum is named, its symbols stand once.
                if let Some(id) = self.named.get(&(reader, writer)) {
                    self.depth -= 1;
                    return Ok(*id);
                }
                self.steps(it.symbols.len() + written.symbols.len())?;
                let what = self.symbols(it, written, writer);
                let id = self.add(reader, writer, what);
                self.named.insert((reader, writer), id);
                self.depth -= 1;
                return Ok(id);
            }
            (Kind::Fixed(it), Kind::Fixed(written)) => {
                if it.name.name() != short_name(self.writer, writer) || it.size != written.size {
                    self.fail(reader, writer)
                } else {
                    Do::Same
                }
            }
            (one, other) if same_type(one, other) => Do::Same,
            (Kind::Union(branches), _) => match self.first_match(branches, writer)? {
                Some(at) => Do::ReaderBranch(at, self.resolve(branches[at], writer)?),
                None => self.fail(reader, writer),
            },
            (one, other) => match Promotion::of(one, other) {
                Some(promotion) => Do::Promote(promotion),
                None => self.fail(reader, writer),
            },
        };
        self.depth -= 1;
        Ok(self.add(reader, writer, what))
    }

    fn fail(&self, reader: NodeId, writer: NodeId) -> Do {
        let expected = full_name(self.reader, reader);
        Do::Fail(format!(
            "found {}, expecting {expected}",
            full_name(self.writer, writer)
        ))
    }

    fn symbols(&self, reader: &Enum, written: &Enum, writer: NodeId) -> Do {
        if reader.name.name() != short_name(self.writer, writer) {
            return Do::Fail(format!(
                "found {}, expecting {}",
                full_name(self.writer, writer),
                reader.name
            ));
        }
        let known = reader.symbols.iter().enumerate();
        let known: HashMap<&str, usize> = known.map(|(at, it)| (it.as_str(), at)).collect();
        let index = |symbol: &String| known.get(symbol.as_str()).copied();
        let default = reader.default.as_ref().and_then(index);
        let symbols = written.symbols.iter().map(|it| index(it).or(default));
        Do::Symbol(symbols.collect())
    }

    fn writer_union(
        &mut self,
        reader: NodeId,
        writer: NodeId,
        branches: &[NodeId],
    ) -> Result<Do, NoResolution> {
        if self.equivalent(reader, writer, &mut HashMap::new())? {
            return Ok(Do::SameUnion);
        }
        let mut actions = Vec::new();
        for branch in branches {
            actions.push(self.resolve(reader, *branch)?);
        }
        Ok(Do::WriterBranch(actions))
    }

    /// A pair that stands in its own fields is found half done, as in Java; if
    /// it is given up, what has found it fails too, where Java's falls over.
    fn record(
        &mut self,
        reader: NodeId,
        record: &'a Record,
        writer: NodeId,
    ) -> Result<ActionId, NoResolution> {
        if let Some(id) = self.named.get(&(reader, writer)) {
            return Ok(*id);
        }
        let half = Do::Fields {
            written: Vec::new(),
            defaults: Vec::new(),
        };
        let id = self.add(reader, writer, half);
        self.named.insert((reader, writer), id);
        let Kind::Record(written) = &self.writer.node(writer).kind else {
            return Ok(id);
        };
        let names: Vec<&str> = field_names(written).collect();
        self.steps(names.len() + record.fields.len())?;
        let by_name: HashMap<&str, usize> = record
            .fields
            .iter()
            .enumerate()
            .map(|(at, field)| (field.name.as_str(), at))
            .collect();
        for (name, field) in names.iter().zip(&written.fields) {
            let target = match by_name.get(name) {
                Some(at) => Some((*at, self.resolve(record.fields[*at].ty, field.ty)?)),
                None => None,
            };
            if let Do::Fields { written, .. } = &mut self.actions[id].what {
                written.push(target);
            }
        }
        let names: HashSet<&str> = names.into_iter().collect();
        let mut added = Vec::new();
        for (at, field) in record.fields.iter().enumerate() {
            if names.contains(field.name.as_str()) {
                continue;
            }
            if field.default.is_none() {
                let missing = format!("missing required field {}", field.name);
                self.actions[id].what = Do::Fail(missing);
                return Ok(id);
            }
            added.push(at);
        }
        if let Do::Fields { defaults, .. } = &mut self.actions[id].what {
            *defaults = added;
        }
        Ok(id)
    }

    /// Java's `firstMatchingBranch`: by the whole name; for records by the
    /// simple name or else the fields; then by promotion.
    fn first_match(
        &mut self,
        branches: &'a [NodeId],
        writer: NodeId,
    ) -> Result<Option<usize>, NoResolution> {
        let writer_kind = &self.writer.node(writer).kind;
        let mut by_fields = None;
        for (at, branch) in branches.iter().enumerate() {
            let kind = &self.reader.node(*branch).kind;
            if !same_type(kind, writer_kind) {
                continue;
            }
            let Some(name) = self.reader.name_of(*branch) else {
                return Ok(Some(at));
            };
            if name.as_str() == full_name(self.writer, writer) {
                return Ok(Some(at));
            }
            if let Kind::Record(record) = kind {
                self.depth += 1;
                self.step()?;
                let action = self.record(*branch, record, writer)?;
                self.depth -= 1;
                let better = by_fields.is_none() || name.name() == short_name(self.writer, writer);
                if better && !self.has_failing_field(action) {
                    by_fields = Some(at);
                }
            }
        }
        let promoted = || {
            branches
                .iter()
                .position(|it| promotes(&self.reader.node(*it).kind, writer_kind))
        };
        Ok(by_fields.or_else(promoted))
    }

    fn has_failing_field(&self, action: ActionId) -> bool {
        match &self.actions[action].what {
            Do::Fields { written, .. } => written
                .iter()
                .flatten()
                .any(|(_, field)| matches!(self.actions[*field].what, Do::Fail(_))),
            Do::Fail(_)
            | Do::Same
            | Do::Promote(_)
            | Do::Each(_)
            | Do::Symbol(_)
            | Do::WriterBranch(_)
            | Do::SameUnion
            | Do::ReaderBranch(..) => true,
        }
    }

    /// Java's `unionEquiv`: names without namespace, and all else the same.
    fn equivalent(
        &mut self,
        reader: NodeId,
        writer: NodeId,
        seen: &mut HashMap<(NodeId, NodeId), bool>,
    ) -> Result<bool, NoResolution> {
        self.depth += 1;
        self.step()?;
        let (reader_schema, writer_schema) = (self.reader, self.writer);
        let same_name = reader_schema
            .name_of(reader)
            .is_none_or(|name| name.name() == short_name(self.writer, writer));
        let kinds = (
            &reader_schema.node(reader).kind,
            &writer_schema.node(writer).kind,
        );
        let result = match kinds {
            (Kind::Array(inner), Kind::Array(written)) | (Kind::Map(inner), Kind::Map(written)) => {
                self.equivalent(*inner, *written, seen)?
            }
            (Kind::Fixed(it), Kind::Fixed(written)) => same_name && it.size == written.size,
            (Kind::Enum(it), Kind::Enum(written)) => same_name && it.symbols == written.symbols,
            (Kind::Union(branches), Kind::Union(written)) => {
                branches.len() == written.len() && self.all_equivalent(branches, written, seen)?
            }
            (Kind::Record(it), Kind::Record(written)) => {
                let known = seen.get(&(reader, writer)).copied();
                match known {
                    _ if !same_name => false,
                    Some(known) => known,
                    None => {
                        seen.insert((reader, writer), true);
                        self.steps(it.fields.len() + written.fields.len())?;
                        let names = it.fields.iter().map(|field| field.name.as_str());
                        let types = |record: &Record| -> Vec<NodeId> {
                            record.fields.iter().map(|field| field.ty).collect()
                        };
                        // Java compares name, type, name, type; no name depends on a type.
                        let result = names.eq(field_names(written))
                            && self.all_equivalent(&types(it), &types(written), seen)?;
                        if !result {
                            seen.insert((reader, writer), false);
                        }
                        seen[&(reader, writer)]
                    }
                }
            }
            (one, other) => same_type(one, other),
        };
        self.depth -= 1;
        Ok(result)
    }

    fn all_equivalent(
        &mut self,
        reader: &[NodeId],
        writer: &[NodeId],
        seen: &mut HashMap<(NodeId, NodeId), bool>,
    ) -> Result<bool, NoResolution> {
        for (reader, writer) in reader.iter().zip(writer) {
            if !self.equivalent(*reader, *writer, seen)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn field_names(record: &Record) -> impl Iterator<Item = &str> {
    record.fields.iter().map(|field| field.name.as_str())
}

/// The full name, or the Avro type.
fn full_name(schema: &Schema, id: NodeId) -> &str {
    schema
        .name_of(id)
        .map_or_else(|| schema.node(id).kind.word(), |it| it.as_str())
}

/// A type in one word: the simple name, or the Avro type.
fn short_name(schema: &Schema, id: NodeId) -> &str {
    schema
        .name_of(id)
        .map_or_else(|| schema.node(id).kind.word(), |it| it.name())
}
