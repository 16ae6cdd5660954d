//! One layout for the text of a schema: what `accordant fmt` writes.
//!
//! Only space and the order of keys change. Every string, key and number stays
//! as it is spelt, so that nothing which a parser might read differently can
//! get lost on the way. Nothing here recurses on the depth of the text.

mod layout;

use crate::{
    Limits, Problem, ProblemCode,
    json::{self, Json, Value, duplicate_keys},
};
use layout::{Item, Shape, lay_out};

/// Problems that come back at most.
const PROBLEMS_MAX: usize = 100;

/// Attributes of a type in their order; the rest follows as it stands.
const TYPE_ORDER: [&str; 15] = [
    "type",
    "name",
    "namespace",
    "doc",
    "aliases",
    "fields",
    "symbols",
    "items",
    "values",
    "size",
    "default",
    "order",
    "logicalType",
    "precision",
    "scale",
];

/// The same of a field: its name comes first, because its type may fill a page.
const FIELD_ORDER: [&str; 9] = [
    "name",
    "type",
    "doc",
    "aliases",
    "default",
    "order",
    "logicalType",
    "precision",
    "scale",
];

/// Lays a schema's text out: two spaces a level, keys in one order, whatever
/// fits into 100 columns on one line, a newline at the end.
///
/// The order in a type is `type`, `name`, `namespace`, `doc`, `aliases`,
/// `fields`, `symbols`, `items`, `values`, `size`, `default`, `order`,
/// `logicalType`, `precision`, `scale`; in a field the name comes first. Other
/// attributes follow in the order in which they stand. Inside defaults and
/// inside attributes that Avro does not know nothing is moved.
///
/// A text needs only be JSON without a key that stands twice: a schema that
/// [`parse`](crate::parse) refuses for what it says is laid out all the same,
/// since a person in the middle of an edit wants to see it. The size and the
/// depth of the text are held to [`Limits::default`].
///
/// Formatting is idempotent. Where `logicalType`, `precision`, `scale` or a
/// stray `default` change places with each other, so do they in
/// [`java_text`](crate::java_text): the model is the same, a registry that
/// compares texts sees another one. Released files are therefore left alone.
///
/// # Errors
/// The text is no JSON, has a key twice, or is larger than the limits.
///
/// ```
/// let text = r#"{"fields":[{"type":["null","string"],"default":null,"name":"f"}],"name":"R","type":"record"}"#;
/// assert_eq!(
///     accordant_schema::format(text).unwrap(),
///     r#"{
///   "type": "record",
///   "name": "R",
///   "fields": [{ "name": "f", "type": ["null", "string"], "default": null }]
/// }
/// "#,
/// );
/// ```
pub fn format(text: &str) -> Result<String, Vec<Problem>> {
    let limits = Limits::default();
    if text.len() > limits.schema_bytes_max {
        let message = format!(
            "the schema has {} bytes, more than {}",
            text.len(),
            limits.schema_bytes_max
        );
        return Err(vec![Problem::new(ProblemCode::TEXT_SIZE, message)]);
    }
    let json = json::parse(text, limits.depth_max).map_err(|problem| vec![problem])?;
    let mut problems = duplicate_keys(&json);
    if !problems.is_empty() {
        problems.sort_by_key(|problem| problem.span);
        problems.truncate(PROBLEMS_MAX);
        return Err(problems);
    }
    Ok(lay_out(&items(text, &json)))
}

/// What a value is to a schema, which decides the order of its keys.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A type, or a union of types.
    Type,
    /// The list of a record's fields.
    Fields,
    /// One of them.
    Field,
    /// Anything else: kept as it is.
    Data,
}

/// The values of a text in the order in which they are written, each before
/// those inside of it.
fn items<'t>(text: &'t str, json: &Json) -> Vec<Item<'t>> {
    let mut items = vec![Item::default()];
    let mut todo = vec![(json, Role::Type, 0)];
    while let Some((json, role, at)) = todo.pop() {
        let shape = match &json.value {
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Shape::Leaf(&text[json.span.start..json.span.end])
            }
            Value::Array(values) => {
                let first = items.len();
                items.resize_with(first + values.len(), Item::default);
                let inner = match role {
                    Role::Type => Role::Type,
                    Role::Fields => Role::Field,
                    Role::Field | Role::Data => Role::Data,
                };
                let places = values.iter().zip(first..);
                todo.extend(places.map(|(value, at)| (value, inner, at)));
                Shape::Array((first..items.len()).collect())
            }
            Value::Object(entries) => {
                let order = match role {
                    Role::Type => &TYPE_ORDER[..],
                    Role::Field => &FIELD_ORDER[..],
                    Role::Fields | Role::Data => &[],
                };
                let mut entries: Vec<_> = entries.iter().collect();
                entries.sort_by_key(|(key, _)| rank(order, &key.name));
                let first = items.len();
                items.resize_with(first + entries.len(), Item::default);
                let mut members = Vec::new();
                for ((key, value), at) in entries.into_iter().zip(first..) {
                    members.push((&text[key.span.start..key.span.end], at));
                    todo.push((value, inner_role(role, &key.name), at));
                }
                Shape::Object(members)
            }
        };
        items[at] = Item {
            shape,
            stays_flat: role == Role::Type && is_union_of_primitives(json),
        };
    }
    items
}

/// Where a key goes: known ones by the list, the others behind them.
fn rank(order: &[&str], key: &str) -> usize {
    order
        .iter()
        .position(|known| *known == key)
        .unwrap_or(order.len())
}

fn inner_role(role: Role, key: &str) -> Role {
    match (role, key) {
        (Role::Type, "type" | "items" | "values") | (Role::Field, "type") => Role::Type,
        (Role::Type, "fields") => Role::Fields,
        (Role::Type | Role::Fields | Role::Field | Role::Data, _) => Role::Data,
    }
}

fn is_union_of_primitives(json: &Json) -> bool {
    let Value::Array(branches) = &json.value else {
        return false;
    };
    branches.iter().all(|branch| {
        branch
            .as_str()
            .is_some_and(|name| crate::parse::primitive(name).is_some())
    })
}
