//! `From` of a contract's older versions into its latest: Avro's resolution over
//! values. There is one only where every value of the older type has a place in
//! the newer one; where there is none, the reason is known.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use accordant_schema::{Kind, NodeId, Schema, contract::Version};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::{
    change::Change,
    decode::{fields_of, match_fields, names_match, pick_branch, variants_of},
    layout::{Layout, RustType},
    shape::Shape,
    slot::Slot,
    types::{Form, Leaf, Place, UnionShape},
};

/// What a version's module has of it.
#[derive(Debug, Default)]
pub(crate) struct Upgrades {
    pub(crate) items: TokenStream,
    /// The older versions that cannot be taken in, each with the reason.
    pub(crate) missing: Vec<(Version, String)>,
}

/// Why a value has no place in the newer type.
type Result<T> = std::result::Result<T, String>;

/// An older type and a newer one.
type TypePair = ((usize, Ident), (usize, Ident));

/// Takes the values of one unit's types into those of another's.
struct Upgrader<'p, 'l, 'a> {
    old: &'p Place<'l, 'a>,
    new: &'p Place<'l, 'a>,
    pairs: BTreeSet<(NodeId, NodeId)>,
    open: VecDeque<(NodeId, NodeId)>,
}

/// Of every unit that is a contract's latest, by its position. An older shared
/// type is taken into a newer one in one place only, whoever needs it.
pub(crate) fn upgrades(layout: &Layout<'_>, shapes: &[Shape]) -> BTreeMap<usize, Upgrades> {
    let mut done: BTreeSet<TypePair> = BTreeSet::new();
    let mut all = BTreeMap::new();
    let place = |unit: usize| Place {
        layout,
        unit,
        depth: 0,
        shape: &shapes[unit],
        form: Form::Owned,
    };
    for (at, unit) in layout.units.iter().enumerate() {
        if unit.version.version != unit.contract.latest().version {
            continue;
        }
        let mut upgrades = Upgrades::default();
        let older = (layout.units.iter().enumerate())
            .filter(|(other, it)| *other != at && it.contract.name == unit.contract.name);
        for (other, old) in older {
            let (old_place, new_place) = (place(other), place(at));
            let mut upgrader = Upgrader {
                old: &old_place,
                new: &new_place,
                pairs: BTreeSet::new(),
                open: VecDeque::new(),
            };
            match upgrader.upgrade(&done) {
                Ok((items, pairs)) => {
                    upgrades.items.extend(items);
                    done.extend(pairs);
                }
                Err(reason) => upgrades.missing.push((old.version.version, reason)),
            }
        }
        all.insert(at, upgrades);
    }
    all
}

