//! Whether a field's default fits its type: any branch of a union may take it
//! (Avro 1.12), bytes and fixed are texts of code points 0 to 255.
//!
//! Recursive on the depth of the default's JSON, which is bounded. A record
//! that lacks a field takes that field's own default, which is checked in its
//! own turn; that this ends is checked at the end.

use std::collections::{BTreeMap, BTreeSet};

use super::builder::{Builder, POISON};
use crate::{
    Field, Kind, Node, NodeId, Problem, ProblemCode, Span,
    json::{Json, Value, write_string},
    problem::shorten,
};

/// Pairs of value and type that one text's defaults may ask about.
const STEPS_MAX: usize = 1_000_000;
/// Bytes of a text that count as one step.
const BYTES_A_STEP: usize = 64;
/// Defaults of fields that lie within each other, at most.
const CHAIN_MAX: usize = 64;

/// A field: its record's index and its own.
type FieldAt = (usize, usize);

impl Builder<'_> {
    /// Checks the defaults of the records from `first` on.
    pub(super) fn check_defaults(&mut self, first: usize) {
        for node in &mut self.nodes[first..] {
            if let Kind::Record(record) = &mut node.kind {
                record.fields.retain(|field| field.ty != POISON);
            }
        }
        self.read_float_texts(first);
        let mut check = Check {
            nodes: &self.nodes,
            memo: BTreeMap::new(),
            own: None,
            steps: 0,
            edges: Vec::new(),
            symbols: BTreeMap::new(),
        };
        let mut edges = BTreeMap::new();
        let mut problems = Vec::new();
        for (index, node) in self.nodes.iter().enumerate().skip(first) {
            let Kind::Record(record) = &node.kind else {
                continue;
            };
            for (position, field) in record.fields.iter().enumerate() {
                let Some(default) = &field.default else {
                    continue;
                };
                check.memo.clear();
                check.own = Some((default.span.start, field.ty));
                if let Err(reason) = check.fits(default, field.ty) {
                    let path = format!("{}.{}", record.name.name(), field.name);
                    let message = format!(
                        "the default of {:?} does not fit its type: {}",
                        shorten(&field.name),
                        reason.message
                    );
                    let problem = Problem::new(ProblemCode::BAD_DEFAULT, message);
                    problems.push(problem.at(reason.span).on(&path));
                }
                edges.insert((index, position), std::mem::take(&mut check.edges));
            }
        }
        for (record, field) in endless(&edges) {
            let Kind::Record(record) = &self.nodes[record].kind else {
                continue;
            };
            let field = &record.fields[field];
            let message = format!(
                "the default of {:?} never ends: it contains itself",
                shorten(&field.name)
            );
            let problem = Problem::new(ProblemCode::BAD_DEFAULT, message).at(field.name_span);
            problems.push(problem.on(&format!("{}.{}", record.name.name(), field.name)));
        }
        problems
            .into_iter()
            .for_each(|problem| self.report(problem));
    }

    /// A text as the default of a float or double means a number, as in Avro
    /// Java; what JSON cannot say stays a text: `NaN` and the infinities.
    fn read_float_texts(&mut self, first: usize) {
        let is_float: Vec<bool> = self
            .nodes
            .iter()
            .map(|node| matches!(node.kind, Kind::Float | Kind::Double))
            .collect();
        for node in &mut self.nodes[first..] {
            let Kind::Record(record) = &mut node.kind else {
                continue;
            };
            for field in &mut record.fields {
                if !is_float[field.ty.0 as usize] {
                    continue;
                }
                let Some(default) = &mut field.default else {
                    continue;
                };
                let Value::String(text) = &default.value else {
                    continue;
                };
                if let Some(number) = java_number(text) {
                    default.value = number;
                }
            }
        }
    }
}

