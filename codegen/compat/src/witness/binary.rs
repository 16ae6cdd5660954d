//! Avro's binary encoding without resolution: a schema's own bytes.

use accordant_schema::{Kind, NodeId, Schema};

use super::{DEPTH_MAX, Mismatch, ReadError, Value};

/// Values that one datum may hold; a zero-byte item counts as well.
const VALUES_MAX: usize = 1_000_000;

/// Appends the bytes of a value.
pub(super) fn write(
    out: &mut Vec<u8>,
    value: &Value,
    schema: &Schema,
    id: NodeId,
) -> Result<(), Mismatch> {
    match (value, &schema.node(id).kind) {
        (Value::Null, Kind::Null) => {}
        (Value::Boolean(it), Kind::Boolean) => out.push(u8::from(*it)),
        (Value::Int(it), Kind::Int) => write_long(out, i64::from(*it)),
        (Value::Long(it), Kind::Long) => write_long(out, *it),
        (Value::Float(it), Kind::Float) => out.extend(it.to_le_bytes()),
        (Value::Double(it), Kind::Double) => out.extend(it.to_le_bytes()),
        (Value::Bytes(it), Kind::Bytes) => write_bytes(out, it),
        (Value::String(it), Kind::String) => write_bytes(out, it.as_bytes()),
        (Value::Fixed(it), Kind::Fixed(fixed)) if it.len() == fixed.size => out.extend(it),
        (Value::Enum(at), Kind::Enum(it)) if *at < it.symbols.len() => {
            write_long(out, *at as i64);
        }
        (Value::Array(list), Kind::Array(inner)) => {
            if !list.is_empty() {
                write_long(out, list.len() as i64);
            }
            for value in list {
                write(out, value, schema, *inner)?;
            }
            out.push(0);
        }
        (Value::Map(entries), Kind::Map(inner)) => {
            if !entries.is_empty() {
                write_long(out, entries.len() as i64);
            }
            for (key, value) in entries {
                write_bytes(out, key.as_bytes());
                write(out, value, schema, *inner)?;
            }
            out.push(0);
        }
        (Value::Record(values), Kind::Record(it)) if values.len() == it.fields.len() => {
            for (field, value) in it.fields.iter().zip(values) {
                write(out, value, schema, field.ty)?;
            }
        }
        (Value::Union(at, value), Kind::Union(branches)) => {
            let branch = *branches.get(*at).ok_or(Mismatch)?;
            write_long(out, *at as i64);
            write(out, value, schema, branch)?;
        }
        _ => return Err(Mismatch),
    }
    Ok(())
}

fn write_long(out: &mut Vec<u8>, number: i64) {
    let mut rest = ((number << 1) ^ (number >> 63)) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_long(out, bytes.len() as i64);
    out.extend(bytes);
}

/// Bytes that are being read.
pub(super) struct Input<'b> {
    rest: &'b [u8],
    values: usize,
    depth: usize,
}

impl<'b> Input<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Input<'b> {
        Input {
            rest: bytes,
            values: 0,
            depth: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// One level further down; [`Input::leave`] comes up again.
    pub(super) fn enter(&mut self) -> Result<(), ReadError> {
        self.depth += 1;
        self.values += 1;
        if self.depth > DEPTH_MAX || self.values > VALUES_MAX {
            return Err(ReadError::TooLarge);
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    fn take(&mut self, many: usize) -> Result<&'b [u8], ReadError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(many)
            .ok_or(ReadError::Malformed("the bytes end too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(super) fn long(&mut self) -> Result<i64, ReadError> {
        let mut number = 0_u64;
        for shift in (0..70).step_by(7) {
            let [byte] = self.array()?;
            if shift == 63 && byte > 1 {
                break;
            }
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok((number >> 1) as i64 ^ -((number & 1) as i64));
            }
        }
        Err(ReadError::Malformed("a number has more than 64 bits"))
    }

    pub(super) fn int(&mut self) -> Result<i32, ReadError> {
        i32::try_from(self.long()?)
            .map_err(|_| ReadError::Malformed("an int has more than 32 bits"))
    }

    pub(super) fn float(&mut self) -> Result<f32, ReadError> {
        Ok(f32::from_le_bytes(self.array()?))
    }

    pub(super) fn index(&mut self) -> Result<usize, ReadError> {
        usize::try_from(self.long()?).map_err(|_| ReadError::Malformed("an index is negative"))
    }

    fn bytes(&mut self) -> Result<&'b [u8], ReadError> {
        let length = usize::try_from(self.long()?)
            .map_err(|_| ReadError::Malformed("a length is negative"))?;
        self.take(length)
    }

    pub(super) fn string(&mut self) -> Result<String, ReadError> {
        text(self.bytes()?.to_vec())
    }

    /// How many items the next block of an array or a map has; 0 is the end.
    pub(super) fn block(&mut self) -> Result<u64, ReadError> {
        let count = self.long()?;
        if count < 0 {
            // The block's bytes, for those who skip it.
            self.long()?;
        }
        Ok(count.unsigned_abs())
    }

    /// A value of a schema that is reader and writer in one.
    pub(super) fn plain(&mut self, schema: &Schema, id: NodeId) -> Result<Value, ReadError> {
        self.enter()?;
        let value = match &schema.node(id).kind {
            Kind::Null => Value::Null,
            Kind::Boolean => match self.array()? {
                [0] => Value::Boolean(false),
                [1] => Value::Boolean(true),
                [_] => return Err(ReadError::Malformed("a boolean is neither 0 nor 1")),
            },
            Kind::Int => Value::Int(self.int()?),
            Kind::Long => Value::Long(self.long()?),
            Kind::Float => Value::Float(self.float()?),
            Kind::Double => Value::Double(f64::from_le_bytes(self.array()?)),
            Kind::Bytes => Value::Bytes(self.bytes()?.to_vec()),
            Kind::String => Value::String(self.string()?),
            Kind::Fixed(fixed) => Value::Fixed(self.take(fixed.size)?.to_vec()),
            Kind::Enum(it) => {
                let at = self.index()?;
                if at >= it.symbols.len() {
                    return Err(ReadError::Malformed("an enum has no such symbol"));
                }
                Value::Enum(at)
            }
            Kind::Array(inner) => {
                let mut list = Vec::new();
                loop {
                    let count = self.block()?;
                    if count == 0 {
                        break;
                    }
                    for _ in 0..count {
                        list.push(self.plain(schema, *inner)?);
                    }
                }
                Value::Array(list)
            }
            Kind::Map(inner) => {
                let mut entries = Vec::new();
                loop {
                    let count = self.block()?;
                    if count == 0 {
                        break;
                    }
                    for _ in 0..count {
                        entries.push((self.string()?, self.plain(schema, *inner)?));
                    }
                }
                Value::Map(entries)
            }
            Kind::Record(it) => {
                let mut values = Vec::new();
                for field in &it.fields {
                    values.push(self.plain(schema, field.ty)?);
                }
                Value::Record(values)
            }
            Kind::Union(branches) => {
                let at = self.index()?;
                let branch = *branches
                    .get(at)
                    .ok_or(ReadError::Malformed("a union has no such branch"))?;
                Value::Union(at, Box::new(self.plain(schema, branch)?))
            }
        };
        self.leave();
        Ok(value)
    }
}

pub(super) fn text(bytes: Vec<u8>) -> Result<String, ReadError> {
    String::from_utf8(bytes).map_err(|_| ReadError::NotUtf8)
}
