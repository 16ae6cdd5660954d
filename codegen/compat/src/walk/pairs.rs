//! The walk: pairs of types from a list of its own, each pair once.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use accordant_schema::{Field, FullName, Kind, Node, NodeId, Record, Schema};

use super::{
    change::{Change, Route, Site, What, Wire},
    path::{PathId, Paths, Step, branch_step, short_name},
    value::value_change,
};
use crate::{
    java::{Engine, Lookup, lookup_field, missing_symbols, promotes, same_type},
    witness::{Hop, Proof},
};

/// Changes that one pair of schemas may show: nobody reads more.
const CHANGES_MAX: usize = 1_000;
/// Pairs of types that one walk visits.
const PAIRS_MAX: usize = 250_000;

/// A change, and the way to it through a datum of the writer.
pub(super) struct Spotted<'a> {
    pub(super) change: Change<'a>,
    pub(super) hops: Vec<Hop>,
}

#[derive(Debug, Clone, Copy)]
struct Pair<'a> {
    reader: NodeId,
    writer: NodeId,
    path: PathId,
    /// The way through a datum of the writer.
    hops: PathId,
    /// The field around it on each side, to point at where a type is meant.
    reader_field: Option<(&'a Node, &'a Field)>,
    writer_field: Option<(&'a Node, &'a Field)>,
}

