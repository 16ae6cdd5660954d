//! Types and values as people read them.

use crate::{Kind, Logical, NodeId, Schema};

/// Levels of a type that are put into words.
const DEPTH_MAX: usize = 4;
/// Branches or symbols that are listed.
const LIST_MAX: usize = 12;

/// A type in words: `list of string`, `decimal of 18 digits, 2 after the point`.
pub(super) fn type_words(schema: &Schema, id: NodeId) -> String {
    to_depth(schema, id, DEPTH_MAX)
}

fn to_depth(schema: &Schema, id: NodeId, depth: usize) -> String {
    let node = schema.node(id);
    let inner = |id: NodeId| match depth {
        0 => "others".to_owned(),
        _ => to_depth(schema, id, depth - 1),
    };
    if let Some(logical) = node.logical {
        return logical_words(logical);
    }
    match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Int => "int".to_owned(),
        Kind::Long => "long".to_owned(),
        Kind::Float => "float".to_owned(),
        Kind::Double => "double".to_owned(),
        Kind::Bytes => "bytes".to_owned(),
        Kind::String => "string".to_owned(),
        Kind::Record(record) => format!("record {}", record.name.name()),
        Kind::Enum(it) => format!("enum {}: {}", it.name.name(), list(&it.symbols)),
        Kind::Fixed(fixed) => format!("{} bytes ({})", fixed.size, fixed.name.name()),
        Kind::Array(items) => format!("list of {}", inner(*items)),
        Kind::Map(values) => format!("map of {}", inner(*values)),
        Kind::Union(branches) => {
            let is_null = |id: &&NodeId| schema.node(**id).kind == Kind::Null;
            let (nulls, others): (Vec<&NodeId>, Vec<&NodeId>) = branches.iter().partition(is_null);
            let words = others.into_iter().chain(nulls).map(|id| inner(*id));
            let words: Vec<String> = words.collect();
            match words.is_empty() {
                true => "nothing".to_owned(),
                false => words.join(" or "),
            }
        }
    }
}

fn logical_words(logical: Logical) -> String {
    match logical {
        Logical::Decimal { precision, scale } => {
            return format!("decimal of {precision} digits, {scale} after the point");
        }
        Logical::BigDecimal => "decimal of any digits",
        Logical::Uuid => "uuid",
        Logical::Date => "date",
        Logical::TimeMillis => "time of day (ms)",
        Logical::TimeMicros => "time of day (µs)",
        Logical::TimestampMillis => "timestamp (ms)",
        Logical::TimestampMicros => "timestamp (µs)",
        Logical::TimestampNanos => "timestamp (ns)",
        Logical::LocalTimestampMillis => "local timestamp (ms)",
        Logical::LocalTimestampMicros => "local timestamp (µs)",
        Logical::LocalTimestampNanos => "local timestamp (ns)",
        Logical::Duration => "duration",
    }
    .to_owned()
}

fn list(words: &[String]) -> String {
    let mut listed: Vec<String> = words.iter().take(LIST_MAX).cloned().collect();
    if words.len() > LIST_MAX {
        listed.push(format!("{} more", words.len() - LIST_MAX));
    }
    listed.join(", ")
}
