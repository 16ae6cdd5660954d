//! The specification's JSON encoding, as Avro Java 1.12.1 writes and reads it:
//! unions tagged with full names but for null, bytes and fixed as the code
//! points of a text, logical types raw.

use std::sync::Arc;

use accordant_schema::{Kind, Node, NodeId, Schema, contract::UnknownFields};

use super::{
    errors::{self, FieldError, Spelt},
    fit::Fit,
    json_text,
    leaf::{self, Misfit, Token},
    one_pass,
    program::{Program, Spelling},
    skip::bytes_min,
};
use crate::{DecodeError, Limits, Reader, Segment, write};

/// Encodes and decodes the specification's JSON encoding by one schema.
///
/// ```
/// use std::sync::Arc;
/// use accordant_schema::{contract::UnknownFields, parse};
/// use accordant_wire::{Limits, dynamic::AvroJson};
///
/// let schema = Arc::new(parse(r#"["null", "bytes"]"#).unwrap());
/// let codec = AvroJson::new(schema, UnknownFields::Refuse);
/// let mut avro = Vec::new();
/// codec.encode(br#"{"bytes": "\u00ff"}"#, &mut avro).unwrap();
/// assert_eq!(avro, [2, 2, 0xff]);
/// assert_eq!(codec.decode(&avro, Limits::default()).unwrap(), r#"{"bytes":"ÿ"}"#);
/// ```
#[derive(Debug, Clone)]
pub struct AvroJson {
    schema: Arc<Schema>,
    program: Arc<Program>,
    unknown: UnknownFields,
}

impl AvroJson {
    /// A codec for a schema. Java ignores fields that it does not know.
    pub fn new(schema: Arc<Schema>, unknown: UnknownFields) -> AvroJson {
        let program = Program::new(&schema, Spelling::Avro);
        AvroJson {
            schema,
            program: Arc::new(program),
            unknown,
        }
    }

    /// Appends the datum to `out`.
    ///
    /// Fields come in any order and none may be absent. Beyond what Java reads,
    /// the texts NaN, Infinity and -Infinity are read, which Java only writes;
    /// code points above 255 in bytes, which Java turns into question marks, are
    /// refused, and so are keys that stand twice.
    ///
    /// # Errors
    /// Everything that is wrong with the datum; `out` is then as it was.
    pub fn encode(&self, json: &[u8], out: &mut Vec<u8>) -> Result<(), Vec<FieldError>> {
        let spelt = Spelt {
            schema: &self.schema,
            program: &self.program,
            unknown: self.unknown,
        };
        one_pass::encode_or_explain(spelt, errors::text(json)?, out)
    }

    /// A datum as one line of JSON.
    ///
    /// # Errors
    /// Bytes that are no datum of the schema, or a limit that is passed.
    pub fn decode(&self, avro: &[u8], limits: Limits) -> Result<String, DecodeError> {
        let mut reader = Reader::new(avro, limits);
        let mut out = String::new();
        value(&self.schema, self.schema.root, &mut reader, &mut out)?;
        reader.finish()?;
        Ok(out)
    }
}

/// Appends a value that holds no others.
pub(super) fn encode_leaf(node: &Node, token: Token<'_>, out: &mut Vec<u8>) -> Result<Fit, Misfit> {
    let misfit = |rule, expected: &str| Misfit {
        rule,
        expected: expected.to_owned(),
    };
    match &node.kind {
        Kind::Bytes => {
            let bytes = code_points(token, "a string of code points up to 255")?;
            write::bytes(&bytes, out);
        }
        Kind::Fixed(fixed) => {
            let expected = format!("a string of {} code points up to 255", fixed.size);
            let bytes = code_points(token, &expected)?;
            if bytes.len() != fixed.size {
                return Err(misfit("length", &expected));
            }
            write::fixed(&bytes, out);
        }
        Kind::Int => write::int(whole(token, "an int of 32 bits")?, out),
        Kind::Long => write::long(whole(token, "a long of 64 bits")?, out),
        Kind::String => match token.as_str() {
            Some(text) => write::string(text, out),
            None => return Err(misfit("type", "a string")),
        },
        Kind::Null
        | Kind::Boolean
        | Kind::Float
        | Kind::Double
        | Kind::Enum(_)
        | Kind::Record(_)
        | Kind::Array(_)
        | Kind::Map(_)
        | Kind::Union(_) => return leaf::encode(node, token, out),
    }
    Ok(Fit::Natural)
}