pub(super) struct Walk<'a> {
    reader: &'a Schema,
    writer: &'a Schema,
    /// Java's verdict of parts, to choose among branches.
    engine: Engine<'a>,
    paths: Paths<Step<'a>>,
    hops: Paths<Hop>,
    /// Next to visit, last first.
    todo: Vec<Pair<'a>>,
    seen: HashSet<(NodeId, NodeId)>,
    pub(super) changes: Vec<Spotted<'a>>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(reader: &'a Schema, writer: &'a Schema) -> Walk<'a> {
        let root = Pair {
            reader: reader.root,
            writer: writer.root,
            path: PathId::ROOT,
            hops: PathId::ROOT,
            reader_field: None,
            writer_field: None,
        };
        Walk {
            reader,
            writer,
            engine: Engine::new(reader, writer),
            paths: Paths::default(),
            hops: Paths::default(),
            todo: vec![root],
            seen: HashSet::new(),
            changes: Vec::new(),
        }
    }

    pub(super) fn run(&mut self) {
        while let Some(pair) = self.todo.pop() {
            if self.changes.len() >= CHANGES_MAX || self.seen.len() >= PAIRS_MAX {
                return;
            }
            // Only named types come back; a primitive may be one shared node.
            let named = self.reader.name_of(pair.reader).is_some();
            if named && !self.seen.insert((pair.reader, pair.writer)) {
                continue;
            }
            let before = self.todo.len();
            self.visit(pair);
            // Children were pushed in order; the first is to be visited first.
            self.todo[before..].reverse();
        }
    }

    fn visit(&mut self, pair: Pair<'a>) {
        let (reader, writer) = (self.reader.node(pair.reader), self.writer.node(pair.writer));
        match (&reader.kind, &writer.kind) {
            (Kind::Union(readers), Kind::Union(writers)) => {
                for (at, branch) in writers.iter().enumerate() {
                    let pair = self.hop(pair, Hop::Branch(at));
                    self.writer_branch(pair, readers, *branch);
                }
            }
            (_, Kind::Union(writers)) => {
                for (at, branch) in writers.iter().enumerate() {
                    let pair = self.hop(pair, Hop::Branch(at));
                    self.lone_reader(pair, *branch);
                }
            }
            (Kind::Union(readers), _) => match self.choose(readers, pair.writer) {
                Some(branch) => self.push_branch(pair, branch, pair.writer),
                None => self.type_changed(pair),
            },
            (Kind::Array(reader), Kind::Array(writer)) => {
                let pair = self.hop(pair, Hop::Items);
                self.push_child(pair, *reader, *writer, Step::Items);
            }
            (Kind::Map(reader), Kind::Map(writer)) => {
                let pair = self.hop(pair, Hop::Values);
                self.push_child(pair, *reader, *writer, Step::Values);
            }
            (Kind::Record(reader), Kind::Record(writer)) => {
                self.names(pair, (&reader.name, &writer.name), &reader.aliases);
                self.fields(pair, reader, writer);
            }
            (Kind::Enum(reader), Kind::Enum(writer)) => {
                self.names(pair, (&reader.name, &writer.name), &reader.aliases);
                let symbols = missing_symbols(reader, writer);
                if !symbols.is_empty() {
                    let what = Wire::MissingSymbols {
                        type_name: reader.name.name(),
                        symbols,
                    };
                    self.change_at_types(pair, what);
                }
            }
            (Kind::Fixed(it), Kind::Fixed(other)) => {
                self.names(pair, (&it.name, &other.name), &it.aliases);
                if it.size != other.size {
                    let what = Wire::Size {
                        reader: it.size,
                        writer: other.size,
                    };
                    self.change_at_types(pair, what);
                } else if let Some(what) = value_change(reader, writer) {
                    self.change(pair, What::Value(what));
                }
            }
            (one, other) if same_type(one, other) || promotes(one, other) => {
                if let Some(what) = value_change(reader, writer) {
                    self.change(pair, What::Value(what));
                }
            }
            _ => self.type_changed(pair),
        }
    }

    /// One branch that the writer may write into a union of the reader.
    fn writer_branch(&mut self, pair: Pair<'a>, readers: &[NodeId], branch: NodeId) {
        match self.choose(readers, branch) {
            Some(chosen) => self.push_branch(pair, chosen, branch),
            None => {
                let branch = describe(self.writer, branch);
                self.change(pair, What::Wire(Wire::MissingBranch { branch }));
            }
        }
    }

    /// One branch that the writer may write where the reader has no union.
    fn lone_reader(&mut self, pair: Pair<'a>, branch: NodeId) {
        let alike = self.alike(pair.reader, branch);
        if alike || self.reads(pair.reader, branch) {
            self.push_branch(pair, pair.reader, branch);
        } else {
            let branch = describe(self.writer, branch);
            self.change(pair, What::Wire(Wire::MissingBranch { branch }));
        }
    }

    fn push_branch(&mut self, pair: Pair<'a>, reader: NodeId, writer: NodeId) {
        let step = branch_step(self.reader, pair.reader, reader)
            .or_else(|| branch_step(self.writer, pair.writer, writer));
        let path = step.map_or(pair.path, |step| self.paths.push(pair.path, step));
        self.todo.push(Pair {
            reader,
            writer,
            path,
            ..pair
        });
    }

    /// The reader's branch that takes a type of the writer, or, if none does,
    /// the one that was meant to.
    fn choose(&mut self, readers: &[NodeId], writer: NodeId) -> Option<NodeId> {
        let named = self.writer.name_of(writer);
        let same_name = |branch: NodeId| named.is_some() && self.reader.name_of(branch) == named;
        let mut ranked: Vec<(bool, bool, NodeId)> = readers
            .iter()
            .map(|branch| (!same_name(*branch), !self.alike(*branch, writer), *branch))
            .collect();
        // Stable: of equally good branches the first one.
        ranked.sort_by_key(|(other_name, unlike, _)| (*other_name, *unlike));
        for (_, _, branch) in &ranked {
            if self.reads(*branch, writer) {
                return Some(*branch);
            }
        }
        ranked
            .iter()
            .find(|(_, unlike, _)| !unlike)
            .map(|(_, _, branch)| *branch)
    }

    /// The same type to a person: same kind, and same simple name or alias.
    fn alike(&self, reader: NodeId, writer: NodeId) -> bool {
        if !same_type(
            &self.reader.node(reader).kind,
            &self.writer.node(writer).kind,
        ) {
            return false;
        }
        match (self.reader.name_of(reader), self.writer.name_of(writer)) {
            (Some(one), Some(other)) => {
                one.name() == other.name() || aliases(self.reader, reader).contains(other)
            }
            _ => true,
        }
    }

    fn reads(&mut self, reader: NodeId, writer: NodeId) -> bool {
        matches!(self.engine.run(reader, writer), Ok(None))
    }

    fn names(
        &mut self,
        pair: Pair<'a>,
        (reader, writer): (&'a FullName, &'a FullName),
        aliases: &[FullName],
    ) {
        if reader.name() != writer.name() && !aliases.contains(writer) {
            let what = Wire::Name {
                reader: reader.as_str(),
                writer: writer.as_str(),
            };
            self.change_at_types(pair, what);
        }
    }

    fn fields(&mut self, pair: Pair<'a>, reader: &'a Record, writer: &'a Record) {
        let names: BTreeMap<&str, usize> = writer
            .fields
            .iter()
            .enumerate()
            .map(|(at, it)| (it.name.as_str(), at))
            .collect();
        for field in &reader.fields {
            let target = lookup_field(field, |name| names.get(name).copied());
            let step = Step::Field {
                reader: Some(&field.name),
                writer: match target {
                    Lookup::One(at) => Some(&writer.fields[at].name),
                    Lookup::None | Lookup::Several => None,
                },
            };
            let path = self.paths.push(pair.path, step);
            let here = Pair {
                path,
                reader_field: Some((self.reader.node(pair.reader), field)),
                ..pair
            };
            match target {
                Lookup::One(at) => {
                    let here = self.hop(here, Hop::Field(at));
                    self.todo.push(Pair {
                        reader: field.ty,
                        writer: writer.fields[at].ty,
                        writer_field: Some((self.writer.node(pair.writer), &writer.fields[at])),
                        ..here
                    });
                }
                Lookup::Several => {
                    self.missing(
                        here,
                        Wire::AmbiguousAlias {
                            name: field.name.clone(),
                        },
                    );
                }
                Lookup::None if field.default.is_some() => {}
                Lookup::None => self.missing(here, Wire::MissingField { name: &field.name }),
            }
        }
    }

    fn hop(&mut self, pair: Pair<'a>, hop: Hop) -> Pair<'a> {
        let hops = self.hops.push(pair.hops, hop);
        Pair { hops, ..pair }
    }

    fn push_child(&mut self, pair: Pair<'a>, reader: NodeId, writer: NodeId, step: Step<'a>) {
        let path = self.paths.push(pair.path, step);
        self.todo.push(Pair {
            reader,
            writer,
            path,
            ..pair
        });
    }

    fn type_changed(&mut self, pair: Pair<'a>) {
        let reader = describe(self.reader, pair.reader);
        let writer = describe(self.writer, pair.writer);
        self.change(pair, What::Wire(Wire::Type { reader, writer }));
    }

    /// A change of a use: points at the fields around it.
    fn change(&mut self, pair: Pair<'a>, what: What<'a>) {
        let reader = site(self.reader, pair.reader, pair.reader_field);
        let writer = site(self.writer, pair.writer, pair.writer_field);
        self.push_change(pair, what, reader, writer);
    }

    /// A change of a definition: points at the types.
    fn change_at_types(&mut self, pair: Pair<'a>, what: Wire<'a>) {
        let reader = Site::of(self.reader, pair.reader);
        let writer = Site::of(self.writer, pair.writer);
        self.push_change(pair, What::Wire(what), reader, writer);
    }

    /// A field that only the reader has: the writer's side is its record.
    fn missing(&mut self, pair: Pair<'a>, what: Wire<'a>) {
        let reader = site(self.reader, pair.reader, pair.reader_field);
        let writer = Site::of(self.writer, pair.writer);
        self.push_change(pair, What::Wire(what), reader, writer);
    }

    fn push_change(&mut self, pair: Pair<'a>, what: What<'a>, reader: Site, writer: Site) {
        let change = Change {
            what,
            steps: Route {
                steps: self.paths.steps(pair.path),
                proof: Proof::Unknown,
            },
            reader,
            writer,
        };
        let hops = self.hops.steps(pair.hops);
        self.changes.push(Spotted { change, hops });
    }
}

