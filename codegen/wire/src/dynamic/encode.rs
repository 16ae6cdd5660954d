//! JSON text to Avro bytes in one pass, by a compiled schema.
//!
//! Errors do not end the pass: what is wrong is reported and passed over. Only
//! a union that more than one branch could take is looked into before it is
//! read; what was found there is remembered by its place in the text, so that
//! no depth of unions multiplies the looks.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use accordant_schema::{NodeId, Schema, contract::UnknownFields};

use super::{
    fit::Fit,
    leaf::{self, Token},
    order::{Arrival, Assembly},
    program::{Program, RecordType, Type},
    report::Report,
    scan::{JsonKind, NoJson, Scanner},
};
use crate::{Limits, write};

/// Why a value is not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Halt {
    /// The text is no JSON.
    NoJson,
    /// On a look ahead: it is none of the type.
    Misfit,
}

impl From<NoJson> for Halt {
    fn from(NoJson: NoJson) -> Halt {
        Halt::NoJson
    }
}

pub(super) type Result<T> = std::result::Result<T, Halt>;

/// Whether what is wrong is reported, or ends the look ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Encode,
    Look,
}

/// Where the rank of an object's errors begins: before the fields come keys
/// that stand twice, then those that are no field.
const RANK_DUPLICATE: usize = 0;
const RANK_UNKNOWN: usize = 1;
const RANK_FIELDS: usize = 2;

/// One pass over one text.
#[derive(Debug)]
pub(super) struct Encoder<'p, 't> {
    pub(super) schema: &'p Schema,
    pub(super) program: &'p Program,
    pub(super) unknown: UnknownFields,
    pub(super) scan: Scanner<'t>,
    pub(super) mode: Mode,
    pub(super) depth: usize,
    pub(super) report: Report,
    /// What a look ahead found at a place of the text: the fit and the end.
    pub(super) known: HashMap<(usize, NodeId), Option<(Fit, usize)>>,
    /// Where arrays and objects end that were passed over on a look ahead.
    pub(super) ends: HashMap<usize, usize>,
}

impl<'p, 't> Encoder<'p, 't> {
    pub(super) fn new(
        schema: &'p Schema,
        program: &'p Program,
        unknown: UnknownFields,
        text: &'t str,
    ) -> Encoder<'p, 't> {
        Encoder {
            schema,
            program,
            unknown,
            scan: Scanner::new(text, 0),
            mode: Mode::Encode,
            depth: 0,
            report: Report::default(),
            known: HashMap::new(),
            ends: HashMap::new(),
        }
    }

    /// Reads one value.
    pub(super) fn value(&mut self, id: NodeId, out: &mut Vec<u8>) -> Result<Fit> {
        let program = self.program;
        let ty = program.ty(id);
        if self.mode == Mode::Look && !matches!(ty, Type::Leaf) {
            let (fit, end) = self.look(id, out)?.ok_or(Halt::Misfit)?;
            self.scan.at = end;
            return Ok(fit);
        }
        self.walk(id, ty, out)
    }

    /// Reads one value, whether it was looked at or not.
    pub(super) fn walk(&mut self, id: NodeId, ty: &'p Type, out: &mut Vec<u8>) -> Result<Fit> {
        match (ty, self.scan.kind()?) {
            (Type::Leaf, kind) => self.leaf(id, kind, out),
            (Type::Record(record), JsonKind::Object) => self.nested(|it| it.record(record, out)),
            (Type::Map(values), JsonKind::Object) => self.nested(|it| it.map(*values, out)),
            (Type::Array(items), JsonKind::Array) => self.nested(|it| it.array(*items, out)),
            (Type::Union(union), kind) => self.union(union, kind, out),
            (Type::Record(_) | Type::Map(_), _) => self.misfit("type", "an object"),
            (Type::Array(_), _) => self.misfit("type", "an array"),
        }
    }

    fn leaf(&mut self, id: NodeId, kind: JsonKind, out: &mut Vec<u8>) -> Result<Fit> {
        let token = match kind {
            JsonKind::Null => {
                self.scan.null()?;
                Token::Null
            }
            JsonKind::Boolean => Token::Bool(self.scan.boolean()?),
            JsonKind::Number => Token::Number(self.scan.number()?),
            JsonKind::String => Token::String(self.scan.string()?),
            JsonKind::Array | JsonKind::Object => {
                let token = match kind {
                    JsonKind::Array => Token::Array,
                    _ => Token::Object,
                };
                if self.mode == Mode::Encode {
                    self.pass_over()?;
                }
                token
            }
        };
        match leaf::encode(self.schema.node(id), &token, out) {
            Ok(fit) => Ok(fit),
            Err(_) if self.mode == Mode::Look => Err(Halt::Misfit),
            Err(misfit) => {
                self.report
                    .push(misfit.rule, misfit.expected, leaf::found(&token));
                Ok(Fit::Other)
            }
        }
    }

