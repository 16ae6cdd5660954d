//! Pairs of an old and a new type, from a list of its own, each pair once.

use std::collections::HashSet;

use accordant_schema::{Kind, NodeId, Schema};

use super::{CHANGES_MAX, Change, ChangeKind, Effect, Found, node::type_words};
use crate::{
    java::same_type,
    walk::{
        Site,
        path::{PathId, Paths, Side, Step, branch_step, root_word, words},
    },
};

/// Pairs of types that one walk visits.
const PAIRS_MAX: usize = 250_000;

/// Every difference, its effects not known yet.
pub(super) fn differences(old: &Schema, new: &Schema) -> Vec<Found> {
    let mut walk = Walk {
        old,
        new,
        paths: Paths::default(),
        todo: vec![Pair {
            old: old.root,
            new: new.root,
            path: PathId::ROOT,
            field: None,
        }],
        seen: HashSet::new(),
        found: Vec::new(),
    };
    walk.run();
    walk.found
}

/// An old and a new type at a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) old: NodeId,
    pub(super) new: NodeId,
    pub(super) path: PathId,
    /// The field around it, old and new.
    pub(super) field: Option<(Site, Site)>,
}

pub(super) struct Walk<'a> {
    pub(super) old: &'a Schema,
    pub(super) new: &'a Schema,
    pub(super) paths: Paths<Step<'a>>,
    /// Next to visit, last first.
    pub(super) todo: Vec<Pair>,
    seen: HashSet<(NodeId, NodeId)>,
    pub(super) found: Vec<Found>,
}

impl<'a> Walk<'a> {
    fn run(&mut self) {
        while let Some(pair) = self.todo.pop() {
            if self.found.len() >= CHANGES_MAX || self.seen.len() >= PAIRS_MAX {
                return;
            }
            // Only named types come back; a primitive may be one shared node.
            let named = self.new.name_of(pair.new).is_some();
            if named && !self.seen.insert((pair.old, pair.new)) {
                continue;
            }
            let before = self.todo.len();
            self.visit(pair);
            // Children were pushed in order; the first is to be visited first.
            self.todo[before..].reverse();
        }
    }

    fn visit(&mut self, pair: Pair) {
        let (old, new) = (self.old.node(pair.old), self.new.node(pair.new));
        match (&old.kind, &new.kind) {
            (Kind::Union(_), _) | (_, Kind::Union(_)) => self.union(pair),
            (Kind::Array(old_items), Kind::Array(new_items)) => {
                self.node(pair);
                self.child(pair, *old_items, *new_items, Some(Step::Items));
            }
            (Kind::Map(old_values), Kind::Map(new_values)) => {
                self.node(pair);
                self.child(pair, *old_values, *new_values, Some(Step::Values));
            }
            (Kind::Record(old_record), Kind::Record(new_record)) => {
                self.node(pair);
                self.fields(pair, old_record, new_record);
            }
            (one, other) if same_type(one, other) => self.node(pair),
            _ => self.type_changed(pair, pair.old, pair.new),
        }
    }

