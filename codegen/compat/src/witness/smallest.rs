//! The smallest datum of a type, and the smallest that a plan cannot read.
//!
//! Sizes are found by going over all types until nothing gets smaller, so that
//! recursion ends where it is shortest. A type that contains itself without end
//! has no datum, and no size.

use accordant_schema::{
    Kind, NodeId, Schema,
    resolution::{ActionId, Do, Resolution},
};

use super::{DEPTH_MAX, Value};

/// Sizes beyond this are not of interest.
const SIZE_MAX: u64 = 10_000;
/// Rounds in which sizes get smaller; more only make a witness smaller.
const ROUNDS_MAX: usize = 64;

/// The least number of values in a datum of each type of a schema.
pub(super) struct Sizes<'a> {
    schema: &'a Schema,
    sizes: Vec<Option<u64>>,
}

impl<'a> Sizes<'a> {
    pub(super) fn new(schema: &'a Schema) -> Sizes<'a> {
        let mut it = Sizes {
            schema,
            sizes: vec![None; schema.nodes.len()],
        };
        // There and back: what a type consists of may stand before or after it.
        let ids = (0..schema.nodes.len() as u32).map(NodeId);
        let ids: Vec<NodeId> = ids.clone().rev().chain(ids).collect();
        improve(|| {
            let mut better = false;
            for id in &ids {
                let size = it.measure(*id);
                better |= replace(&mut it.sizes[id.0 as usize], size);
            }
            better
        });
        it
    }

    pub(super) fn of(&self, id: NodeId) -> Option<u64> {
        self.sizes[id.0 as usize]
    }

    fn measure(&self, id: NodeId) -> Option<u64> {
        match &self.schema.node(id).kind {
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Array(_)
            | Kind::Map(_) => Some(1),
            Kind::Fixed(it) => limited(1 + it.size as u64),
            Kind::Enum(it) => (!it.symbols.is_empty()).then_some(1),
            Kind::Union(branches) => {
                let least = branches.iter().filter_map(|it| self.of(*it)).min()?;
                limited(least + 1)
            }
            Kind::Record(it) => self.sum(it.fields.iter().map(|field| field.ty)),
        }
    }

    fn sum(&self, mut parts: impl Iterator<Item = NodeId>) -> Option<u64> {
        parts.try_fold(1, |sum, part| limited(sum + self.of(part)?))
    }

    /// The smallest datum; the first of several.
    pub(super) fn value(&self, id: NodeId) -> Option<Value> {
        self.of(id)?;
        self.value_at(id, 0)
    }

    fn value_at(&self, id: NodeId, depth: usize) -> Option<Value> {
        if depth > DEPTH_MAX {
            return None;
        }
        Some(match &self.schema.node(id).kind {
            Kind::Null => Value::Null,
            Kind::Boolean => Value::Boolean(false),
            Kind::Int => Value::Int(0),
            Kind::Long => Value::Long(0),
            Kind::Float => Value::Float(0.0),
            Kind::Double => Value::Double(0.0),
            Kind::Bytes => Value::Bytes(Vec::new()),
            Kind::String => Value::String(String::new()),
            Kind::Fixed(it) => Value::Fixed(vec![0; it.size]),
            Kind::Enum(_) => Value::Enum(0),
            Kind::Array(_) => Value::Array(Vec::new()),
            Kind::Map(_) => Value::Map(Vec::new()),
            Kind::Union(branches) => {
                let sized = branches.iter().enumerate();
                let (_, at, branch) = sized
                    .filter_map(|(at, branch)| Some((self.of(*branch)?, at, *branch)))
                    .min()?;
                Value::Union(at, Box::new(self.value_at(branch, depth + 1)?))
            }
            Kind::Record(it) => {
                let values = it.fields.iter().map(|it| self.value_at(it.ty, depth + 1));
                Value::Record(values.collect::<Option<_>>()?)
            }
        })
    }
}

/// The smallest datum of the writer that a plan cannot read.
pub(super) fn unreadable(plan: &Resolution, writer: &Schema, sizes: &Sizes<'_>) -> Option<Value> {
    let mut search = Search {
        plan,
        writer,
        sizes,
        failing: vec![None; plan.actions.len()],
    };
    improve(|| {
        let mut better = false;
        let ids = 0..plan.actions.len();
        for id in ids.clone().rev().chain(ids) {
            let size = search.measure(id);
            better |= replace(&mut search.failing[id], size);
        }
        better
    });
    search.failing[plan.root]?;
    search.value(plan.root, 0)
}

struct Search<'a> {
    plan: &'a Resolution,
    writer: &'a Schema,
    sizes: &'a Sizes<'a>,
    /// By action, the size of the smallest datum that fails in it.
    failing: Vec<Option<u64>>,
}

