//! From a resolution to steps.

use std::{collections::HashMap, ops::Range, sync::Arc};

use accordant_schema::{
    Kind, NodeId, Schema,
    resolution::{ActionId, Do, Promotion, Resolution},
};

use super::{
    PlanError,
    op::{Arm, At, Mode, Number, Piece, Program, Step, Symbols},
};
use crate::{dynamic::defaults, write};

/// Types within types of one record.
const DEPTH_MAX: usize = 256;
/// Steps of one plan.
const STEPS_MAX: usize = 1_000_000;
/// Bytes that a value without bytes may become, and bytes of one default.
const CONSTANT_BYTES_MAX: usize = 1 << 20;

type Result<T> = std::result::Result<T, PlanError>;

pub(super) fn compile(writer: &Schema, reader: &Schema) -> Result<Program> {
    let resolution = Resolution::new(reader, writer)?;
    if let Do::Fail(why) = &resolution.actions[resolution.root].what {
        return Err(PlanError::Incompatible(why.clone()));
    }
    let mut compiler = Compiler {
        writer,
        reader,
        resolution: &resolution,
        empty: empty(writer),
        constants: HashMap::new(),
        program: Program::default(),
        field: None,
        symbols: HashMap::new(),
        bodies: HashMap::new(),
        calls: Vec::new(),
        depth: 0,
    };
    compiler.action(resolution.root)?;
    compiler.push(Step::Return)?;
    compiler.bodies()?;
    Ok(compiler.program.with_leaves())
}

/// Fields that follow each other on both sides: ranges of what is written and
/// read, given the reader's place of each.
fn blocks(targets: &[usize]) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    for (done, target) in targets.iter().enumerate() {
        match blocks.last_mut() {
            Some(block) if targets[done - 1] + 1 == *target => block.end = done + 1,
            _ => blocks.push(done..done + 1),
        }
    }
    blocks
}

/// A record's own steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Body {
    Resolved(ActionId),
    Plain(NodeId, Mode),
}

struct Compiler<'a> {
    writer: &'a Schema,
    reader: &'a Schema,
    resolution: &'a Resolution,
    /// By the writer's node: every datum of it takes no bytes.
    empty: Vec<bool>,
    constants: HashMap<ActionId, Option<Vec<u8>>>,
    program: Program,
    field: Option<String>,
    /// By the writer's enum, and by what is done with it.
    symbols: HashMap<(NodeId, Option<ActionId>), Arc<Symbols>>,
    bodies: HashMap<Body, At>,
    /// Calls whose body has no place yet.
    calls: Vec<(At, Body)>,
    depth: usize,
}

