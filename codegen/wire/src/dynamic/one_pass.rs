//! JSON text to Avro in one pass over its bytes, by a program.
//!
//! It takes what is right and gives up at the first thing that is not; what is
//! wrong is then looked for by another way.
//! Only a union of several records looks at a value before it is encoded; what
//! it found is kept by the place in the text, so that unions inside unions are
//! looked at once for each branch and not once for each level.

mod union;

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
};

use accordant_schema::{NodeId, Schema, contract::UnknownFields};

use super::{
    avro_json,
    errors::{FieldError, Spelt},
    fit::Fit,
    leaf::{self, Misfit, Token},
    program::{Program, RecordStep, Spelling, Step},
    scan::{JsonKind, NoJson, Scanner},
};
use crate::{Limits, write};

/// Appends the datum that a text says.
///
/// # Errors
/// Everything that is wrong with it; `out` is then as it was.
pub(super) fn encode_or_explain(
    spelt: Spelt<'_>,
    text: &str,
    out: &mut Vec<u8>,
) -> Result<(), Vec<FieldError>> {
    let start = out.len();
    encode(spelt, text, out).or_else(|Unfit| {
        out.truncate(start);
        spelt.encode(text, out)
    })
}

/// `out` may have gained bytes if the text is refused.
fn encode(spelt: Spelt<'_>, text: &str, out: &mut Vec<u8>) -> Result<()> {
    let mut encoder = Encoder {
        schema: spelt.schema,
        program: spelt.program,
        unknown: spelt.unknown,
        scan: Scanner::new(text, 0),
        depth: 0,
        mode: Mode::Encode,
        tried: HashMap::new(),
        is_hopeless: false,
        room: Limits::default().allocation_bytes_max,
        slots: Vec::new(),
        entries: Vec::new(),
    };
    encoder.value(spelt.schema.root, out)?;
    Ok(encoder.scan.end()?)
}

/// A value is none of its type, or the text is no JSON.
#[derive(Debug, Clone, Copy)]
struct Unfit;

impl From<NoJson> for Unfit {
    fn from(NoJson: NoJson) -> Unfit {
        Unfit
    }
}

type Result<T, E = Unfit> = std::result::Result<T, E>;

/// What becomes of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Encode,
    /// They are thrown away: only the fit counts.
    Try,
}

/// The place of a field's bytes in the output.
type Slot = Option<(usize, usize)>;

/// The place of a map's entry in the output.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    key_start: usize,
    key_end: usize,
    end: usize,
}

struct Encoder<'p, 't> {
    schema: &'p Schema,
    program: &'p Program,
    unknown: UnknownFields,
    scan: Scanner<'t>,
    depth: usize,
    mode: Mode,
    /// What became of trying a type at a place of the text, and where the value
    /// ends.
    tried: HashMap<(usize, NodeId), Option<(Fit, usize)>>,
    /// Another branch would not help.
    is_hopeless: bool,
    /// Bytes that defaults may still add: they can be many times as long as the
    /// text that leaves them out.
    room: usize,
    /// The fields of the records that are open.
    slots: Vec<Slot>,
    /// The entries of the maps that are open.
    entries: Vec<Entry>,
}

impl<'p, 't> Encoder<'p, 't> {
    fn value(&mut self, id: NodeId, out: &mut Vec<u8>) -> Result<Fit> {
        match self.program.step(id) {
            Step::Int => {
                self.scan.space();
                let Some(value) = self.scan.short_integer() else {
                    return self.leaf(id, out);
                };
                write::int(i32::try_from(value).map_err(|_| Unfit)?, out);
                Ok(Fit::Natural)
            }
            Step::Long => {
                self.scan.space();
                let Some(value) = self.scan.short_integer() else {
                    return self.leaf(id, out);
                };
                write::long(value, out);
                Ok(Fit::Natural)
            }
            Step::String => {
                self.scan.space();
                if self.scan.peek() != Some(b'"') {
                    return self.leaf(id, out);
                }
                write::string(&self.scan.string()?, out);
                Ok(Fit::Natural)
            }
            Step::Leaf => self.leaf(id, out),
            Step::Record(record) => {
                self.opened(JsonKind::Object)?;
                let fit = self.record(record, out)?;
                self.depth -= 1;
                Ok(fit)
            }
            Step::Array(items) => {
                self.opened(JsonKind::Array)?;
                let fit = self.array(*items, out)?;
                self.depth -= 1;
                Ok(fit)
            }
            Step::Map(values) => {
                self.opened(JsonKind::Object)?;
                let fit = self.map(*values, out)?;
                self.depth -= 1;
                Ok(fit)
            }
            Step::Union(union) => self.union(union, out),
        }
    }