    /// A union on one side at least; the other may be its only branch.
    fn union(&mut self, pair: Pair) {
        let olds = branches(self.old, pair.old);
        let mut news: Vec<Option<NodeId>> =
            branches(self.new, pair.new).into_iter().map(Some).collect();
        let mut matched: Vec<(usize, NodeId, NodeId)> = Vec::new();
        let mut gone = Vec::new();
        for old in olds {
            let at = news
                .iter()
                .position(|new| new.is_some_and(|new| self.alike(old, new)));
            match at.and_then(|at| news[at].take().map(|new| (at, new))) {
                Some((at, new)) => matched.push((at, old, new)),
                None => gone.push(old),
            }
        }
        let added: Vec<NodeId> = news.into_iter().flatten().collect();
        if !matched.is_sorted_by_key(|(at, _, _)| *at) {
            let order = |walk: &Self| {
                let name = |schema, id| type_words(schema, id);
                let old: Vec<String> = matched.iter().map(|it| name(walk.old, it.1)).collect();
                let mut by_new = matched.clone();
                by_new.sort_by_key(|it| it.0);
                let new: Vec<String> = by_new.iter().map(|it| name(walk.new, it.2)).collect();
                (old.join(", "), new.join(", "))
            };
            let (old, new) = order(self);
            self.change(pair, ChangeKind::BranchOrder, Some(old), Some(new));
        }
        match (&gone[..], &added[..]) {
            ([old], [new]) if same_type(&self.old.node(*old).kind, &self.new.node(*new).kind) => {
                matched.push((usize::MAX, *old, *new));
            }
            ([old], [new]) => self.type_changed(pair, *old, *new),
            (gone, added) => {
                for old in gone {
                    let old = type_words(self.old, *old);
                    self.change(pair, ChangeKind::Branch, Some(old), None);
                }
                for new in added {
                    let new = type_words(self.new, *new);
                    self.change(pair, ChangeKind::Branch, None, Some(new));
                }
            }
        }
        for (_, old, new) in matched {
            let step = branch_step(self.new, pair.new, new)
                .or_else(|| branch_step(self.old, pair.old, old));
            self.child(pair, old, new, step);
        }
    }

    /// The same type to a person: same kind, and same name or alias.
    fn alike(&self, old: NodeId, new: NodeId) -> bool {
        if !same_type(&self.old.node(old).kind, &self.new.node(new).kind) {
            return false;
        }
        match (self.old.name_of(old), self.new.name_of(new)) {
            (Some(one), Some(other)) => {
                let aliases = super::node::aliases_of(&self.new.node(new).kind);
                one.name() == other.name() || aliases.contains(one)
            }
            _ => true,
        }
    }

    pub(super) fn child(&mut self, pair: Pair, old: NodeId, new: NodeId, step: Option<Step<'a>>) {
        let path = step.map_or(pair.path, |step| self.paths.push(pair.path, step));
        self.todo.push(Pair {
            old,
            new,
            path,
            ..pair
        });
    }

    fn type_changed(&mut self, pair: Pair, old: NodeId, new: NodeId) {
        let words = (type_words(self.old, old), type_words(self.new, new));
        self.change(pair, ChangeKind::Type, Some(words.0), Some(words.1));
    }

    /// A change of a use: rules point at the fields around it.
    pub(super) fn change(
        &mut self,
        pair: Pair,
        kind: ChangeKind,
        old: Option<String>,
        new: Option<String>,
    ) {
        let types = (Site::of(self.old, pair.old), Site::of(self.new, pair.new));
        let (old_site, new_site) = pair.field.unwrap_or(types);
        self.push(
            pair.path,
            kind,
            (old, Some(old_site)),
            (new, Some(new_site)),
        );
    }

    /// A change of a definition: rules point at the types.
    pub(super) fn change_at_types(
        &mut self,
        pair: Pair,
        kind: ChangeKind,
        old: Option<String>,
        new: Option<String>,
    ) {
        let old_site = Site::of(self.old, pair.old);
        let new_site = Site::of(self.new, pair.new);
        self.push(
            pair.path,
            kind,
            (old, Some(old_site)),
            (new, Some(new_site)),
        );
    }

    pub(super) fn push(
        &mut self,
        path: PathId,
        kind: ChangeKind,
        (old, old_site): (Option<String>, Option<Site>),
        (new, new_site): (Option<String>, Option<Site>),
    ) {
        if self.found.len() >= CHANGES_MAX {
            return;
        }
        let steps = self.paths.steps(path);
        // The new schema takes the reader's side of a step.
        let new_path = words(root_word(self.new), &steps, Side::Reader);
        self.found.push(Found {
            change: Change {
                kind,
                path: new_path,
                old,
                new,
                backward: Effect::Fine,
                forward: Effect::Fine,
            },
            old_site,
            new_site,
        });
    }
}

/// A union's branches; of another type itself.
fn branches(schema: &Schema, id: NodeId) -> Vec<NodeId> {
    match &schema.node(id).kind {
        Kind::Union(branches) => branches.clone(),
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
        | Kind::Array(_)
        | Kind::Map(_) => vec![id],
    }
}
