//! Laws over random schemas.

use accordant_schema::{Schema, canonical_form, java_text, json, parse};
use proptest::prelude::*;

/// A type before it has a text: names are given out on rendering.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Word(&'static str),
    Logical(&'static str),
    Array(Box<Shape>),
    Map(Box<Shape>),
    Nullable(Box<Shape>),
    Fixed(u8, String),
    Enum(u8, u8, String),
    Record(u8, Vec<(Shape, String)>, String),
    /// The n-th named type so far, if there is one.
    Earlier(u8),
}

pub(crate) fn shapes() -> impl Strategy<Value = Shape> {
    let words = prop::sample::select(vec![
        "null", "boolean", "int", "long", "float", "double", "bytes", "string",
    ]);
    let logicals = prop::sample::select(vec![
        r#"{"logicalType":"date","type":"int"}"#,
        r#"{"type":"bytes","scale":2,"precision":9,"logicalType":"decimal"}"#,
        r#"{"type":"string","logicalType":"uuid","x":[1.50,{"y":null}]}"#,
        r#"{"type":"long","logicalType":"no-such"}"#,
    ]);
    let leaf = prop_oneof![
        3 => words.prop_map(Shape::Word),
        1 => logicals.prop_map(Shape::Logical),
        1 => (any::<u8>(), any::<String>()).prop_map(|(size, doc)| Shape::Fixed(size, doc)),
        1 => (any::<u8>(), 1..5_u8, any::<String>()).prop_map(|(n, count, doc)| Shape::Enum(n, count, doc)),
        1 => any::<u8>().prop_map(Shape::Earlier),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            inner.clone().prop_map(|it| Shape::Array(Box::new(it))),
            inner.clone().prop_map(|it| Shape::Map(Box::new(it))),
            inner.clone().prop_map(|it| Shape::Nullable(Box::new(it))),
            (
                any::<u8>(),
                prop::collection::vec((inner, any::<String>()), 0..5),
                any::<String>()
            )
                .prop_map(|(space, fields, doc)| Shape::Record(space, fields, doc)),
        ]
    })
}

/// Namespaces to choose from, the null one among them.
pub(crate) const SPACES: &[&str] = &["", "a", "a.b", "c"];
/// The canonical form has full names and no namespaces, so that a type of the
/// null namespace inside another one reads as a type of that one: the
/// specification's own gap.
const NAMED_SPACES: &[&str] = &["a", "a.b", "c"];

fn quote(text: &str) -> String {
    let value = json::Value::String(text.to_owned());
    json::Json {
        value,
        span: accordant_schema::Span::default(),
    }
    .to_text()
}

struct Renderer {
    names: Vec<String>,
    /// The namespaces that types are put into.
    spaces: &'static [&'static str],
}

impl Renderer {
    fn name(&mut self, space: u8) -> (String, String) {
        let simple = format!("T{}", self.names.len());
        let space = self.spaces[usize::from(space) % self.spaces.len()];
        let full = if space.is_empty() {
            simple.clone()
        } else {
            format!("{space}.{simple}")
        };
        self.names.push(full);
        (simple, space.to_owned())
    }