    fn leaf(&mut self, id: NodeId, out: &mut Vec<u8>) -> Result<Fit> {
        let kind = self.scan.kind()?;
        let text: Cow<'t, str>;
        let token = match kind {
            JsonKind::Null => {
                self.scan.null()?;
                Token::Null
            }
            JsonKind::Boolean => Token::Bool(self.scan.boolean()?),
            JsonKind::Number => Token::Number(self.scan.number()?),
            JsonKind::String => {
                text = self.scan.string()?;
                Token::String(&text)
            }
            JsonKind::Array => Token::Array,
            JsonKind::Object => Token::Object,
        };
        self.leaf_of(id, token, out).map_err(|_| Unfit)
    }

    fn leaf_of(&self, id: NodeId, token: Token<'_>, out: &mut Vec<u8>) -> Result<Fit, Misfit> {
        let node = self.schema.node(id);
        match self.program.spelling {
            Spelling::Plain => leaf::encode(node, token, out),
            Spelling::Avro => avro_json::encode_leaf(node, token, out),
        }
    }

    /// Passes over the bracket that opens an array or object.
    fn opened(&mut self, expected: JsonKind) -> Result<()> {
        if self.scan.kind()? != expected {
            return Err(Unfit);
        }
        if self.depth >= Limits::default().depth_max {
            self.is_hopeless = true;
            return Err(Unfit);
        }
        self.depth += 1;
        Ok(self.scan.enter()?)
    }

    fn array(&mut self, items: NodeId, out: &mut Vec<u8>) -> Result<Fit> {
        let start = begin_block(out);
        let mut fit = Fit::Natural;
        let mut count = 0;
        if !self.scan.is_empty(b']') {
            loop {
                fit = fit.max(self.value(items, out)?);
                count += 1;
                if self.scan.ends_array()? {
                    break;
                }
            }
        }
        end_block(start, count, out);
        Ok(fit)
    }

    /// In the order of the keys, as generated types write theirs.
    fn map(&mut self, values: NodeId, out: &mut Vec<u8>) -> Result<Fit> {
        let block = begin_block(out);
        let base = self.entries.len();
        let mut is_sorted = true;
        let mut fit = Fit::Natural;
        if !self.scan.is_empty(b'}') {
            loop {
                let key = self.scan.key()?;
                let start = out.len();
                write::string(&key, out);
                let (key_start, key_end) = (out.len() - key.len(), out.len());
                let before = self.entries[base..].last();
                is_sorted &=
                    before.is_none_or(|it| &out[it.key_start..it.key_end] < key.as_bytes());
                fit = fit.max(self.value(values, out)?);
                self.entries.push(Entry {
                    start,
                    key_start,
                    key_end,
                    end: out.len(),
                });
                if self.scan.ends_object()? {
                    break;
                }
            }
        }
        if !is_sorted {
            self.sort_entries(base, block + 1, out)?;
        }
        end_block(block, self.entries.len() - base, out);
        self.entries.truncate(base);
        Ok(fit)
    }

    /// Puts entries that came in another order into that of their keys.
    fn sort_entries(&mut self, base: usize, start: usize, out: &mut Vec<u8>) -> Result<()> {
        let entries = &mut self.entries[base..];
        let key = |it: &Entry| &out[it.key_start..it.key_end];
        entries.sort_by(|one, other| key(one).cmp(key(other)));
        if entries
            .windows(2)
            .any(|pair| key(&pair[0]) == key(&pair[1]))
        {
            return Err(Unfit);
        }
        let mut sorted = Vec::with_capacity(out.len() - start);
        for entry in entries.iter() {
            sorted.extend_from_slice(&out[entry.start..entry.end]);
        }
        out.truncate(start);
        out.extend_from_slice(&sorted);
        Ok(())
    }

    fn record(&mut self, record: &'p RecordStep, out: &mut Vec<u8>) -> Result<Fit> {
        let start = out.len();
        let base = self.slots.len();
        self.slots.resize(base + record.fields.len(), None);
        let mut unknown: BTreeSet<Cow<'t, str>> = BTreeSet::new();
        let mut fit = Fit::Natural;
        let mut next = 0;
        // As long as the fields come in the schema's order, what is encoded
        // stays where it is.
        let mut in_place = true;
        let mut ended = self.scan.is_empty(b'}');
        while !ended {
            let Some(at) = self.field(record, next, &mut unknown)? else {
                ended = self.scan.ends_object()?;
                continue;
            };
            let field = &record.fields[at];
            if self.slots[base + at].is_some() {
                return Err(Unfit);
            }
            in_place = in_place && at >= next && self.fill(record, next, at, out)?;
            let field_start = out.len();
            fit = fit.max(self.value(field.ty, out)?);
            self.slots[base + at] = Some((field_start, out.len()));
            next = at + 1;
            ended = self.scan.ends_object()?;
        }
        let is_done = in_place && self.fill(record, next, record.fields.len(), out)?;
        if !is_done {
            self.put_in_order(record, base, start, out)?;
        }
        self.slots.truncate(base);
        Ok(fit)
    }

