//! A schema and a datum of it, both made from bytes: fewer bytes make simpler
//! ones, so that a failure shrinks.

use accordant_schema::{Kind, Logical, NodeId, Schema};
use accordant_wire::write;

/// Bytes that decide; zeros follow the last one.
pub(crate) struct Choices<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Choices<'a> {
        Choices {
            bytes: bytes.iter(),
        }
    }

    fn byte(&mut self) -> u8 {
        self.bytes.next().copied().unwrap_or_default()
    }

    fn below(&mut self, bound: u8) -> u8 {
        self.byte() % bound
    }

    fn word(&mut self) -> i64 {
        // Mostly small, at times anything.
        match self.below(4) {
            0 => i64::from(self.byte()) - 128,
            1 => i64::from(self.byte()) * 86_399_001,
            2 => i64::from_le_bytes([0; 8].map(|_: u8| self.byte())),
            _ => [0, -1, i64::MAX, i64::MIN][usize::from(self.below(4))],
        }
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 12] = [
            "", "a", "|", "\\", "12", "NaN", "T1", "\"", "ü", "AAAA", "1.5", "string",
        ];
        (0..self.below(3))
            .map(|_| PIECES[usize::from(self.below(12))])
            .collect()
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.byte()).collect()
    }
}

/// The text of a schema whose root is a record.
pub(crate) fn schema(choices: &mut Choices<'_>) -> String {
    let mut names = 0;
    record(choices, 0, &mut names)
}

const LEAVES: [&str; 24] = [
    r#""null""#,
    r#""boolean""#,
    r#""int""#,
    r#""long""#,
    r#""float""#,
    r#""double""#,
    r#""bytes""#,
    r#""string""#,
    r#"{"type": "string", "logicalType": "uuid"}"#,
    r#"{"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 2}"#,
    r#"{"type": "bytes", "logicalType": "decimal", "precision": 40, "scale": 0}"#,
    r#"{"type": "int", "logicalType": "date"}"#,
    r#"{"type": "int", "logicalType": "time-millis"}"#,
    r#"{"type": "long", "logicalType": "time-micros"}"#,
    r#"{"type": "long", "logicalType": "timestamp-millis"}"#,
    r#"{"type": "long", "logicalType": "timestamp-micros"}"#,
    r#"{"type": "long", "logicalType": "timestamp-nanos"}"#,
    r#"{"type": "long", "logicalType": "local-timestamp-millis"}"#,
    r#"{"type": "long", "logicalType": "local-timestamp-nanos"}"#,
    r#"{"type": "fixed", "size": 3"#,
    r#"{"type": "fixed", "size": 16, "logicalType": "uuid""#,
    r#"{"type": "fixed", "size": 12, "logicalType": "duration""#,
    r#"{"type": "fixed", "size": 4, "logicalType": "decimal", "precision": 9, "scale": 3"#,
    r#"{"type": "enum", "symbols": ["a", "T1", "string"]"#,
];

const DEPTH_MAX: usize = 4;

fn any(choices: &mut Choices<'_>, depth: usize, names: &mut usize) -> String {
    let kinds = if depth < DEPTH_MAX { 30 } else { 24 };
    match choices.below(kinds) {
        24 | 25 => union(choices, depth, names),
        other => single(choices, other, depth, names),
    }
}

