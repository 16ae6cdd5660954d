//! Straight-line decoders: what a writer wrote, read into a reader's types.
//! Avro's resolution happens here, once, when the code is generated.

use std::collections::{BTreeMap, VecDeque};

use accordant_schema::{FullName, Kind, NodeId, Record, Schema};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use crate::{
    Error,
    ident::{Scope, ident},
    leaf::read_leaf,
    same::Same,
    shape::Shape,
    slot::Slot,
    types::{Form, Place, UnionShape},
};

/// What reads or passes over a value.
#[derive(Debug, Clone)]
pub(crate) enum Read {
    /// The path of a function of the reader.
    Function(TokenStream),
    /// An expression of `Result`, with `reader` in scope.
    Expression(TokenStream),
    /// An expression of `Result` that reads nothing.
    Nothing(TokenStream),
}

/// Why a writer's data cannot be read.
#[derive(Debug)]
pub(crate) enum Unresolved {
    /// Avro's rules say so.
    Incompatible,
    /// The generator cannot.
    Failed(Error),
}

type Result<T> = std::result::Result<T, Unresolved>;

/// Reads one writer's data into the types of a place.
#[derive(Debug)]
pub(crate) struct Resolver<'p, 'l, 'a> {
    pub(crate) reader: &'p Place<'l, 'a>,
    pub(crate) writer: &'p Schema,
    pub(crate) writer_shape: &'p Shape,
    same: Same,
    pub(crate) scope: Scope,
    reads: BTreeMap<(NodeId, NodeId), Ident>,
    pub(crate) skips: BTreeMap<NodeId, Ident>,
    pub(crate) open: VecDeque<Open>,
}

/// A function that is used and not yet written.
#[derive(Debug)]
pub(crate) enum Open {
    Read(NodeId, NodeId),
    Skip(NodeId),
}

