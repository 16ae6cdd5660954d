//! Java's recursion as a machine with a stack of its own, so that no schema
//! overflows ours. Each step of a frame corresponds to one statement of
//! `ReaderWriterCompatibilityChecker`; results are shared, not copied.

use std::collections::HashMap;

use accordant_schema::{Enum, Field, Fixed, Kind as Type, NodeId, Record, Schema};

use super::{
    Kind,
    parts::{Lookup, has_enum_default, lookup_field, missing_symbols, type_name},
};
use super::{promotes, same_type};
use crate::walk::path::{PathId, Paths, Step, branch_step};

/// Pairs of types that one check may visit; Java would run out of memory.
pub(super) const PAIRS_MAX: usize = 250_000;

/// A result: nothing, or an index into [`Engine::found`].
pub(crate) type Found = Option<usize>;

/// Why there is no result.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stop {
    /// The reader's field (record, index) matches several fields of the writer's record.
    AmbiguousAlias {
        reader: NodeId,
        field: usize,
        writer: NodeId,
        path: PathId,
    },
    /// More than [`PAIRS_MAX`] pairs.
    TooLarge,
}

/// Results as a graph: a memoised one is shared by all who merge it.
#[derive(Debug)]
pub(super) enum Entry {
    One(Item),
    Many(Vec<usize>),
}

#[derive(Debug)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) message: String,
    pub(super) at: At,
    pub(super) reader: NodeId,
    pub(super) writer: NodeId,
    /// Index of the reader's field that is meant.
    pub(super) field: Option<usize>,
}

/// A token of Java's JSON pointer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token {
    Word(&'static str),
    Index(usize),
}

/// Java's location and our path; Java starts its own anew inside a union.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub(super) location: PathId,
    pub(super) path: PathId,
}

/// What the caller does with a result.
#[derive(Debug, Clone, Copy)]
enum Then {
    /// Takes it over.
    Merge,
    /// Says that the branch is missing if there was anything.
    WriterBranch { at: At },
    /// Is content if there was nothing.
    ReaderBranch,
}

#[derive(Debug)]
struct Frame {
    reader: NodeId,
    writer: NodeId,
    at: At,
    /// The next field or branch.
    next: usize,
    then: Then,
    collected: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Memo {
    InProgress,
    Done(Found),
}

enum Flow {
    Call {
        reader: NodeId,
        writer: NodeId,
        at: At,
        then: Then,
    },
    Return,
}

/// One check; memoises over all its runs.
pub(crate) struct Engine<'a> {
    pub(super) reader: &'a Schema,
    pub(super) writer: &'a Schema,
    pub(super) locations: Paths<Token>,
    pub(super) paths: Paths<Step<'a>>,
    pub(super) found: Vec<Entry>,
    memo: HashMap<(NodeId, NodeId), Memo>,
    fields: HashMap<NodeId, HashMap<&'a str, usize>>,
    pairs: usize,
}