/// How many levels of a type are put into words.
const DESCRIBE_DEPTH_MAX: usize = 4;
/// How many branches of a union are put into words.
const DESCRIBE_BRANCHES_MAX: usize = 6;

/// A type in words: `array of string`, `enum Status`, `null or int`.
pub(crate) fn describe(schema: &Schema, id: NodeId) -> String {
    describe_to(schema, id, DESCRIBE_DEPTH_MAX)
}

fn describe_to(schema: &Schema, id: NodeId, depth: usize) -> String {
    let node = schema.node(id);
    let word = node.kind.word();
    match &node.kind {
        Kind::Record(_) | Kind::Enum(_) | Kind::Fixed(_) => {
            format!("{word} {}", short_name(schema, id))
        }
        Kind::Array(_) | Kind::Map(_) | Kind::Union(_) if depth == 0 => word.to_owned(),
        Kind::Array(items) => format!("array of {}", describe_to(schema, *items, depth - 1)),
        Kind::Map(values) => format!("map of {}", describe_to(schema, *values, depth - 1)),
        Kind::Union(branches) => {
            let mut words: Vec<String> = branches
                .iter()
                .take(DESCRIBE_BRANCHES_MAX)
                .map(|branch| describe_to(schema, *branch, depth - 1))
                .collect();
            if branches.len() > DESCRIBE_BRANCHES_MAX {
                words.push("others".to_owned());
            }
            words.join(" or ")
        }
        Kind::Null
        | Kind::Boolean
        | Kind::Int
        | Kind::Long
        | Kind::Float
        | Kind::Double
        | Kind::Bytes
        | Kind::String => word.to_owned(),
    }
}

fn site(schema: &Schema, id: NodeId, field: Option<(&Node, &Field)>) -> Site {
    match field {
        Some((record, field)) => Site::of_field(record, field),
        None => Site::of(schema, id),
    }
}

fn aliases(schema: &Schema, id: NodeId) -> BTreeSet<&FullName> {
    let named = schema.node(id).kind.named();
    named.into_iter().flat_map(|it| it.aliases).collect()
}