/// A type that is no union.
fn single(choices: &mut Choices<'_>, kind: u8, depth: usize, names: &mut usize) -> String {
    match kind {
        26 | 27 => record(choices, depth + 1, names),
        28 => format!(
            r#"{{"type": "array", "items": {}}}"#,
            any(choices, depth + 1, names)
        ),
        29 => format!(
            r#"{{"type": "map", "values": {}}}"#,
            any(choices, depth + 1, names)
        ),
        leaf => {
            let text = LEAVES[usize::from(leaf) % LEAVES.len()];
            if text.ends_with(['}', '"']) && !text.starts_with(r#"{"type": "fixed"#) {
                return text.to_owned();
            }
            *names += 1;
            format!(r#"{text}, "name": "T{names}"}}"#)
        }
    }
}

fn union(choices: &mut Choices<'_>, depth: usize, names: &mut usize) -> String {
    let mut taken = Vec::new();
    let mut branches = Vec::new();
    for _ in 0..=choices.below(4) {
        let kind = match choices.below(28) {
            24 | 25 => 26,
            26 => 28,
            27 => 29,
            leaf => leaf,
        };
        let text = single(choices, kind, depth + 1, names);
        // Unnamed types stand once in a union, whatever their logical type.
        let of = |name: &str| {
            text == format!("\"{name}\"") || text.starts_with(&format!(r#"{{"type": "{name}""#))
        };
        let unnamed = [
            "null", "boolean", "int", "long", "float", "double", "bytes", "string", "array", "map",
        ];
        let base = unnamed.into_iter().find(|name| of(name));
        if base.is_none_or(|base| !taken.contains(&base)) {
            taken.extend(base);
            branches.push(text);
        }
    }
    format!("[{}]", branches.join(", "))
}

fn record(choices: &mut Choices<'_>, depth: usize, names: &mut usize) -> String {
    *names += 1;
    let name = *names;
    let fields: Vec<String> = (0..choices.below(4))
        .map(|index| {
            // Now and then a name that is a branch's name as well.
            let field = ["string", "map", "T1", "f"][usize::from(choices.below(4))];
            let ty = match choices.below(12) {
                11 => format!(r#"["null", "T{name}"]"#),
                _ => any(choices, depth, names),
            };
            format!(
                r#"{{"name": "{field}{}", "type": {ty}}}"#,
                if index == 0 {
                    String::new()
                } else {
                    index.to_string()
                }
            )
        })
        .collect();
    format!(
        r#"{{"type": "record", "name": "T{name}", "fields": [{}]}}"#,
        fields.join(", ")
    )
}

/// Appends a datum, as an encoder writes it.
pub(crate) fn datum(
    schema: &Schema,
    id: NodeId,
    choices: &mut Choices<'_>,
    depth: usize,
    out: &mut Vec<u8>,
) {
    let node = schema.node(id);
    match &node.kind {
        Kind::Null => {}
        Kind::Boolean => write::boolean(choices.below(2) == 1, out),
        Kind::Int => write::int(choices.word() as i32, out),
        Kind::Long => write::long(choices.word(), out),
        Kind::Float => {
            let values = [
                0.0,
                -0.0,
                1.5,
                f32::MAX,
                f32::MIN_POSITIVE,
                f32::INFINITY,
                f32::NAN,
            ];
            write::float(values[usize::from(choices.below(7))], out);
        }
        Kind::Double => {
            let values = [
                0.0,
                -0.0,
                207.0,
                1e16,
                f64::MAX,
                f64::NEG_INFINITY,
                f64::NAN,
                0.1,
            ];
            write::double(values[usize::from(choices.below(8))], out);
        }
        Kind::Bytes => match node.logical {
            Some(Logical::Decimal { precision, .. }) => {
                // At most 99,999 in any scale, and more digits where they fit.
                let value = choices.word() % if precision > 20 { i64::MAX } else { 100_000 };
                write::bytes(&shortest(value), out);
            }
            _ => {
                let length = usize::from(choices.below(4));
                write::bytes(&choices.bytes(length), out);
            }
        },
        Kind::String => match node.logical {
            Some(Logical::Uuid) => {
                let uuid = accordant_wire::values::Uuid::from_slice(&choices.bytes(16)).unwrap();
                write::uuid(&uuid, out);
            }
            _ => write::string(&choices.text(), out),
        },
        Kind::Fixed(fixed) => match node.logical {
            Some(Logical::Decimal { .. }) => {
                let value = (choices.word() % 1_000_000_000) as i32;
                write::fixed(&value.to_be_bytes(), out);
            }
            _ => write::fixed(&choices.bytes(fixed.size), out),
        },
        Kind::Enum(it) => {
            write::long(i64::from(choices.below(it.symbols.len() as u8)), out);
        }
        Kind::Record(record) => {
            record
                .fields
                .iter()
                .for_each(|field| datum(schema, field.ty, choices, depth + 1, out));
        }
        Kind::Array(items) => {
            let count = choices.below(if depth > 12 { 1 } else { 4 });
            if count > 0 {
                write::long(count.into(), out);
                (0..count).for_each(|_| datum(schema, *items, choices, depth + 1, out));
            }
            write::long(0, out);
        }
        Kind::Map(values) => {
            let mut keys: Vec<String> = (0..choices.below(if depth > 12 { 1 } else { 4 }))
                .map(|_| choices.text())
                .collect();
            keys.sort();
            keys.dedup();
            if !keys.is_empty() {
                write::long(keys.len() as i64, out);
                for key in keys {
                    write::string(&key, out);
                    datum(schema, *values, choices, depth + 1, out);
                }
            }
            write::long(0, out);
        }
        Kind::Union(branches) => {
            // Only the first branch ends a record that holds itself.
            let branch = choices.below(if depth > 12 { 1 } else { branches.len() as u8 });
            write::long(branch.into(), out);
            datum(
                schema,
                branches[usize::from(branch)],
                choices,
                depth + 1,
                out,
            );
        }
    }
}

fn shortest(value: i64) -> Vec<u8> {
    let mut bytes = value.to_be_bytes().to_vec();
    while let [first, second, ..] = bytes.as_slice() {
        if !matches!((first, second), (0, 0..=0x7f) | (0xff, 0x80..=0xff)) {
            break;
        }
        bytes.remove(0);
    }
    bytes
}
