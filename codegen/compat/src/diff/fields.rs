//! The fields of an old and a new record.

use std::collections::{BTreeMap, BTreeSet};

use accordant_schema::{Field, NodeId, Order, Record, Schema};

use super::{
    ChangeKind,
    node::{list, type_words},
    walk::{Pair, Walk},
};
use crate::walk::{Site, path::Step};

impl<'a> Walk<'a> {
    pub(super) fn fields(&mut self, pair: Pair, old: &'a Record, new: &'a Record) {
        let partners = partners(old, new);
        let matched: Vec<usize> = partners.iter().flatten().copied().collect();
        if !matched.is_sorted() {
            let mut sorted = matched.clone();
            sorted.sort_unstable();
            let names = |order: &[usize]| {
                let names = order.iter().map(|at| old.fields[*at].name.as_str());
                list(&names.collect::<Vec<_>>())
            };
            self.change_at_types(
                pair,
                ChangeKind::FieldOrder,
                names(&sorted),
                names(&matched),
            );
        }
        let taken: BTreeSet<usize> = matched.into_iter().collect();
        // Children are visited in order, each with all that it leads to; the
        // changes of the fields themselves come first.
        for (index, field) in new.fields.iter().enumerate() {
            match partners[index] {
                Some(at) => self.field(pair, &old.fields[at], field),
                None => self.lone(pair, field, Whose::New),
            }
        }
        for (at, field) in old.fields.iter().enumerate() {
            if !taken.contains(&at) {
                self.lone(pair, field, Whose::Old);
            }
        }
    }

    /// A field that only one side has.
    fn lone(&mut self, pair: Pair, field: &'a Field, whose: Whose) {
        let name = Some(field.name.as_str());
        let (reader, writer) = match whose {
            Whose::New => (name, None),
            Whose::Old => (None, name),
        };
        let path = self.paths.push(pair.path, Step::Field { reader, writer });
        match whose {
            Whose::New => {
                let words = field_words(self.new, field);
                let site = Site::of_field(self.new.node(pair.new), field);
                let new = (Some(words), Some(site));
                self.push(path, ChangeKind::Field, (None, None), new);
            }
            Whose::Old => {
                let words = field_words(self.old, field);
                let site = Site::of_field(self.old.node(pair.old), field);
                let old = (Some(words), Some(site));
                self.push(path, ChangeKind::Field, old, (None, None));
            }
        }
    }

    /// A field that both sides have.
    fn field(&mut self, around: Pair, old: &'a Field, new: &'a Field) {
        let step = Step::Field {
            reader: Some(&new.name),
            writer: Some(&old.name),
        };
        let pair = Pair {
            old: old.ty,
            new: new.ty,
            path: self.paths.push(around.path, step),
            field: Some((
                Site::of_field(self.old.node(around.old), old),
                Site::of_field(self.new.node(around.new), new),
            )),
        };
        if old.name != new.name {
            let names = (old.name.clone(), new.name.clone());
            self.change(pair, ChangeKind::FieldName, Some(names.0), Some(names.1));
        }
        let defaults = (default_text(old), default_text(new));
        if defaults.0 != defaults.1 {
            self.change(pair, ChangeKind::Default, defaults.0, defaults.1);
        }
        if old.order != new.order {
            let orders = (order_word(old.order), order_word(new.order));
            self.change(pair, ChangeKind::SortOrder, Some(orders.0), Some(orders.1));
        }
        // The old name as an alias is what a new name needs.
        let others = |field: &Field| {
            let aliases = field.aliases.iter().map(String::as_str);
            list(
                &aliases
                    .filter(|alias| *alias != old.name)
                    .collect::<Vec<_>>(),
            )
        };
        let aliases = (others(old), others(new));
        if aliases.0 != aliases.1 {
            self.change(pair, ChangeKind::Aliases, aliases.0, aliases.1);
        }
        if old.doc != new.doc {
            self.change(pair, ChangeKind::Doc, old.doc.clone(), new.doc.clone());
        }
        self.attributes(pair, &old.props, &new.props, &[]);
        self.todo.push(pair);
    }
}

/// Which side a field is of.
#[derive(Clone, Copy)]
enum Whose {
    New,
    Old,
}

/// The old field of each new one: by name, else by an alias of either, as a
/// renaming may be taken back.
fn partners(old: &Record, new: &Record) -> Vec<Option<usize>> {
    let fields = old.fields.iter().enumerate();
    let names: BTreeMap<&str, usize> = fields.map(|(at, it)| (it.name.as_str(), at)).collect();
    let by_name = new.fields.iter().map(|it| names.get(it.name.as_str()));
    let mut partners: Vec<Option<usize>> = by_name.map(|at| at.copied()).collect();
    let mut taken: BTreeSet<usize> = partners.iter().flatten().copied().collect();
    for (partner, field) in partners.iter_mut().zip(&new.fields) {
        if partner.is_none() {
            let aliases = field.aliases.iter();
            let mut known = aliases.filter_map(|alias| names.get(alias.as_str()).copied());
            *partner = known.find(|at| taken.insert(*at));
        }
    }
    let mut aliases: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, field) in old.fields.iter().enumerate() {
        for alias in &field.aliases {
            aliases.entry(alias).or_insert(at);
        }
    }
    for (partner, field) in partners.iter_mut().zip(&new.fields) {
        if partner.is_none() {
            let known = aliases.get(field.name.as_str()).copied();
            *partner = known.filter(|at| taken.insert(*at));
        }
    }
    partners
}

/// A field's type and default.
fn field_words(schema: &Schema, field: &Field) -> String {
    let ty: NodeId = field.ty;
    match default_text(field) {
        Some(default) => format!("{} (default {default})", type_words(schema, ty)),
        None => type_words(schema, ty),
    }
}

fn default_text(field: &Field) -> Option<String> {
    field.default.as_ref().map(|json| json.to_text())
}

fn order_word(order: Order) -> String {
    match order {
        Order::Ascending => "ascending",
        Order::Descending => "descending",
        Order::Ignore => "ignore",
    }
    .to_owned()
}
