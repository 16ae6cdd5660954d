//! JSON to Avro by way of a tree: for a text that the one pass has given up, to
//! find everything that is wrong with it.

use std::collections::BTreeMap;

use accordant_schema::{
    Kind, NodeId, Record, Schema,
    contract::UnknownFields,
    json::{self, Json, Key, Value},
};

use super::{
    avro_json,
    fields::Fields,
    fit::{Fitter, Meaning, tagged},
    leaf::{self, Token},
    program::{Program, Spelling},
};
use crate::{Limits, write};

/// Errors of one datum; what is beyond is not looked for.
const ERRORS_MAX: usize = 1_000;

/// One thing that is wrong with a datum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer to it.
    pub pointer: String,
    /// The rule that it breaks: `json`, `type`, `required`, `unknown_field`,
    /// `duplicate_key`, `range`, `format`, `decimal`, `length`, `enum`,
    /// `union`, `ambiguous`, `depth` or `size`.
    pub rule: &'static str,
    /// What the schema expects there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// A schema, and how its JSON is spelt.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelt<'c> {
    pub(super) schema: &'c Schema,
    pub(super) program: &'c Program,
    pub(super) unknown: UnknownFields,
}

/// The text, if it is one.
pub(super) fn text(json: &[u8]) -> Result<&str, Vec<FieldError>> {
    std::str::from_utf8(json).map_err(|error| {
        no_json(format!(
            "bytes that are not UTF-8, from byte {}",
            error.valid_up_to()
        ))
    })
}

impl Spelt<'_> {
    /// Appends the datum that a text says.
    ///
    /// # Errors
    /// Everything that is wrong with it; `out` is then as it was.
    pub(super) fn encode(self, text: &str, out: &mut Vec<u8>) -> Result<(), Vec<FieldError>> {
        let json = json::parse(text, json::DEPTH_CEILING).map_err(|problem| {
            let at = problem
                .span
                .map(|span| accordant_schema::position(text, span.start));
            no_json(match at {
                Some(at) => {
                    format!(
                        "{} at line {}, column {}",
                        problem.message, at.line, at.column
                    )
                }
                None => problem.message,
            })
        })?;
        self.encode_value(&json, out)
    }

    /// Appends the datum that a value says.
    ///
    /// # Errors
    /// Everything that is wrong with it; `out` is then as it was.
    pub(super) fn encode_value(
        self,
        json: &Json,
        out: &mut Vec<u8>,
    ) -> Result<(), Vec<FieldError>> {
        let start = out.len();
        let mut encoder = Encoder {
            schema: self.schema,
            program: self.program,
            unknown: self.unknown,
            fitter: Fitter::new(self.schema, self.unknown),
            pointer: String::new(),
            depth: 0,
            room: Limits::default().allocation_bytes_max,
            errors: Vec::new(),
        };
        encoder.value(json, self.schema.root, out);
        if encoder.errors.is_empty() {
            return Ok(());
        }
        out.truncate(start);
        Err(encoder.errors)
    }
}

fn no_json(found: String) -> Vec<FieldError> {
    vec![FieldError {
        pointer: String::new(),
        rule: "json",
        expected: "a JSON text".to_owned(),
        found,
    }]
}

struct Encoder<'c> {
    schema: &'c Schema,
    program: &'c Program,
    unknown: UnknownFields,
    fitter: Fitter<'c>,
    pointer: String,
    depth: usize,
    /// Bytes that defaults may still add.
    room: usize,
    errors: Vec<FieldError>,
}

impl<'c> Encoder<'c> {
    fn value(&mut self, json: &Json, id: NodeId, out: &mut Vec<u8>) {
        let node = self.schema.node(id);
        match (&node.kind, &json.value) {
            (Kind::Record(record), Value::Object(entries)) => {
                self.nested(json, |it| it.record(id, record, entries, out));
            }
            (Kind::Map(values), Value::Object(entries)) => {
                self.nested(json, |it| it.map(*values, entries, out));
            }
            (Kind::Array(items), Value::Array(values)) => {
                self.nested(json, |it| it.array(*items, values, out));
            }
            (Kind::Record(_) | Kind::Map(_), _) => self.error("type", "an object", json),
            (Kind::Array(_), _) => self.error("type", "an array", json),
            (Kind::Union(branches), _) => match self.program.spelling {
                Spelling::Plain => self.union(json, branches, out),
                Spelling::Avro => self.tagged_union(json, branches, out),
            },
            _ => {
                let token = Token::of(json);
                let encoded = match self.program.spelling {
                    Spelling::Plain => leaf::encode(node, token, out),
                    Spelling::Avro => avro_json::encode_leaf(node, token, out),
                };
                if let Err(misfit) = encoded {
                    self.error(misfit.rule, &misfit.expected, json);
                }
            }
        }
    }

