//! The builder: walks a text's JSON and fills the arena. Names that are not
//! known yet become forward ids, which `resolve` replaces.
//!
//! Recursive on the depth of the JSON, which is bounded before.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    FullName, Kind, Limits, Node, NodeId, Problem, ProblemCode, Schema, Span,
    json::{self, Json, Value},
    problem::shorten,
};

/// JSON levels that a schema has at most, whatever a caller allows: the walk
/// is recursive.
const SCHEMA_DEPTH_CEILING: usize = 128;
/// References that one schema has at most.
const REFERENCES_MAX: usize = 1_000;
/// Problems that are collected at most.
const PROBLEMS_MAX: usize = 100;
/// Bytes of all references of one schema, in multiples of one schema's limit.
const REFERENCES_SIZE_MAX: usize = 16;
/// Bytes of a full name.
pub(super) const NAME_BYTES_MAX: usize = 512;

/// Stands where a type could not be built; a problem says why.
pub(super) const POISON: NodeId = NodeId(u32::MAX);
/// Ids from here on are forward: an index into `Builder::pending`.
pub(super) const FORWARD: u32 = 1 << 31;

/// A use of a type that was not known at that point.
pub(super) struct Pending {
    /// The name in the namespace around it.
    pub(super) name: FullName,
    /// The name as written, which the null namespace may have.
    pub(super) bare: FullName,
    pub(super) span: Span,
    pub(super) path: String,
}

pub(super) struct Builder<'l> {
    limits: &'l Limits,
    pub(super) nodes: Vec<Node>,
    pub(super) names: BTreeMap<FullName, NodeId>,
    /// Records whose fields are being walked.
    pub(super) open: BTreeSet<NodeId>,
    pub(super) problems: Vec<Problem>,
    pub(super) pending: Vec<Pending>,
    /// Path in words to where the walk is.
    pub(super) path: String,
    /// Which text: 0 is the schema's own, n the n-th reference.
    pub(super) source: usize,
    is_full: bool,
}

pub(super) fn build(
    text: &str,
    references: &[&str],
    limits: &Limits,
) -> Result<Schema, Vec<Problem>> {
    let mut builder = Builder::new(limits);
    if references.len() > REFERENCES_MAX {
        let message = format!("the schema has more than {REFERENCES_MAX} references");
        return Err(vec![Problem::new(ProblemCode::SCHEMA_SIZE, message)]);
    }
    let bytes_max = limits.schema_bytes_max.saturating_mul(REFERENCES_SIZE_MAX);
    if references
        .iter()
        .map(|reference| reference.len())
        .sum::<usize>()
        > bytes_max
    {
        let message = format!("the references of the schema have more than {bytes_max} bytes");
        return Err(vec![Problem::new(ProblemCode::TEXT_SIZE, message)]);
    }
    for (index, reference) in references.iter().enumerate() {
        builder.source = index + 1;
        builder.text(reference);
    }
    builder.source = 0;
    let root = builder.text(text);
    let Builder {
        nodes,
        names,
        mut problems,
        ..
    } = builder;
    match root {
        Some(root) if problems.is_empty() => Ok(Schema { nodes, root, names }),
        Some(_) | None => {
            problems.sort_by_key(|problem| problem.span);
            Err(problems)
        }
    }
}

/// A use of a name that a text does not define.
pub(crate) struct Unresolved {
    /// The full names that it may mean, most likely first.
    pub(crate) names: [FullName; 2],
    pub(crate) span: Span,
}

/// The names that a text uses and does not define. Empty for a text that
/// cannot be read.
pub(crate) fn unresolved_names(text: &str, limits: &Limits) -> Vec<Unresolved> {
    let Builder { names, pending, .. } = walk(text, limits);
    pending
        .into_iter()
        .filter(|use_| !names.contains_key(&use_.name) && !names.contains_key(&use_.bare))
        .map(|use_| Unresolved {
            names: [use_.name, use_.bare],
            span: use_.span,
        })
        .collect()
}

/// The names that a text defines. Empty for a text that cannot be read.
pub(crate) fn defined_names(text: &str, limits: &Limits) -> Vec<FullName> {
    walk(text, limits).names.into_keys().collect()
}