impl Search<'_> {
    fn measure(&self, id: ActionId) -> Option<u64> {
        let action = &self.plan.actions[id];
        let one_more = |inner: Option<u64>| limited(inner? + 1);
        match &action.what {
            Do::Fail(_) => self.sizes.of(action.writer),
            Do::Same | Do::SameUnion | Do::Promote(_) => None,
            Do::Each(inner) => one_more(self.failing[*inner]),
            Do::Symbol(symbols) => symbols.contains(&None).then_some(1),
            Do::Fields { written, .. } => (0..written.len())
                .filter_map(|at| self.size_with_field(action.writer, written, at))
                .min(),
            Do::WriterBranch(branches) => {
                one_more(branches.iter().filter_map(|it| self.failing[*it]).min())
            }
            Do::ReaderBranch(_, inner) => self.failing[*inner],
        }
    }

    /// The size of a record that fails in one of its fields.
    fn size_with_field(
        &self,
        writer: NodeId,
        written: &[Option<(usize, ActionId)>],
        at: usize,
    ) -> Option<u64> {
        let (_, action) = written[at]?;
        let others = self.field_types(writer);
        let others = others.enumerate().filter(|(other, _)| *other != at);
        let rest = self.sizes.sum(others.map(|(_, ty)| ty))?;
        limited(rest + self.failing[action]?)
    }

    fn field_types(&self, record: NodeId) -> impl Iterator<Item = NodeId> {
        self.writer
            .node(record)
            .kind
            .fields()
            .iter()
            .map(|field| field.ty)
    }

    fn value(&self, id: ActionId, depth: usize) -> Option<Value> {
        if depth > DEPTH_MAX {
            return None;
        }
        let action = &self.plan.actions[id];
        match &action.what {
            // None of its parts fails: it fails as a whole.
            Do::Fail(_) | Do::Same | Do::SameUnion | Do::Promote(_) => {
                self.sizes.value(action.writer)
            }
            Do::Each(inner) => {
                let inner = self.value(*inner, depth + 1)?;
                Some(match &self.writer.node(action.writer).kind {
                    Kind::Map(_) => Value::Map(vec![("key".to_owned(), inner)]),
                    _ => Value::Array(vec![inner]),
                })
            }
            Do::Symbol(symbols) => Some(Value::Enum(symbols.iter().position(Option::is_none)?)),
            Do::Fields { written, .. } => {
                let sized = (0..written.len())
                    .filter_map(|at| Some((self.size_with_field(action.writer, written, at)?, at)));
                let (_, failing) = sized.min()?;
                let (_, inner) = written[failing]?;
                let mut values = Vec::new();
                for (at, ty) in self.field_types(action.writer).enumerate() {
                    values.push(if at == failing {
                        self.value(inner, depth + 1)?
                    } else {
                        self.sizes.value(ty)?
                    });
                }
                Some(Value::Record(values))
            }
            Do::WriterBranch(branches) => {
                let sized = branches.iter().enumerate();
                let (_, at, branch) = sized
                    .filter_map(|(at, it)| Some((self.failing[*it]?, at, *it)))
                    .min()?;
                Some(Value::Union(at, Box::new(self.value(branch, depth + 1)?)))
            }
            Do::ReaderBranch(_, inner) => self.value(*inner, depth + 1),
        }
    }
}

fn improve(mut round: impl FnMut() -> bool) {
    for _ in 0..ROUNDS_MAX {
        if !round() {
            return;
        }
    }
}

fn replace(old: &mut Option<u64>, new: Option<u64>) -> bool {
    let better = match (*old, new) {
        (Some(old), Some(new)) => new < old,
        (None, Some(_)) => true,
        (_, None) => false,
    };
    if better {
        *old = new;
    }
    better
}

fn limited(size: u64) -> Option<u64> {
    (size <= SIZE_MAX).then_some(size)
}
