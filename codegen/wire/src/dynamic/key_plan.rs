//! The key of an encoded datum.

use accordant_schema::{Kind, Logical, NodeId, Schema};

use super::skip::skip;
use crate::{DecodeError, Limits, Reader, key};

/// Where in a datum the fields of its key stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlan {
    /// For each path the position of the field at each level of records.
    paths: Vec<Vec<usize>>,
}

/// A path that is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct KeyError {
    /// The path.
    pub path: String,
    /// Why not.
    pub reason: String,
}

impl KeyPlan {
    /// A plan for the dotted paths of a contract's `key` or `partition_by`.
    ///
    /// # Errors
    /// A path that leads nowhere, or to a field that cannot be a key.
    pub fn new(schema: &Schema, paths: &[String]) -> Result<KeyPlan, KeyError> {
        let positions = paths.iter().map(|path| {
            positions(schema, path).map_err(|reason| KeyError {
                path: path.clone(),
                reason,
            })
        });
        Ok(KeyPlan {
            paths: positions.collect::<Result<_, _>>()?,
        })
    }

    /// The joined text, equal to that of the generated type. The schema is the
    /// one that the plan was made for.
    ///
    /// # Errors
    /// Bytes that are no datum of the schema.
    pub fn text(&self, schema: &Schema, avro: &[u8]) -> Result<String, DecodeError> {
        let mut parts = Vec::with_capacity(self.paths.len());
        for path in &self.paths {
            let mut reader = Reader::new(avro, Limits::default());
            parts.push(text_at(schema, path, &mut reader)?);
        }
        Ok(key::join(parts.iter().map(String::as_str)))
    }
}

fn positions(schema: &Schema, path: &str) -> Result<Vec<usize>, String> {
    let mut positions = Vec::new();
    let mut id = schema.root;
    for part in path.split('.') {
        let Kind::Record(record) = &schema.node(id).kind else {
            return Err(format!("{part} is looked for in what is no record"));
        };
        let at = record.fields.iter().position(|field| field.name == part);
        let at = at.ok_or_else(|| format!("{} has no field {part}", record.name))?;
        positions.push(at);
        id = record.fields[at].ty;
    }
    let node = schema.node(id);
    let is_key = matches!(
        (&node.kind, node.logical),
        (Kind::String | Kind::Int | Kind::Long | Kind::Enum(_), None)
            | (Kind::String | Kind::Fixed(_), Some(Logical::Uuid))
    );
    match is_key {
        true => Ok(positions),
        false => Err("a key is a string, int, long, uuid or enum that is never null".to_owned()),
    }
}

fn text_at(
    schema: &Schema,
    path: &[usize],
    reader: &mut Reader<'_>,
) -> Result<String, DecodeError> {
    let mut id: NodeId = schema.root;
    for position in path {
        let Kind::Record(record) = &schema.node(id).kind else {
            break;
        };
        for field in record.fields.iter().take(*position) {
            skip(schema, field.ty, reader)?;
        }
        match record.fields.get(*position) {
            Some(field) => id = field.ty,
            None => break,
        }
    }
    let node = schema.node(id);
    Ok(match &node.kind {
        Kind::String if node.logical == Some(Logical::Uuid) => reader.uuid()?.to_string(),
        Kind::String => reader.string()?,
        Kind::Int => reader.int()?.to_string(),
        Kind::Long => reader.long()?.to_string(),
        Kind::Fixed(_) => reader.uuid_fixed()?.to_string(),
        Kind::Enum(it) => it.symbols[reader.symbol(it.symbols.len())?].clone(),
        // A plan has no other targets; of another schema's plan the text is empty.
        Kind::Null
        | Kind::Boolean
        | Kind::Float
        | Kind::Double
        | Kind::Bytes
        | Kind::Array(_)
        | Kind::Map(_)
        | Kind::Record(_)
        | Kind::Union(_) => String::new(),
    })
}
