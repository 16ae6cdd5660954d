//! Avro Java's `Schema.toString`: the text that registries store.

use std::collections::BTreeSet;

use super::number::write_java_number;
use crate::{
    Field, FullName, Kind, Node, NodeId, Order, Schema,
    json::{Json, write_string, write_value},
};

/// The text of Avro Java's `Schema.toString(references, false)`: types that
/// came from a reference stay short names when `inline_references` is false.
///
/// ```
/// let schema = accordant_schema::parse(
///     r#"{"namespace": "a.b", "fields": [], "name": "R", "doc": "d", "type": "record"}"#,
/// )
/// .unwrap();
/// assert_eq!(
///     accordant_schema::java_text(&schema, true),
///     r#"{"type":"record","name":"R","namespace":"a.b","doc":"d","fields":[]}"#,
/// );
/// ```
pub fn java_text(schema: &Schema, inline_references: bool) -> String {
    let known = if inline_references {
        BTreeSet::new()
    } else {
        let is_foreign = |id: &NodeId| schema.node(*id).source != 0;
        schema.names.values().copied().filter(is_foreign).collect()
    };
    let work = vec![Work::Node(schema.root, "")];
    Writer {
        schema,
        known,
        out: String::new(),
        work,
    }
    .run()
}

/// What is still to be written; the last comes first. The text beside a node
/// or field is the namespace around it.
enum Work<'s> {
    Text(&'static str),
    Node(NodeId, &'s str),
    Field(&'s Field, &'s str),
    FieldEnd(&'s Field),
    NodeEnd(&'s Node),
}

struct Writer<'s> {
    schema: &'s Schema,
    known: BTreeSet<NodeId>,
    out: String,
    work: Vec<Work<'s>>,
}

impl<'s> Writer<'s> {
    fn run(mut self) -> String {
        while let Some(next) = self.work.pop() {
            match next {
                Work::Text(text) => self.out.push_str(text),
                Work::Node(id, namespace) => self.node(id, namespace),
                Work::Field(field, namespace) => {
                    self.out.push_str("{\"name\":");
                    write_string(&mut self.out, &field.name);
                    self.out.push_str(",\"type\":");
                    self.work.push(Work::FieldEnd(field));
                    self.work.push(Work::Node(field.ty, namespace));
                }
                Work::FieldEnd(field) => self.field_end(field),
                Work::NodeEnd(node) => self.node_end(node),
            }
        }
        self.out
    }

    fn node(&mut self, id: NodeId, namespace: &'s str) {
        let schema = self.schema;
        if let Some(name) = schema.name_of(id)
            && !self.known.insert(id)
        {
            let text = qualified(name, namespace);
            write_string(&mut self.out, text);
            return;
        }
        let node = schema.node(id);
        match &node.kind {
            Kind::Null => self.primitive("null", node),
            Kind::Boolean => self.primitive("boolean", node),
            Kind::Int => self.primitive("int", node),
            Kind::Long => self.primitive("long", node),
            Kind::Float => self.primitive("float", node),
            Kind::Double => self.primitive("double", node),
            Kind::Bytes => self.primitive("bytes", node),
            Kind::String => self.primitive("string", node),
            Kind::Record(record) => {
                let ty = if record.is_error { "error" } else { "record" };
                self.named(ty, &record.name, record.doc.as_deref(), namespace);
                self.out.push_str(",\"fields\":[");
                self.work.push(Work::NodeEnd(node));
                self.work.push(Work::Text("]"));
                let inner = record.name.namespace();
                self.separated(record.fields.iter().map(|field| Work::Field(field, inner)));
            }
            Kind::Enum(it) => {
                self.named("enum", &it.name, it.doc.as_deref(), namespace);
                self.out.push_str(",\"symbols\":");
                write_strings(&mut self.out, it.symbols.iter().map(String::as_str));
                if let Some(default) = &it.default {
                    self.out.push_str(",\"default\":");
                    write_string(&mut self.out, default);
                }
                self.node_end(node);
            }
            Kind::Fixed(fixed) => {
                self.named("fixed", &fixed.name, fixed.doc.as_deref(), namespace);
                self.out.push_str(&format!(",\"size\":{}", fixed.size));
                self.node_end(node);
            }
            Kind::Array(items) => {
                self.out.push_str("{\"type\":\"array\",\"items\":");
                self.work.push(Work::NodeEnd(node));
                self.work.push(Work::Node(*items, namespace));
            }
            Kind::Map(values) => {
                self.out.push_str("{\"type\":\"map\",\"values\":");
                self.work.push(Work::NodeEnd(node));
                self.work.push(Work::Node(*values, namespace));
            }
            Kind::Union(branches) => {
                self.out.push('[');
                self.work.push(Work::Text("]"));
                self.separated(branches.iter().map(|id| Work::Node(*id, namespace)));
            }
        }
    }

    fn primitive(&mut self, name: &str, node: &'s Node) {
        if node.props.is_empty() {
            self.out.push_str(&format!("\"{name}\""));
        } else {
            self.out.push_str(&format!("{{\"type\":\"{name}\""));
            self.node_end(node);
        }
    }

    /// A named type up to its documentation.
    fn named(&mut self, ty: &str, name: &FullName, doc: Option<&str>, namespace: &str) {
        self.out
            .push_str(&format!("{{\"type\":\"{ty}\",\"name\":\"{}\"", name.name()));
        if name.namespace() != namespace {
            self.out
                .push_str(&format!(",\"namespace\":\"{}\"", name.namespace()));
        }
        write_doc(&mut self.out, doc);
    }

    fn field_end(&mut self, field: &Field) {
        write_doc(&mut self.out, field.doc.as_deref());
        if let Some(default) = &field.default {
            self.out.push_str(",\"default\":");
            write_value(&mut self.out, default, write_java_number);
        }
        match field.order {
            Order::Ascending => {}
            Order::Descending => self.out.push_str(",\"order\":\"descending\""),
            Order::Ignore => self.out.push_str(",\"order\":\"ignore\""),
        }
        if !field.aliases.is_empty() {
            self.out.push_str(",\"aliases\":");
            write_strings(&mut self.out, field.aliases.iter().map(String::as_str));
        }
        write_props(&mut self.out, &field.props);
        self.out.push('}');
    }

    /// What follows a type's own attributes: the rest, its aliases, the brace.
    fn node_end(&mut self, node: &Node) {
        write_props(&mut self.out, &node.props);
        if let Some(named) = node.kind.named().filter(|it| !it.aliases.is_empty()) {
            self.out.push_str(",\"aliases\":");
            let space = named.name.namespace();
            write_strings(
                &mut self.out,
                named.aliases.iter().map(|alias| qualified(alias, space)),
            );
        }
        self.out.push('}');
    }

    /// Puts items on the stack so that they come off in order, commas between.
    fn separated(&mut self, items: impl DoubleEndedIterator<Item = Work<'s>>) {
        let mut items = items.rev().peekable();
        while let Some(item) = items.next() {
            self.work.push(item);
            if items.peek().is_some() {
                self.work.push(Work::Text(","));
            }
        }
    }
}

/// Words that stay qualified, because alone they would mean something else.
const TYPE_WORDS: [&str; 14] = [
    "record", "enum", "array", "map", "union", "fixed", "string", "bytes", "int", "long", "float",
    "double", "boolean", "null",
];

/// A name as Java writes it inside a namespace.
fn qualified<'n>(name: &'n FullName, namespace: &str) -> &'n str {
    if name.namespace() == namespace && !TYPE_WORDS.contains(&name.name()) {
        name.name()
    } else {
        name.as_str()
    }
}

fn write_doc(out: &mut String, doc: Option<&str>) {
    if let Some(doc) = doc {
        out.push_str(",\"doc\":");
        write_string(out, doc);
    }
}

fn write_props(out: &mut String, props: &[(String, Json)]) {
    for (key, value) in props {
        out.push(',');
        write_string(out, key);
        out.push(':');
        write_value(out, value, write_java_number);
    }
}

fn write_strings<'t>(out: &mut String, texts: impl Iterator<Item = &'t str>) {
    out.push('[');
    for (index, text) in texts.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(out, text);
    }
    out.push(']');
}