fn walk<'l>(text: &str, limits: &'l Limits) -> Builder<'l> {
    let mut builder = Builder::new(limits);
    if let Some(json) = builder.json(text) {
        builder.node(&json, "");
    }
    builder
}

impl<'l> Builder<'l> {
    fn new(limits: &'l Limits) -> Builder<'l> {
        Builder {
            limits,
            nodes: Vec::new(),
            names: BTreeMap::new(),
            open: BTreeSet::new(),
            problems: Vec::new(),
            pending: Vec::new(),
            path: String::new(),
            source: 0,
            is_full: false,
        }
    }

    /// Builds one text completely; `None` when it has no root.
    fn text(&mut self, text: &str) -> Option<NodeId> {
        let json = self.json(text)?;
        let first = self.nodes.len();
        let root = self.node(&json, "");
        let root = self.resolve(root, first);
        if !self.is_full {
            self.check_unions(first);
            self.check_defaults(first);
        }
        Some(root)
    }

    fn json(&mut self, text: &str) -> Option<Json> {
        if text.len() > self.limits.schema_bytes_max {
            let max = self.limits.schema_bytes_max;
            let message = format!("the schema has {} bytes, more than {max}", text.len());
            self.report(Problem::new(ProblemCode::TEXT_SIZE, message));
            return None;
        }
        let depth_max = self.limits.depth_max.min(SCHEMA_DEPTH_CEILING);
        match json::parse(text, depth_max) {
            Ok(json) => {
                for problem in json::duplicate_keys(&json) {
                    self.report(problem);
                }
                Some(json)
            }
            Err(problem) => {
                self.report(problem);
                None
            }
        }
    }

    /// The type that a JSON value describes.
    pub(super) fn node(&mut self, json: &Json, namespace: &str) -> NodeId {
        match &json.value {
            Value::String(name) => self.named_or_primitive(name, json.span, namespace),
            Value::Array(branches) => self.union(json, branches, namespace),
            Value::Object(_) => self.object(json, namespace),
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                let message = format!("{} stands where a type is needed", json.kind());
                self.refuse(ProblemCode::NO_SCHEMA, json.span, message, TYPE_FORMS)
            }
        }
    }

    fn named_or_primitive(&mut self, name: &str, span: Span, namespace: &str) -> NodeId {
        if let Some(kind) = primitive(name) {
            return self.push(kind, span);
        }
        let bare = name.strip_prefix('.').unwrap_or(name);
        let full = if name.contains('.') || namespace.is_empty() {
            bare.to_owned()
        } else {
            format!("{namespace}.{name}")
        };
        let names = (FullName::new(&full), FullName::new(bare));
        let (Ok(full), Ok(bare), 0..=NAME_BYTES_MAX) = (names.0, names.1, full.len()) else {
            let message = format!("{:?} is no type and no name of one", shorten(name));
            return self.refuse(ProblemCode::BAD_NAME, span, message, TYPE_FORMS);
        };
        // As in Java, a record is known once its fields have been read: until
        // then a complete type of the null namespace goes first.
        let complete = |name| self.names.get(name).filter(|id| !self.open.contains(id));
        if let Some(id) = complete(&full).or_else(|| complete(&bare)) {
            return *id;
        }
        if self.pending.len() >= self.limits.nodes_max {
            return self.too_large(span);
        }
        // It may be defined further on; `resolve` has the last word.
        let id = NodeId(FORWARD + self.pending.len() as u32);
        let path = shorten(&self.path);
        self.pending.push(Pending {
            name: full,
            bare,
            span,
            path,
        });
        id
    }

    fn union(&mut self, json: &Json, branches: &[Json], namespace: &str) -> NodeId {
        let id = self.push(Kind::Null, json.span);
        let mut ids = Vec::new();
        for branch in branches {
            if let Value::Array(_) = branch.value {
                let message = "a union stands directly in a union";
                let fix = "put the inner union's branches into the outer one";
                self.refuse(ProblemCode::NESTED_UNION, branch.span, message, fix);
            } else {
                ids.push(self.node(branch, namespace));
            }
        }
        self.fill(id, Kind::Union(ids));
        id
    }

