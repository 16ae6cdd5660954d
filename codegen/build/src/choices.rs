//! What a build script's options mean for the contracts at hand: parsed, and
//! each held against what there is.

use std::collections::BTreeMap;

use accordant_schema::{
    FullName, Kind, NodeId, Schema,
    contract::{ContractVersion, Contracts},
    nearest,
};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::Parser;

use crate::{
    Error,
    options::{DateLibrary, DecimalType, Options, Rule, RuleKind},
    paths::{self, Paths},
    same::Same,
    types::{DECIMAL_DIGITS_MAX, Leaf},
};

/// What a map of owned values is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MapKind {
    Ordered,
    Hashed,
}

/// What was chosen, for every place.
#[derive(Debug)]
pub(crate) struct Choices {
    dates: DateLibrary,
    decimals: DecimalType,
    rules: Vec<Rule>,
    /// The attributes of each rule, in the order of the rules.
    attributes: Vec<TokenStream>,
    /// The types that the user has, by Avro's full name.
    externals: BTreeMap<FullName, TokenStream>,
}

impl Choices {
    /// # Errors
    /// An attribute or a Rust path that is none, a path that meets nothing, or
    /// a type that one Rust type cannot stand for.
    pub(crate) fn new(options: &Options, contracts: &Contracts) -> Result<Choices, Error> {
        let mut choices = Choices {
            dates: options.dates,
            decimals: options.decimals,
            rules: options.rules.clone(),
            attributes: Vec::new(),
            externals: BTreeMap::new(),
        };
        for rule in &options.rules {
            choices.attributes.push(attributes(rule)?);
            if rule.kind == RuleKind::ExternPath {
                let name = external_name(rule, contracts)?;
                choices
                    .externals
                    .insert(name, rust_path(rule)?.to_token_stream());
            }
        }
        let paths = Paths::new(contracts, &choices);
        for rule in &options.rules {
            if rule.kind != RuleKind::ExternPath && !paths.meets(rule) {
                let known = paths.of(rule.kind).iter();
                return Err(meets_nothing(rule, known.map(String::as_str)));
            }
        }
        Ok(choices)
    }

    /// The attributes of a type.
    pub(crate) fn type_attributes(&self, path: &str) -> TokenStream {
        self.attributes_of(RuleKind::TypeAttribute, path)
    }

    /// The attributes of a record's field, an enum's symbol, or a branch.
    pub(crate) fn field_attributes(&self, path: &str) -> TokenStream {
        self.attributes_of(RuleKind::FieldAttribute, path)
    }

    fn attributes_of(&self, kind: RuleKind, path: &str) -> TokenStream {
        let rules = self.rules.iter().zip(&self.attributes);
        rules
            .filter(|(rule, _)| rule.kind == kind && rule.matches(path))
            .map(|(_, attributes)| attributes.clone())
            .collect()
    }

    /// Whether a place is boxed, if that can be.
    pub(crate) fn is_boxed(&self, path: &str) -> bool {
        let mut rules = self.rules.iter();
        rules.any(|rule| rule.kind == RuleKind::Boxed && rule.matches(path))
    }

    /// What the maps in a field are: as the last rule has it.
    pub(crate) fn map_kind(&self, path: &str) -> MapKind {
        let kind = |rule: &Rule| match rule.kind {
            RuleKind::BTreeMap => Some(MapKind::Ordered),
            RuleKind::HashMap => Some(MapKind::Hashed),
            RuleKind::TypeAttribute
            | RuleKind::FieldAttribute
            | RuleKind::Boxed
            | RuleKind::ExternPath => None,
        };
        let matching = self.rules.iter().rev().filter(|rule| rule.matches(path));
        matching
            .into_iter()
            .find_map(kind)
            .unwrap_or(MapKind::Ordered)
    }

    /// The user's own type for a type with a name.
    pub(crate) fn external(&self, kind: &Kind) -> Option<&TokenStream> {
        self.externals.get(kind.named()?.name)
    }

    /// Whether a value is what its kind is, as if it had no logical type.
    pub(crate) fn is_plain(&self, leaf: Leaf) -> bool {
        self.logical_type(leaf).is_none()
    }

    /// The type of `accordant_wire::values` for a value of a logical type;
    /// `None` where the value is what its kind is.
    pub(crate) fn logical_type(&self, leaf: Leaf) -> Option<TokenStream> {
        let (chrono, time) = match leaf {
            Leaf::Plain => return None,
            Leaf::Uuid => return Some(quote!(Uuid)),
            Leaf::Duration => return Some(quote!(Duration)),
            Leaf::Decimal { .. } => return self.decimal(leaf),
            Leaf::Date => (quote!(NaiveDate), quote!(Date)),
            Leaf::TimeMillis | Leaf::TimeMicros => (quote!(NaiveTime), quote!(Time)),
            Leaf::TimestampMillis | Leaf::TimestampMicros | Leaf::TimestampNanos => (
                quote!(DateTime<::accordant_wire::values::Utc>),
                quote!(OffsetDateTime),
            ),
            Leaf::LocalTimestampMillis | Leaf::LocalTimestampMicros | Leaf::LocalTimestampNanos => {
                (quote!(NaiveDateTime), quote!(PrimitiveDateTime))
            }
        };
        Some(match self.dates {
            DateLibrary::Chrono => chrono,
            DateLibrary::Time => time,
        })
    }

