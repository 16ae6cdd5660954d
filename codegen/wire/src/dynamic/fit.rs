//! Whether a JSON value is one of a type, and which branch of a union it means.

use std::collections::{BTreeSet, HashMap};

use accordant_schema::{
    Kind, NodeId, Schema,
    contract::UnknownFields,
    json::{Json, Value},
};

use super::{
    fields::Fields,
    leaf::{self, Token},
};

/// How a JSON value fits a type; the lesser is the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// In the form that is written out.
    Natural,
    /// In another form that is accepted.
    Other,
}

/// What a JSON value means in a union.
#[derive(Debug)]
pub(super) enum Meaning<'j> {
    /// A branch's plain value.
    Plain(usize, Fit),
    /// `{"full.Name": value}`, with the value.
    Tagged(usize, &'j Json, Fit),
    /// No branch accepts it.
    Nothing,
    /// These branches accept it.
    Ambiguous(Vec<usize>),
}

/// Answers by schema, and remembers: nested unions would else be looked at
/// again from every level.
#[derive(Debug)]
pub(super) struct Fitter<'s> {
    schema: &'s Schema,
    unknown: UnknownFields,
    /// By the value's address, which stays while the text's tree is borrowed.
    known: HashMap<(usize, NodeId), Option<Fit>>,
}

impl<'s> Fitter<'s> {
    pub(super) fn new(schema: &'s Schema, unknown: UnknownFields) -> Fitter<'s> {
        Fitter {
            schema,
            unknown,
            known: HashMap::new(),
        }
    }

    /// Which branch a value means.
    pub(super) fn meaning<'j>(&mut self, json: &'j Json, branches: &[NodeId]) -> Meaning<'j> {
        if let Some((at, inner)) = tagged(self.schema, json, branches)
            && let Some(fit) = self.fit(inner, branches[at])
        {
            return Meaning::Tagged(at, inner, fit);
        }
        let mut natural = Vec::new();
        let mut other = Vec::new();
        for (at, branch) in branches.iter().enumerate() {
            match self.fit(json, *branch) {
                Some(Fit::Natural) => natural.push(at),
                Some(Fit::Other) => other.push(at),
                None => {}
            }
        }
        match (natural.as_slice(), other.as_slice()) {
            ([at], _) => Meaning::Plain(*at, Fit::Natural),
            ([], [at]) => Meaning::Plain(*at, Fit::Other),
            ([], []) => Meaning::Nothing,
            ([], _) => Meaning::Ambiguous(other),
            _ => Meaning::Ambiguous(natural),
        }
    }

    fn fit(&mut self, json: &Json, id: NodeId) -> Option<Fit> {
        let node = self.schema.node(id);
        let inner = match (&node.kind, &json.value) {
            (Kind::Record(_), Value::Object(_))
            | (Kind::Array(_), Value::Array(_))
            | (Kind::Map(_), Value::Object(_))
            | (Kind::Union(_), _) => true,
            (Kind::Record(_) | Kind::Array(_) | Kind::Map(_), _) => return None,
            _ => false,
        };
        if !inner {
            return leaf::encode(node, Token::of(json), &mut Vec::new()).ok();
        }
        let key = (std::ptr::from_ref(json).addr(), id);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let fit = self.fit_inner(json, id);
        self.known.insert(key, fit);
        fit
    }

    fn fit_inner(&mut self, json: &Json, id: NodeId) -> Option<Fit> {
        let schema = self.schema;
        match (&schema.node(id).kind, &json.value) {
            (Kind::Array(items), Value::Array(values)) => {
                values.iter().try_fold(Fit::Natural, |fit, value| {
                    self.fit(value, *items).map(|inner| inner.max(fit))
                })
            }
            (Kind::Map(values), Value::Object(entries)) => {
                let mut keys = BTreeSet::new();
                entries.iter().try_fold(Fit::Natural, |fit, (key, value)| {
                    if !keys.insert(key.name.as_str()) {
                        return None;
                    }
                    self.fit(value, *values).map(|inner| inner.max(fit))
                })
            }
            (Kind::Record(record), Value::Object(entries)) => {
                let fields = Fields::of(record, entries);
                let refused = match self.unknown {
                    UnknownFields::Refuse => !fields.unknown.is_empty(),
                    UnknownFields::Ignore => false,
                };
                if refused || !fields.duplicate.is_empty() {
                    return None;
                }
                let pairs = record.fields.iter().zip(fields.values);
                pairs
                    .into_iter()
                    .try_fold(Fit::Natural, |fit, (field, value)| match value {
                        Some(value) => self.fit(value, field.ty).map(|inner| inner.max(fit)),
                        None => field.default.as_ref().map(|_| fit),
                    })
            }
            (Kind::Union(branches), _) => match self.meaning(json, branches) {
                Meaning::Plain(_, fit) | Meaning::Tagged(_, _, fit) => Some(fit),
                Meaning::Nothing | Meaning::Ambiguous(_) => None,
            },
            _ => None,
        }
    }
}

/// The branch that an object of one entry names, and the entry's value.
pub(super) fn tagged<'j>(
    schema: &Schema,
    json: &'j Json,
    branches: &[NodeId],
) -> Option<(usize, &'j Json)> {
    let Value::Object(entries) = &json.value else {
        return None;
    };
    let [(key, inner)] = entries.as_slice() else {
        return None;
    };
    let at = branches
        .iter()
        .position(|branch| schema.branch_name(*branch) == key.name)?;
    Some((at, inner))
}
