//! The type of a contract whose schema has no name: an array, a map, a union or
//! a primitive. It is called as the contract is: an enum for a union of several
//! branches, and a struct around the value for anything else.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::{
    Error, decode::Resolver, docs::docs, encode::Value, layout::is_enum, paths, slot::Slot,
    types::Place,
};

impl Place<'_, '_> {
    /// The struct and its codec; of an enum, which is there, what it lacks.
    pub(crate) fn root_items(&self, name: &Ident) -> Result<TokenStream, Error> {
        let (schema, shape) = (self.schema(), self.shape);
        let root = schema.root;
        let read = Resolver::new(self, schema, shape).read(root, root, Slot::Heap);
        let read = read
            .map_err(|error| self.not_itself(error, ""))?
            .expression();
        let (items, value) = match is_enum(schema, root) {
            true => (TokenStream::new(), read),
            false => (self.root_struct(name), quote!(#read.map(Self))),
        };
        Ok(quote! {
            #items

            impl ::accordant_wire::Decode for #name {
                fn decode(
                    reader: &mut ::accordant_wire::Reader<'_>,
                ) -> ::std::result::Result<Self, ::accordant_wire::DecodeError> {
                    #value
                }
            }
        })
    }

    fn root_struct(&self, name: &Ident) -> TokenStream {
        let root = self.schema().root;
        let contract = &self.unit().contract.name;
        let doc = docs(None, &format!("The type of `{contract}`."));
        let attributes = self.choices().type_attributes(&paths::of_type(contract));
        let ty = self.value_type(root, Slot::Heap);
        let written = self.write(root, &Value::inner()).result();
        quote! {
            #doc
            #[derive(Debug, Clone, PartialEq)]
            #attributes
            pub struct #name(pub #ty);

            impl ::accordant_wire::Encode for #name {
                fn encode(
                    &self,
                    out: &mut ::std::vec::Vec<u8>,
                ) -> ::std::result::Result<(), ::accordant_wire::EncodeError> {
                    #written
                }
            }
        }
    }
}