    fn record(&mut self, record: &'p RecordType, out: &mut Vec<u8>) -> Result<Fit> {
        let first = self.report.len();
        let mut assembly = Assembly::new(out);
        let mut unknown = BTreeSet::new();
        let mut fit = Fit::Natural;
        self.scan.enter()?;
        let mut ends = self.scan.is_empty(b'}');
        while !ends {
            match self.field(record, &assembly)? {
                Ok(at) => {
                    let before = self.report.len();
                    match assembly.arrive(at, record, out) {
                        Arrival::First => {
                            let field = &record.fields[at];
                            fit = fit.max(self.value(field.ty, out)?);
                            if self.report.len() > before {
                                self.report
                                    .within(before, field.name.clone(), RANK_FIELDS + at);
                            }
                        }
                        Arrival::Again => self.again(&record.fields[at].name)?,
                    }
                }
                Err(key) => self.no_field(key, &mut unknown)?,
            }
            ends = self.scan.ends_object()?;
        }
        for at in assembly.finish(record, out) {
            self.absent(record, at)?;
        }
        if self.report.len() > first {
            self.report.by_rank(first);
        }
        Ok(fit)
    }

    /// Which field a key names; the key where it is none.
    fn field(
        &mut self,
        record: &'p RecordType,
        assembly: &Assembly,
    ) -> Result<std::result::Result<usize, Cow<'t, str>>> {
        let next = assembly.next();
        if let Some(field) = record.fields.get(next)
            && self.scan.eat_all(field.quoted.as_bytes())
        {
            self.scan.colon()?;
            return Ok(Ok(next));
        }
        let key = self.scan.key()?;
        Ok(record.place(&key).ok_or(key))
    }

    /// A key that is no field.
    fn no_field(&mut self, key: Cow<'t, str>, unknown: &mut BTreeSet<Cow<'t, str>>) -> Result<()> {
        if unknown.contains(&key) {
            return self.again(&key);
        }
        match self.unknown {
            UnknownFields::Ignore => self.pass_over()?,
            UnknownFields::Refuse => {
                let before = self.report.len();
                self.misfit("unknown_field", "no such field")?;
                self.report.within(before, &*key, RANK_UNKNOWN);
            }
        }
        unknown.insert(key);
        Ok(())
    }

    /// A key that stood before.
    fn again(&mut self, key: &str) -> Result<()> {
        self.twice(key)?;
        self.pass_over()
    }

    fn twice(&mut self, key: &str) -> Result<()> {
        if self.mode == Mode::Look {
            return Err(Halt::Misfit);
        }
        let before = self.report.len();
        let (expected, found) = ("each key once", "the same key again");
        self.report
            .push("duplicate_key", expected.to_owned(), found.to_owned());
        self.report.within(before, key, RANK_DUPLICATE);
        Ok(())
    }

    fn absent(&mut self, record: &RecordType, at: usize) -> Result<()> {
        if self.mode == Mode::Look {
            return Err(Halt::Misfit);
        }
        let field = &record.fields[at];
        let expected = match self.program.ty(field.ty) {
            Type::Union(union) => union.expected(),
            Type::Leaf | Type::Record(_) | Type::Array(_) | Type::Map(_) => {
                self.schema.branch_name(field.ty).to_owned()
            }
        };
        let before = self.report.len();
        self.report.push("required", expected, "nothing".to_owned());
        self.report
            .within(before, field.name.clone(), RANK_FIELDS + at);
        Ok(())
    }

    fn array(&mut self, items: NodeId, out: &mut Vec<u8>) -> Result<Fit> {
        let start = out.len();
        // The count of a short array; a longer one makes room at its end.
        out.push(0);
        let mut fit = Fit::Natural;
        let mut count = 0;
        self.scan.enter()?;
        let mut ends = self.scan.is_empty(b']');
        while !ends {
            let before = self.report.len();
            fit = fit.max(self.value(items, out)?);
            if self.report.len() > before {
                self.report.within(before, count.to_string(), count);
            }
            count += 1;
            ends = self.scan.ends_array()?;
        }
        end_block(start, count, out);
        Ok(fit)
    }

    /// In the order of the keys, as generated types write theirs.
    fn map(&mut self, values: NodeId, out: &mut Vec<u8>) -> Result<Fit> {
        let first = self.report.len();
        let start = out.len();
        out.push(0);
        let mut fit = Fit::Natural;
        let mut entries: Vec<(Cow<'t, str>, usize)> = Vec::new();
        let mut is_sorted = true;
        self.scan.enter()?;
        let mut ends = self.scan.is_empty(b'}');
        while !ends {
            let key = self.scan.key()?;
            let before = self.report.len();
            is_sorted &= entries.last().is_none_or(|(last, _)| *last < key);
            entries.push((key, out.len()));
            let (key, _) = &entries[entries.len() - 1];
            write::string(key, out);
            fit = fit.max(self.value(values, out)?);
            if self.report.len() > before {
                self.report.within(before, &**key, RANK_FIELDS);
            }
            ends = self.scan.ends_object()?;
        }
        if !is_sorted {
            self.sort(&entries, start + 1, out)?;
        }
        if self.report.len() > first {
            self.report.by_key(first);
        }
        end_block(start, entries.len(), out);
        Ok(fit)
    }

    fn sort(
        &mut self,
        entries: &[(Cow<'t, str>, usize)],
        start: usize,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by_key(|at| &entries[*at].0);
        let mut bytes = Vec::with_capacity(out.len() - start);
        for pair in order.windows(2) {
            if entries[pair[0]].0 == entries[pair[1]].0 {
                self.twice(&entries[pair[1]].0)?;
            }
        }
        for at in order {
            let end = entries.get(at + 1).map_or(out.len(), |(_, next)| *next);
            bytes.extend_from_slice(&out[entries[at].1..end]);
        }
        out.truncate(start);
        out.extend_from_slice(&bytes);
        Ok(())
    }

    fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Result<Fit>) -> Result<Fit> {
        let depth_max = Limits::default().depth_max;
        if self.depth >= depth_max {
            if self.mode == Mode::Look {
                // It is told when it is read.
                self.pass_over()?;
                return Ok(Fit::Natural);
            }
            return self.misfit("depth", &format!("at most {depth_max} levels"));
        }
        self.depth += 1;
        let fit = inner(self);
        self.depth -= 1;
        fit
    }

    /// Reports the value that stands here, and passes over it.
    pub(super) fn misfit(&mut self, rule: &'static str, expected: &str) -> Result<Fit> {
        if self.mode == Mode::Look {
            return Err(Halt::Misfit);
        }
        let found = match self.scan.kind()? {
            JsonKind::Null => Token::Null,
            JsonKind::Boolean => Token::Bool(self.scan.peek() == Some(b't')),
            JsonKind::Number => Token::Number(self.scan.number()?),
            JsonKind::String => Token::String(self.scan.string()?),
            JsonKind::Array => Token::Array,
            JsonKind::Object => Token::Object,
        };
        if matches!(
            found,
            Token::Null | Token::Bool(_) | Token::Array | Token::Object
        ) {
            self.pass_over()?;
        }
        self.report
            .push(rule, expected.to_owned(), leaf::found(&found));
        Ok(Fit::Other)
    }

    /// Passes over a value. Ends that a look ahead finds are remembered, so
    /// that nothing is passed over from every level of what is around it.
    pub(super) fn pass_over(&mut self) -> Result<()> {
        if self.mode == Mode::Encode && self.ends.is_empty() {
            return Ok(self.scan.skip(|_, _| {})?);
        }
        self.scan.kind()?;
        if let Some(end) = self.ends.get(&self.scan.at) {
            self.scan.at = *end;
            return Ok(());
        }
        let ends = &mut self.ends;
        Ok(self.scan.skip(|start, end| {
            ends.insert(start, end);
        })?)
    }
}

/// Writes the count of a block before its items, and the end after them.
fn end_block(start: usize, count: usize, out: &mut Vec<u8>) {
    if count == 0 {
        // The one byte is the end.
        return;
    }
    let mut head = Vec::new();
    // What is in memory has fewer than 2^63 items.
    write::long(count as i64, &mut head);
    out.splice(start..=start, head);
    out.push(0);
}