    /// Passes over a key, and over the value of one that is no field.
    fn field(
        &mut self,
        record: &RecordStep,
        next: usize,
        unknown: &mut BTreeSet<Cow<'t, str>>,
    ) -> Result<Option<usize>> {
        // Most inputs have the order of the schema: no look-up for those.
        let expected = record.fields.get(next);
        if expected.is_some_and(|field| self.scan.eat_all(field.quoted.as_bytes())) {
            self.scan.colon()?;
            return Ok(Some(next));
        }
        let key = self.scan.key()?;
        if let Some(at) = record.place(&key) {
            return Ok(Some(at));
        }
        if self.unknown == UnknownFields::Refuse || unknown.contains(&key) {
            return Err(Unfit);
        }
        self.scan.skip()?;
        unknown.insert(key);
        Ok(None)
    }

    /// Appends the defaults of fields; `false` where one has none.
    fn fill(
        &mut self,
        record: &RecordStep,
        from: usize,
        to: usize,
        out: &mut Vec<u8>,
    ) -> Result<bool> {
        for field in &record.fields[from..to] {
            let Some(default) = &field.default else {
                return Ok(false);
            };
            self.take_room(default.len())?;
            out.extend_from_slice(default);
        }
        Ok(true)
    }

    fn take_room(&mut self, bytes: usize) -> Result<()> {
        let Some(room) = self.room.checked_sub(bytes) else {
            self.is_hopeless = true;
            return Err(Unfit);
        };
        self.room = room;
        Ok(())
    }

    /// Makes a record of fields that came in another order.
    fn put_in_order(
        &mut self,
        record: &RecordStep,
        base: usize,
        start: usize,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let mut ordered = Vec::with_capacity(out.len() - start);
        for (at, field) in record.fields.iter().enumerate() {
            match (self.slots[base + at], &field.default) {
                (Some((from, to)), _) => ordered.extend_from_slice(&out[from..to]),
                (None, Some(default)) => {
                    self.take_room(default.len())?;
                    ordered.extend_from_slice(default);
                }
                (None, None) => return Err(Unfit),
            }
        }
        out.truncate(start);
        out.extend_from_slice(&ordered);
        Ok(())
    }
}

/// Leaves a byte for the count of a block.
fn begin_block(out: &mut Vec<u8>) -> usize {
    out.push(0);
    out.len() - 1
}

/// Ends the only block of an array or map with its count, which seldom needs
/// more than the byte that was left for it.
fn end_block(start: usize, count: usize, out: &mut Vec<u8>) {
    match (count, u8::try_from(count * 2)) {
        (0, _) => {}
        (_, Ok(byte)) if byte < 0x80 => {
            out[start] = byte;
            out.push(0);
        }
        _ => {
            let mut bytes = Vec::with_capacity(10);
            write::long(length(count), &mut bytes);
            out.splice(start..=start, bytes);
            out.push(0);
        }
    }
}

/// What is in memory has fewer than 2^63 items.
fn length(length: usize) -> i64 {
    length as i64
}

#[cfg(test)]
mod tests {
    use accordant_schema::parse;

    use super::*;

    /// One pass alone takes it: nothing is left to the way through a tree.
    #[track_caller]
    fn check(schema: &str, text: &str) {
        let schema = parse(schema).unwrap();
        let program = Program::new(&schema, Spelling::Plain);
        let mut out = Vec::new();
        let spelt = Spelt {
            schema: &schema,
            program: &program,
            unknown: UnknownFields::Ignore,
        };
        let result = encode(spelt, text, &mut out);
        assert!(result.is_ok(), "{text}");
    }

    const UNION: &str = r#"["null", "long", "string", {"type": "array", "items": "double"},
        {"type": "record", "name": "a.R", "fields": [
            {"name": "x", "type": ["null", {"type": "int", "logicalType": "date"}], "default": null},
            {"name": "y", "type": {"type": "map", "values": "a.R"}, "default": {}}]},
        {"type": "record", "name": "a.S", "fields": [{"name": "s", "type": "bytes"}]}]"#;

    #[test]
    fn what_is_right_needs_no_tree() {
        for text in [
            "null",
            "123456789012345678",
            "9223372036854775807",
            r#"{"long": "1"}"#,
            r#""1""#,
            r#" [ 1.5e3 , -0 ] "#,
            "[]",
            r#"{"x": "2026-11-22", "z": {"deep": [1, {}]}}"#,
            r#"{"a.R": {"y": {"b": {"x": null}, "a": {}}, "x": 1}}"#,
            r#"{"a.S": {"s": ""}}"#,
        ] {
            check(UNION, text);
        }
    }
}
