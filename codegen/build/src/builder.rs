//! How a record is made by hand: `Default` where every field has a default, and
//! otherwise a builder, whose fields with a default start with it.

use accordant_schema::{Kind, NodeId, Record};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::{
    decode::fields_of,
    docs::docs,
    ident::Scope,
    slot::Slot,
    types::{Leaf, Place, UnionShape},
};

/// A record's field, as it is made.
struct Part {
    name: Ident,
    avro: String,
    ty: TokenStream,
    setting: Setting,
    default: Option<TokenStream>,
}

/// What a builder's method takes.
enum Setting {
    /// Whatever becomes the value.
    Into,
    /// The value.
    Plain,
}

impl Place<'_, '_> {
    /// `Default`, or a builder.
    pub(crate) fn making_items(&self, id: NodeId, record: &Record) -> TokenStream {
        let parts: Vec<Part> = (fields_of(record).into_iter().enumerate())
            .map(|(at, name)| self.part(Slot::Field(id, at), record, at, name))
            .collect();
        match parts.iter().all(|part| part.default.is_some()) {
            true => self.default_items(id, &parts),
            false => self.builder_items(id, record, &parts),
        }
    }

    fn part(&self, slot: Slot, record: &Record, at: usize, name: Ident) -> Part {
        let field = &record.fields[at];
        let json = field.default.as_ref();
        let is_null = matches!(self.schema().node(field.ty).kind, Kind::Null);
        let default = json.and_then(|json| self.known_default(json, field.ty, slot));
        Part {
            name,
            avro: field.name.clone(),
            ty: self.value_type(field.ty, slot),
            setting: self.setting(field.ty, slot),
            default: default.or(is_null.then(|| quote!(()))),
        }
    }

    /// Text, options and boxes are made of what is in them; numbers are
    /// themselves, so that a literal needs no suffix.
    fn setting(&self, id: NodeId, slot: Slot) -> Setting {
        let node = self.schema().node(id);
        let is_into = match &node.kind {
            Kind::Union(branches) => {
                let shape = UnionShape::new(self.schema(), branches);
                shape.null.is_some() && !shape.variants.is_empty()
            }
            Kind::String => Leaf::of(node) == Leaf::Plain,
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::Record(_)
            | Kind::Enum(_)
            | Kind::Fixed(_)
            | Kind::Array(_)
            | Kind::Map(_) => false,
        };
        match is_into || self.shape.is_boxed(slot) {
            true => Setting::Into,
            false => Setting::Plain,
        }
    }

    fn default_items(&self, id: NodeId, parts: &[Part]) -> TokenStream {
        let name = &self.rust_type_of(id).name;
        let values = parts.iter().map(|Part { name, default, .. }| {
            let default = default.as_ref();
            quote!(#name: #default)
        });
        quote! {
            impl ::std::default::Default for #name {
                /// The defaults of the schema.
                fn default() -> Self { Self { #(#values,)* } }
            }
        }
    }

    fn builder_items(&self, id: NodeId, record: &Record, parts: &[Part]) -> TokenStream {
        let rust = self.rust_type_of(id);
        let (name, builder) = (&rust.name, self.beside(rust, "Builder").name);
        let (mut fields, mut starts, mut values) = (Vec::new(), Vec::new(), Vec::new());
        let (mut setters, mut methods) = (Vec::new(), Scope::with(["build"]));
        let record = record.name.as_str();
        for part in parts {
            let Part { name, avro, ty, .. } = part;
            match &part.default {
                Some(default) => {
                    fields.push(quote!(#name: #ty));
                    starts.push(quote!(#name: #default));
                    values.push(quote!(#name: self.#name));
                }
                None => {
                    fields.push(quote!(#name: ::std::option::Option<#ty>));
                    starts.push(quote!(#name: ::std::option::Option::None));
                    values.push(quote! {
                        #name: ::accordant_wire::MissingField::check(self.#name, #record, #avro)?
                    });
                }
            }
            setters.push(part.setter(&methods.snake(avro)));
        }
        let doc = docs(None, &format!("The fields of a [`{name}`], one by one."));
        quote! {
            impl #name {
                /// A builder, in which the fields with a default are set.
                pub fn builder() -> #builder { #builder { #(#starts,)* } }
            }

            #doc
            #[derive(Debug, Clone)]
            #[must_use]
            pub struct #builder { #(#fields,)* }

            impl #builder {
                #(#setters)*

                /// The record.
                ///
                /// # Errors
                /// A field that has no default is not set.
                pub fn build(self) -> ::std::result::Result<#name, ::accordant_wire::MissingField> {
                    ::std::result::Result::Ok(#name { #(#values,)* })
                }
            }
        }
    }
}

impl Part {
    fn setter(&self, method: &Ident) -> TokenStream {
        let Part { name, ty, .. } = self;
        let (argument, value) = match self.setting {
            Setting::Into => (
                quote!(impl ::std::convert::Into<#ty>),
                quote!(::std::convert::Into::into(value)),
            ),
            Setting::Plain => (quote!(#ty), quote!(value)),
        };
        let value = match self.default {
            Some(_) => value,
            None => quote!(::std::option::Option::Some(#value)),
        };
        let doc = docs(None, &format!("The field `{}`.", self.avro));
        quote! {
            #doc
            pub fn #method(mut self, value: #argument) -> Self {
                self.#name = #value;
                self
            }
        }
    }
}
