//! Reading a value that is no record, enum, array, map or union, promoted if
//! Avro's rules say so.
//!
//! The raw value means what the reader's logical type says, as in Avro Java and
//! in a plan: another unit or scale of the writer is not converted. The gate
//! finds such a change between versions, because nobody else notices it.

use accordant_schema::{Kind, Node};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::types::{Leaf, is_large};

/// An expression of `Result` with `reader` in scope; `None` where the reader
/// cannot read what the writer wrote.
pub(crate) fn read_leaf(writer: &Node, reader: &Node) -> Option<TokenStream> {
    let plain = read_plain(&writer.kind, &reader.kind)?;
    let r = Leaf::of(reader);
    match r {
        Leaf::Plain => Some(plain),
        _ if matches!((&writer.kind, &reader.kind), (Kind::Int, Kind::Long)) => {
            let from = format_ident!("{}_from", r.function()?);
            Some(quote!(#plain.and_then(|raw| reader.#from(raw))))
        }
        _ => Some(read_logical(r, &reader.kind)),
    }
}

fn read_logical(leaf: Leaf, kind: &Kind) -> TokenStream {
    match (leaf, kind) {
        (Leaf::Decimal { scale, .. }, Kind::Fixed(fixed)) => {
            let (size, scale) = (
                Literal::usize_unsuffixed(fixed.size),
                Literal::u32_unsuffixed(scale),
            );
            quote!(reader.decimal_fixed(#size, #scale))
        }
        (Leaf::Decimal { scale, .. }, _) => {
            let scale = Literal::u32_unsuffixed(scale);
            quote!(reader.decimal(#scale))
        }
        (Leaf::Uuid, Kind::Fixed(_)) => quote!(reader.uuid_fixed()),
        _ => {
            let function = format_ident!("{}", leaf.function().unwrap_or("null"));
            quote!(reader.#function())
        }
    }
}

fn read_plain(writer: &Kind, reader: &Kind) -> Option<TokenStream> {
    Some(match (writer, reader) {
        (Kind::Null, Kind::Null) => quote!(reader.null()),
        (Kind::Boolean, Kind::Boolean) => quote!(reader.boolean()),
        (Kind::Int, Kind::Int) => quote!(reader.int()),
        (Kind::Int, Kind::Long) => quote!(reader.int().map(i64::from)),
        (Kind::Int, Kind::Float) => quote!(reader.int().map(|value| value as f32)),
        (Kind::Int, Kind::Double) => quote!(reader.int().map(f64::from)),
        (Kind::Long, Kind::Long) => quote!(reader.long()),
        (Kind::Long, Kind::Float) => quote!(reader.long().map(|value| value as f32)),
        (Kind::Long, Kind::Double) => quote!(reader.long().map(|value| value as f64)),
        (Kind::Float, Kind::Float) => quote!(reader.float()),
        (Kind::Float, Kind::Double) => quote!(reader.float().map(f64::from)),
        (Kind::Double, Kind::Double) => quote!(reader.double()),
        (Kind::Bytes | Kind::String, Kind::Bytes) => quote!(reader.bytes()),
        (Kind::Bytes | Kind::String, Kind::String) => quote!(reader.string()),
        (Kind::Fixed(_), Kind::Fixed(fixed)) => {
            let size = Literal::usize_unsuffixed(fixed.size);
            match is_large(fixed) {
                true => quote!(reader.large_fixed::<#size>()),
                false => quote!(reader.fixed::<#size>()),
            }
        }
        _ => return None,
    })
}