/// What Java's `Double.valueOf` makes of a text.
fn java_number(text: &str) -> Option<Value> {
    let text = text.trim();
    match text.trim_start_matches('+') {
        word @ ("NaN" | "Infinity") => return Some(Value::String(word.to_owned())),
        "-NaN" => return Some(Value::String("NaN".to_owned())),
        "-Infinity" => return Some(Value::String("-Infinity".to_owned())),
        _ => {}
    }
    let digits = text.trim_end_matches(['d', 'D', 'f', 'F']);
    if !digits.ends_with(|end: char| end.is_ascii_digit() || end == '.') {
        return None;
    }
    let number: f64 = digits.parse().ok()?;
    if number.is_infinite() {
        let word = if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        };
        return Some(Value::String(word.to_owned()));
    }
    Some(Value::Number(format!("{number:?}")))
}

/// Why a value does not fit.
struct Reason {
    span: Span,
    message: String,
}

struct Check<'n> {
    nodes: &'n [Node],
    /// What is known of a value (by its start) and a type: without it, unions
    /// of records would be tried again and again.
    memo: BTreeMap<(usize, NodeId), bool>,
    /// The whole default with the field's own type, as a key of `memo`.
    own: Option<(usize, NodeId)>,
    steps: usize,
    /// The defaults of other fields that the current one takes.
    edges: Vec<FieldAt>,
    /// The symbols of the enums that were asked about.
    symbols: BTreeMap<NodeId, BTreeSet<&'n str>>,
}

impl<'n> Check<'n> {
    fn fits(&mut self, json: &'n Json, id: NodeId) -> Result<(), Reason> {
        if id == POISON {
            return Ok(());
        }
        let key = (json.span.start, id);
        match self.memo.get(&key) {
            Some(true) => return Ok(()),
            Some(false) => return Err(self.no(json, "a value of its type")),
            None => {}
        }
        // A long text is looked at as a whole, so it is more than one step.
        self.steps += match &json.value {
            Value::String(text) => 1 + text.len() / BYTES_A_STEP,
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => 1,
        };
        if self.steps > STEPS_MAX {
            let message = "the defaults of this schema are too much to check".to_owned();
            return Err(Reason {
                span: json.span,
                message,
            });
        }
        let result = self.kind_fits(json, id);
        self.memo.insert(key, result.is_ok());
        result
    }

    fn kind_fits(&mut self, json: &'n Json, id: NodeId) -> Result<(), Reason> {
        let nodes = self.nodes;
        let (fits, expected) = match (&nodes[id.0 as usize].kind, &json.value) {
            (Kind::Null, value) => (*value == Value::Null, "null"),
            (Kind::Boolean, value) => (matches!(value, Value::Bool(_)), "true or false"),
            (Kind::Int, Value::Number(text)) => {
                (text.parse::<i32>().is_ok(), "a whole number of 32 bits")
            }
            (Kind::Int, _) => (false, "a whole number of 32 bits"),
            (Kind::Long, Value::Number(text)) => {
                (text.parse::<i64>().is_ok(), "a whole number of 64 bits")
            }
            (Kind::Long, _) => (false, "a whole number of 64 bits"),
            // As in Java, only where the field itself is a number.
            (Kind::Float | Kind::Double, Value::String(text)) => (
                self.own == Some((json.span.start, id))
                    && matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity"),
                "a number",
            ),
            (Kind::Float | Kind::Double, value) => (matches!(value, Value::Number(_)), "a number"),
            (Kind::String, value) => (matches!(value, Value::String(_)), "a string"),
            (Kind::Bytes, Value::String(text)) => {
                (is_bytes(text), "a string of code points 0 to 255")
            }
            (Kind::Bytes, _) => (false, "a string of code points 0 to 255"),
            (Kind::Fixed(fixed), Value::String(text)) => (
                is_bytes(text) && text.chars().count() == fixed.size,
                "a string of code points 0 to 255, as many as the fixed has bytes",
            ),
            (Kind::Fixed(_), _) => (false, "a string of code points 0 to 255"),
            (Kind::Enum(it), Value::String(text)) => {
                let symbols = self
                    .symbols
                    .entry(id)
                    .or_insert_with(|| it.symbols.iter().map(String::as_str).collect());
                (symbols.contains(text.as_str()), "one of the enum's symbols")
            }
            (Kind::Enum(_), _) => (false, "one of the enum's symbols"),
            (Kind::Array(inner), Value::Array(items)) => {
                return items.iter().try_for_each(|item| self.fits(item, *inner));
            }
            (Kind::Array(_), _) => (false, "an array"),
            (Kind::Map(inner), Value::Object(entries)) => {
                return entries
                    .iter()
                    .try_for_each(|(_, item)| self.fits(item, *inner));
            }
            (Kind::Map(_), _) => (false, "an object"),
            (Kind::Union(branches), _) => (
                branches.iter().any(|id| self.fits(json, *id).is_ok()),
                "a value of one of the union's branches",
            ),
            (Kind::Record(record), Value::Object(_)) => {
                return self.record_fits(json, id, &record.fields);
            }
            (Kind::Record(_), _) => (false, "an object"),
        };
        if fits {
            Ok(())
        } else {
            Err(self.no(json, expected))
        }
    }

