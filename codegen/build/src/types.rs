//! Rust types for Avro types, and where in the emitted code we are.

use accordant_schema::{Fixed, Kind, Logical, Node, NodeId, Schema};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use crate::{
    Error,
    choices::{Choices, MapKind},
    ident::Scope,
    layout::{Layout, RustType, Unit, is_null},
    shape::Shape,
    slot::Slot,
};

/// Digits of a decimal that a `Decimal` of 96 bits holds for every value.
pub(crate) const DECIMAL_DIGITS_MAX: u32 = 28;

/// Bytes of a fixed up to which it is an array; a larger one is on the heap.
const FIXED_ARRAY_BYTES_MAX: usize = 4_096;

/// Whether a fixed is on the heap.
pub(crate) fn is_large(fixed: &Fixed) -> bool {
    fixed.size > FIXED_ARRAY_BYTES_MAX
}

/// A unit's module, from the inside.
#[derive(Debug)]
pub(crate) struct Place<'l, 'a> {
    pub(crate) layout: &'l Layout<'a>,
    pub(crate) unit: usize,
    /// Modules inside the unit's module.
    pub(crate) depth: usize,
    pub(crate) shape: &'l Shape,
    pub(crate) form: Form,
}

/// Whether values own what they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Owned,
    /// Strings, bytes and fixed values are borrowed from the input.
    View,
}

/// What an Avro value is in Rust, where that is not its kind's own type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaf {
    Plain,
    Uuid,
    Decimal { precision: u32, scale: u32 },
    Date,
    TimeMillis,
    TimeMicros,
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,
    LocalTimestampMillis,
    LocalTimestampMicros,
    LocalTimestampNanos,
    Duration,
}

impl Leaf {
    pub(crate) fn of(node: &Node) -> Leaf {
        match node.logical {
            None | Some(Logical::BigDecimal) => Leaf::Plain,
            Some(Logical::Decimal { precision, scale }) => Leaf::Decimal { precision, scale },
            Some(Logical::Uuid) => Leaf::Uuid,
            Some(Logical::Date) => Leaf::Date,
            Some(Logical::TimeMillis) => Leaf::TimeMillis,
            Some(Logical::TimeMicros) => Leaf::TimeMicros,
            Some(Logical::TimestampMillis) => Leaf::TimestampMillis,
            Some(Logical::TimestampMicros) => Leaf::TimestampMicros,
            Some(Logical::TimestampNanos) => Leaf::TimestampNanos,
            Some(Logical::LocalTimestampMillis) => Leaf::LocalTimestampMillis,
            Some(Logical::LocalTimestampMicros) => Leaf::LocalTimestampMicros,
            Some(Logical::LocalTimestampNanos) => Leaf::LocalTimestampNanos,
            Some(Logical::Duration) => Leaf::Duration,
        }
    }

    /// The name of a union's variant, whatever the type is.
    fn variant(self) -> Option<&'static str> {
        Some(match self {
            Leaf::Plain => return None,
            Leaf::Uuid => "Uuid",
            Leaf::Decimal { .. } => "Decimal",
            Leaf::Date => "Date",
            Leaf::TimeMillis | Leaf::TimeMicros => "Time",
            Leaf::TimestampMillis | Leaf::TimestampMicros | Leaf::TimestampNanos => "Timestamp",
            Leaf::LocalTimestampMillis | Leaf::LocalTimestampMicros | Leaf::LocalTimestampNanos => {
                "LocalTimestamp"
            }
            Leaf::Duration => "Duration",
        })
    }

    /// The name of the functions of `Reader` and `write`, without the base's suffix.
    pub(crate) fn function(self) -> Option<&'static str> {
        Some(match self {
            Leaf::Plain => return None,
            Leaf::Uuid => "uuid",
            Leaf::Decimal { .. } => "decimal",
            Leaf::Date => "date",
            Leaf::TimeMillis => "time_millis",
            Leaf::TimeMicros => "time_micros",
            Leaf::TimestampMillis => "timestamp_millis",
            Leaf::TimestampMicros => "timestamp_micros",
            Leaf::TimestampNanos => "timestamp_nanos",
            Leaf::LocalTimestampMillis => "local_timestamp_millis",
            Leaf::LocalTimestampMicros => "local_timestamp_micros",
            Leaf::LocalTimestampNanos => "local_timestamp_nanos",
            Leaf::Duration => "duration",
        })
    }
}

/// What a union is in Rust.
#[derive(Debug)]
pub(crate) struct UnionShape {
    /// The branch of null: the value is an `Option`.
    pub(crate) null: Option<usize>,
    /// The other branches, with their variants' names.
    pub(crate) variants: Vec<(usize, NodeId, Ident)>,
}

impl UnionShape {
    pub(crate) fn new(schema: &Schema, branches: &[NodeId]) -> UnionShape {
        let mut scope = Scope::default();
        let null = branches.iter().position(|branch| is_null(schema, *branch));
        let variants = (branches.iter().enumerate())
            .filter(|(_, branch)| !is_null(schema, **branch))
            .map(|(index, branch)| (index, *branch, scope.upper(&variant_name(schema, *branch))))
            .collect();
        UnionShape { null, variants }
    }

    /// Whether the value is an option of something.
    pub(crate) fn is_option(&self) -> bool {
        self.null.is_some() && !self.variants.is_empty()
    }

    /// Whether there is an enum for the branches that are not null.
    pub(crate) fn is_enum(&self) -> bool {
        self.variants.len() > 1
    }
}

impl<'l, 'a> Place<'l, 'a> {
    pub(crate) fn unit(&self) -> &'l Unit<'a> {
        &self.layout.units[self.unit]
    }

