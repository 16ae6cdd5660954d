//! Passing over what a writer wrote and the reader has no use for.

use accordant_schema::{Kind, NodeId};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::decode::{Open, Read, Resolver, choice};

impl Resolver<'_, '_, '_> {
    /// Passes over a writer's value.
    pub(crate) fn skip(&mut self, w: NodeId) -> Read {
        let writer = self.writer;
        Read::Expression(match &writer.node(w).kind {
            Kind::Null => quote!(reader.null()),
            Kind::Boolean => quote!(reader.skip(1)),
            Kind::Int | Kind::Long | Kind::Enum(_) => quote!(reader.skip_long()),
            Kind::Float => quote!(reader.skip(4)),
            Kind::Double => quote!(reader.skip(8)),
            Kind::Bytes | Kind::String => quote!(reader.skip_bytes()),
            Kind::Fixed(fixed) => {
                let size = Literal::usize_unsuffixed(fixed.size);
                quote!(reader.skip(#size))
            }
            Kind::Record(record) => {
                let (scope, open) = (&mut self.scope, &mut self.open);
                let function = self.skips.entry(w).or_insert_with(|| {
                    open.push_back(Open::Skip(w));
                    scope.snake(&format!("skip_{}", record.name.name()))
                });
                return Read::Function(quote!(#function));
            }
            Kind::Array(items) => {
                let bytes_min = Literal::usize_unsuffixed(self.writer_shape.bytes_min(*items));
                let skip = self.skip(*items).argument();
                quote!(reader.skip_blocks(#bytes_min, #skip))
            }
            Kind::Map(values) => {
                let bytes_min = self.writer_shape.bytes_min(*values).saturating_add(1);
                let bytes_min = Literal::usize_unsuffixed(bytes_min);
                let skip = self.skip(*values).expression();
                quote!(reader.skip_blocks(#bytes_min, |reader| { reader.skip_bytes()?; #skip }))
            }
            Kind::Union(branches) => {
                let arms: Vec<_> = branches
                    .iter()
                    .map(|branch| self.skip(*branch).expression())
                    .collect();
                let count = Literal::usize_unsuffixed(arms.len());
                choice(&quote!(reader.branch(#count)?), &arms)
            }
        })
    }

    pub(crate) fn skip_function(&mut self, w: NodeId) -> TokenStream {
        let writer = self.writer;
        let mut statements = Vec::new();
        if let Kind::Record(record) = &writer.node(w).kind {
            for field in &record.fields {
                let name = &field.name;
                let skip = self.skip(field.ty).argument();
                statements.push(quote!(reader.field(#name, #skip)?;));
            }
        }
        let function = &self.skips[&w];
        let enter = self.writer_shape.enter(w);
        quote! {
            fn #function(
                reader: &mut ::accordant_wire::Reader<'_>,
            ) -> ::std::result::Result<(), ::accordant_wire::DecodeError> {
                #enter
                #(#statements)*
                reader.leave();
                ::std::result::Result::Ok(())
            }
        }
    }
}