    fn record_fits(
        &mut self,
        json: &'n Json,
        id: NodeId,
        fields: &'n [Field],
    ) -> Result<(), Reason> {
        let Value::Object(entries) = &json.value else {
            return Ok(());
        };
        self.steps += entries.len() + fields.len();
        let values: BTreeMap<&str, &Json> = entries
            .iter()
            .map(|(key, value)| (key.name.as_str(), value))
            .collect();
        for (position, field) in fields.iter().enumerate() {
            match (values.get(field.name.as_str()), &field.default) {
                (Some(value), _) => self.fits(value, field.ty)?,
                (None, Some(_)) => self.edges.push((id.0 as usize, position)),
                (None, None) => {
                    let message = format!("it lacks the field {:?}", shorten(&field.name));
                    return Err(Reason {
                        span: json.span,
                        message,
                    });
                }
            }
        }
        Ok(())
    }

    fn no(&self, json: &Json, expected: &str) -> Reason {
        let found = match &json.value {
            Value::Null | Value::Bool(_) => json.to_text(),
            Value::Number(text) => shorten(text),
            Value::String(text) => {
                let mut quoted = String::new();
                write_string(&mut quoted, &shorten(text));
                quoted
            }
            Value::Array(_) | Value::Object(_) => json.kind().to_owned(),
        };
        Reason {
            span: json.span,
            message: format!("it needs {expected}, not {found}"),
        }
    }
}

/// Texts of code points 0 to 255.
fn is_bytes(text: &str) -> bool {
    text.chars().all(|char| u32::from(char) <= 0xff)
}

/// The fields whose defaults contain themselves, or lie too deep in each other.
/// An edge leads from a field to one whose default its own default takes.
fn endless(edges: &BTreeMap<FieldAt, Vec<FieldAt>>) -> Vec<FieldAt> {
    // From the defaults that take no other one upwards; what is never reached
    // contains itself, or something that does.
    let mut waiting: BTreeMap<FieldAt, usize> = BTreeMap::new();
    let mut users: BTreeMap<FieldAt, Vec<FieldAt>> = BTreeMap::new();
    for (user, taken) in edges {
        let taken = taken.iter().filter(|field| edges.contains_key(field));
        let count = taken.clone().count();
        taken.for_each(|field| users.entry(*field).or_default().push(*user));
        waiting.insert(*user, count);
    }
    let mut level: Vec<FieldAt> = waiting
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(field, _)| *field)
        .collect();
    for _ in 0..CHAIN_MAX {
        let mut next = Vec::new();
        for field in level {
            waiting.remove(&field);
            for user in users.remove(&field).into_iter().flatten() {
                if let Some(count) = waiting.get_mut(&user) {
                    *count -= 1;
                    if *count == 0 {
                        next.push(user);
                    }
                }
            }
        }
        level = next;
    }
    waiting.into_keys().collect()
}
