//! Reading attributes of a schema object, with a problem for what does not fit.

use std::collections::BTreeSet;

use super::builder::Builder;
use crate::{
    FullName, NodeId, Problem, ProblemCode,
    json::{Json, Value},
    parse::builder::{NAME_BYTES_MAX, POISON, primitive},
    parse::logical::logical,
    problem::shorten,
};

/// Attributes of a type that the specification names; the rest are props.
const TYPE_RESERVED: [&str; 10] = [
    "aliases",
    "doc",
    "fields",
    "items",
    "name",
    "namespace",
    "size",
    "symbols",
    "type",
    "values",
];
/// The same of a field.
const FIELD_RESERVED: [&str; 6] = ["aliases", "default", "doc", "name", "order", "type"];

impl Builder<'_> {
    /// An attribute that must be there.
    pub(super) fn required<'j>(
        &mut self,
        json: &'j Json,
        of: &str,
        name: &str,
    ) -> Option<&'j Json> {
        let found = json.get(name);
        if found.is_none() {
            let message = format!("{name:?} is missing in {} {of}", article(of));
            self.refuse(ProblemCode::MISSING_ATTRIBUTE, json.span, message, "");
        }
        found
    }

    /// A text that may be absent.
    pub(super) fn optional_text<'j>(&mut self, json: &'j Json, name: &str) -> Option<&'j str> {
        // Some tools write null where they have nothing to say; so does Java read it.
        let value = json.get(name).filter(|it| it.value != Value::Null)?;
        let text = value.as_str();
        if text.is_none() {
            self.wrong(value, name, "a string");
        }
        text
    }

    /// A list of texts with their places; empty when absent.
    pub(super) fn texts<'j>(&mut self, json: &'j Json, name: &str) -> Vec<(&'j str, &'j Json)> {
        let Some(value) = json.get(name) else {
            return Vec::new();
        };
        let Value::Array(items) = &value.value else {
            self.wrong(value, name, "an array of strings");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            match item.as_str() {
                Some(text) => texts.push((text, item)),
                None => self.wrong(item, name, "an array of strings"),
            }
        }
        texts
    }

    /// Reports an attribute's value of the wrong JSON type.
    pub(super) fn wrong(&mut self, value: &Json, name: &str, expected: &str) {
        let message = format!("{name:?} must be {expected}, not {}", value.kind());
        self.refuse(ProblemCode::WRONG_ATTRIBUTE, value.span, message, "");
    }

    /// The full name of a named type.
    pub(super) fn full_name(&mut self, json: &Json, of: &str, around: &str) -> Option<FullName> {
        let value = self.required(json, of, "name")?;
        let Some(name) = value.as_str() else {
            self.wrong(value, "name", "a string");
            return None;
        };
        let namespace = self.optional_text(json, "namespace").unwrap_or(around);
        let full = match name.rsplit_once('.') {
            // A leading dot alone means the null namespace.
            Some(("", simple)) => simple.to_owned(),
            Some(_) => name.to_owned(),
            None if namespace.is_empty() => name.to_owned(),
            None => format!("{namespace}.{name}"),
        };
        match FullName::new(&full) {
            Ok(full) if primitive(full.as_str()).is_some() => {
                let message = format!("{} {of} has the name of a primitive type", article(of));
                self.refuse(
                    ProblemCode::PRIMITIVE_NAME,
                    value.span,
                    message,
                    "give it another name",
                );
                None
            }
            Ok(full) if full.as_str().len() > NAME_BYTES_MAX => {
                let name = shorten(full.as_str());
                let message = format!("the name {name:?} has more than {NAME_BYTES_MAX} bytes");
                self.refuse(
                    ProblemCode::BAD_NAME,
                    value.span,
                    message,
                    "give it a shorter name",
                );
                None
            }
            Ok(full) => Some(full),
            Err(_) => {
                let message = format!("{:?} is no Avro name", shorten(&full));
                self.refuse(ProblemCode::BAD_NAME, value.span, message, NAME_RULE);
                None
            }
        }
    }

    /// A named type's aliases, relative to its own namespace.
    pub(super) fn type_aliases(&mut self, json: &Json, name: &FullName) -> Vec<FullName> {
        let mut aliases = Vec::new();
        let mut seen = BTreeSet::new();
        for (text, item) in self.texts(json, "aliases") {
            let bare = text.strip_prefix('.').unwrap_or(text);
            let full = if text.contains('.') || name.namespace().is_empty() {
                bare.to_owned()
            } else {
                format!("{}.{text}", name.namespace())
            };
            match FullName::new(&full) {
                Ok(alias) if alias.as_str().len() <= NAME_BYTES_MAX => {
                    if seen.insert(alias.clone()) {
                        aliases.push(alias);
                    }
                }
                Ok(_) | Err(_) => {
                    let message = format!("the alias {:?} is no Avro name", shorten(text));
                    self.refuse(ProblemCode::BAD_NAME, item.span, message, NAME_RULE);
                }
            }
        }
        aliases
    }

    /// Makes a name known, unless another type has it.
    pub(super) fn define(&mut self, name: &FullName, id: NodeId, json: &Json) {
        if id == POISON {
            return;
        }
        if self.names.contains_key(name) {
            let span = json.get("name").map_or(json.span, |value| value.span);
            let message = format!(
                "the type {:?} is defined a second time",
                shorten(name.as_str())
            );
            let fix = "refer to the first definition by its name, or give this type another name";
            self.refuse(ProblemCode::REDEFINED, span, message, fix);
        } else {
            self.names.insert(name.clone(), id);
        }
    }

    /// Takes over a finished type's remaining attributes and its logical type.
    pub(super) fn finish(&mut self, id: NodeId, json: &Json) {
        if id == POISON {
            return;
        }
        let node = &mut self.nodes[id.0 as usize];
        let is_enum = matches!(node.kind, crate::Kind::Enum(_));
        node.props = props(json, |key| {
            TYPE_RESERVED.contains(&key) || (is_enum && key == "default")
        });
        node.logical = logical(node);
        node.span = json.span;
    }

    /// Reports a name that is none.
    pub(super) fn check_simple_name(&mut self, name: &str, value: &Json, what: &str) -> bool {
        let is_ok = !name.contains('.') && FullName::new(name).is_ok();
        if !is_ok {
            let message = format!("the {what} {:?} is no Avro name", shorten(name));
            self.refuse(ProblemCode::BAD_NAME, value.span, message, NAME_RULE);
        }
        is_ok
    }

    /// Reports a problem at a value, with the walk's path.
    pub(super) fn problem_at(&mut self, code: ProblemCode, value: &Json, message: String) {
        let problem = Problem::new(code, message).at(value.span).on(&self.path);
        self.report(problem);
    }
}

/// The props of a field.
pub(super) fn field_props(json: &Json) -> Vec<(String, Json)> {
    props(json, |key| FIELD_RESERVED.contains(&key))
}

fn props(json: &Json, is_reserved: impl Fn(&str) -> bool) -> Vec<(String, Json)> {
    let Value::Object(entries) = &json.value else {
        return Vec::new();
    };
    let others = entries.iter().filter(|(key, _)| !is_reserved(&key.name));
    others
        .map(|(key, value)| (key.name.clone(), value.clone()))
        .collect()
}

const NAME_RULE: &str = "use letters, digits and underscores, no digit first; dots only between the parts of a namespace";

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e']) {
        "an"
    } else {
        "a"
    }
}