impl<'a> Engine<'a> {
    pub(crate) fn new(reader: &'a Schema, writer: &'a Schema) -> Engine<'a> {
        Engine {
            reader,
            writer,
            locations: Paths::default(),
            paths: Paths::default(),
            found: Vec::new(),
            memo: HashMap::new(),
            fields: HashMap::new(),
            pairs: 0,
        }
    }

    /// Java's `getCompatibility` of two types, at the root.
    pub(crate) fn run(&mut self, reader: NodeId, writer: NodeId) -> Result<Found, Stop> {
        let at = At {
            location: PathId::ROOT,
            path: PathId::ROOT,
        };
        let mut stack = Vec::new();
        let mut returned = self.enter(&mut stack, reader, writer, at, Then::Merge)?;
        while let Some(frame) = stack.last_mut() {
            if let Some((result, then)) = returned.take()
                && self.resume(frame, result, then)
            {
                frame.collected.clear();
                returned = Some(self.leave(&mut stack));
                continue;
            }
            match self.step(frame)? {
                Flow::Call {
                    reader,
                    writer,
                    at,
                    then,
                } => {
                    returned = self.enter(&mut stack, reader, writer, at, then)?;
                }
                Flow::Return => returned = Some(self.leave(&mut stack)),
            }
        }
        Ok(returned.and_then(|(result, _)| result))
    }

    /// Answers from the memo, or pushes a frame and answers `None`.
    fn enter(
        &mut self,
        stack: &mut Vec<Frame>,
        reader: NodeId,
        writer: NodeId,
        at: At,
        then: Then,
    ) -> Result<Option<(Found, Then)>, Stop> {
        // Java compares schema objects by identity, as ids do here: every type
        // that is written out is a node of its own, primitives included.
        match self.memo.get(&(reader, writer)) {
            Some(Memo::InProgress) => return Ok(Some((None, then))),
            Some(Memo::Done(result)) => return Ok(Some((*result, then))),
            None => {}
        }
        self.memo.insert((reader, writer), Memo::InProgress);
        self.pairs += 1;
        if self.pairs > PAIRS_MAX {
            return Err(Stop::TooLarge);
        }
        stack.push(Frame {
            reader,
            writer,
            at,
            next: 0,
            then,
            collected: Vec::new(),
        });
        Ok(None)
    }

    fn leave(&mut self, stack: &mut Vec<Frame>) -> (Found, Then) {
        let frame = stack
            .pop()
            .expect("only a frame that stands on the stack leaves it");
        let result = match frame.collected.as_slice() {
            [] => None,
            [one] => Some(*one),
            _ => {
                self.found.push(Entry::Many(frame.collected));
                Some(self.found.len() - 1)
            }
        };
        self.memo
            .insert((frame.reader, frame.writer), Memo::Done(result));
        (result, frame.then)
    }

    /// Takes a result in; true when the frame is content and returns at once.
    fn resume(&mut self, frame: &mut Frame, result: Found, then: Then) -> bool {
        match then {
            Then::Merge => {
                frame.collected.extend(result);
                false
            }
            Then::WriterBranch { at } => {
                if result.is_some()
                    && let Type::Union(branches) = &self.writer.node(frame.writer).kind
                {
                    // `next` has passed the branch already.
                    let branch = branches[frame.next - 1];
                    self.missing_branch(frame, at, branch);
                }
                false
            }
            Then::ReaderBranch => result.is_none(),
        }
    }

    fn step(&mut self, frame: &mut Frame) -> Result<Flow, Stop> {
        let (reader_schema, writer_schema) = (self.reader, self.writer);
        let reader = &reader_schema.node(frame.reader).kind;
        let writer = &writer_schema.node(frame.writer).kind;
        match (reader, writer) {
            (Type::Array(reader), Type::Array(writer)) => {
                Ok(self.once(frame, *reader, *writer, "items", Step::Items))
            }
            (Type::Map(reader), Type::Map(writer)) => {
                Ok(self.once(frame, *reader, *writer, "values", Step::Values))
            }
            (Type::Fixed(reader), Type::Fixed(writer)) => {
                self.check_fixed(frame, reader, writer);
                Ok(Flow::Return)
            }
            (Type::Enum(reader), Type::Enum(writer)) => {
                self.check_enum(frame, reader, writer);
                Ok(Flow::Return)
            }
            (Type::Record(reader), Type::Record(writer)) => self.step_record(frame, reader, writer),
            (_, Type::Union(writers)) => Ok(self.step_writer_union(frame, reader, writers)),
            (Type::Union(readers), _) => Ok(self.step_reader_union(frame, readers)),
            (reader, writer) => {
                if !same_type(reader, writer) && !promotes(reader, writer) {
                    let message = format!(
                        "reader type: {} not compatible with writer type: {}",
                        type_name(reader),
                        type_name(writer)
                    );
                    self.report(frame, Kind::TypeMismatch, message, frame.at, None);
                }
                Ok(Flow::Return)
            }
        }
    }

    /// Each branch that the writer may write: against the whole reader.
    fn step_writer_union(&mut self, frame: &mut Frame, reader: &Type, branches: &[NodeId]) -> Flow {
        let Some(writer) = branches.get(frame.next).copied() else {
            return Flow::Return;
        };
        let below = self.down(frame.at, Token::Index(frame.next), None);
        frame.next += 1;
        let (at, then) = match reader {
            // Java starts a new location, and keeps only that there was something.
            Type::Union(_) => {
                let fresh = At {
                    location: PathId::ROOT,
                    path: frame.at.path,
                };
                (fresh, Then::WriterBranch { at: below })
            }
            _ => (below, Then::Merge),
        };
        Flow::Call {
            reader: frame.reader,
            writer,
            at,
            then,
        }
    }

    /// The reader's branches in turn, until one takes the writer.
    fn step_reader_union(&mut self, frame: &mut Frame, branches: &[NodeId]) -> Flow {
        let Some(reader) = branches.get(frame.next).copied() else {
            self.missing_branch(frame, frame.at, frame.writer);
            return Flow::Return;
        };
        frame.next += 1;
        let path = branch_step(self.reader, frame.reader, reader)
            .map_or(frame.at.path, |step| self.paths.push(frame.at.path, step));
        let at = At {
            location: PathId::ROOT,
            path,
        };
        Flow::Call {
            reader,
            writer: frame.writer,
            at,
            then: Then::ReaderBranch,
        }
    }

    fn once(
        &mut self,
        frame: &mut Frame,
        reader: NodeId,
        writer: NodeId,
        token: &'static str,
        step: Step<'a>,
    ) -> Flow {
        if frame.next > 0 {
            return Flow::Return;
        }
        frame.next = 1;
        let at = self.down(frame.at, Token::Word(token), Some(step));
        Flow::Call {
            reader,
            writer,
            at,
            then: Then::Merge,
        }
    }

    fn check_fixed(&mut self, frame: &mut Frame, reader: &Fixed, writer: &Fixed) {
        if reader.name.name() != writer.name.name() && !reader.aliases.contains(&writer.name) {
            self.name_mismatch(frame, writer.name.as_str());
        }
        if reader.size != writer.size {
            let message = format!("expected: {}, found: {}", writer.size, reader.size);
            let at = self.down(frame.at, Token::Word("size"), None);
            self.report(frame, Kind::FixedSizeMismatch, message, at, None);
        }
    }

    fn check_enum(&mut self, frame: &mut Frame, reader: &Enum, writer: &Enum) {
        if reader.name.name() != writer.name.name() && !reader.aliases.contains(&writer.name) {
            self.name_mismatch(frame, writer.name.as_str());
        }
        let missing = missing_symbols(reader, writer);
        if !missing.is_empty() {
            let at = self.down(frame.at, Token::Word("symbols"), None);
            let message = format!("[{}]", missing.join(", "));
            self.report(frame, Kind::MissingEnumSymbols, message, at, None);
        }
    }

    fn step_record(
        &mut self,
        frame: &mut Frame,
        reader: &'a Record,
        writer: &'a Record,
    ) -> Result<Flow, Stop> {
        if frame.next == 0
            && reader.name.name() != writer.name.name()
            && !reader.aliases.contains(&writer.name)
        {
            self.name_mismatch(frame, writer.name.as_str());
        }
        while let Some(field) = reader.fields.get(frame.next) {
            let index = frame.next;
            frame.next += 1;
            let at = self.field_at(frame, index, &field.name);
            let target = match self.lookup(frame.writer, writer, field) {
                Lookup::One(at) => writer.fields[at].ty,
                Lookup::Several => {
                    return Err(Stop::AmbiguousAlias {
                        reader: frame.reader,
                        field: index,
                        writer: frame.writer,
                        path: at.path,
                    });
                }
                Lookup::None if field.default.is_some() => continue,
                // An enum's default does not stand in for a missing field;
                // Java compares the enum with the writer's record instead.
                Lookup::None if has_enum_default(self.reader, field) => frame.writer,
                Lookup::None => {
                    let kind = Kind::ReaderFieldMissingDefaultValue;
                    self.report(frame, kind, field.name.clone(), at, Some(index));
                    continue;
                }
            };
            let at = self.down(at, Token::Word("type"), None);
            return Ok(Flow::Call {
                reader: field.ty,
                writer: target,
                at,
                then: Then::Merge,
            });
        }
        Ok(Flow::Return)
    }

    fn field_at(&mut self, frame: &Frame, index: usize, name: &'a str) -> At {
        let fields = self.down(frame.at, Token::Word("fields"), None);
        let step = Step::Field {
            reader: Some(name),
            writer: None,
        };
        self.down(fields, Token::Index(index), Some(step))
    }

    fn lookup(&mut self, id: NodeId, writer: &'a Record, field: &Field) -> Lookup {
        let names = self.fields.entry(id).or_insert_with(|| {
            writer
                .fields
                .iter()
                .enumerate()
                .map(|(at, it)| (it.name.as_str(), at))
                .collect()
        });
        lookup_field(field, |name| names.get(name).copied())
    }

    fn name_mismatch(&mut self, frame: &mut Frame, writer_name: &str) {
        let at = self.down(frame.at, Token::Word("name"), None);
        self.report(
            frame,
            Kind::NameMismatch,
            format!("expected: {writer_name}"),
            at,
            None,
        );
    }

    fn missing_branch(&mut self, frame: &mut Frame, at: At, writer: NodeId) {
        let name = type_name(&self.writer.node(writer).kind);
        let message = format!("reader union lacking writer type: {name}");
        self.report(frame, Kind::MissingUnionBranch, message, at, None);
    }

    fn report(
        &mut self,
        frame: &mut Frame,
        kind: Kind,
        message: String,
        at: At,
        field: Option<usize>,
    ) {
        let item = Item {
            kind,
            message,
            at,
            reader: frame.reader,
            writer: frame.writer,
            field,
        };
        self.found.push(Entry::One(item));
        frame.collected.push(self.found.len() - 1);
    }

    fn down(&mut self, at: At, token: Token, step: Option<Step<'a>>) -> At {
        let path = step.map_or(at.path, |step| self.paths.push(at.path, step));
        At {
            location: self.locations.push(at.location, token),
            path,
        }
    }
}
