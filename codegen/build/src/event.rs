//! The `Event` implementation of a contract's root type.

use accordant_schema::{
    Fingerprint, Kind, NodeId, Record, canonical_form, contract::ContractKind, md5, rabin,
};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::{
    Error,
    decode::{Resolver, Unresolved, fields_of},
    shape::Shape,
    slot::Slot,
    types::{Form, Leaf, Place, UnionShape},
};

/// What a version's module has besides its types.
pub(crate) struct EventParts {
    pub(crate) items: TokenStream,
}

/// What reads the versions of a contract.
pub(crate) struct Decoders {
    /// The constants of the versions that are read.
    pub(crate) versions: Vec<TokenStream>,
    /// Chooses by `version`, and reads from `reader`.
    pub(crate) body: TokenStream,
    pub(crate) modules: TokenStream,
}

/// A field that a path leads to.
struct Target {
    /// From `self`.
    expression: TokenStream,
    ty: NodeId,
}

impl Place<'_, '_> {
    /// The constant that names the version and its schema.
    pub(crate) fn writer_version(&self) -> TokenStream {
        let unit = self.unit();
        let number = Literal::u32_unsuffixed(unit.version.version.0);
        let text = &unit.version.text;
        let canonical = canonical_form(&unit.version.schema);
        let rabin = Literal::u64_unsuffixed(rabin(&canonical));
        let fingerprint = Fingerprint::of(&canonical).0;
        let fingerprint = fingerprint.iter().map(|byte| Literal::u8_unsuffixed(*byte));
        let md5 = md5(&canonical);
        let md5 = md5.iter().map(|byte| Literal::u8_unsuffixed(*byte));
        let references = unit.references.iter().map(|at| {
            let other = &self.layout.units[*at];
            let (name, subject) = (other.contract.name.as_str(), other.contract.subject());
            let version = Literal::u32_unsuffixed(other.version.version.0);
            let writer = self.layout.item(self.unit, *at, "WRITER");
            quote! {
                ::accordant_wire::SchemaReference {
                    name: #name,
                    subject: #subject,
                    version: #version,
                    schema: #writer.schema,
                }
            }
        });
        let doc = format!(" `{}` {}.", unit.contract.name, unit.version.version);
        quote! {
            #[doc = #doc]
            pub const WRITER: ::accordant_wire::WriterVersion = ::accordant_wire::WriterVersion {
                version: #number,
                schema: #text,
                references: &[#(#references),*],
                fingerprint: [#(#fingerprint),*],
                rabin: #rabin,
                md5: [#(#md5),*],
            };
        }
    }

    /// The implementation and the decoders of other versions; `None` for a
    /// shared type.
    pub(crate) fn event(&self, shapes: &[Shape]) -> Result<Option<EventParts>, Error> {
        let unit = self.unit();
        if unit.contract.config.kind == ContractKind::Type {
            return Ok(None);
        }
        let schema = self.schema();
        if self.external(schema.root).is_some() {
            return Err(self.unsupported("", "an event's own type cannot be an `extern_path`"));
        }
        let Kind::Record(root) = &schema.root().kind else {
            return Err(self.unsupported("", "an event is a record"));
        };
        let decoders = self.decoders(shapes)?;
        let (versions, body, modules) = (decoders.versions, decoders.body, decoders.modules);
        let name = &self.rust_type_of(schema.root).name;
        let config = &unit.contract.config;
        let (contract, topic) = (unit.contract.name.as_str(), config.topic.as_str());
        let subject = unit.contract.subject();
        let number = Literal::u32_unsuffixed(unit.version.version.0);
        let key = self.key_text(root, &config.key)?;
        let partition = self.key_text(root, &config.partition_by)?;
        let entity_version = self.entity_version(root, config.version.as_deref())?;
        let deleted = self.deleted(root, config.deleted.as_deref())?;
        let items = quote! {
            impl ::accordant_wire::Event for #name {
                const CONTRACT: &'static str = #contract;
                const VERSION: u32 = #number;
                const TOPIC: &'static str = #topic;
                const SUBJECT: &'static str = #subject;
                const SCHEMA: &'static str = WRITER.schema;
                const VERSIONS: &'static [::accordant_wire::WriterVersion] = &[#(#versions),*];

                fn decode_version(
                    version: u32,
                    reader: &mut ::accordant_wire::Reader<'_>,
                ) -> ::std::result::Result<Self, ::accordant_wire::DecodeError> {
                    #body
                }

                fn key(&self) -> ::std::string::String { #key }

                fn partition_text(&self) -> ::std::string::String { #partition }

                fn entity_version(&self) -> ::std::option::Option<i64> { #entity_version }

                fn is_deleted(&self) -> bool { #deleted }
            }
            #modules
        };
        Ok(Some(EventParts { items }))
    }

    /// A decoder for each version of the contract that can be resolved, into
    /// the owned type or the view. Drafts are among them: while one is tried
    /// out, its events must be readable.
    pub(crate) fn decoders(&self, shapes: &[Shape]) -> Result<Decoders, Error> {
        let unit = self.unit();
        let (decode, prefix, how) = match self.form {
            Form::Owned => (quote!(Decode::decode), "from", ""),
            Form::View => (quote!(DecodeRef::decode_ref), "view_from", ", borrowed"),
        };
        let (mut versions, mut arms, mut modules) = (Vec::new(), Vec::new(), TokenStream::new());
        for (at, other) in self.layout.units.iter().enumerate() {
            if other.contract.name != unit.contract.name {
                continue;
            }
            let inside = self.inside();
            let writer = &other.version.schema;
            let mut resolver = Resolver::new(&inside, writer, &shapes[at]);
            let read = resolver.read(writer.root, self.schema().root, Slot::Heap);
            let functions = match read.and_then(|_| resolver.functions()) {
                Ok(functions) => functions,
                Err(Unresolved::Incompatible) => continue,
                Err(Unresolved::Failed(error)) => return Err(error),
            };
            let version = other.version.version.0;
            let number = Literal::u32_unsuffixed(version);
            versions.push(self.layout.item(self.unit, at, "WRITER"));
            if functions.is_empty() {
                arms.push(quote!(#number => ::accordant_wire::#decode(reader)));
                continue;
            }
            let module = format_ident!("{prefix}_v{version}");
            let root = &self.rust_type_of(self.schema().root).name;
            let function = crate::ident::Scope::default().snake(&format!("read_{root}"));
            arms.push(quote!(#number => #module::#function(reader)));
            let doc = format!(" What v{version} wrote{how}.");
            modules.extend(quote!(#[doc = #doc] mod #module { #(#functions)* }));
        }
        let contract = unit.contract.name.as_str();
        let number = Literal::u32_unsuffixed(unit.version.version.0);
        let body = quote! {
            match version {
                #(#arms,)*
                version => ::std::result::Result::Err(reader.error(
                    ::accordant_wire::DecodeErrorKind::UnknownVersion {
                        contract: #contract,
                        reader: #number,
                        version,
                    },
                )),
            }
        };
        Ok(Decoders {
            versions,
            body,
            modules,
        })
    }

    fn key_text(&self, root: &Record, paths: &[String]) -> Result<TokenStream, Error> {
        let mut parts = Vec::new();
        for path in paths {
            let Target { expression, ty } = self.target(root, path)?;
            let node = self.schema().node(ty);
            if self.external(ty).is_some() {
                return Err(self.unsupported(path, "a key is no type of an `extern_path`"));
            }
            parts.push(match (&node.kind, Leaf::of(node)) {
                (Kind::String, Leaf::Plain) => quote!(#expression.as_str()),
                (Kind::Enum(_), _) => quote!(#expression.as_str()),
                (Kind::String | Kind::Fixed(_), Leaf::Uuid)
                | (Kind::Int | Kind::Long, Leaf::Plain) => {
                    quote!(::std::string::ToString::to_string(&#expression).as_str())
                }
                _ => {
                    let reason = "a key is a string, int, long, uuid or enum that is never null";
                    return Err(self.unsupported(path, reason));
                }
            });
        }
        Ok(quote!(::accordant_wire::key::join([#(#parts),*])))
    }

    fn entity_version(&self, root: &Record, path: Option<&str>) -> Result<TokenStream, Error> {
        let Some(path) = path else {
            return Ok(quote!(::std::option::Option::None));
        };
        let Target { expression, ty } = self.target(root, path)?;
        let node = self.schema().node(ty);
        match (&node.kind, Leaf::of(node)) {
            (Kind::Int, Leaf::Plain) => {
                Ok(quote!(::std::option::Option::Some(i64::from(#expression))))
            }
            (Kind::Long, Leaf::Plain) => Ok(quote!(::std::option::Option::Some(#expression))),
            _ => Err(self.unsupported(path, "a version is an int or long that is never null")),
        }
    }

    fn deleted(&self, root: &Record, path: Option<&str>) -> Result<TokenStream, Error> {
        let Some(path) = path else {
            return Ok(quote!(false));
        };
        let Target { expression, ty } = self.target(root, path)?;
        match self.schema().node(ty).kind {
            Kind::Boolean => Ok(expression),
            _ => Err(self.unsupported(path, "`deleted` is a boolean that is never null")),
        }
    }

    fn target(&self, root: &Record, path: &str) -> Result<Target, Error> {
        let mut record = root;
        let mut expression = quote!(self);
        let mut parts = path.split('.').peekable();
        while let Some(part) = parts.next() {
            let Some(at) = record.fields.iter().position(|field| field.name == part) else {
                return Err(self.unsupported(path, "there is no such field"));
            };
            let name: &Ident = &fields_of(record)[at];
            expression = quote!(#expression.#name);
            let mut ty = record.fields[at].ty;
            // A union of one branch is that branch.
            if let Kind::Union(branches) = &self.schema().node(ty).kind {
                let shape = UnionShape::new(self.schema(), branches);
                if let ([(_, only, _)], None) = (shape.variants.as_slice(), shape.null) {
                    ty = *only;
                }
            }
            match (&self.schema().node(ty).kind, parts.peek()) {
                (_, None) => return Ok(Target { expression, ty }),
                (Kind::Record(inner), Some(_)) if self.external(ty).is_none() => record = inner,
                _ => return Err(self.unsupported(path, "it leads through no record")),
            }
        }
        Err(self.unsupported(path, "an empty path"))
    }
}
