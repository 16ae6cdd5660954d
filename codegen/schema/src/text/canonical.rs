//! The parsing canonical form.

use std::collections::BTreeSet;

use crate::{Field, Kind, NodeId, Schema};

/// The parsing canonical form of the specification: full names, no attribute
/// that has nothing to do with the bytes.
///
/// ```
/// let schema = accordant_schema::parse(
///     r#"{"type": "record", "name": "R", "namespace": "n", "doc": "d",
///         "fields": [{"name": "f", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}"#,
/// )
/// .unwrap();
/// assert_eq!(
///     accordant_schema::canonical_form(&schema),
///     r#"{"name":"n.R","type":"record","fields":[{"name":"f","type":"long"}]}"#,
/// );
/// ```
pub fn canonical_form(schema: &Schema) -> String {
    let mut out = String::new();
    let mut known = BTreeSet::new();
    let mut work = vec![Work::Node(schema.root)];
    while let Some(next) = work.pop() {
        match next {
            Work::Text(text) => out.push_str(text),
            Work::Field(field) => {
                out.push_str(&format!("{{\"name\":\"{}\",\"type\":", field.name));
                work.push(Work::Text("}"));
                work.push(Work::Node(field.ty));
            }
            Work::Node(id) => {
                let first = known.insert(id);
                node(schema, id, first, &mut out, &mut work);
            }
        }
    }
    out
}

/// What is still to be written; the last comes first.
enum Work<'s> {
    Text(&'static str),
    Node(NodeId),
    Field(&'s Field),
}

fn node<'s>(
    schema: &'s Schema,
    id: NodeId,
    first: bool,
    out: &mut String,
    work: &mut Vec<Work<'s>>,
) {
    if let Some(name) = schema.name_of(id).filter(|_| !first) {
        out.push_str(&format!("\"{name}\""));
        return;
    }
    match &schema.node(id).kind {
        Kind::Null => out.push_str("\"null\""),
        Kind::Boolean => out.push_str("\"boolean\""),
        Kind::Int => out.push_str("\"int\""),
        Kind::Long => out.push_str("\"long\""),
        Kind::Float => out.push_str("\"float\""),
        Kind::Double => out.push_str("\"double\""),
        Kind::Bytes => out.push_str("\"bytes\""),
        Kind::String => out.push_str("\"string\""),
        Kind::Record(record) => {
            let name = &record.name;
            out.push_str(&format!(
                "{{\"name\":\"{name}\",\"type\":\"record\",\"fields\":["
            ));
            work.push(Work::Text("]}"));
            separated(work, record.fields.iter().map(Work::Field));
        }
        Kind::Enum(it) => {
            let symbols: Vec<String> = it.symbols.iter().map(|s| format!("\"{s}\"")).collect();
            let symbols = symbols.join(",");
            let name = &it.name;
            out.push_str(&format!(
                "{{\"name\":\"{name}\",\"type\":\"enum\",\"symbols\":[{symbols}]}}"
            ));
        }
        Kind::Fixed(fixed) => {
            let (name, size) = (&fixed.name, fixed.size);
            out.push_str(&format!(
                "{{\"name\":\"{name}\",\"type\":\"fixed\",\"size\":{size}}}"
            ));
        }
        Kind::Array(items) => {
            out.push_str("{\"type\":\"array\",\"items\":");
            work.push(Work::Text("}"));
            work.push(Work::Node(*items));
        }
        Kind::Map(values) => {
            out.push_str("{\"type\":\"map\",\"values\":");
            work.push(Work::Text("}"));
            work.push(Work::Node(*values));
        }
        Kind::Union(branches) => {
            out.push('[');
            work.push(Work::Text("]"));
            separated(work, branches.iter().copied().map(Work::Node));
        }
    }
}

/// Puts items on the stack so that they come off in order, commas between.
fn separated<'s>(work: &mut Vec<Work<'s>>, items: impl DoubleEndedIterator<Item = Work<'s>>) {
    let mut items = items.rev().peekable();
    while let Some(item) = items.next() {
        work.push(item);
        if items.peek().is_some() {
            work.push(Work::Text(","));
        }
    }
}
