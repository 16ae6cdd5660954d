//! A field's default as a Rust expression.

use accordant_schema::{
    Kind, NodeId,
    json::{Json, Value},
};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::{
    Error,
    decode::{fields_of, variants_of},
    types::{Form, Leaf, Place, UnionShape},
};

/// Values inside each other, records' own defaults among them.
const DEPTH_MAX: usize = 128;

impl Place<'_, '_> {
    /// The default as a value of the type; it may use `?`, with `reader` in scope.
    pub(crate) fn default_value(
        &self,
        json: &Json,
        id: NodeId,
        owner: Option<NodeId>,
    ) -> Result<TokenStream, Error> {
        let none = || self.unsupported("default", &format!("{} is no default", json.to_text()));
        self.value(json, id, owner, 0).ok_or_else(none)
    }

    /// `None` where the JSON is no value of the type.
    fn value(
        &self,
        json: &Json,
        id: NodeId,
        owner: Option<NodeId>,
        depth: usize,
    ) -> Option<TokenStream> {
        if depth > DEPTH_MAX {
            return None;
        }
        let node = self.schema().node(id);
        let leaf = Leaf::of(node);
        match (&node.kind, &json.value) {
            (Kind::Null, Value::Null) => Some(quote!(())),
            (Kind::Boolean, Value::Bool(value)) => Some(quote!(#value)),
            (Kind::Int, Value::Number(text)) => {
                let value: i32 = whole(text)?.try_into().ok()?;
                Some(logical(leaf, signed(value.into())))
            }
            (Kind::Long, Value::Number(text)) => Some(logical(leaf, signed(whole(text)?))),
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
                Leaf::Uuid => quote!(reader.uuid_from(#text)?),
                _ if self.is_view(id) => quote!(#text),
                _ => quote!(::std::string::String::from(#text)),
            }),
            (Kind::Bytes, Value::String(text)) => {
                let bytes = Literal::byte_string(&code_points(text)?);
                Some(match leaf {
                    Leaf::Decimal { scale, .. } => {
                        let scale = Literal::u32_unsuffixed(scale);
                        quote!(reader.decimal_from(#bytes, #scale)?)
                    }
                    _ if self.is_view(id) => quote!(#bytes),
                    _ => quote!(::std::vec::Vec::from(#bytes)),
                })
            }
            (Kind::Fixed(fixed), Value::String(text)) => {
                let bytes = code_points(text).filter(|bytes| bytes.len() == fixed.size)?;
                let value = fixed_value(leaf, &bytes);
                Some(match self.is_view(id) {
                    true => quote!(&#value),
                    false => value,
                })
            }
            (Kind::Enum(it), Value::String(text)) => {
                let at = it.symbols.iter().position(|symbol| symbol == text)?;
                let (path, variant) = (self.path_of(id), &variants_of(&it.symbols)[at]);
                Some(quote!(#path::#variant))
            }
            (Kind::Array(items), Value::Array(values)) => {
                let values = values
                    .iter()
                    .map(|value| self.value(value, *items, None, depth + 1));
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
                    let (key, value) = (&key.name, self.value(value, *values, None, depth + 1)?);
                    pairs.push(match self.form {
                        Form::Owned => quote!((::std::string::String::from(#key), #value)),
                        Form::View => quote!((#key, #value)),
                    });
                }
                if self.form == Form::View {
                    let entries = quote!(::accordant_wire::Entries::from);
                    return Some(quote!(#entries(::std::vec::Vec::from([#(#pairs),*]))));
                }
                Some(if pairs.is_empty() {
                    quote!(::std::collections::BTreeMap::new())
                } else {
                    quote!(::std::collections::BTreeMap::from([#(#pairs),*]))
                })
            }
            (Kind::Record(_), Value::Object(_)) => self.record_value(json, id, owner, depth + 1),
            (Kind::Union(branches), _) => self.union_value(json, id, branches, owner, depth + 1),
            _ => None,
        }
    }

    fn record_value(
        &self,
        json: &Json,
        id: NodeId,
        owner: Option<NodeId>,
        depth: usize,
    ) -> Option<TokenStream> {
        let Kind::Record(record) = &self.schema().node(id).kind else {
            return None;
        };
        let mut values = Vec::new();
        for (field, name) in record.fields.iter().zip(fields_of(record)) {
            let json = json.get(&field.name).or(field.default.as_ref())?;
            let value = self.value(json, field.ty, Some(id), depth)?;
            values.push(quote!(#name: #value));
        }
        let path = self.path_of(id);
        let value = quote!(#path { #(#values,)* });
        Some(match self.shape.is_boxed(owner, id) {
            true => quote!(::std::boxed::Box::new(#value)),
            false => value,
        })
    }

    /// The first branch that the default is a value of.
    fn union_value(
        &self,
        json: &Json,
        id: NodeId,
        branches: &[NodeId],
        owner: Option<NodeId>,
        depth: usize,
    ) -> Option<TokenStream> {
        let shape = UnionShape::new(self.schema(), branches);
        let (index, value) = branches
            .iter()
            .enumerate()
            .find_map(|(index, branch)| Some((index, self.value(json, *branch, owner, depth)?)))?;
        if Some(index) == shape.null {
            return Some(match shape.variants.is_empty() {
                true => value,
                false => quote!(::std::option::Option::None),
            });
        }
        let (_, _, variant) = shape.variants.iter().find(|(at, ..)| *at == index)?;
        let value = match shape.is_enum() {
            true => {
                let path = self.path_of(id);
                quote!(#path::#variant(#value))
            }
            false => value,
        };
        Some(match shape.null {
            Some(_) => quote!(::std::option::Option::Some(#value)),
            None => value,
        })
    }
}

fn logical(leaf: Leaf, raw: TokenStream) -> TokenStream {
    match leaf.function() {
        None => raw,
        Some(function) => {
            let from = format_ident!("{function}_from");
            quote!(reader.#from(#raw)?)
        }
    }
}

fn fixed_value(leaf: Leaf, bytes: &[u8]) -> TokenStream {
    let numbers = bytes.iter().map(|byte| Literal::u8_unsuffixed(*byte));
    match leaf {
        Leaf::Uuid => quote!(::accordant_wire::values::Uuid::from_bytes([#(#numbers),*])),
        Leaf::Duration => {
            quote!(::accordant_wire::values::Duration::from_bytes([#(#numbers),*]))
        }
        Leaf::Decimal { scale, .. } => {
            let scale = Literal::u32_unsuffixed(scale);
            quote!(reader.decimal_from(&[#(#numbers),*], #scale)?)
        }
        _ => quote!([#(#numbers),*]),
    }
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