    fn decimal(&self, leaf: Leaf) -> Option<TokenStream> {
        let Leaf::Decimal { precision, .. } = leaf else {
            return None;
        };
        let is_large = precision > DECIMAL_DIGITS_MAX;
        match self.decimals {
            DecimalType::RustDecimal if is_large => None,
            DecimalType::RustDecimalOrBigDecimal if is_large => Some(quote!(BigDecimal)),
            DecimalType::RustDecimal | DecimalType::RustDecimalOrBigDecimal => {
                Some(quote!(Decimal))
            }
            DecimalType::BigDecimal => Some(quote!(BigDecimal)),
        }
    }
}

/// Attributes as tokens: none of any other rule.
fn attributes(rule: &Rule) -> Result<TokenStream, Error> {
    match rule.kind {
        RuleKind::TypeAttribute | RuleKind::FieldAttribute => {}
        RuleKind::Boxed | RuleKind::ExternPath | RuleKind::BTreeMap | RuleKind::HashMap => {
            return Ok(TokenStream::new());
        }
    }
    let parsed = syn::Attribute::parse_outer.parse_str(&rule.text);
    let attributes = parsed.map_err(|error| refused(rule, format!("no attribute: {error}")))?;
    if attributes.is_empty() {
        return Err(refused(rule, "there is no attribute".to_owned()));
    }
    Ok(attributes.iter().map(ToTokens::to_token_stream).collect())
}

/// A path that means the same in every module.
fn rust_path(rule: &Rule) -> Result<syn::Path, Error> {
    let parsed = syn::parse_str::<syn::Path>(&rule.text);
    let path = parsed.map_err(|error| refused(rule, format!("no Rust path: {error}")))?;
    let is_crate = (path.segments.first()).is_some_and(|segment| segment.ident == "crate");
    if path.leading_colon.is_none() && !is_crate {
        let reason = "the Rust path begins with `::` or `crate::`: it is used in many modules";
        return Err(refused(rule, reason.to_owned()));
    }
    Ok(path)
}

/// The one type that an `extern_path` is about.
fn external_name(rule: &Rule, contracts: &Contracts) -> Result<FullName, Error> {
    let mut found: BTreeMap<String, Vec<(&ContractVersion, NodeId)>> = BTreeMap::new();
    let mut known = Vec::new();
    for contract in contracts.contracts.values() {
        for version in &contract.versions {
            for (name, id) in &version.schema.names {
                let path = paths::of_type(name);
                // A type stands for itself, not for what its name begins with.
                if rule.matches(&path) && (!rule.path.starts_with('.') || path == rule.path) {
                    found.entry(path.clone()).or_default().push((version, *id));
                }
                known.push(path);
            }
        }
    }
    let mut matches = found.into_iter();
    let (path, uses) = match (matches.next(), matches.next()) {
        (None, _) => return Err(meets_nothing(rule, known.iter().map(String::as_str))),
        (Some((one, _)), Some((other, _))) => {
            let reason = format!("both {one} and {other} are met, and a Rust type is one of them");
            return Err(refused(rule, reason));
        }
        (Some(only), None) => only,
    };
    let (first, rest) = uses
        .split_first()
        .expect("each path has been found somewhere");
    for other in rest {
        if !is_same(&first.0.schema, first.1, &other.0.schema, other.1) {
            let reason = format!(
                "{} is not the same in {} and {}, and a Rust type is one of them",
                path.trim_start_matches('.'),
                first.0.file,
                other.0.file
            );
            return Err(refused(rule, reason));
        }
    }
    let name = first.0.schema.name_of(first.1).cloned();
    Ok(name.expect("it has been found by its name"))
}

fn is_same(one: &Schema, id: NodeId, other: &Schema, other_id: NodeId) -> bool {
    Same::new(one, other).is_same(id, other_id)
}

fn meets_nothing<'p>(rule: &Rule, known: impl Iterator<Item = &'p str>) -> Error {
    let nearest = match nearest(&rule.path, known) {
        Some(nearest) => format!("; the nearest is {nearest:?}"),
        None => String::new(),
    };
    refused(rule, format!("the path meets nothing{nearest}"))
}

fn refused(rule: &Rule, reason: String) -> Error {
    Error::Option {
        call: rule.call(),
        reason,
    }
}
