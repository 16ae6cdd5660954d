//! What a plan is made of: steps over the writer's bytes. Bytes that both
//! sides have alike gather in a run, which is copied as a whole when something
//! else must stand behind it.

use std::sync::Arc;

/// A position in [`Program::steps`].
pub(super) type At = usize;

/// A plan's steps, beginning with the first.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    /// By step, the writer's field that it is about.
    pub(super) fields: Vec<Option<String>>,
    /// By step, how to get behind the value that it reads.
    pub(super) leaves: Vec<Leaf>,
}

/// How a value is passed over that holds no others and stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    Number,
    Bytes,
    Fixed(u32),
    /// The step is another one.
    None,
}

/// Whether what is read belongs to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    Copy,
    Pass,
}

/// A number that takes other bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    IntToFloat,
    IntToDouble,
    LongToFloat,
    LongToDouble,
    FloatToDouble,
}

/// A part of a record in the reader's order.
#[derive(Debug)]
pub(super) enum Piece {
    /// One of the parts that were marked.
    Marked(usize),
    /// A default.
    Default(Vec<u8>),
}

/// An enum's symbols, in the writer's order.
#[derive(Debug)]
pub(super) struct Symbols {
    /// The reader's, if it has one for it.
    pub(super) numbers: Vec<Option<usize>>,
    pub(super) names: Vec<String>,
}

/// A union's branch.
#[derive(Debug)]
pub(super) struct Arm {
    pub(super) at: At,
    /// Whether the reader has the same branch at the same place.
    pub(super) mode: Mode,
}

#[derive(Debug)]
pub(super) enum Step {
    Boolean,
    Int,
    Long,
    Bytes,
    Text,
    Fixed(usize),
    Number(Number),
    /// An enum, which many fields may share.
    Symbol(Arc<Symbols>),
    /// Bytes of the reader alone.
    Emit(Vec<u8>),
    /// Copies the run.
    Flush,
    /// Forgets the run.
    Drop,
    /// Begins the first part of a record whose parts change places.
    Begin,
    /// Ends a part.
    Mark,
    /// Puts what was marked in the reader's order.
    Gather(Vec<Piece>, usize),
    Branch(Vec<Arm>),
    /// Enters an array or map.
    Enter,
    /// The next item or entry, or on behind the last.
    Next {
        bytes_min: usize,
        is_map: bool,
        end: At,
        mode: Mode,
    },
    Jump(At),
    /// A record.
    Call(At),
    Return,
    Fail(String),
}

impl Program {
    /// Fills in [`Program::leaves`], once the steps are complete.
    pub(super) fn with_leaves(mut self) -> Program {
        self.leaves = self.steps.iter().map(Leaf::of).collect();
        self
    }
}

impl Leaf {
    fn of(step: &Step) -> Leaf {
        match step {
            Step::Boolean => Leaf::Fixed(1),
            Step::Int | Step::Long => Leaf::Number,
            Step::Bytes | Step::Text => Leaf::Bytes,
            Step::Fixed(size) => u32::try_from(*size).map_or(Leaf::None, Leaf::Fixed),
            Step::Number(_)
            | Step::Symbol(_)
            | Step::Emit(_)
            | Step::Flush
            | Step::Drop
            | Step::Begin
            | Step::Mark
            | Step::Gather(..)
            | Step::Branch(_)
            | Step::Enter
            | Step::Next { .. }
            | Step::Jump(_)
            | Step::Call(_)
            | Step::Return
            | Step::Fail(_) => Leaf::None,
        }
    }
}
