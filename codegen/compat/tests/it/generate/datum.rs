//! A random datum of a schema.

use accordant_compat::witness::Value;
use accordant_schema::{Kind, NodeId, Schema};

use super::Rng;

/// From here on down only what ends soon is chosen.
const DEPTH_SOON: usize = 6;
/// A type that contains itself without end has no datum.
const DEPTH_MAX: usize = 24;

/// A datum; `None` where none was found.
pub(crate) fn datum(rng: &mut Rng, schema: &Schema) -> Option<Value> {
    of(rng, schema, schema.root, 0)
}

fn of(rng: &mut Rng, schema: &Schema, id: NodeId, depth: usize) -> Option<Value> {
    if depth > DEPTH_MAX {
        return None;
    }
    let many = if depth > DEPTH_SOON { 0 } else { rng.below(3) };
    Some(match &schema.node(id).kind {
        Kind::Null => Value::Null,
        Kind::Boolean => Value::Boolean(rng.coin()),
        Kind::Int => Value::Int(*rng.pick(&[0, 1, -65, 16_777_217, i32::MAX, i32::MIN])),
        Kind::Long => Value::Long(*rng.pick(&[0, -1, 300, 1 << 40, (1 << 53) + 1, i64::MIN])),
        Kind::Float => Value::Float(*rng.pick(&[0.0, -0.5, 1e10, f32::NAN, f32::INFINITY])),
        Kind::Double => Value::Double(*rng.pick(&[0.0, 0.1, -1e100, f64::NAN])),
        Kind::Bytes => Value::Bytes(
            rng.pick(&[&b""[..], b"ab", b"\xc3\xa9", b"\xff\x00"])
                .to_vec(),
        ),
        Kind::String => Value::String((*rng.pick(&["", "a", "\u{e9}\u{4e2d}\"", "\u{1}"])).into()),
        Kind::Fixed(it) => Value::Fixed((0..it.size).map(|_| rng.below(256) as u8).collect()),
        Kind::Enum(it) if it.symbols.is_empty() => return None,
        Kind::Enum(it) => Value::Enum(rng.below(it.symbols.len())),
        Kind::Array(inner) => {
            let items = (0..many).map(|_| of(rng, schema, *inner, depth + 1));
            Value::Array(items.collect::<Option<_>>()?)
        }
        Kind::Map(inner) => {
            let entries = (0..many).map(|at| {
                let key = ["k", "\u{e9}"][at].to_owned();
                Some((key, of(rng, schema, *inner, depth + 1)?))
            });
            Value::Map(entries.collect::<Option<_>>()?)
        }
        Kind::Record(it) => {
            let fields = it.fields.iter();
            let values = fields.map(|field| of(rng, schema, field.ty, depth + 1));
            Value::Record(values.collect::<Option<_>>()?)
        }
        Kind::Union(branches) => {
            let null = branches
                .iter()
                .position(|it| schema.node(*it).kind == Kind::Null);
            let at = match null {
                Some(null) if depth > DEPTH_SOON => null,
                _ if branches.is_empty() => return None,
                _ => rng.below(branches.len()),
            };
            Value::Union(at, Box::new(of(rng, schema, branches[at], depth + 1)?))
        }
    })
}