    fn record(
        &mut self,
        id: NodeId,
        record: &'c Record,
        entries: &[(Key, Json)],
        out: &mut Vec<u8>,
    ) {
        let fields = Fields::of(record, entries);
        for key in fields.duplicate {
            self.at(&key.name, |it| it.duplicate());
        }
        if self.unknown == UnknownFields::Refuse {
            for (key, value) in fields.unknown {
                self.at(&key.name, |it| {
                    it.error("unknown_field", "no such field", value)
                });
            }
        }
        for (at, (field, value)) in record.fields.iter().zip(fields.values).enumerate() {
            match (value, self.program.default_of(id, at)) {
                (Some(value), _) => self.at(&field.name, |it| it.value(value, field.ty, out)),
                (None, Some(default)) => match self.room.checked_sub(default.len()) {
                    Some(room) => {
                        self.room = room;
                        out.extend_from_slice(default);
                    }
                    None => return self.too_large(),
                },
                (None, None) => {
                    let expected = self.expected(field.ty);
                    self.at(&field.name, |it| {
                        it.push("required", expected, "nothing".to_owned())
                    });
                }
            }
        }
    }

    /// In the order of the keys, as generated types write theirs.
    fn map(&mut self, values: NodeId, entries: &[(Key, Json)], out: &mut Vec<u8>) {
        let mut sorted: BTreeMap<&str, &Json> = BTreeMap::new();
        for (key, value) in entries {
            if sorted.insert(&key.name, value).is_some() {
                self.at(&key.name, |it| it.duplicate());
            }
        }
        if !sorted.is_empty() {
            write::long(length(sorted.len()), out);
        }
        for (key, value) in sorted {
            write::string(key, out);
            self.at(key, |it| it.value(value, values, out));
        }
        write::long(0, out);
    }

    fn array(&mut self, items: NodeId, values: &[Json], out: &mut Vec<u8>) {
        if !values.is_empty() {
            write::long(length(values.len()), out);
        }
        for (index, value) in values.iter().enumerate() {
            self.at(&index.to_string(), |it| it.value(value, items, out));
        }
        write::long(0, out);
    }

    fn union(&mut self, json: &Json, branches: &[NodeId], out: &mut Vec<u8>) {
        match self.fitter.meaning(json, branches) {
            Meaning::Plain(at, _) => {
                write::long(length(at), out);
                self.value(json, branches[at], out);
            }
            Meaning::Tagged(at, inner, _) => {
                write::long(length(at), out);
                let name = self.schema.branch_name(branches[at]);
                self.at(name, |it| it.value(inner, branches[at], out));
            }
            Meaning::Ambiguous(fitting) => {
                let names = fitting
                    .iter()
                    .map(|at| format!("{{\"{}\": ...}}", self.schema.branch_name(branches[*at])));
                let names = names.collect::<Vec<_>>().join(" or ");
                self.error(
                    "ambiguous",
                    &format!("the branch's name as well: {names}"),
                    json,
                );
            }
            Meaning::Nothing => self.no_branch(json, branches, out),
        }
    }

