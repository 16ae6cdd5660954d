//! What can only be said when a whole text has been walked: forward names, and
//! unions whose branches a reader cannot tell apart.

use std::collections::BTreeSet;

use super::builder::{Builder, FORWARD, POISON};
use crate::{
    FullName, Kind, NodeId, Problem, ProblemCode,
    problem::{likely, shorten},
};

impl Builder<'_> {
    /// Replaces forward ids in the nodes from `first` on; gives the root's.
    pub(super) fn resolve(&mut self, root: NodeId, first: usize) -> NodeId {
        let pending = std::mem::take(&mut self.pending);
        let targets: Vec<NodeId> = pending
            .iter()
            .map(|use_| {
                let known = self
                    .names
                    .get(&use_.name)
                    .or_else(|| self.names.get(&use_.bare));
                known.copied().unwrap_or(POISON)
            })
            .collect();
        for (use_, _) in pending
            .iter()
            .zip(&targets)
            .filter(|(_, target)| **target == POISON)
        {
            if !self.has_room() {
                break;
            }
            let name = use_.bare.as_str();
            let message = format!("no type {:?} is known here", shorten(name));
            let fix = if TYPE_WORDS.contains(&name) {
                format!("write the whole type as one object: \"type\": {{\"type\": {name:?}, ...}}")
            } else if let Some(near) = self.similar_type(&use_.bare) {
                format!("did you mean {near:?}?")
            } else {
                "define it in this schema, or in a contract of kind \"type\"".to_owned()
            };
            let problem = Problem::new(ProblemCode::UNKNOWN_TYPE, message);
            self.report(problem.at(use_.span).on(&use_.path).fix(fix));
        }
        let target = |id: &mut NodeId| {
            if *id != POISON && id.0 >= FORWARD {
                *id = targets[(id.0 - FORWARD) as usize];
            }
        };
        for node in &mut self.nodes[first..] {
            match &mut node.kind {
                Kind::Record(record) => {
                    record
                        .fields
                        .iter_mut()
                        .for_each(|field| target(&mut field.ty));
                }
                Kind::Array(inner) | Kind::Map(inner) => target(inner),
                Kind::Union(branches) => branches.iter_mut().for_each(target),
                Kind::Null
                | Kind::Boolean
                | Kind::Int
                | Kind::Long
                | Kind::Float
                | Kind::Double
                | Kind::Bytes
                | Kind::String
                | Kind::Enum(_)
                | Kind::Fixed(_) => {}
            }
        }
        let mut root = root;
        target(&mut root);
        root
    }

    /// A known type whose full or simple name is close to a name.
    fn similar_type(&self, name: &FullName) -> Option<&str> {
        let full = self.names.keys().map(FullName::as_str).chain(PRIMITIVES);
        likely(name.as_str(), full).or_else(|| {
            let simple = likely(name.name(), self.names.keys().map(FullName::name))?;
            self.names
                .keys()
                .find(|known| known.name() == simple)
                .map(FullName::as_str)
        })
    }

    /// Reports branches of one union that have the same name or unnamed type.
    pub(super) fn check_unions(&mut self, first: usize) {
        let mut problems = Vec::new();
        for union in &self.nodes[first..] {
            let Kind::Union(branches) = &union.kind else {
                continue;
            };
            let mut seen = BTreeSet::new();
            for id in branches.iter().filter(|id| **id != POISON) {
                let branch = &self.nodes[id.0 as usize];
                let word = branch.kind.branch_name();
                if !seen.insert(word) {
                    let message = format!("the union has two branches {:?}", shorten(word));
                    // A named type's own span may be elsewhere.
                    let is_inside = branch.source == union.source
                        && union.span.start <= branch.span.start
                        && branch.span.end <= union.span.end;
                    let span = if is_inside { branch.span } else { union.span };
                    let problem = Problem::new(ProblemCode::DUPLICATE_BRANCH, message).at(span);
                    problems.push(problem.fix("a union has each type once: remove one"));
                }
            }
        }
        problems
            .into_iter()
            .for_each(|problem| self.report(problem));
    }
}

/// Words that begin a type's object and are no type by themselves.
const TYPE_WORDS: [&str; 6] = ["array", "enum", "error", "fixed", "map", "record"];

const PRIMITIVES: [&str; 8] = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];
