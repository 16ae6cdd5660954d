//! A field's default as a Rust expression.

mod logical;

use accordant_compat::witness;
use accordant_schema::{
    Field, FullName, Kind, Node, NodeId, Order, Record, Schema,
    json::{Json, Value},
};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::{
    Error,
    decode::{fields_of, variants_of},
    slot::Slot,
    types::{Form, Leaf, Place, UnionShape, is_large},
};

/// Values inside each other, records' own defaults among them.
const DEPTH_MAX: usize = 128;

/// Where a default is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    /// In a decoder: what is out of range is an error, by `reader` and `?`.
    Decoder,
    /// Anywhere: it is in range, or there is none.
    Known,
}

/// Makes defaults.
struct Defaults<'p, 'l, 'a> {
    place: &'p Place<'l, 'a>,
    context: Context,
}

impl Place<'_, '_> {
    /// The default as a value of the type; it may use `?`, with `reader` in scope.
    pub(crate) fn default_value(
        &self,
        json: &Json,
        id: NodeId,
        slot: Slot,
    ) -> Result<TokenStream, Error> {
        let none = || self.unsupported("default", &format!("{} is no default", json.to_text()));
        let context = Context::Decoder;
        let defaults = Defaults {
            place: self,
            context,
        };
        defaults.value(json, id, slot, 0).ok_or_else(none)
    }

    /// The default as a value of the type, without a reader: `None` of one that
    /// only a decoder makes, such as a date beyond the calendar.
    pub(crate) fn known_default(&self, json: &Json, id: NodeId, slot: Slot) -> Option<TokenStream> {
        let context = Context::Known;
        let defaults = Defaults {
            place: self,
            context,
        };
        defaults.value(json, id, slot, 0)
    }
}

