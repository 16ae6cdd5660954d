//! Plain JSON to Avro, with everything that is wrong at once.

use std::{collections::BTreeMap, sync::Arc};

use accordant_schema::{
    Kind, NodeId, Record, Schema,
    contract::UnknownFields,
    json::{self, Json, Key, Value},
};

use super::{
    fields::Fields,
    fit::{Fitter, Meaning, tagged},
    leaf::{self, Token},
    one_pass,
    program::{Program, Spelling},
};
use crate::{Limits, write};

/// Errors of one datum; what is beyond is not looked for.
const ERRORS_MAX: usize = 1_000;

/// Encodes plain JSON by one schema.
#[derive(Debug, Clone)]
pub struct JsonCodec {
    schema: Arc<Schema>,
    unknown: UnknownFields,
    program: Arc<Program>,
}

/// One thing that is wrong with a datum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer to it.
    pub pointer: String,
    /// The rule that it breaks: `json`, `type`, `required`, `unknown_field`,
    /// `duplicate_key`, `range`, `format`, `decimal`, `length`, `enum`,
    /// `union`, `ambiguous` or `depth`.
    pub rule: &'static str,
    /// What the schema expects there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl JsonCodec {
    /// A codec for a schema.
    pub fn new(schema: Arc<Schema>, unknown: UnknownFields) -> JsonCodec {
        let program = Program::new(&schema, Spelling::Plain);
        JsonCodec {
            schema,
            unknown,
            program: Arc::new(program),
        }
    }

    /// Appends the datum to `out`.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use accordant_schema::{contract::UnknownFields, parse};
    /// use accordant_wire::dynamic::JsonCodec;
    ///
    /// let schema = r#"{"type": "record", "name": "Point", "fields": [
    ///     {"name": "x", "type": "int"}, {"name": "y", "type": "int", "default": 0}]}"#;
    /// let codec = JsonCodec::new(Arc::new(parse(schema).unwrap()), UnknownFields::Refuse);
    /// let mut out = Vec::new();
    /// codec.encode(br#"{"x": 1}"#, &mut out).unwrap();
    /// assert_eq!(out, [2, 0]);
    /// let errors = codec.encode(br#"{"x": "1", "z": 2}"#, &mut out).unwrap_err();
    /// let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
    /// assert_eq!(pointers, ["/z", "/x"]);
    /// ```
    ///
    /// # Errors
    /// Everything that is wrong with the datum; `out` is then as it was.
    pub fn encode(&self, json: &[u8], out: &mut Vec<u8>) -> Result<(), Vec<FieldError>> {
        let text = std::str::from_utf8(json).map_err(|error| {
            no_json(format!(
                "bytes that are not UTF-8, from byte {}",
                error.valid_up_to()
            ))
        })?;
        let start = out.len();
        match one_pass::encode(&self.schema, &self.program, self.unknown, text, out) {
            Ok(()) => Ok(()),
            Err(_) => {
                out.truncate(start);
                self.encode_by_tree(text, out)
            }
        }
    }

    /// The slow way, which finds everything that is wrong.
    fn encode_by_tree(&self, text: &str, out: &mut Vec<u8>) -> Result<(), Vec<FieldError>> {
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

    /// Appends the datum to `out`.
    ///
    /// # Errors
    /// Everything that is wrong with the datum; `out` is then as it was.
    pub fn encode_value(&self, json: &Json, out: &mut Vec<u8>) -> Result<(), Vec<FieldError>> {
        let start = out.len();
        let mut encoder = Encoder {
            codec: self,
            fitter: Fitter::new(&self.schema, self.unknown),
            pointer: String::new(),
            depth: 0,
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
    codec: &'c JsonCodec,
    fitter: Fitter<'c>,
    pointer: String,
    depth: usize,
    errors: Vec<FieldError>,
}

impl<'c> Encoder<'c> {
    fn value(&mut self, json: &Json, id: NodeId, out: &mut Vec<u8>) {
        let schema: &'c Schema = &self.codec.schema;
        let node = schema.node(id);
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
            (Kind::Union(branches), _) => self.union(json, branches, out),
            _ => {
                if let Err(misfit) = leaf::encode(node, Token::of(json), out) {
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
        if self.codec.unknown == UnknownFields::Refuse {
            for (key, value) in fields.unknown {
                self.at(&key.name, |it| {
                    it.error("unknown_field", "no such field", value)
                });
            }
        }
        for (at, (field, value)) in record.fields.iter().zip(fields.values).enumerate() {
            match (value, self.codec.program.default_of(id, at)) {
                (Some(value), _) => self.at(&field.name, |it| it.value(value, field.ty, out)),
                (None, Some(default)) => out.extend_from_slice(default),
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
                let name = self.codec.schema.branch_name(branches[at]);
                self.at(name, |it| it.value(inner, branches[at], out));
            }
            Meaning::Ambiguous(fitting) => {
                let names = fitting.iter().map(|at| {
                    format!(
                        "{{\"{}\": ...}}",
                        self.codec.schema.branch_name(branches[*at])
                    )
                });
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

    /// Where only one branch can have been meant, its errors are the union's.
    fn no_branch(&mut self, json: &Json, branches: &[NodeId], out: &mut Vec<u8>) {
        let schema: &'c Schema = &self.codec.schema;
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
                let expected = branches.iter().map(|branch| schema.branch_name(*branch));
                let expected = format!("one of {}", expected.collect::<Vec<_>>().join(", "));
                self.error("union", &expected, json);
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
        let schema = &self.codec.schema;
        match &schema.node(id).kind {
            Kind::Union(branches) => {
                let names = branches.iter().map(|branch| schema.branch_name(*branch));
                format!("one of {}", names.collect::<Vec<_>>().join(", "))
            }
            _ => schema.branch_name(id).to_owned(),
        }
    }
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