    fn render(&mut self, shape: &Shape) -> String {
        match shape {
            Shape::Word(word) => format!("\"{word}\""),
            Shape::Logical(text) => (*text).to_owned(),
            Shape::Array(inner) => format!(r#"{{"type":"array","items":{}}}"#, self.render(inner)),
            Shape::Map(inner) => {
                format!(r#"{{"values":{},"type":"map","k":1}}"#, self.render(inner))
            }
            Shape::Nullable(inner) => match self.render(inner) {
                text if text == "\"null\"" || text.starts_with('[') => text,
                text => format!("[\"null\",{text}]"),
            },
            Shape::Fixed(size, doc) => {
                let (name, space) = self.name(*size);
                let doc = quote(doc);
                format!(
                    r#"{{"type":"fixed","namespace":"{space}","name":"{name}","doc":{doc},"size":{size}}}"#
                )
            }
            Shape::Enum(n, count, doc) => {
                let (name, space) = self.name(*n);
                let symbols: Vec<String> = (0..*count).map(|n| format!("\"S{n}\"")).collect();
                let (symbols, doc) = (symbols.join(","), quote(doc));
                format!(
                    r#"{{"name":"{name}","type":"enum","namespace":"{space}","symbols":[{symbols}],"default":"S0","p":{doc}}}"#
                )
            }
            Shape::Record(n, fields, doc) => {
                let (name, space) = self.name(*n);
                let fields: Vec<String> = fields
                    .iter()
                    .enumerate()
                    .map(|(n, (ty, doc))| {
                        let ty = self.render(ty);
                        format!(
                            r#"{{"doc":{},"name":"f{n}","type":{ty},"aliases":["g{n}"]}}"#,
                            quote(doc)
                        )
                    })
                    .collect();
                let (fields, doc) = (fields.join(","), quote(doc));
                format!(
                    r#"{{"fields":[{fields}],"doc":{doc},"aliases":["Old"],"type":"record","name":"{name}","namespace":"{space}"}}"#
                )
            }
            Shape::Earlier(n) => match self.names.len() {
                0 => "\"int\"".to_owned(),
                len => format!("\"{}\"", self.names[usize::from(*n) % len]),
            },
        }
    }
}

pub(crate) fn schema(shape: &Shape, spaces: &'static [&'static str]) -> (String, Schema) {
    let text = Renderer {
        names: Vec::new(),
        spaces,
    }
    .render(shape);
    let schema = parse(&text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    (text, schema)
}

/// A schema without its places: they are the only thing that a text may change.
pub(crate) fn without_places(schema: &Schema) -> String {
    let debug = format!("{schema:?}");
    let mut out = String::new();
    let mut rest = debug.as_str();
    while let Some(at) = rest.find("Span {") {
        out.push_str(&rest[..at]);
        let end = rest[at..].find('}').expect("a span ends");
        rest = &rest[at + end..];
    }
    out + rest
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn javas_text_means_the_same_schema(shape in shapes()) {
        let (_, schema) = schema(&shape, SPACES);
        let java = java_text(&schema, true);
        let again = parse(&java).expect("Java's text is a schema");
        prop_assert_eq!(java_text(&again, true), java);
        prop_assert_eq!(canonical_form(&again), canonical_form(&schema));
    }

    #[test]
    fn javas_text_loses_nothing(shape in shapes()) {
        let (_, schema) = schema(&shape, SPACES);
        let once = parse(&java_text(&schema, true)).expect("Java's text is a schema");
        let twice = parse(&java_text(&once, true)).expect("Java's text is a schema");
        prop_assert_eq!(without_places(&once), without_places(&twice));
        prop_assert_eq!(once.names.keys().collect::<Vec<_>>(), schema.names.keys().collect::<Vec<_>>());
    }

    #[test]
    fn the_canonical_form_is_its_own(shape in shapes()) {
        let (_, schema) = schema(&shape, NAMED_SPACES);
        let canonical = canonical_form(&schema);
        let again = parse(&canonical).expect("the canonical form is a schema");
        prop_assert_eq!(canonical_form(&again), canonical);
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        prop_assert!(parse(&text).err().is_none_or(|problems| !problems.is_empty()));
    }

    #[test]
    fn a_damaged_schema_is_answered(shape in shapes(), at in any::<prop::sample::Index>(), with in any::<char>()) {
        let (text, _) = schema(&shape, SPACES);
        let chars: Vec<char> = text.chars().collect();
        let at = at.index(chars.len());
        let damaged: String = chars.iter().enumerate().map(|(n, c)| if n == at { with } else { *c }).collect();
        if let Err(problems) = parse(&damaged) {
            prop_assert!(!problems.is_empty());
            for span in problems.iter().filter_map(|problem| problem.span) {
                prop_assert!(damaged.get(span.start..span.end).is_some());
            }
        }
    }

    #[test]
    fn json_text_means_the_same_value(text in "[\\[\\]{}:,0-9eE.+\\-\"a\\\\u ]{0,40}") {
        if let Ok(value) = json::parse(&text, 16) {
            let again = json::parse(&value.to_text(), 16).expect("our text is JSON");
            prop_assert_eq!(again.to_text(), value.to_text());
        }
    }
}