/// A whole number, with or without a point: Java takes 1.0 and refuses 1.5.
fn whole<T: TryFrom<i64>>(token: Token<'_>, expected: &str) -> Result<T, Misfit> {
    let misfit = |rule| Misfit {
        rule,
        expected: expected.to_owned(),
    };
    let Token::Number(text) = token else {
        return Err(misfit("type"));
    };
    let value = text.parse().ok().or_else(|| {
        let value: f64 = text.parse().ok()?;
        let has_point = text.contains(['.', 'e', 'E']);
        // Beyond 2^53 a float no longer says which whole number was meant.
        let is_exact = value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
        (has_point && is_exact).then_some(value as i64)
    });
    let value = value.and_then(|value| T::try_from(value).ok());
    value.ok_or_else(|| misfit(leaf::number_rule(text)))
}

fn code_points(token: Token<'_>, expected: &str) -> Result<Vec<u8>, Misfit> {
    let misfit = |rule| Misfit {
        rule,
        expected: expected.to_owned(),
    };
    let text = token.as_str().ok_or_else(|| misfit("type"))?;
    let byte = |character: char| u8::try_from(u32::from(character)).ok();
    let bytes: Option<Vec<u8>> = text.chars().map(byte).collect();
    bytes.ok_or_else(|| misfit("format"))
}

/// Memory that an item of an array or map is taken to need.
const ITEM_MEMORY_BYTES: usize = 1;

/// Recursive: the reader's limit bounds the depth.
fn value(
    schema: &Schema,
    id: NodeId,
    reader: &mut Reader<'_>,
    out: &mut String,
) -> Result<(), DecodeError> {
    let node = schema.node(id);
    match &node.kind {
        Kind::Null => out.push_str("null"),
        Kind::Boolean => out.push_str(if reader.boolean()? { "true" } else { "false" }),
        Kind::Int => json_text::integer(reader.int()?.into(), out),
        Kind::Long => json_text::integer(reader.long()?, out),
        // Java widens a float before it writes it.
        Kind::Float => json_text::java_double(reader.float()?.into(), out),
        Kind::Double => json_text::java_double(reader.double()?, out),
        Kind::Bytes => {
            let bytes = reader.bytes_ref()?;
            latin_1(bytes, reader, out)?;
        }
        Kind::Fixed(fixed) => {
            let bytes = reader.take(fixed.size)?;
            latin_1(bytes, reader, out)?;
        }
        Kind::String => {
            let text = reader.str_ref()?;
            reader.allocate(text.len())?;
            json_text::string(text, out);
        }
        Kind::Enum(it) => json_text::string(&it.symbols[reader.symbol(it.symbols.len())?], out),
        Kind::Record(record) => {
            reader.enter()?;
            out.push('{');
            for (at, field) in record.fields.iter().enumerate() {
                json_text::comma(at, out);
                json_text::key(&field.name, out);
                value(schema, field.ty, reader, out)
                    .map_err(|error| error.within(Segment::Field(field.name.clone().into())))?;
            }
            out.push('}');
            reader.leave();
        }
        Kind::Array(items) => {
            reader.enter()?;
            out.push('[');
            let mut index = 0;
            while let Some(count) = reader.block(bytes_min(schema, *items, 0), ITEM_MEMORY_BYTES)? {
                for _ in 0..count {
                    json_text::comma(index, out);
                    value(schema, *items, reader, out)
                        .map_err(|error| error.within(Segment::Index(index)))?;
                    index += 1;
                }
            }
            out.push(']');
            reader.leave();
        }
        Kind::Map(values) => {
            reader.enter()?;
            out.push('{');
            let mut index = 0;
            while let Some(count) = reader.block(1, ITEM_MEMORY_BYTES)? {
                for _ in 0..count {
                    json_text::comma(index, out);
                    let name = reader.str_ref()?;
                    reader.allocate(name.len())?;
                    json_text::key(name, out);
                    value(schema, *values, reader, out)
                        .map_err(|error| error.within(Segment::Key(name.to_owned())))?;
                    index += 1;
                }
            }
            out.push('}');
            reader.leave();
        }
        Kind::Union(branches) => {
            let branch = branches[reader.branch(branches.len())?];
            let is_null = matches!(schema.node(branch).kind, Kind::Null);
            if is_null {
                return value(schema, branch, reader, out);
            }
            out.push('{');
            json_text::key(schema.branch_name(branch), out);
            value(schema, branch, reader, out)?;
            out.push('}');
        }
    }
    Ok(())
}

/// Bytes as the code points of a string.
fn latin_1(bytes: &[u8], reader: &mut Reader<'_>, out: &mut String) -> Result<(), DecodeError> {
    reader.allocate(bytes.len())?;
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    json_text::string(&text, out);
    Ok(())
}
