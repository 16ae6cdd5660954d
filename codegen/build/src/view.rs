//! Borrowed views: for each type that holds strings, bytes or fixed values one
//! that borrows them from the input, and the way from there to the owned type.

use accordant_schema::{Kind, NodeId, Record, contract::ContractKind};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::{
    Error,
    change::Change,
    decode::{Resolver, fields_of},
    docs::docs,
    event::Decoders,
    layout::RustType,
    shape::Shape,
    slot::Slot,
    types::{Form, Place, UnionShape, is_large},
};

impl Place<'_, '_> {
    /// Whether a type is borrowed here.
    pub(crate) fn is_view(&self, id: NodeId) -> bool {
        match self.form {
            Form::Owned => false,
            Form::View => self.shape.borrows(id),
        }
    }

    /// The lifetime of a record's or union's type, where it has one.
    pub(crate) fn lifetime(&self, id: NodeId) -> Option<TokenStream> {
        self.is_view(id).then(|| quote!(<'a>))
    }

    /// The view of a type.
    pub(crate) fn view_of(&self, rust: &RustType) -> RustType {
        self.beside(rust, "Ref")
    }

    /// What comes with a type: its name is free in the type's module.
    pub(crate) fn beside(&self, rust: &RustType, what: &str) -> RustType {
        let own = &self.layout.units[rust.unit].own;
        // `Self_` has its underscore because it stands alone.
        let stem = rust.name.to_string();
        let stem = stem.trim_end_matches('_');
        let mut name = format_ident!("{stem}{what}");
        let mut count = 1;
        while own.values().any(|taken| *taken == name) {
            count += 1;
            name = format_ident!("{stem}{what}{count}");
        }
        RustType {
            unit: rust.unit,
            name,
        }
    }

    /// The view of a record or union of this unit; nothing for a type that
    /// borrows nothing.
    pub(crate) fn view_items(&self, id: NodeId) -> Result<TokenStream, Error> {
        let place = Place {
            form: Form::View,
            ..*self
        };
        if !place.is_view(id) {
            return Ok(TokenStream::new());
        }
        match &self.schema().node(id).kind {
            Kind::Record(record) => place.record_view(id, record),
            Kind::Union(branches) => Ok(place.union_view(id, branches)),
            _ => Ok(TokenStream::new()),
        }
    }

    /// The view of an event's root, read from each version that can be.
    pub(crate) fn event_view(&self, shapes: &[Shape]) -> Result<TokenStream, Error> {
        let unit = self.unit();
        let place = Place {
            form: Form::View,
            ..*self
        };
        let root = self.schema().root;
        if unit.contract.config.kind == ContractKind::Type || !place.is_view(root) {
            return Ok(TokenStream::new());
        }
        let Decoders { body, modules, .. } = place.decoders(shapes)?;
        let view = self.view_of(self.rust_type_of(root)).name;
        Ok(quote! {
            impl<'a> ::accordant_wire::EventRef<'a> for #view<'a> {
                fn decode_version(
                    version: u32,
                    reader: &mut ::accordant_wire::Reader<'a>,
                ) -> ::std::result::Result<Self, ::accordant_wire::DecodeError> {
                    #body
                }
            }
            #modules
        })
    }

    fn record_view(&self, id: NodeId, record: &Record) -> Result<TokenStream, Error> {
        let (mut fields, mut reads, mut owned) = (Vec::new(), Vec::new(), Vec::new());
        let mut resolver = Resolver::new(self, self.schema(), self.shape);
        for (at, name) in fields_of(record).iter().enumerate() {
            let (field, slot) = (&record.fields[at], Slot::Field(id, at));
            let avro = &field.name;
            let doc = docs(field.doc.as_deref(), &format!("The field `{avro}`."));
            let ty = self.value_type(field.ty, slot);
            fields.push(quote!(#doc pub #name: #ty));
            let read = resolver.read(field.ty, field.ty, slot);
            let read = read
                .map_err(|error| self.not_itself(error, avro))?
                .argument();
            reads.push(quote!(#name: reader.field(#avro, #read)?));
            let value = self.owned(field.ty, slot).of(&quote!(self.#name));
            owned.push(quote!(#name: #value));
        }
        let rust = self.rust_type_of(id);
        let (name, view) = (&rust.name, self.view_of(rust).name);
        let doc = docs(None, &format!("A view of a [`{name}`]."));
        let enter = self.shape.enter(id);
        Ok(quote! {
            #doc
            #[derive(Debug, Clone, PartialEq)]
            pub struct #view<'a> { #(#fields,)* }

            impl<'a> ::accordant_wire::DecodeRef<'a> for #view<'a> {
                type Owned = #name;

                fn decode_ref(
                    reader: &mut ::accordant_wire::Reader<'a>,
                ) -> ::std::result::Result<Self, ::accordant_wire::DecodeError> {
                    #enter
                    let value = Self { #(#reads,)* };
                    reader.leave();
                    ::std::result::Result::Ok(value)
                }

                fn into_owned(self) -> #name { #name { #(#owned,)* } }
            }
        })
    }

    fn union_view(&self, id: NodeId, branches: &[NodeId]) -> TokenStream {
        let shape = UnionShape::new(self.schema(), branches);
        let rust = self.rust_type_of(id);
        let (name, view) = (&rust.name, self.view_of(rust).name);
        let variants = shape.variants.iter().map(|(at, branch, variant)| {
            let ty = self.value_type(*branch, Slot::Branch(id, *at));
            let doc = docs(None, &format!("The branch `{variant}`."));
            quote!(#doc #variant(#ty))
        });
        let arms = shape
            .variants
            .iter()
            .map(|(at, branch, variant): &(_, _, Ident)| {
                let value = self
                    .owned(*branch, Slot::Branch(id, *at))
                    .of(&quote!(value));
                quote!(Self::#variant(value) => #name::#variant(#value))
            });
        let doc = docs(None, &format!("A view of a [`{name}`]."));
        quote! {
            #doc
            #[derive(Debug, Clone, PartialEq)]
            pub enum #view<'a> { #(#variants,)* }

            impl #view<'_> {
                /// Copies what is borrowed.
                pub fn into_owned(self) -> #name { match self { #(#arms,)* } }
            }
        }
    }

    /// How a view's value becomes an owned one.
    fn owned(&self, id: NodeId, slot: Slot) -> Change {
        if !self.is_view(id) {
            return Change::None;
        }
        match &self.schema().node(id).kind {
            Kind::String => Change::Function(quote!(::std::string::String::from)),
            Kind::Bytes => Change::Function(quote!(::std::vec::Vec::from)),
            Kind::Fixed(fixed) if is_large(fixed) => {
                Change::Function(quote!(::accordant_wire::values::LargeFixed::from))
            }
            Kind::Fixed(_) => Change::Copy,
            Kind::Record(_) => {
                let into_owned = quote!(::accordant_wire::DecodeRef::into_owned);
                self.unboxed(slot, into_owned)
            }
            Kind::Array(items) => match self.owned(*items, Slot::Heap).each() {
                None => Change::None,
                Some(each) => Change::new(move |it| quote!(#it.into_iter() #each .collect())),
            },
            Kind::Map(values) => {
                let value = self.owned(*values, Slot::Heap).of(&quote!(value));
                let entry = quote!(|(key, value)| (::std::string::String::from(key), #value));
                Change::new(move |it| quote!(#it.into_iter().map(#entry).collect()))
            }
            Kind::Union(branches) => {
                let shape = UnionShape::new(self.schema(), branches);
                let inner = match shape.variants.as_slice() {
                    [(_, branch, _)] => self.owned(*branch, slot),
                    _ => {
                        let path = self.path_of(id);
                        self.unboxed(slot, quote!(#path::into_owned))
                    }
                };
                match inner.each().filter(|_| shape.is_option()) {
                    Some(each) => Change::new(move |it| quote!(#it #each)),
                    None => inner,
                }
            }
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Enum(_) => Change::None,
        }
    }

    /// A function of what is in a place, and into a box again if it is in one.
    fn unboxed(&self, slot: Slot, function: TokenStream) -> Change {
        match self.shape.is_boxed(slot) {
            true => Change::new(move |it| quote!(::std::boxed::Box::new(#function(*#it)))),
            false => Change::Function(function),
        }
    }
}
