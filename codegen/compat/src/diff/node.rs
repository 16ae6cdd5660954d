//! What differs in a type itself, apart from what is inside of it.

use std::collections::BTreeSet;

use accordant_schema::{Enum, FullName, Kind, Logical, NodeId, Schema, json::Json};

use super::{
    ChangeKind,
    walk::{Pair, Walk},
};
use crate::walk::{describe, logical_name};

/// Attributes that make a logical type.
const LOGICAL_KEYS: [&str; 3] = ["logicalType", "precision", "scale"];

/// A type in words, with its logical type.
pub(super) fn type_words(schema: &Schema, id: NodeId) -> String {
    let words = describe(schema, id);
    match schema.node(id).logical {
        Some(logical) => format!("{words} ({})", logical_words(logical)),
        None => words,
    }
}

fn logical_words(logical: Logical) -> String {
    match logical {
        Logical::Decimal { precision, scale } => format!("decimal {precision},{scale}"),
        Logical::BigDecimal
        | Logical::Uuid
        | Logical::Date
        | Logical::TimeMillis
        | Logical::TimeMicros
        | Logical::TimestampMillis
        | Logical::TimestampMicros
        | Logical::TimestampNanos
        | Logical::LocalTimestampMillis
        | Logical::LocalTimestampMicros
        | Logical::LocalTimestampNanos
        | Logical::Duration => logical_name(logical).to_owned(),
    }
}

impl Walk<'_> {
    /// Two types of one kind.
    pub(super) fn node(&mut self, pair: Pair) {
        let (old, new) = (self.old.node(pair.old), self.new.node(pair.new));
        let names = (self.old.name_of(pair.old), self.new.name_of(pair.new));
        if let (Some(one), Some(other)) = names
            && one != other
        {
            let (one, other) = (one.to_string(), other.to_string());
            self.change_at_types(pair, ChangeKind::TypeName, Some(one), Some(other));
        }
        match (&old.kind, &new.kind) {
            (Kind::Enum(one), Kind::Enum(other)) => self.symbols(pair, one, other),
            (Kind::Fixed(one), Kind::Fixed(other)) if one.size != other.size => {
                let (one, other) = (one.size.to_string(), other.size.to_string());
                self.change_at_types(pair, ChangeKind::Size, Some(one), Some(other));
            }
            _ => {}
        }
        if old.logical != new.logical {
            let words = |logical: Option<Logical>| logical.map(logical_words);
            let (one, other) = (words(old.logical), words(new.logical));
            self.change(pair, ChangeKind::Logical, one, other);
        }
        let words = |kind: &Kind| -> Option<String> {
            let aliases = aliases_of(kind).iter().map(FullName::as_str);
            list(&aliases.collect::<Vec<_>>())
        };
        let aliases = (words(&old.kind), words(&new.kind));
        if aliases.0 != aliases.1 {
            self.change_at_types(pair, ChangeKind::Aliases, aliases.0, aliases.1);
        }
        let docs = (doc_of(&old.kind), doc_of(&new.kind));
        if docs.0 != docs.1 {
            self.change_at_types(pair, ChangeKind::Doc, docs.0, docs.1);
        }
        let is_logical = old.logical.is_some() || new.logical.is_some();
        let ignored: &[&str] = if is_logical { &LOGICAL_KEYS } else { &[] };
        self.attributes(pair, &old.props, &new.props, ignored);
    }

    fn symbols(&mut self, pair: Pair, old: &Enum, new: &Enum) {
        let olds: BTreeSet<&String> = old.symbols.iter().collect();
        let news: BTreeSet<&String> = new.symbols.iter().collect();
        for symbol in old.symbols.iter().filter(|it| !news.contains(it)) {
            let symbol = Some(symbol.clone());
            self.change_at_types(pair, ChangeKind::Symbol, symbol, None);
        }
        for symbol in new.symbols.iter().filter(|it| !olds.contains(it)) {
            let symbol = Some(symbol.clone());
            self.change_at_types(pair, ChangeKind::Symbol, None, symbol);
        }
        let both = |own: &Enum| -> Vec<String> {
            let common = own
                .symbols
                .iter()
                .filter(|it| olds.contains(it) && news.contains(it));
            common.cloned().collect()
        };
        let (one, other) = (both(old), both(new));
        if one != other {
            let (one, other) = (one.join(", "), other.join(", "));
            self.change_at_types(pair, ChangeKind::SymbolOrder, Some(one), Some(other));
        }
        if old.default != new.default {
            let defaults = (old.default.clone(), new.default.clone());
            self.change_at_types(pair, ChangeKind::EnumDefault, defaults.0, defaults.1);
        }
    }

    /// Attributes that Avro does not know, of a type or of a field.
    pub(super) fn attributes(
        &mut self,
        pair: Pair,
        old: &[(String, Json)],
        new: &[(String, Json)],
        ignored: &[&str],
    ) {
        let shown = |key: &str, json: &Json| Some(format!("{key} = {}", json.to_text()));
        let find = |props: &[(String, Json)], key: &str| {
            let found = props.iter().find(|(name, _)| name == key);
            found.and_then(|(_, json)| shown(key, json))
        };
        let keys = new
            .iter()
            .chain(old.iter().filter(|(key, _)| find(new, key).is_none()));
        for (key, _) in keys.filter(|(key, _)| !ignored.contains(&key.as_str())) {
            let (one, other) = (find(old, key), find(new, key));
            if one != other {
                self.change(pair, ChangeKind::Attribute, one, other);
            }
        }
    }
}

/// Words with commas; `None` of none.
pub(super) fn list(words: &[&str]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(", "))
}

pub(super) fn aliases_of(kind: &Kind) -> &[FullName] {
    kind.named().map_or(&[], |it| it.aliases)
}

fn doc_of(kind: &Kind) -> Option<String> {
    kind.named().and_then(|it| it.doc).map(str::to_owned)
}
