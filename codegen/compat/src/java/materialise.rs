//! From the engine's shared results to the list that Java gives.

use accordant_schema::{Kind as Type, NodeId, Schema, Span, java_text};

use super::{
    Incompatibility, Kind,
    engine::{Engine, Entry, Found, Item, PAIRS_MAX, Stop, Token},
    parts::type_name,
};
use crate::walk::path::{Side, root_word, words};

/// Incompatibilities that one report holds; shared types can multiply them.
const INCOMPATIBILITIES_MAX: usize = 10_000;
/// Bytes of all locations and paths of one report.
const REPORT_BYTES_MAX: usize = 16_000_000;

impl Engine<'_> {
    /// The list of a result, in Java's order.
    pub(crate) fn materialise(&self, found: Found) -> Vec<Incompatibility> {
        let mut list = Vec::new();
        let mut bytes = 0;
        let mut stack: Vec<usize> = found.into_iter().collect();
        while let Some(at) = stack.pop() {
            match &self.found[at] {
                Entry::Many(parts) => stack.extend(parts.iter().rev()),
                Entry::One(item) => {
                    let one = self.incompatibility(item);
                    bytes += one.location.len() + one.path.len() + one.message.len();
                    list.push(one);
                }
            }
            if list.len() >= INCOMPATIBILITIES_MAX || bytes >= REPORT_BYTES_MAX {
                break;
            }
        }
        list
    }

    /// What stands in for Java's exception.
    pub(crate) fn exception(&self, stop: Stop) -> Incompatibility {
        match stop {
            Stop::AmbiguousAlias {
                reader,
                field,
                writer,
                path,
            } => {
                let (reader_span, reader_source) = site(self.reader, reader, Some(field));
                let (writer_span, writer_source) = site(self.writer, writer, None);
                Incompatibility {
                    kind: Kind::AmbiguousAlias,
                    message: self.ambiguous_message(reader, field, writer),
                    location: "/".to_owned(),
                    path: words(
                        root_word(self.reader),
                        &self.paths.steps(path),
                        Side::Reader,
                    ),
                    reader_span,
                    reader_source,
                    writer_span,
                    writer_source,
                }
            }
            Stop::TooLarge => Incompatibility {
                kind: Kind::TooLarge,
                message: format!(
                    "more than {PAIRS_MAX} pairs of types meet, too many to compare: are there \
                     unions of hundreds of branches?"
                ),
                location: "/".to_owned(),
                path: root_word(self.reader).to_owned(),
                reader_span: self.reader.root().span,
                reader_source: self.reader.root().source,
                writer_span: self.writer.root().span,
                writer_source: self.writer.root().source,
            },
        }
    }

    /// The text of Java's `AvroRuntimeException`.
    fn ambiguous_message(&self, reader: NodeId, field: usize, writer: NodeId) -> String {
        let it = &self.reader.node(reader).kind.fields()[field];
        let name = &it.name;
        let kind = type_name(&self.reader.node(it.ty).kind);
        let writer = Schema {
            root: writer,
            ..self.writer.clone()
        };
        format!(
            "Reader record field {name} type:{kind} pos:{field} matches multiple fields in \
             writer record schema {}",
            java_text(&writer, true)
        )
    }

    fn incompatibility(&self, item: &Item) -> Incompatibility {
        let (reader_span, reader_source) = site(self.reader, item.reader, item.field);
        let (writer_span, writer_source) = site(self.writer, item.writer, None);
        let steps = self.paths.steps(item.at.path);
        Incompatibility {
            kind: item.kind,
            message: item.message.clone(),
            location: pointer(&self.locations.steps(item.at.location)),
            path: words(root_word(self.reader), &steps, Side::Reader),
            reader_span,
            reader_source,
            writer_span,
            writer_source,
        }
    }
}

fn pointer(tokens: &[Token]) -> String {
    // No token has a character that a JSON pointer escapes.
    let tokens: Vec<String> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(word) => (*word).to_owned(),
            Token::Index(index) => index.to_string(),
        })
        .collect();
    format!("/{}", tokens.join("/"))
}

fn site(schema: &Schema, id: NodeId, field: Option<usize>) -> (Span, usize) {
    let node = schema.node(id);
    let span = match (&node.kind, field) {
        (Type::Record(record), Some(field)) => record.fields[field].name_span,
        _ => node.span,
    };
    (span, node.source)
}