impl Upgrader<'_, '_, '_> {
    /// The implementations for the roots and what is in them, but for those
    /// that are there, and the types that they are of.
    fn upgrade(&mut self, done: &BTreeSet<TypePair>) -> Result<(TokenStream, Vec<TypePair>)> {
        let (w, r) = (self.old.schema().root, self.new.schema().root);
        if self.old.schema().name_of(w).is_none() || self.new.schema().name_of(r).is_none() {
            return Err("a type without a name has none".to_owned());
        }
        if !self.old.unit().types.contains_key(&w) || !self.new.unit().types.contains_key(&r) {
            return Ok((TokenStream::new(), Vec::new()));
        }
        self.change(w, r, Slot::Heap, Slot::Heap)?;
        let (mut items, mut pairs) = (TokenStream::new(), Vec::new());
        while let Some((w, r)) = self.open.pop_front() {
            let (old, new) = (self.old.rust_type_of(w), self.new.rust_type_of(r));
            let key = |rust: &RustType| (rust.unit, rust.name.clone());
            let pair = (key(old), key(new));
            let body = match (
                &self.old.schema().node(w).kind,
                &self.new.schema().node(r).kind,
            ) {
                (Kind::Record(_), Kind::Record(_)) => self.record(w, r)?,
                _ => self.symbols(w, r)?,
            };
            if done.contains(&pair) {
                continue;
            }
            let (old, new) = (self.old_path(old), self.new.path_of(r));
            items.extend(quote! {
                impl ::std::convert::From<#old> for #new {
                    fn from(value: #old) -> Self { #body }
                }
            });
            pairs.push(pair);
        }
        Ok((items, pairs))
    }

    /// The path of an older type from where the implementations stand.
    fn old_path(&self, old: &RustType) -> TokenStream {
        self.new.layout.path(self.new.unit, self.new.depth, old)
    }

    /// How a value of the older type in its place becomes one of the newer type.
    fn change(&mut self, w: NodeId, r: NodeId, w_slot: Slot, r_slot: Slot) -> Result<Change> {
        let (old, new) = (self.old.schema(), self.new.schema());
        let (w_node, r_node) = (old.node(w), new.node(r));
        match (&w_node.kind, &r_node.kind) {
            (Kind::Union(one), Kind::Union(other)) => {
                let shapes = (UnionShape::new(old, one), UnionShape::new(new, other));
                match shapes {
                    (one, other) if one.is_option() && other.is_option() => {
                        let change = self.each_branch(w, &one, w_slot, |this, branch, slot| {
                            this.branch_of(branch, r, &other, slot, r_slot)
                        })?;
                        Ok(match change.each() {
                            None => Change::None,
                            Some(each) => Change::new(move |value| quote!(#value #each)),
                        })
                    }
                    (one, _) => self.out_of_union(w, r, &one, w_slot, r_slot),
                }
            }
            (Kind::Union(branches), _) => {
                let shape = UnionShape::new(old, branches);
                self.out_of_union(w, r, &shape, w_slot, r_slot)
            }
            (Kind::Null, Kind::Union(branches)) => {
                let shape = UnionShape::new(new, branches);
                match shape.null {
                    Some(_) if shape.is_option() => {
                        Ok(Change::new(|_| quote!(::std::option::Option::None)))
                    }
                    Some(_) => Ok(Change::None),
                    None => Err("null has no place in a union without it".to_owned()),
                }
            }
            (_, Kind::Union(branches)) => {
                let shape = UnionShape::new(new, branches);
                let change = self.branch_of(w, r, &shape, w_slot, r_slot)?;
                Ok(match shape.is_option() {
                    true => change.then(|value| quote!(::std::option::Option::Some(#value))),
                    false => change,
                })
            }
            (Kind::Array(one), Kind::Array(other)) => {
                let change = self.change(*one, *other, Slot::Heap, Slot::Heap)?;
                Ok(match change.each() {
                    None => Change::None,
                    Some(each) => {
                        Change::new(move |value| quote!(#value.into_iter() #each .collect()))
                    }
                })
            }
            (Kind::Map(one), Kind::Map(other)) => {
                let change = self.change(*one, *other, Slot::Heap, Slot::Heap)?;
                let kinds = (self.old.shape.map_kind(w), self.new.shape.map_kind(r));
                Ok(match change {
                    Change::None if kinds.0 == kinds.1 => Change::None,
                    Change::None => Change::new(|value| quote!(#value.into_iter().collect())),
                    change => {
                        let entry = change.of(&quote!(value));
                        Change::new(
                            move |value| quote!(#value.into_iter().map(|(key, value)| (key, #entry)).collect()),
                        )
                    }
                })
            }
            (one, other) => {
                if let (Some(w_name), Some(r_name)) = (one.named(), other.named()) {
                    let matched = names_match(w_name.name, r_name.name, r_name.aliases);
                    matched.map_err(|_| format!("{} is no {}", w_name.name, r_name.name))?;
                }
                match (one, other) {
                    _ if self.old.external(w).is_some() || self.new.external(r).is_some() => {
                        let is_same =
                            one.named().map(|it| it.name) == other.named().map(|it| it.name);
                        let change = is_same.then_some(Change::None);
                        let change = change.ok_or("another type is an `extern_path`")?;
                        Ok(self.boxed(change, w_slot, r_slot))
                    }
                    (Kind::Record(_), Kind::Record(_)) | (Kind::Enum(_), Kind::Enum(_)) => {
                        let change = self.named(w, r);
                        Ok(self.boxed(change, w_slot, r_slot))
                    }
                    _ => leaf(old, w, new, r),
                }
            }
        }
    }

    /// A record or an enum: itself, or by an implementation.
    fn named(&mut self, w: NodeId, r: NodeId) -> Change {
        let (old, new) = (self.old.rust_type_of(w), self.new.rust_type_of(r));
        if (old.unit, &old.name) == (new.unit, &new.name) {
            return Change::None;
        }
        if self.pairs.insert((w, r)) {
            self.open.push_back((w, r));
        }
        let new = self.new.path_of(r);
        Change::Function(quote!(<#new as ::std::convert::From<_>>::from))
    }

    /// From a box, and into one.
    fn boxed(&self, change: Change, w_slot: Slot, r_slot: Slot) -> Change {
        let boxed = |place: &Place<'_, '_>, slot| place.shape.is_boxed(slot);
        match (boxed(self.old, w_slot), boxed(self.new, r_slot), &change) {
            (false, false, _) | (true, true, Change::None) => change,
            (false, true, _) => change.then(|value| quote!(::std::boxed::Box::new(#value))),
            (true, false, _) => Change::new(move |value| change.of(&quote!(*#value))),
            (true, true, _) => Change::new(move |value| change.of(&quote!(*#value)))
                .then(|value| quote!(::std::boxed::Box::new(#value))),
        }
    }

    /// A value into the branch that takes it, without the option around it.
    fn branch_of(
        &mut self,
        w: NodeId,
        r: NodeId,
        shape: &UnionShape,
        w_slot: Slot,
        r_slot: Slot,
    ) -> Result<Change> {
        let (old, new) = (self.old.schema(), self.new.schema());
        let Kind::Union(branches) = &new.node(r).kind else {
            return self.change(w, r, w_slot, r_slot);
        };
        let at = pick_branch(old, w, new, branches);
        let picked = shape.variants.iter().find(|(index, ..)| Some(*index) == at);
        let Some((at, branch, variant)) = picked else {
            return Err(format!("{} has no branch", old.node(w).kind.word()));
        };
        if !shape.is_enum() {
            return self.change(w, *branch, w_slot, r_slot);
        }
        let change = self.change(w, *branch, w_slot, Slot::Branch(r, *at))?;
        let (path, variant) = (self.new.path_of(r), variant.clone());
        let is_boxed = self.new.shape.is_boxed(r_slot);
        Ok(match (change, is_boxed) {
            (Change::None, false) => Change::Function(quote!(#path::#variant)),
            (change, false) => change.then(move |value| quote!(#path::#variant(#value))),
            (change, true) => {
                change.then(move |value| quote!(::std::boxed::Box::new(#path::#variant(#value))))
            }
        })
    }

    /// A union's value without the option around it, branch by branch.
    fn each_branch(
        &mut self,
        w: NodeId,
        shape: &UnionShape,
        w_slot: Slot,
        mut change: impl FnMut(&mut Self, NodeId, Slot) -> Result<Change>,
    ) -> Result<Change> {
        if let [(_, only, _)] = shape.variants.as_slice() {
            return change(self, *only, w_slot);
        }
        let mut arms = Vec::new();
        for (at, branch, variant) in &shape.variants {
            let value = change(self, *branch, Slot::Branch(w, *at))?.of(&quote!(value));
            let path = self.old_path(self.old.rust_type_of(w));
            arms.push(quote!(#path::#variant(value) => #value));
        }
        let unboxed = self.old.shape.is_boxed(w_slot).then(|| quote!(*));
        Ok(Change::new(
            move |value| quote!(match #unboxed #value { #(#arms,)* }),
        ))
    }

    /// Each branch into a type that need not be a union.
    fn out_of_union(
        &mut self,
        w: NodeId,
        r: NodeId,
        shape: &UnionShape,
        w_slot: Slot,
        r_slot: Slot,
    ) -> Result<Change> {
        let Kind::Union(branches) = &self.old.schema().node(w).kind else {
            return self.change(w, r, w_slot, r_slot);
        };
        let null = match shape.null.and_then(|at| branches.get(at)) {
            Some(null) => Some(self.change(*null, r, Slot::Heap, r_slot)?),
            None => None,
        };
        let null = match null {
            Some(null) if shape.variants.is_empty() => return Ok(null),
            Some(null) => Some(null.of(&quote!(()))),
            None if shape.variants.is_empty() => return Ok(Change::new(|it| quote!(match #it {}))),
            None => None,
        };
        let change = self.each_branch(w, shape, w_slot, |this, branch, slot| {
            this.change(branch, r, slot, r_slot)
        })?;
        let Some(null) = null else {
            return Ok(change);
        };
        let value = change.of(&quote!(value));
        Ok(Change::new(move |it| {
            quote! {
                match #it {
                    ::std::option::Option::None => #null,
                    ::std::option::Option::Some(value) => #value,
                }
            }
        }))
    }

    fn record(&mut self, w: NodeId, r: NodeId) -> Result<TokenStream> {
        let (old, new) = (self.old.schema(), self.new.schema());
        let (Kind::Record(one), Kind::Record(other)) = (&old.node(w).kind, &new.node(r).kind)
        else {
            return Err("no record".to_owned());
        };
        let in_field = |at: usize, reason: &str| {
            let field = &other.fields[at].name;
            format!("{}.{field}: {reason}", other.name)
        };
        let matches = match_fields(one, other).map_err(|_| {
            format!(
                "{}: two fields are one field of the older version",
                other.name
            )
        })?;
        let (old_names, new_names) = (fields_of(one), fields_of(other));
        let mut values = Vec::new();
        for (at, (field, name)) in other.fields.iter().zip(&new_names).enumerate() {
            let r_slot = Slot::Field(r, at);
            let value = match (matches[at], &field.default) {
                (Some(from), _) => {
                    let (w_slot, old_name) = (Slot::Field(w, from), &old_names[from]);
                    let change = self.change(one.fields[from].ty, field.ty, w_slot, r_slot);
                    let change = change.map_err(|reason| in_field(at, &reason))?;
                    change.of(&quote!(value.#old_name))
                }
                (None, Some(default)) => (self.new.known_default(default, field.ty, r_slot))
                    .ok_or_else(|| in_field(at, "its default is made by decoders only"))?,
                (None, None) => return Err(in_field(at, "it has no default")),
            };
            values.push(quote!(#name: #value));
        }
        let is_unused = matches.iter().all(Option::is_none);
        let unused = is_unused.then(|| quote!(let _ = value;));
        Ok(quote!(#unused Self { #(#values,)* }))
    }

    fn symbols(&self, w: NodeId, r: NodeId) -> Result<TokenStream> {
        let kinds = (
            &self.old.schema().node(w).kind,
            &self.new.schema().node(r).kind,
        );
        let (Kind::Enum(one), Kind::Enum(other)) = kinds else {
            return Err("no enum".to_owned());
        };
        let variants = variants_of(&other.symbols);
        let variant = |symbol: &String| {
            let at = other.symbols.iter().position(|it| it == symbol)?;
            variants.get(at)
        };
        let default = other.default.as_ref().and_then(variant);
        let path = self.old_path(self.old.rust_type_of(w));
        let mut arms = Vec::new();
        for (symbol, from) in one.symbols.iter().zip(variants_of(&one.symbols)) {
            let to = variant(symbol).or(default).ok_or_else(|| {
                format!(
                    "{}: it has neither the symbol {symbol:?} nor a default",
                    other.name
                )
            })?;
            arms.push(quote!(#path::#from => Self::#to));
        }
        Ok(quote!(match value { #(#arms,)* }))
    }
}

/// A value that is no record, enum, array, map or union: itself, promoted, or
/// of another meaning.
fn leaf(old: &Schema, w: NodeId, new: &Schema, r: NodeId) -> Result<Change> {
    let (one, other) = (old.node(w), new.node(r));
    let is_same_meaning = match (Leaf::of(one), Leaf::of(other)) {
        // As many digits as it has.
        (
            Leaf::Decimal {
                precision: a,
                scale: one,
            },
            Leaf::Decimal {
                precision: b,
                scale: other,
            },
        ) => {
            let is_large = |precision| precision > crate::types::DECIMAL_DIGITS_MAX;
            one == other && is_large(a) == is_large(b)
        }
        (one, other) => one == other,
    };
    if !is_same_meaning {
        return Err("another logical type gives the raw value another meaning".to_owned());
    }
    let words = || format!("{} has no place in {}", one.kind.word(), other.kind.word());
    let is_plain = Leaf::of(one) == Leaf::Plain;
    Ok(match (&one.kind, &other.kind) {
        (Kind::Fixed(one), Kind::Fixed(other)) if one.size == other.size => Change::None,
        (Kind::Fixed(_), Kind::Fixed(_)) => return Err(words()),
        (one, other) if std::mem::discriminant(one) == std::mem::discriminant(other) => {
            Change::None
        }
        _ if !is_plain => return Err(words()),
        (Kind::Int, Kind::Long) => Change::Function(quote!(i64::from)),
        (Kind::Int | Kind::Float, Kind::Double) => Change::Function(quote!(f64::from)),
        (Kind::Int | Kind::Long, Kind::Float) => Change::new(|value| quote!(#value as f32)),
        (Kind::Long, Kind::Double) => Change::new(|value| quote!(#value as f64)),
        (Kind::String, Kind::Bytes) => Change::Function(quote!(::std::string::String::into_bytes)),
        // Bytes need not be UTF-8.
        _ => return Err(words()),
    })
}