impl Defaults<'_, '_, '_> {
    /// `None` where the JSON is no value of the type.
    fn value(&self, json: &Json, id: NodeId, slot: Slot, depth: usize) -> Option<TokenStream> {
        if depth > DEPTH_MAX {
            return None;
        }
        let node = self.place.schema().node(id);
        let leaf = Leaf::of(node);
        if self.place.external(id).is_some() {
            return Some(self.place.boxed_value(slot, self.external_value(json, id)?));
        }
        match (&node.kind, &json.value) {
            (Kind::Null, Value::Null) => Some(quote!(())),
            (Kind::Boolean, Value::Bool(value)) => Some(quote!(#value)),
            (Kind::Int, Value::Number(text)) => {
                let value: i32 = whole(text)?.try_into().ok()?;
                self.logical(leaf, value.into())
            }
            (Kind::Long, Value::Number(text)) => self.logical(leaf, whole(text)?),
            (Kind::Float, Value::Number(text)) => {
                let value: f32 = text.parse().ok()?;
                let literal = Literal::f32_unsuffixed(value.is_finite().then(|| value.abs())?);
                Some(negated(value.is_sign_negative(), &literal))
            }
            (Kind::Double, Value::Number(text)) => {
                let value: f64 = text.parse().ok()?;
                let literal = Literal::f64_unsuffixed(value.is_finite().then(|| value.abs())?);
                Some(negated(value.is_sign_negative(), &literal))
            }
            (Kind::String, Value::String(text)) => Some(match leaf {
                Leaf::Uuid => self.uuid(text)?,
                _ if self.place.is_view(id) => quote!(#text),
                _ => quote!(::std::string::String::from(#text)),
            }),
            (Kind::Bytes, Value::String(text)) => {
                let bytes = code_points(text)?;
                let literal = Literal::byte_string(&bytes);
                Some(match leaf {
                    _ if self.place.is_view(id) => quote!(#literal),
                    Leaf::Decimal { scale, .. } if !self.place.choices().is_plain(leaf) => {
                        self.decimal(leaf, &bytes, scale)?
                    }
                    _ => quote!(::std::vec::Vec::from(#literal)),
                })
            }
            (Kind::Fixed(fixed), Value::String(text)) => {
                let bytes = code_points(text).filter(|bytes| bytes.len() == fixed.size)?;
                let literal = Literal::byte_string(&bytes);
                let is_plain = self.place.choices().is_plain(leaf);
                Some(match self.place.is_view(id) {
                    true => quote!(#literal),
                    false if is_plain && is_large(fixed) => {
                        quote!(::accordant_wire::values::LargeFixed::from(#literal))
                    }
                    false => self.fixed(leaf, &bytes)?,
                })
            }
            (Kind::Enum(it), Value::String(text)) => {
                let at = it.symbols.iter().position(|symbol| symbol == text)?;
                let (path, variant) = (self.place.path_of(id), &variants_of(&it.symbols)[at]);
                Some(quote!(#path::#variant))
            }
            (Kind::Array(items), Value::Array(values)) => {
                let values = values
                    .iter()
                    .map(|value| self.value(value, *items, Slot::Heap, depth + 1));
                let values = values.collect::<Option<Vec<_>>>()?;
                Some(if values.is_empty() {
                    quote!(::std::vec::Vec::new())
                } else {
                    quote!(::std::vec::Vec::from([#(#values),*]))
                })
            }
            (Kind::Map(values), Value::Object(entries)) => {
                let mut pairs = Vec::new();
                for (key, value) in entries {
                    let (key, value) = (
                        &key.name,
                        self.value(value, *values, Slot::Heap, depth + 1)?,
                    );
                    pairs.push(match self.place.form {
                        Form::Owned => quote!((::std::string::String::from(#key), #value)),
                        Form::View => quote!((#key, #value)),
                    });
                }
                if self.place.form == Form::View {
                    let entries = quote!(::accordant_wire::Entries::from);
                    return Some(quote!(#entries(::std::vec::Vec::from([#(#pairs),*]))));
                }
                let map = self.place.map_type(id);
                Some(if pairs.is_empty() {
                    quote!(#map::new())
                } else {
                    quote!(#map::from([#(#pairs),*]))
                })
            }
            (Kind::Record(_), Value::Object(_)) => self.record_value(json, id, slot, depth + 1),
            (Kind::Union(branches), _) => self.union_value(json, id, branches, slot, depth + 1),
            _ => None,
        }
    }

    fn record_value(
        &self,
        json: &Json,
        id: NodeId,
        slot: Slot,
        depth: usize,
    ) -> Option<TokenStream> {
        let Kind::Record(record) = &self.place.schema().node(id).kind else {
            return None;
        };
        let mut values = Vec::new();
        for (at, name) in fields_of(record).iter().enumerate() {
            let field = &record.fields[at];
            let json = json.get(&field.name).or(field.default.as_ref())?;
            let value = self.value(json, field.ty, Slot::Field(id, at), depth)?;
            values.push(quote!(#name: #value));
        }
        let path = self.place.path_of(id);
        Some(self.place.boxed_value(slot, quote!(#path { #(#values,)* })))
    }

    /// A default of a type that the user has: as bytes that it decodes.
    fn external_value(&self, json: &Json, id: NodeId) -> Option<TokenStream> {
        // What the type makes of its bytes is its own.
        if self.context == Context::Known {
            return None;
        }
        let bytes = encoded(self.place.schema(), json, id)?;
        let (path, bytes) = (self.place.path_of(id), Literal::byte_string(&bytes));
        Some(quote!(reader.default_of::<#path>(#bytes)?))
    }

    /// The first branch that the default is a value of.
    fn union_value(
        &self,
        json: &Json,
        id: NodeId,
        branches: &[NodeId],
        slot: Slot,
        depth: usize,
    ) -> Option<TokenStream> {
        let shape = UnionShape::new(self.place.schema(), branches);
        let slot_of = |index: usize| match shape.is_enum() {
            true => Slot::Branch(id, index),
            false => slot,
        };
        let (index, value) = branches.iter().enumerate().find_map(|(index, branch)| {
            let value = self.value(json, *branch, slot_of(index), depth)?;
            Some((index, value))
        })?;
        if Some(index) == shape.null {
            return Some(match shape.variants.is_empty() {
                true => value,
                false => quote!(::std::option::Option::None),
            });
        }
        let (_, _, variant) = shape.variants.iter().find(|(at, ..)| *at == index)?;
        let value = match shape.is_enum() {
            true => {
                let path = self.place.path_of(id);
                self.place
                    .boxed_value(slot, quote!(#path::#variant(#value)))
            }
            false => value,
        };
        Some(match shape.null {
            Some(_) => quote!(::std::option::Option::Some(#value)),
            None => value,
        })
    }
}

/// The bytes of a default: what a reader makes of a record that has no field,
/// when its own has this one.
fn encoded(schema: &Schema, json: &Json, id: NodeId) -> Option<Vec<u8>> {
    let with_record = |fields: Vec<Field>| {
        let mut schema = schema.clone();
        schema.root = NodeId(u32::try_from(schema.nodes.len()).ok()?);
        schema.nodes.push(Node {
            kind: Kind::Record(Record {
                name: FullName::new("Default").ok()?,
                aliases: Vec::new(),
                doc: None,
                fields,
                is_error: false,
            }),
            logical: None,
            props: Vec::new(),
            span: json.span,
            source: 0,
        });
        Some(schema)
    };
    let field = Field {
        name: "value".to_owned(),
        aliases: Vec::new(),
        doc: None,
        ty: id,
        default: Some(json.clone()),
        order: Order::Ascending,
        props: Vec::new(),
        span: json.span,
        name_span: json.span,
    };
    let reader = with_record(vec![field])?;
    let value = witness::decode(&reader, &with_record(Vec::new())?, &[]).ok()?;
    value.encode(&reader).ok()
}

fn array(bytes: &[u8]) -> TokenStream {
    let numbers = bytes.iter().map(|byte| Literal::u8_unsuffixed(*byte));
    quote!([#(#numbers),*])
}

fn signed(value: i64) -> TokenStream {
    negated(value < 0, &Literal::u64_unsuffixed(value.unsigned_abs()))
}

fn negated(is_negative: bool, literal: &Literal) -> TokenStream {
    if is_negative {
        quote!(-#literal)
    } else {
        quote!(#literal)
    }
}

/// A whole number, however it is written.
fn whole(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| {
        let value: f64 = text.parse().ok()?;
        // Beyond 2^53 a float no longer says which whole number was meant.
        (value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0).then_some(value as i64)
    })
}

/// Avro's bytes in JSON: a code point a byte.
fn code_points(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|character| u8::try_from(u32::from(character)).ok())
        .collect()
}
