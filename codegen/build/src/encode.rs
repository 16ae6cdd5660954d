//! Straight-line encoders.

use accordant_schema::{Kind, NodeId};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::types::{Leaf, Place, UnionShape};

/// A value's expression: as a reference, and as a value where it is `Copy`.
pub(crate) struct Value {
    pub(crate) by_ref: TokenStream,
    pub(crate) by_value: TokenStream,
}

/// What writes a value.
pub(crate) enum Written {
    /// Statements that cannot fail.
    Statements(TokenStream),
    /// An expression of `Result<(), EncodeError>`.
    Fallible(TokenStream),
}

impl Value {
    /// The field of `self`.
    pub(crate) fn field(name: &proc_macro2::Ident) -> Value {
        Value {
            by_ref: quote!(&self.#name),
            by_value: quote!(self.#name),
        }
    }

    /// What a newtype holds.
    pub(crate) fn inner() -> Value {
        Value {
            by_ref: quote!(&self.0),
            by_value: quote!(self.0),
        }
    }

    /// A variable that holds a reference.
    fn reference(name: &str) -> Value {
        let name = crate::ident::ident(name);
        Value {
            by_ref: quote!(#name),
            by_value: quote!(*#name),
        }
    }
}

impl Written {
    /// As an expression of `Result`.
    pub(crate) fn result(self) -> TokenStream {
        match self {
            Written::Statements(statements) => {
                quote!({ #statements ::std::result::Result::Ok(()) })
            }
            Written::Fallible(result) => result,
        }
    }

    /// As statements of a function that fails as they do, in a record's field.
    pub(crate) fn in_field(self, name: &str) -> TokenStream {
        match self {
            Written::Statements(statements) => statements,
            Written::Fallible(result) => {
                quote!(#result.map_err(|error| error.in_field(#name))?;)
            }
        }
    }
}

impl Place<'_, '_> {
    /// Writes a value of a type to `out`.
    pub(crate) fn write(&self, id: NodeId, value: &Value) -> Written {
        let node = self.schema().node(id);
        let Value { by_ref, by_value } = value;
        if self.external(id).is_some() {
            return self.write_named(id, by_ref);
        }
        if let Some(written) = write_leaf(Leaf::of(node), &node.kind, by_ref) {
            return written;
        }
        let copy = |function: &str| statement(function, by_value);
        let borrowed = |function: &str| statement(function, by_ref);
        match &node.kind {
            Kind::Null => borrowed("null"),
            Kind::Boolean => copy("boolean"),
            Kind::Int => copy("int"),
            Kind::Long => copy("long"),
            Kind::Float => copy("float"),
            Kind::Double => copy("double"),
            Kind::Bytes => borrowed("bytes"),
            Kind::String => borrowed("string"),
            Kind::Fixed(_) => borrowed("fixed"),
            Kind::Record(_) | Kind::Enum(_) => self.write_named(id, by_ref),
            Kind::Array(items) => self.write_items("array", *items, by_ref),
            Kind::Map(values) => self.write_items("map", *values, by_ref),
            Kind::Union(branches) => {
                self.write_union(id, &UnionShape::new(self.schema(), branches), value)
            }
        }
    }

    fn write_named(&self, id: NodeId, by_ref: &TokenStream) -> Written {
        let path = self.path_of(id);
        Written::Fallible(quote!(<#path as ::accordant_wire::Encode>::encode(#by_ref, out)))
    }

    fn write_items(&self, function: &str, items: NodeId, by_ref: &TokenStream) -> Written {
        let function = crate::ident::ident(function);
        let write = match self.encoder(items) {
            Some(function) => function,
            None => match self.write(items, &Value::reference("item")) {
                Written::Statements(statements) => {
                    quote!(|item, out| { #statements ::std::result::Result::Ok(()) })
                }
                Written::Fallible(result) => quote!(|item, out| #result),
            },
        };
        Written::Fallible(quote!(::accordant_wire::write::#function(#by_ref, out, #write)))
    }

    /// The function that writes a value, where it is one function and no more.
    fn encoder(&self, id: NodeId) -> Option<TokenStream> {
        let schema = self.schema();
        let leaf = Leaf::of(schema.node(id));
        let is_external = self.external(id).is_some();
        if can_fail(leaf)
            && !is_external
            && let Some(function) = leaf.function().map(crate::ident::ident)
        {
            return Some(quote!(::accordant_wire::write::#function));
        }
        let has_type = match &schema.node(id).kind {
            Kind::Record(_) | Kind::Enum(_) => true,
            Kind::Union(branches) => {
                let shape = UnionShape::new(schema, branches);
                shape.null.is_none() && shape.is_enum()
            }
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Fixed(_)
            | Kind::Array(_)
            | Kind::Map(_) => false,
        };
        let path = (has_type || is_external).then(|| self.path_of(id))?;
        Some(quote!(<#path as ::accordant_wire::Encode>::encode))
    }

    fn write_union(&self, id: NodeId, shape: &UnionShape, value: &Value) -> Written {
        let write_inner = |value: &Value| match shape.variants.as_slice() {
            [] if shape.null.is_none() => statement("never", &value.by_ref),
            [] => statement("null", &value.by_ref),
            [(index, branch, _)] => self.write_branch(*index, *branch, value),
            _ => self.write_named(id, &value.by_ref),
        };
        let Some(null) = shape.null.filter(|_| !shape.variants.is_empty()) else {
            let index = write_index(0);
            return match (shape.null, write_inner(value)) {
                (Some(_), Written::Statements(inner)) => Written::Statements(quote!(#index #inner)),
                (_, inner) => inner,
            };
        };
        let null = write_index(null);
        let by_ref = &value.by_ref;
        match write_inner(&Value::reference("value")) {
            Written::Statements(inner) => Written::Statements(quote! {
                match #by_ref {
                    ::std::option::Option::None => { #null }
                    ::std::option::Option::Some(value) => { #inner }
                }
            }),
            Written::Fallible(inner) => Written::Fallible(quote! {
                match #by_ref {
                    ::std::option::Option::None => { #null ::std::result::Result::Ok(()) }
                    ::std::option::Option::Some(value) => #inner
                }
            }),
        }
    }

    /// Writes a union's branch: its number, then the value.
    pub(crate) fn write_branch(&self, index: usize, branch: NodeId, value: &Value) -> Written {
        let index = write_index(index);
        match self.write(branch, value) {
            Written::Statements(inner) => Written::Statements(quote!(#index #inner)),
            Written::Fallible(inner) => Written::Fallible(quote!({ #index #inner })),
        }
    }

    /// The arms of a union's enum.
    pub(crate) fn write_arms(&self, shape: &UnionShape) -> Vec<TokenStream> {
        let arm = |(index, branch, name): &(usize, NodeId, proc_macro2::Ident)| {
            let written = self
                .write_branch(*index, *branch, &Value::reference("value"))
                .result();
            quote!(Self::#name(value) => #written)
        };
        shape.variants.iter().map(arm).collect()
    }
}

fn write_leaf(leaf: Leaf, kind: &Kind, by_ref: &TokenStream) -> Option<Written> {
    let function = crate::ident::ident(leaf.function()?);
    Some(match (leaf, kind) {
        (Leaf::Decimal { precision, scale }, Kind::Fixed(fixed)) => {
            let (precision, scale) = (number(precision), number(scale));
            let size = Literal::usize_unsuffixed(fixed.size);
            Written::Fallible(quote! {
                ::accordant_wire::write::decimal_fixed::<#size>(#by_ref, #precision, #scale, out)
            })
        }
        (Leaf::Decimal { precision, scale }, _) => {
            let (precision, scale) = (number(precision), number(scale));
            Written::Fallible(quote! {
                ::accordant_wire::write::decimal(#by_ref, #precision, #scale, out)
            })
        }
        (Leaf::Uuid, Kind::Fixed(_)) => statement("uuid_fixed", by_ref),
        (leaf, _) if can_fail(leaf) => {
            Written::Fallible(quote!(::accordant_wire::write::#function(#by_ref, out)))
        }
        _ => Written::Statements(quote!(::accordant_wire::write::#function(#by_ref, out);)),
    })
}

/// Whether there are values of the type that the number cannot say. Decimals
/// are apart: they take precision and scale too.
fn can_fail(leaf: Leaf) -> bool {
    match leaf {
        Leaf::TimeMillis | Leaf::TimeMicros | Leaf::TimestampNanos | Leaf::LocalTimestampNanos => {
            true
        }
        Leaf::Plain
        | Leaf::Uuid
        | Leaf::Decimal { .. }
        | Leaf::Date
        | Leaf::TimestampMillis
        | Leaf::TimestampMicros
        | Leaf::LocalTimestampMillis
        | Leaf::LocalTimestampMicros
        | Leaf::Duration => false,
    }
}

fn statement(function: &str, argument: &TokenStream) -> Written {
    let function = crate::ident::ident(function);
    Written::Statements(quote!(::accordant_wire::write::#function(#argument, out);))
}

fn write_index(index: usize) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    quote!(::accordant_wire::write::long(#index, out);)
}

fn number(value: u32) -> Literal {
    Literal::u32_unsuffixed(value)
}