    fn object(&mut self, json: &Json, namespace: &str) -> NodeId {
        let Some(ty) = json.get("type") else {
            let message = "\"type\" is missing in a schema";
            return self.refuse(
                ProblemCode::MISSING_ATTRIBUTE,
                json.span,
                message,
                TYPE_FORMS,
            );
        };
        let Some(name) = ty.as_str() else {
            let message = format!("the \"type\" of a schema is {}, not a name", ty.kind());
            let fix = "write the inner schema itself, without the object around it";
            return self.refuse(ProblemCode::NO_SCHEMA, ty.span, message, fix);
        };
        match name {
            "record" | "error" => self.record(json, namespace, name == "error"),
            "enum" => self.enumeration(json, namespace),
            "fixed" => self.fixed(json, namespace),
            "array" => self.collection(json, "array", "items", namespace),
            "map" => self.collection(json, "map", "values", namespace),
            _ => {
                let id = self.named_or_primitive(name, ty.span, namespace);
                if primitive(name).is_some() {
                    self.finish(id, json);
                }
                id
            }
        }
    }

    fn collection(&mut self, json: &Json, ty: &str, inner: &str, namespace: &str) -> NodeId {
        let id = self.push(Kind::Null, json.span);
        let Some(content) = self.required(json, ty, inner) else {
            return POISON;
        };
        let marker = if ty == "array" { "[]" } else { "{}" };
        let content = self.within(marker, |builder| builder.node(content, namespace));
        let kind = if ty == "array" {
            Kind::Array(content)
        } else {
            Kind::Map(content)
        };
        self.fill(id, kind);
        self.finish(id, json);
        id
    }

    /// Runs a step with the path longer by `segment`.
    pub(super) fn within<T>(&mut self, segment: &str, step: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(segment);
        let result = step(self);
        self.path.truncate(length);
        result
    }

    /// Adds a node, unless the schema is too large: then it is poison.
    pub(super) fn push(&mut self, kind: Kind, span: Span) -> NodeId {
        if self.nodes.len() >= self.limits.nodes_max.min(FORWARD as usize) {
            return self.too_large(span);
        }
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node {
            kind,
            logical: None,
            props: Vec::new(),
            span,
            source: self.source,
        });
        id
    }

    /// Says once that the schema is too large; poison from there on.
    fn too_large(&mut self, span: Span) -> NodeId {
        if !self.is_full {
            self.is_full = true;
            let message = format!("the schema has more than {} types", self.limits.nodes_max);
            self.report(Problem::new(ProblemCode::SCHEMA_SIZE, message).at(span));
        }
        POISON
    }

    pub(super) fn fill(&mut self, id: NodeId, kind: Kind) {
        if id != POISON {
            self.nodes[id.0 as usize].kind = kind;
        }
    }

    /// Reports a problem where the walk is, and gives poison in the type's place.
    pub(super) fn refuse(
        &mut self,
        code: ProblemCode,
        span: Span,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> NodeId {
        let problem = Problem::new(code, message).at(span).on(&self.path).fix(fix);
        self.report(problem);
        POISON
    }

    /// Whether another problem is still collected.
    pub(super) fn has_room(&self) -> bool {
        self.problems.len() < PROBLEMS_MAX
    }

    pub(super) fn report(&mut self, problem: Problem) {
        if !self.has_room() {
            return;
        }
        self.problems.push(if self.source == 0 {
            problem
        } else {
            let message = format!("in reference {}: {}", self.source, problem.message);
            Problem {
                message,
                span: None,
                ..problem
            }
        });
    }
}

/// What a type may look like, as a fix.
const TYPE_FORMS: &str =
    "write a type's name (\"string\"), an array of types (a union), or an object with \"type\"";

pub(crate) fn primitive(name: &str) -> Option<Kind> {
    Some(match name {
        "null" => Kind::Null,
        "boolean" => Kind::Boolean,
        "int" => Kind::Int,
        "long" => Kind::Long,
        "float" => Kind::Float,
        "double" => Kind::Double,
        "bytes" => Kind::Bytes,
        "string" => Kind::String,
        _ => return None,
    })
}