impl Compiler<'_> {
    fn push(&mut self, step: Step) -> Result<At> {
        if self.program.steps.len() >= STEPS_MAX {
            return Err(PlanError::TooLarge);
        }
        self.program.steps.push(step);
        self.program.fields.push(self.field.clone());
        Ok(self.program.steps.len() - 1)
    }

    fn here(&self) -> At {
        self.program.steps.len()
    }

    /// The bodies of every record that is called, and of those that they call.
    fn bodies(&mut self) -> Result<()> {
        while let Some((call, body)) = self.calls.pop() {
            let at = match self.bodies.get(&body) {
                Some(at) => *at,
                None => {
                    let at = self.here();
                    self.bodies.insert(body, at);
                    match body {
                        Body::Resolved(action) => self.fields(action)?,
                        Body::Plain(node, mode) => self.plain_fields(node, mode)?,
                    }
                    self.field = None;
                    self.push(Step::Return)?;
                    at
                }
            };
            self.program.steps[call] = Step::Call(at);
        }
        Ok(())
    }

    fn call(&mut self, body: Body) -> Result<()> {
        let call = self.push(Step::Call(0))?;
        self.calls.push((call, body));
        Ok(())
    }

    fn action(&mut self, id: ActionId) -> Result<()> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(PlanError::TooLarge);
        }
        let action = &self.resolution.actions[id];
        match &action.what {
            Do::Fail(why) => {
                self.push(Step::Fail(why.clone()))?;
            }
            Do::Same | Do::SameUnion => self.plain(action.writer, Mode::Copy)?,
            Do::Promote(promotion) => self.promote(*promotion, action.writer)?,
            Do::Each(inner) => {
                let is_map = matches!(self.writer.node(action.writer).kind, Kind::Map(_));
                let items = self.resolution.actions[*inner].writer;
                self.items(items, is_map, Mode::Copy, |this| this.action(*inner))?;
            }
            Do::Symbol(symbols) => {
                let Kind::Enum(written) = &self.writer.node(action.writer).kind else {
                    return Err(PlanError::TooLarge);
                };
                let shared = self.symbols.entry((action.writer, Some(id)));
                let shared = shared.or_insert_with(|| {
                    Arc::new(Symbols {
                        numbers: symbols.clone(),
                        names: written.symbols.clone(),
                    })
                });
                let step = Step::Symbol(Arc::clone(shared));
                self.push(step)?;
            }
            Do::Fields { .. } => match self.constant(id)? {
                Some(bytes) if bytes.is_empty() => {}
                Some(bytes) => {
                    self.push(Step::Emit(bytes))?;
                }
                None => self.call(Body::Resolved(id))?,
            },
            Do::WriterBranch(branches) => {
                let mut arms = Vec::new();
                for (at, branch) in branches.iter().enumerate() {
                    let same = match &self.resolution.actions[*branch].what {
                        Do::ReaderBranch(to, inner) if *to == at => Some(*inner),
                        _ => None,
                    };
                    arms.push(same.map_or((*branch, Mode::Pass), |inner| (inner, Mode::Copy)));
                }
                self.branches(&arms, |this, arm| this.action(arm))?;
            }
            Do::ReaderBranch(at, inner) => {
                let mut index = Vec::new();
                write::long(*at as i64, &mut index);
                self.push(Step::Emit(index))?;
                self.action(*inner)?;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn promote(&mut self, promotion: Promotion, writer: NodeId) -> Result<()> {
        let number = match promotion {
            Promotion::IntToFloat => Number::IntToFloat,
            Promotion::IntToDouble => Number::IntToDouble,
            Promotion::LongToFloat => Number::LongToFloat,
            Promotion::LongToDouble => Number::LongToDouble,
            Promotion::FloatToDouble => Number::FloatToDouble,
            Promotion::BytesToString => return self.push(Step::Text).map(drop),
            Promotion::StringToBytes => return self.push(Step::Bytes).map(drop),
            // An int is a long in the same bytes.
            Promotion::IntToLong => return self.plain(writer, Mode::Copy),
        };
        self.push(Step::Number(number)).map(drop)
    }

    fn items(
        &mut self,
        items: NodeId,
        is_map: bool,
        mode: Mode,
        body: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        self.push(Step::Enter)?;
        let bytes_min = usize::from(is_map || !self.empty[items.0 as usize]);
        let next = self.push(Step::Return)?;
        body(self)?;
        self.push(Step::Jump(next))?;
        let end = self.here();
        self.program.steps[next] = Step::Next {
            bytes_min,
            is_map,
            end,
            mode,
        };
        Ok(())
    }

    fn branches<T: Copy>(
        &mut self,
        arms: &[(T, Mode)],
        mut body: impl FnMut(&mut Self, T) -> Result<()>,
    ) -> Result<()> {
        let branch = self.push(Step::Return)?;
        let (mut made, mut jumps) = (Vec::new(), Vec::new());
        for (arm, mode) in arms {
            made.push(Arm {
                at: self.here(),
                mode: *mode,
            });
            body(self, *arm)?;
            jumps.push(self.push(Step::Return)?);
        }
        let end = self.here();
        for jump in jumps {
            self.program.steps[jump] = Step::Jump(end);
        }
        self.program.steps[branch] = Step::Branch(made);
        Ok(())
    }

    /// A value that is read with the writer's own schema.
    fn plain(&mut self, id: NodeId, mode: Mode) -> Result<()> {
        if self.empty[id.0 as usize] {
            return Ok(());
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(PlanError::TooLarge);
        }
        let writer = self.writer;
        match &writer.node(id).kind {
            Kind::Null => {}
            Kind::Boolean => drop(self.push(match mode {
                Mode::Copy => Step::Boolean,
                Mode::Pass => Step::Fixed(1),
            })?),
            Kind::Int if mode == Mode::Copy => drop(self.push(Step::Int)?),
            Kind::Int => drop(self.push(Step::Long)?),
            Kind::Enum(_) if mode == Mode::Pass => drop(self.push(Step::Long)?),
            Kind::Long => drop(self.push(Step::Long)?),
            Kind::Float => drop(self.push(Step::Fixed(4))?),
            Kind::Double => drop(self.push(Step::Fixed(8))?),
            Kind::Bytes => drop(self.push(Step::Bytes)?),
            Kind::String => drop(self.push(match mode {
                Mode::Copy => Step::Text,
                Mode::Pass => Step::Bytes,
            })?),
            Kind::Fixed(fixed) => drop(self.push(Step::Fixed(fixed.size))?),
            Kind::Enum(it) => {
                let shared = self.symbols.entry((id, None)).or_insert_with(|| {
                    Arc::new(Symbols {
                        numbers: (0..it.symbols.len()).map(Some).collect(),
                        names: it.symbols.clone(),
                    })
                });
                let step = Step::Symbol(Arc::clone(shared));
                self.push(step)?;
            }
            Kind::Record(_) => self.call(Body::Plain(id, mode))?,
            Kind::Array(items) => {
                self.items(*items, false, mode, |this| this.plain(*items, mode))?;
            }
            Kind::Map(values) => {
                self.items(*values, true, mode, |this| this.plain(*values, mode))?;
            }
            Kind::Union(branches) => {
                let arms: Vec<_> = branches.iter().map(|it| (*it, Mode::Copy)).collect();
                self.branches(&arms, |this, arm| this.plain(arm, mode))?;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn plain_fields(&mut self, id: NodeId, mode: Mode) -> Result<()> {
        let writer = self.writer;
        if let Kind::Record(record) = &writer.node(id).kind {
            for field in &record.fields {
                self.field = Some(field.name.clone());
                self.plain(field.ty, mode)?;
            }
        }
        Ok(())
    }

    fn fields(&mut self, id: ActionId) -> Result<()> {
        let (resolution, writer) = (self.resolution, self.writer);
        let action = &resolution.actions[id];
        let (Do::Fields { written, .. }, Kind::Record(record)) =
            (&action.what, &writer.node(action.writer).kind)
        else {
            return Err(PlanError::TooLarge);
        };
        let targets: Vec<usize> = written.iter().flatten().map(|(at, _)| *at).collect();
        let is_in_order = targets.is_sorted();
        let blocks = blocks(&targets);
        let pieces = self.pieces(id, &blocks)?;
        let mut next = 0;
        let mut done = 0;
        if !is_in_order {
            self.push(Step::Begin)?;
        }
        for (field, target) in record.fields.iter().zip(written) {
            self.field = Some(field.name.clone());
            match target {
                None if self.empty[field.ty.0 as usize] => {}
                None => {
                    self.push(Step::Flush)?;
                    self.plain(field.ty, Mode::Pass)?;
                    self.push(Step::Drop)?;
                }
                Some((at, inner)) => {
                    if is_in_order {
                        self.emit_defaults(&pieces[next..*at])?;
                        next = *at + 1;
                    }
                    self.action(*inner)?;
                    done += 1;
                    if !is_in_order && blocks.binary_search_by_key(&done, |it| it.end).is_ok() {
                        self.push(Step::Mark)?;
                    }
                }
            }
        }
        self.field = None;
        if is_in_order {
            return self.emit_defaults(&pieces[next..]);
        }
        let pieces: Vec<Piece> = pieces.into_iter().flatten().collect();
        self.push(Step::Gather(pieces, blocks.len())).map(drop)
    }

    fn emit_defaults(&mut self, pieces: &[Option<Piece>]) -> Result<()> {
        for piece in pieces {
            if let Some(Piece::Default(bytes)) = piece
                && !bytes.is_empty()
            {
                self.push(Step::Emit(bytes.clone()))?;
            }
        }
        Ok(())
    }

    /// By the reader's field, where its value comes from; nothing for one that
    /// stands in the block of the field before it.
    fn pieces(&self, id: ActionId, blocks: &[Range<usize>]) -> Result<Vec<Option<Piece>>> {
        let action = &self.resolution.actions[id];
        let reader = self.reader;
        let (Do::Fields { written, .. }, Kind::Record(record)) =
            (&action.what, &reader.node(action.reader).kind)
        else {
            return Err(PlanError::TooLarge);
        };
        let targets = written.iter().flatten().map(|(at, _)| *at);
        let by_target: HashMap<usize, usize> = targets.zip(0..).collect();
        let mut pieces = Vec::new();
        for (at, field) in record.fields.iter().enumerate() {
            pieces.push(match (by_target.get(&at), &field.default) {
                (Some(done), _) => {
                    let block = blocks.binary_search_by_key(done, |it| it.start);
                    block.ok().map(Piece::Marked)
                }
                (None, default) => {
                    let mut bytes = Vec::new();
                    default
                        .as_ref()
                        .and_then(|json| defaults::encode(reader, json, field.ty, &mut bytes))
                        .filter(|()| bytes.len() <= CONSTANT_BYTES_MAX)
                        .ok_or(PlanError::TooLarge)?;
                    Some(Piece::Default(bytes))
                }
            });
        }
        Ok(pieces)
    }

    /// What a value without bytes becomes; `None` where it has bytes, or cannot
    /// be read.
    fn constant(&mut self, id: ActionId) -> Result<Option<Vec<u8>>> {
        let action = &self.resolution.actions[id];
        if !self.empty[action.writer.0 as usize] {
            return Ok(None);
        }
        if let Some(known) = self.constants.get(&id) {
            return Ok(known.clone());
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(PlanError::TooLarge);
        }
        let made = match &action.what {
            Do::Same | Do::Promote(_) => Some(Vec::new()),
            Do::ReaderBranch(at, inner) => {
                let mut bytes = Vec::new();
                write::long(*at as i64, &mut bytes);
                self.constant(*inner)?.map(|rest| [bytes, rest].concat())
            }
            Do::Fields { written, .. } => {
                let mut parts = Vec::new();
                for (_, inner) in written.iter().flatten() {
                    parts.push(self.constant(*inner)?);
                }
                let single: Vec<_> = (0..parts.len()).map(|at| at..at + 1).collect();
                let parts: Option<Vec<Vec<u8>>> = parts.into_iter().collect();
                let pieces = self.pieces(id, &single)?;
                parts.map(|parts| {
                    let bytes = pieces.iter().flatten().map(|piece| match piece {
                        Piece::Marked(at) => parts[*at].as_slice(),
                        Piece::Default(bytes) => bytes.as_slice(),
                    });
                    bytes.collect::<Vec<_>>().concat()
                })
            }
            Do::Fail(_) | Do::Each(_) | Do::Symbol(_) | Do::WriterBranch(_) | Do::SameUnion => None,
        };
        if made
            .as_ref()
            .is_some_and(|it| it.len() > CONSTANT_BYTES_MAX)
        {
            return Err(PlanError::TooLarge);
        }
        self.depth -= 1;
        self.constants.insert(id, made.clone());
        Ok(made)
    }
}

/// By node, whether every datum of it takes no bytes. A record that contains
/// itself without end has no datum, so it is not among them.
fn empty(schema: &Schema) -> Vec<bool> {
    let mut empty = vec![false; schema.nodes.len()];
    let mut entered = vec![false; schema.nodes.len()];
    for start in 0..schema.nodes.len() {
        let mut open = vec![(start, false)];
        while let Some((at, are_fields_known)) = open.pop() {
            let kind = &schema.nodes[at].kind;
            if are_fields_known {
                empty[at] = match kind {
                    Kind::Null => true,
                    Kind::Fixed(fixed) => fixed.size == 0,
                    Kind::Record(it) => it.fields.iter().all(|field| empty[field.ty.0 as usize]),
                    Kind::Boolean
                    | Kind::Int
                    | Kind::Long
                    | Kind::Float
                    | Kind::Double
                    | Kind::Bytes
                    | Kind::String
                    | Kind::Enum(_)
                    | Kind::Array(_)
                    | Kind::Map(_)
                    | Kind::Union(_) => false,
                };
            } else if !std::mem::replace(&mut entered[at], true) {
                open.push((at, true));
                if let Kind::Record(it) = kind {
                    open.extend(it.fields.iter().map(|field| (field.ty.0 as usize, false)));
                }
            }
        }
    }
    empty
}
