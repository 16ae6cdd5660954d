//! Records, enums and fixed.

use std::collections::BTreeSet;

use super::{
    attributes::field_props,
    builder::{Builder, POISON},
};
use crate::{
    Enum, Field, Fixed, FullName, Kind, NodeId, Order, ProblemCode, Record,
    json::{Json, Value},
    problem::shorten,
};

impl Builder<'_> {
    pub(super) fn record(&mut self, json: &Json, around: &str, is_error: bool) -> NodeId {
        let (id, name) = self.begin_named(json, "record", around);
        let (doc, aliases) = self.doc_and_aliases(json, &name);
        let mut fields = Vec::new();
        self.open.insert(id);
        if let Some(list) = self.required(json, "record", "fields") {
            match &list.value {
                Value::Array(items) => fields = self.fields(items, &name),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Object(_) => self.wrong(list, "fields", "an array of fields"),
            }
        }
        self.open.remove(&id);
        self.fill(
            id,
            Kind::Record(Record {
                name,
                aliases,
                doc,
                fields,
                is_error,
            }),
        );
        self.finish(id, json);
        id
    }

    pub(super) fn enumeration(&mut self, json: &Json, around: &str) -> NodeId {
        let (id, name) = self.begin_named(json, "enum", around);
        let (doc, aliases) = self.doc_and_aliases(json, &name);
        let mut symbols = Vec::new();
        let mut seen = BTreeSet::new();
        self.required(json, "enum", "symbols");
        for (symbol, value) in self.texts(json, "symbols") {
            if !self.check_simple_name(symbol, value, "symbol") {
                continue;
            }
            if seen.insert(symbol) {
                symbols.push(symbol.to_owned());
            } else {
                let message = format!("the symbol {:?} stands twice", shorten(symbol));
                self.problem_at(ProblemCode::DUPLICATE_SYMBOL, value, message);
            }
        }
        let default = self.optional_text(json, "default").map(str::to_owned);
        if let (Some(text), Some(value)) = (&default, json.get("default"))
            && !seen.contains(text.as_str())
        {
            let message = format!("the default {:?} is none of the symbols", shorten(text));
            self.problem_at(ProblemCode::BAD_ENUM_DEFAULT, value, message);
        }
        self.fill(
            id,
            Kind::Enum(Enum {
                name,
                aliases,
                doc,
                symbols,
                default,
            }),
        );
        self.finish(id, json);
        id
    }

    pub(super) fn fixed(&mut self, json: &Json, around: &str) -> NodeId {
        let (id, name) = self.begin_named(json, "fixed", around);
        let (doc, aliases) = self.doc_and_aliases(json, &name);
        let mut size = 0;
        if let Some(value) = self.required(json, "fixed", "size") {
            match &value.value {
                Value::Number(text) => match text.parse::<i32>().ok().map(usize::try_from) {
                    Some(Ok(bytes)) => size = bytes,
                    Some(Err(_)) | None => {
                        let message = format!(
                            "\"size\" must be a number of bytes from 0 to {}, not {}",
                            i32::MAX,
                            shorten(text)
                        );
                        self.problem_at(ProblemCode::WRONG_ATTRIBUTE, value, message);
                    }
                },
                Value::Null
                | Value::Bool(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_) => self.wrong(value, "size", "a number"),
            }
        }
        self.fill(
            id,
            Kind::Fixed(Fixed {
                name,
                aliases,
                doc,
                size,
            }),
        );
        self.finish(id, json);
        id
    }

    /// Takes a place and a name, so that the type's own content can use them.
    fn begin_named(&mut self, json: &Json, of: &str, around: &str) -> (NodeId, FullName) {
        let id = self.push(Kind::Null, json.span);
        match self.full_name(json, of, around) {
            Some(name) => {
                self.define(&name, id, json);
                (id, name)
            }
            None => (id, FullName::unnamed()),
        }
    }

    fn doc_and_aliases(&mut self, json: &Json, name: &FullName) -> (Option<String>, Vec<FullName>) {
        let doc = self.optional_text(json, "doc").map(str::to_owned);
        (doc, self.type_aliases(json, name))
    }

    fn fields(&mut self, items: &[Json], record: &FullName) -> Vec<Field> {
        // A path begins with the outermost record.
        let root = if self.path.is_empty() {
            record.name()
        } else {
            ""
        };
        self.within(root, |builder| {
            let mut seen = BTreeSet::new();
            let mut fields = Vec::new();
            for item in items {
                let Some(field) = builder.field(item, record.namespace()) else {
                    continue;
                };
                if seen.insert(field.name.clone()) {
                    fields.push(field);
                } else {
                    let message =
                        format!("the record has a second field {:?}", shorten(&field.name));
                    let fix = "rename one of them, or remove it";
                    builder.refuse(ProblemCode::DUPLICATE_FIELD, field.name_span, message, fix);
                }
            }
            fields
        })
    }

    fn field(&mut self, json: &Json, namespace: &str) -> Option<Field> {
        let Value::Object(_) = json.value else {
            let message = format!("a field must be an object, not {}", json.kind());
            self.problem_at(ProblemCode::WRONG_ATTRIBUTE, json, message);
            return None;
        };
        let name_value = self.required(json, "field", "name")?;
        let Some(name) = name_value.as_str() else {
            self.wrong(name_value, "name", "a string");
            return None;
        };
        let is_named = self.check_simple_name(name, name_value, "field name");
        let segment = format!(".{}", shorten(name));
        let field = self.within(&segment, |builder| {
            let ty = builder.required(json, "field", "type")?;
            let ty = builder.node(ty, namespace);
            let mut seen = BTreeSet::new();
            let aliases = builder
                .texts(json, "aliases")
                .into_iter()
                .map(|(alias, _)| alias);
            let aliases = aliases
                .filter(|alias| seen.insert(*alias))
                .map(str::to_owned)
                .collect();
            Some(Field {
                name: name.to_owned(),
                aliases,
                doc: builder.optional_text(json, "doc").map(str::to_owned),
                ty,
                default: json.get("default").cloned(),
                order: builder.order(json),
                props: field_props(json),
                span: json.span,
                name_span: name_value.span,
            })
        });
        field.filter(|field| is_named && field.ty != POISON)
    }

    fn order(&mut self, json: &Json) -> Order {
        let Some(value) = json.get("order") else {
            return Order::Ascending;
        };
        match value.as_str() {
            Some("ascending") => Order::Ascending,
            Some("descending") => Order::Descending,
            Some("ignore") => Order::Ignore,
            Some(_) | None => {
                let message =
                    "\"order\" must be \"ascending\", \"descending\" or \"ignore\"".to_owned();
                self.problem_at(ProblemCode::WRONG_ATTRIBUTE, value, message);
                Order::Ascending
            }
        }
    }
}