    /// Null, or an object of one entry that names a branch.
    fn tagged_union(&mut self, json: &Json, branches: &[NodeId], out: &mut Vec<u8>) {
        let schema = self.schema;
        let is_null = |branch: &NodeId| matches!(schema.node(*branch).kind, Kind::Null);
        let null = branches.iter().position(is_null);
        let named = match &json.value {
            Value::Object(entries) => entries.first().and_then(|(key, inner)| {
                let is_it = |branch: &NodeId| schema.branch_name(*branch) == key.name;
                Some((branches.iter().position(is_it)?, inner, entries.len()))
            }),
            _ => None,
        };
        match (&json.value, null, named) {
            (Value::Null, Some(at), _) => write::long(length(at), out),
            (_, _, Some((at, inner, 1))) => {
                write::long(length(at), out);
                let name = schema.branch_name(branches[at]);
                self.at(name, |it| it.value(inner, branches[at], out));
            }
            (_, _, Some(_)) => {
                let expected = "one entry, which names a branch".to_owned();
                self.push("union", expected, "more than one".to_owned());
            }
            _ => self.error("union", &one_of(schema, branches), json),
        }
    }

    /// Where only one branch can have been meant, its errors are the union's.
    fn no_branch(&mut self, json: &Json, branches: &[NodeId], out: &mut Vec<u8>) {
        let schema = self.schema;
        let alike: Vec<NodeId> = branches
            .iter()
            .copied()
            .filter(|branch| looks_like(schema, json, *branch))
            .collect();
        if let Some((at, inner)) = tagged(schema, json, branches) {
            let name = schema.branch_name(branches[at]);
            return self.at(name, |it| it.value(inner, branches[at], out));
        }
        match alike.as_slice() {
            [only] => self.value(json, *only, out),
            _ => {
                self.error("union", &one_of(schema, branches), json);
            }
        }
    }

    fn nested(&mut self, json: &Json, inner: impl FnOnce(&mut Self)) {
        let depth_max = Limits::default().depth_max;
        if self.depth >= depth_max {
            return self.error("depth", &format!("at most {depth_max} levels"), json);
        }
        self.depth += 1;
        inner(self);
        self.depth -= 1;
    }

    fn at(&mut self, token: &str, inner: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        self.pointer.push('/');
        for character in token.chars() {
            match character {
                '~' => self.pointer.push_str("~0"),
                '/' => self.pointer.push_str("~1"),
                other => self.pointer.push(other),
            }
        }
        inner(self);
        self.pointer.truncate(length);
    }

    fn error(&mut self, rule: &'static str, expected: &str, json: &Json) {
        self.push(rule, expected.to_owned(), leaf::found(Token::of(json)));
    }

    fn too_large(&mut self) {
        let bytes_max = Limits::default().allocation_bytes_max;
        let expected = format!("defaults of at most {bytes_max} bytes");
        self.push("size", expected, "more of them".to_owned());
    }

    fn duplicate(&mut self) {
        self.push(
            "duplicate_key",
            "each key once".to_owned(),
            "the same key again".to_owned(),
        );
    }

    fn push(&mut self, rule: &'static str, expected: String, found: String) {
        if self.errors.len() < ERRORS_MAX {
            let pointer = self.pointer.clone();
            self.errors.push(FieldError {
                pointer,
                rule,
                expected,
                found,
            });
        }
    }

    fn expected(&self, id: NodeId) -> String {
        let schema = self.schema;
        match &schema.node(id).kind {
            Kind::Union(branches) => one_of(schema, branches),
            _ => schema.branch_name(id).to_owned(),
        }
    }
}

fn one_of(schema: &Schema, branches: &[NodeId]) -> String {
    let names = branches.iter().map(|branch| schema.branch_name(*branch));
    format!("one of {}", names.collect::<Vec<_>>().join(", "))
}

/// Whether a value of the type is written in JSON's form of this value.
fn looks_like(schema: &Schema, json: &Json, id: NodeId) -> bool {
    let node = schema.node(id);
    match (&node.kind, &json.value) {
        (Kind::Null, Value::Null)
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Int | Kind::Long | Kind::Float | Kind::Double, Value::Number(_))
        | (Kind::Bytes | Kind::String | Kind::Enum(_) | Kind::Fixed(_), Value::String(_))
        | (Kind::Array(_), Value::Array(_))
        | (Kind::Map(_) | Kind::Record(_), Value::Object(_)) => true,
        (Kind::Int | Kind::Long, Value::String(_)) => node.logical.is_some(),
        (Kind::Bytes | Kind::Fixed(_), Value::Number(_)) => node.logical.is_some(),
        _ => false,
    }
}

/// What is in memory has fewer than 2^63 items.
fn length(length: usize) -> i64 {
    length as i64
}