impl Read {
    pub(crate) fn expression(self) -> TokenStream {
        match self {
            Read::Function(path) => quote!(#path(reader)),
            Read::Expression(expression) | Read::Nothing(expression) => expression,
        }
    }

    /// As an argument that takes the reader.
    pub(crate) fn argument(self) -> TokenStream {
        match self {
            Read::Function(path) => path,
            Read::Expression(expression) => quote!(|reader| #expression),
            Read::Nothing(expression) => quote!(|_| #expression),
        }
    }
}

impl<'p, 'l, 'a> Resolver<'p, 'l, 'a> {
    pub(crate) fn new(
        reader: &'p Place<'l, 'a>,
        writer: &'p Schema,
        writer_shape: &'p Shape,
    ) -> Resolver<'p, 'l, 'a> {
        Resolver {
            reader,
            writer,
            writer_shape,
            same: Same::new(writer, reader.schema()),
            scope: Scope::default(),
            reads: BTreeMap::new(),
            skips: BTreeMap::new(),
            open: VecDeque::new(),
        }
    }

    /// Reads a value for a place of the reader's.
    pub(crate) fn read(&mut self, w: NodeId, r: NodeId, slot: Slot) -> Result<Read> {
        let (writer, reader) = (self.writer, self.reader.schema());
        let (w_node, r_node) = (writer.node(w), reader.node(r));
        match (&w_node.kind, &r_node.kind) {
            (Kind::Union(branches), _) => self.read_branches(branches, r, slot),
            (_, Kind::Union(branches)) => self.read_into_union(w, r, branches, slot),
            _ if self.reader.external(r).is_some() => self.read_external(w, r, slot),
            (Kind::Record(one), Kind::Record(other)) => {
                names_match(&one.name, &other.name, &other.aliases)?;
                let function = self.record_function(w, r);
                Ok(self.boxed(slot, Read::Function(function)))
            }
            (Kind::Enum(one), Kind::Enum(other)) => {
                names_match(&one.name, &other.name, &other.aliases)?;
                self.read_enum(w, r)
            }
            (Kind::Array(one), Kind::Array(other)) => self.read_items("array", *one, *other),
            (Kind::Map(one), Kind::Map(other)) => {
                let function = match self.reader.form {
                    Form::Owned => "map",
                    Form::View => "map_ref",
                };
                self.read_items(function, *one, *other)
            }
            (Kind::Fixed(one), Kind::Fixed(other)) => {
                names_match(&one.name, &other.name, &other.aliases)?;
                if one.size != other.size {
                    return Err(Unresolved::Incompatible);
                }
                self.read_leaf(w, r)
            }
            _ => self.read_leaf(w, r),
        }
    }

    fn read_leaf(&self, w: NodeId, r: NodeId) -> Result<Read> {
        let (writer, reader) = (self.writer.node(w), self.reader.schema().node(r));
        let read = read_leaf(writer, reader).ok_or(Unresolved::Incompatible)?;
        Ok(Read::Expression(match &reader.kind {
            Kind::String if self.reader.is_view(r) => quote!(reader.str_ref()),
            Kind::Bytes if self.reader.is_view(r) => quote!(reader.bytes_ref()),
            Kind::Fixed(fixed) if self.reader.is_view(r) => {
                let size = Literal::usize_unsuffixed(fixed.size);
                quote!(reader.fixed_ref::<#size>())
            }
            _ => read,
        }))
    }

    /// A type of the user's own reads what was written with its schema, and
    /// nothing else.
    fn read_external(&self, w: NodeId, r: NodeId, slot: Slot) -> Result<Read> {
        if self.same.is_same(w, r) {
            let path = self.reader.path_of(r);
            let decode = quote!(<#path as ::accordant_wire::Decode>::decode);
            return Ok(self.boxed(slot, Read::Function(decode)));
        }
        let (writer, reader) = (self.writer.name_of(w), self.reader.schema().name_of(r));
        match (writer, reader) {
            (Some(_), Some(name)) => {
                let reason = "another version writes it with another schema, \
                    which the type of an `extern_path` cannot read";
                let error = self.reader.unsupported(name.as_str(), reason);
                Err(Unresolved::Failed(error))
            }
            (_, _) => Err(Unresolved::Incompatible),
        }
    }

    fn boxed(&self, slot: Slot, read: Read) -> Read {
        match self.reader.shape.is_boxed(slot) {
            true => {
                let read = read.argument();
                Read::Expression(quote!(reader.boxed(#read)))
            }
            false => read,
        }
    }

    /// The functions that the reads so far need, and those that they need.
    pub(crate) fn functions(&mut self) -> Result<Vec<TokenStream>> {
        let mut functions = Vec::new();
        while let Some(open) = self.open.pop_front() {
            functions.push(match open {
                Open::Read(w, r) => self.read_function(w, r)?,
                Open::Skip(w) => self.skip_function(w),
            });
        }
        Ok(functions)
    }

    fn record_function(&mut self, w: NodeId, r: NodeId) -> TokenStream {
        if self.same.is_same(w, r) {
            let path = self.reader.path_of(r);
            return match self.reader.is_view(r) {
                true => quote!(<#path<'_> as ::accordant_wire::DecodeRef<'_>>::decode_ref),
                false => quote!(<#path as ::accordant_wire::Decode>::decode),
            };
        }
        let (scope, open) = (&mut self.scope, &mut self.open);
        let name = &self.reader.rust_type_of(r).name;
        let function = self.reads.entry((w, r)).or_insert_with(|| {
            open.push_back(Open::Read(w, r));
            scope.snake(&format!("read_{name}"))
        });
        quote!(#function)
    }

    fn read_enum(&mut self, w: NodeId, r: NodeId) -> Result<Read> {
        let path = self.reader.path_of(r);
        if self.same.is_same(w, r) {
            return Ok(Read::Function(
                quote!(<#path as ::accordant_wire::Decode>::decode),
            ));
        }
        let (Kind::Enum(one), Kind::Enum(other)) = (
            &self.writer.node(w).kind,
            &self.reader.schema().node(r).kind,
        ) else {
            return Err(Unresolved::Incompatible);
        };
        let variants = variants_of(&other.symbols);
        let variant = |symbol: &String| {
            other
                .symbols
                .iter()
                .position(|it| it == symbol)
                .map(|at| variants[at].clone())
        };
        let default = other.default.as_ref().and_then(variant);
        let mut arms = Vec::new();
        for symbol in &one.symbols {
            // Only a datum that has the symbol cannot be read.
            arms.push(match variant(symbol).or(default.clone()) {
                Some(variant) => quote!(::std::result::Result::Ok(#path::#variant)),
                None => {
                    let why = format!("the reader has no symbol {symbol:?}");
                    quote!(::std::result::Result::Err(reader.error(
                        ::accordant_wire::DecodeErrorKind::Unresolved(
                            ::std::string::String::from(#why),
                        ),
                    )))
                }
            });
        }
        let count = Literal::usize_unsuffixed(arms.len());
        Ok(Read::Expression(choice(
            &quote!(reader.symbol(#count)?),
            &arms,
        )))
    }

    fn read_items(&mut self, function: &str, w: NodeId, r: NodeId) -> Result<Read> {
        let function = ident(function);
        let bytes_min = Literal::usize_unsuffixed(self.writer_shape.bytes_min(w));
        let read = self.read(w, r, Slot::Heap)?.argument();
        Ok(Read::Expression(
            quote!(reader.#function(#bytes_min, #read)),
        ))
    }

    fn read_branches(&mut self, branches: &[NodeId], r: NodeId, slot: Slot) -> Result<Read> {
        let mut arms = Vec::new();
        for branch in branches {
            arms.push(self.read(*branch, r, slot)?.expression());
        }
        let count = Literal::usize_unsuffixed(arms.len());
        Ok(Read::Expression(choice(
            &quote!(reader.branch(#count)?),
            &arms,
        )))
    }

    fn read_into_union(
        &mut self,
        w: NodeId,
        r: NodeId,
        branches: &[NodeId],
        slot: Slot,
    ) -> Result<Read> {
        let at = pick_branch(self.writer, w, self.reader.schema(), branches)
            .ok_or(Unresolved::Incompatible)?;
        let shape = UnionShape::new(self.reader.schema(), branches);
        let Some((_, branch, variant)) = shape.variants.iter().find(|(index, ..)| *index == at)
        else {
            return Ok(match shape.variants.is_empty() {
                true => Read::Expression(quote!(reader.null())),
                false => Read::Nothing(quote!(::std::result::Result::Ok(
                    ::std::option::Option::None
                ))),
            });
        };
        let mut value = match shape.is_enum() {
            true => {
                let path = self.reader.path_of(r);
                let read = self.read(w, *branch, Slot::Branch(r, at))?.expression();
                self.boxed(slot, Read::Expression(quote!(#read.map(#path::#variant))))
            }
            false => self.read(w, *branch, slot)?,
        };
        if shape.null.is_some() {
            let read = value.expression();
            value = Read::Expression(quote!(#read.map(::std::option::Option::Some)));
        }
        Ok(value)
    }

    fn read_function(&mut self, w: NodeId, r: NodeId) -> Result<TokenStream> {
        let (writer, reader) = (self.writer, self.reader.schema());
        let (Kind::Record(one), Kind::Record(other)) = (&writer.node(w).kind, &reader.node(r).kind)
        else {
            return Err(Unresolved::Incompatible);
        };
        let matches = match_fields(one, other)?;
        let fields = fields_of(other);
        let mut statements = Vec::new();
        for (at, field) in one.fields.iter().enumerate() {
            let name = &field.name;
            match matches.iter().position(|it| *it == Some(at)) {
                Some(target) => {
                    let read = self
                        .read(field.ty, other.fields[target].ty, Slot::Field(r, target))?
                        .argument();
                    let local = ident(&format!("field_{target}"));
                    statements.push(quote!(let #local = reader.field(#name, #read)?;));
                }
                None => {
                    let skip = self.skip(field.ty).argument();
                    statements.push(quote!(reader.field(#name, #skip)?;));
                }
            }
        }
        let mut values = Vec::new();
        for (target, field) in other.fields.iter().enumerate() {
            let name = &fields[target];
            let local = ident(&format!("field_{target}"));
            match (&matches[target], &field.default) {
                (Some(_), _) => values.push(quote!(#name: #local)),
                (None, Some(default)) => {
                    let value =
                        self.reader
                            .default_value(default, field.ty, Slot::Field(r, target));
                    let value = value.map_err(Unresolved::Failed)?;
                    values.push(quote!(#name: #value));
                }
                (None, None) => return Err(Unresolved::Incompatible),
            }
        }
        let function = &self.reads[&(w, r)];
        let enter = self.writer_shape.enter(w);
        let (path, lifetime) = (self.reader.path_of(r), self.reader.lifetime(r));
        let reader_lifetime = lifetime.clone().unwrap_or(quote!(<'_>));
        Ok(quote! {
            pub(super) fn #function #lifetime (
                reader: &mut ::accordant_wire::Reader #reader_lifetime,
            ) -> ::std::result::Result<#path #lifetime, ::accordant_wire::DecodeError> {
                #enter
                #(#statements)*
                let value = #path { #(#values,)* };
                reader.leave();
                ::std::result::Result::Ok(value)
            }
        })
    }
}

/// The Rust names of a record's fields.
pub(crate) fn fields_of(record: &Record) -> Vec<Ident> {
    let mut scope = Scope::default();
    record
        .fields
        .iter()
        .map(|field| scope.snake(&field.name))
        .collect()
}

/// The Rust names of an enum's symbols.
pub(crate) fn variants_of(symbols: &[String]) -> Vec<Ident> {
    // The constant of every enum; `A_L_L` would be another one.
    let mut scope = Scope::with(["ALL"]);
    symbols.iter().map(|symbol| scope.upper(symbol)).collect()
}

/// A `match` over numbers from 0; the last arm is for the last number, which
/// the reader has bounded. Without an arm there is no number, so no value.
pub(crate) fn choice(number: &TokenStream, arms: &[TokenStream]) -> TokenStream {
    if arms.is_empty() {
        return quote!({
            let index = #number;
            ::std::result::Result::Err(reader.no_branch(index))
        });
    }
    let last = arms.len().saturating_sub(1);
    let arms = arms.iter().enumerate().map(|(index, arm)| {
        let index = Literal::usize_unsuffixed(index);
        let pattern = if index.to_string() == last.to_string() {
            quote!(_)
        } else {
            quote!(#index)
        };
        quote!(#pattern => #arm)
    });
    quote!(match #number { #(#arms,)* })
}

/// The branch for a writer's type: the same type by full name, then by simple
/// name or alias, then one that it promotes to.
pub(crate) fn pick_branch(
    writer: &Schema,
    w: NodeId,
    reader: &Schema,
    branches: &[NodeId],
) -> Option<usize> {
    let (w_name, w_node) = (writer.name_of(w), writer.node(w));
    let same_kind = |branch: &NodeId| {
        std::mem::discriminant(&w_node.kind) == std::mem::discriminant(&reader.node(*branch).kind)
    };
    let by_full_name = |branch: &NodeId| same_kind(branch) && reader.name_of(*branch) == w_name;
    let by_name = |branch: &NodeId| {
        same_kind(branch)
            && match (w_name, reader.name_of(*branch)) {
                (Some(one), Some(other)) => {
                    names_match(one, other, aliases_of(reader, *branch)).is_ok()
                }
                _ => false,
            }
    };
    let promoted =
        |branch: &NodeId| w_name.is_none() && read_leaf(w_node, reader.node(*branch)).is_some();
    (branches.iter().position(by_full_name))
        .or_else(|| branches.iter().position(by_name))
        .or_else(|| branches.iter().position(promoted))
}

/// For each of the reader's fields the writer's field that fills it.
pub(crate) fn match_fields(writer: &Record, reader: &Record) -> Result<Vec<Option<usize>>> {
    let position = |name: &String| writer.fields.iter().position(|field| field.name == *name);
    let mut matches: Vec<Option<usize>> = Vec::new();
    for field in &reader.fields {
        let found = position(&field.name).or_else(|| field.aliases.iter().find_map(position));
        if found.is_some() && matches.contains(&found) {
            return Err(Unresolved::Incompatible);
        }
        matches.push(found);
    }
    Ok(matches)
}

/// Avro Java's rule: the simple names are equal, or the reader has the
/// writer's full name as an alias.
pub(crate) fn names_match(
    writer: &FullName,
    reader: &FullName,
    aliases: &[FullName],
) -> Result<()> {
    if writer.name() == reader.name() || aliases.contains(writer) {
        Ok(())
    } else {
        Err(Unresolved::Incompatible)
    }
}

fn aliases_of(schema: &Schema, id: NodeId) -> &[FullName] {
    schema.node(id).kind.named().map_or(&[], |it| it.aliases)
}