    pub(crate) fn schema(&self) -> &'l Schema {
        &self.unit().version.schema
    }

    /// The same unit's module, one module further in.
    pub(crate) fn inside(&self) -> Place<'l, 'a> {
        Place {
            depth: self.depth + 1,
            ..*self
        }
    }

    pub(crate) fn choices(&self) -> &'l Choices {
        self.layout.choices
    }

    /// The user's own type, where a type with a name has one.
    pub(crate) fn external(&self, id: NodeId) -> Option<&'l TokenStream> {
        self.choices().external(&self.schema().node(id).kind)
    }

    /// The path of a record's, enum's or union's type, or of any that the user has.
    pub(crate) fn path_of(&self, id: NodeId) -> TokenStream {
        if let Some(path) = self.external(id) {
            return path.clone();
        }
        let rust = self.rust_type_of(id);
        match self.is_view(id) {
            true => self.layout.path(self.unit, self.depth, &self.view_of(rust)),
            false => self.layout.path(self.unit, self.depth, rust),
        }
    }

    pub(crate) fn rust_type_of(&self, id: NodeId) -> &'l RustType {
        let rust = self.unit().types.get(&id);
        rust.expect("the layout names every record, enum and union of its schemas")
    }

    /// The type of a value in a place.
    pub(crate) fn value_type(&self, id: NodeId, slot: Slot) -> TokenStream {
        let node = self.schema().node(id);
        if self.external(id).is_some() {
            return self.boxed_type(slot, self.path_of(id));
        }
        if let Some(name) = self.choices().logical_type(Leaf::of(node)) {
            return quote!(::accordant_wire::values::#name);
        }
        match &node.kind {
            Kind::Null => quote!(()),
            Kind::Boolean => quote!(bool),
            Kind::Int => quote!(i32),
            Kind::Long => quote!(i64),
            Kind::Float => quote!(f32),
            Kind::Double => quote!(f64),
            Kind::Bytes if self.is_view(id) => quote!(&'a [u8]),
            Kind::String if self.is_view(id) => quote!(&'a str),
            Kind::Bytes => quote!(::std::vec::Vec<u8>),
            Kind::String => quote!(::std::string::String),
            Kind::Fixed(fixed) => {
                let size = Literal::usize_unsuffixed(fixed.size);
                match self.is_view(id) {
                    true => quote!(&'a [u8; #size]),
                    false if is_large(fixed) => {
                        quote!(::accordant_wire::values::LargeFixed<#size>)
                    }
                    false => quote!([u8; #size]),
                }
            }
            Kind::Enum(_) => self.path_of(id),
            Kind::Record(_) => {
                let (path, lifetime) = (self.path_of(id), self.lifetime(id));
                self.boxed_type(slot, quote!(#path #lifetime))
            }
            Kind::Array(items) => {
                let items = self.value_type(*items, Slot::Heap);
                quote!(::std::vec::Vec<#items>)
            }
            Kind::Map(values) => {
                let values = self.value_type(*values, Slot::Heap);
                match self.form {
                    Form::Owned => {
                        let map = self.map_type(id);
                        quote!(#map<::std::string::String, #values>)
                    }
                    Form::View => quote!(::accordant_wire::Entries<'a, #values>),
                }
            }
            Kind::Union(branches) => {
                let shape = UnionShape::new(self.schema(), branches);
                let inner = match shape.variants.as_slice() {
                    [] if shape.null.is_none() => quote!(::std::convert::Infallible),
                    [] => return quote!(()),
                    [(_, branch, _)] => self.value_type(*branch, slot),
                    _ => {
                        let (path, lifetime) = (self.path_of(id), self.lifetime(id));
                        self.boxed_type(slot, quote!(#path #lifetime))
                    }
                };
                match shape.null {
                    Some(_) => quote!(::std::option::Option<#inner>),
                    None => inner,
                }
            }
        }
    }

    fn boxed_type(&self, slot: Slot, ty: TokenStream) -> TokenStream {
        match self.shape.is_boxed(slot) {
            true => quote!(::std::boxed::Box<#ty>),
            false => ty,
        }
    }

    /// A value of a type that can be boxed, as it is in a place.
    pub(crate) fn boxed_value(&self, slot: Slot, value: TokenStream) -> TokenStream {
        match self.shape.is_boxed(slot) {
            true => quote!(::std::boxed::Box::new(#value)),
            false => value,
        }
    }

    /// The type of a map of owned values, without its arguments.
    pub(crate) fn map_type(&self, id: NodeId) -> TokenStream {
        match self.shape.map_kind(id) {
            MapKind::Ordered => quote!(::std::collections::BTreeMap),
            MapKind::Hashed => quote!(::std::collections::HashMap),
        }
    }

    /// An error about something in this unit.
    pub(crate) fn unsupported(&self, path: &str, reason: &str) -> Error {
        let unit = self.unit();
        Error::Unsupported {
            contract: format!("{} {}", unit.contract.name, unit.version.version),
            path: path.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

fn variant_name(schema: &Schema, id: NodeId) -> String {
    let node = schema.node(id);
    if let Some(name) = schema.name_of(id) {
        return name.name().to_owned();
    }
    if let Some(name) = Leaf::of(node).variant() {
        return name.to_owned();
    }
    match &node.kind {
        Kind::Null => "Null",
        Kind::Boolean => "Boolean",
        Kind::Int => "Int",
        Kind::Long => "Long",
        Kind::Float => "Float",
        Kind::Double => "Double",
        Kind::Bytes => "Bytes",
        Kind::String => "String",
        Kind::Array(_) => "Array",
        Kind::Map(_) => "Map",
        Kind::Record(_) | Kind::Enum(_) | Kind::Fixed(_) | Kind::Union(_) => "Value",
    }
    .to_owned()
}
