//! From what was seen to a schema's text and notes. Recursive on the depth of
//! the samples, which is bounded.

use std::collections::BTreeSet;

use super::{
    Inferred,
    names::{legal, singular, type_name, unique},
    seen::{Numbers, Objects, Seen},
    text::{TextType, Texts},
};
use crate::{FullName, json::write_string, problem::shorten};

/// Digits of a drafted decimal, at least.
const DECIMAL_PRECISION_MIN: usize = 18;
/// Different keys from which on objects may be maps.
const MAP_KEYS_MIN: usize = 10;
/// A map's key is on average in one of so many objects, or in fewer.
const MAP_OBJECTS_A_KEY: u64 = 4;
/// The symbol for what an older reader does not know.
const UNKNOWN: &str = "UNKNOWN";

pub(super) fn draft(name: &FullName, root: &Seen, samples: u64) -> Inferred {
    let mut draft = Draft {
        names: BTreeSet::from([name.name().to_owned()]),
        notes: Vec::new(),
    };
    if samples == 0 {
        draft.note(name.name(), "there was no sample");
    }
    let nothing = Objects::default();
    let objects = root.objects.as_deref().unwrap_or(&nothing);
    let text = draft.record(objects, name.name(), name.namespace(), name.name());
    // Only the limits can stop it: what has more fields is no contract.
    let schema_text = crate::format(&text).unwrap_or_else(|_| {
        draft.note(
            name.name(),
            "the draft is too large to be laid out or loaded",
        );
        text
    });
    Inferred {
        schema_text,
        notes: draft.notes,
    }
}

struct Draft {
    /// Simple names of types; all are in the event's namespace.
    names: BTreeSet<String>,
    notes: Vec<String>,
}

impl Draft {
    fn note(&mut self, path: &str, what: &str) {
        self.notes.push(format!("{path}: {what}"));
    }

    /// A record, its name taken already.
    fn record(&mut self, objects: &Objects, name: &str, namespace: &str, path: &str) -> String {
        let mut out = format!("{{\"type\":\"record\",\"name\":\"{name}\"");
        if !namespace.is_empty() {
            out.push_str(&format!(",\"namespace\":\"{namespace}\""));
        }
        out.push_str(",\"fields\":[");
        // Names that are legal keep themselves.
        let is_legal = |key: &&String| legal(key) == **key;
        let mut taken: BTreeSet<String> = objects.keys.iter().filter(is_legal).cloned().collect();
        for (index, key) in objects.keys.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            let field = if taken.contains(key) {
                key.clone()
            } else {
                unique(&legal(key), &mut taken)
            };
            let seen = &objects.fields[key];
            let is_optional = seen.count < objects.count || seen.nulls > 0;
            let path = format!("{path}.{field}");
            let place = Place {
                field: key,
                record: name,
                path: &path,
            };
            self.field(&mut out, &field, seen, is_optional, place);
        }
        out.push_str("]}");
        out
    }

    fn field(
        &mut self,
        out: &mut String,
        name: &str,
        seen: &Seen,
        is_optional: bool,
        place: Place<'_>,
    ) {
        let key = place.field;
        if key != name {
            let what = format!(
                "the samples call it {:?}, which is no Avro name",
                shorten(key)
            );
            self.note(place.path, &what);
        }
        let branches = self.branches(seen, place);
        out.push_str(&format!("{{\"name\":\"{name}\",\"type\":"));
        out.push_str(&union(&branches, is_optional));
        if is_optional || branches.is_empty() {
            out.push_str(",\"default\":null");
        }
        if key != name {
            out.push_str(",\"json_name\":");
            write_string(out, key);
        }
        out.push('}');
    }

    /// The types that a place needs beside null, as JSON.
    fn branches(&mut self, seen: &Seen, place: Place<'_>) -> Vec<String> {
        let mut branches = Vec::new();
        if seen.booleans > 0 {
            branches.push("\"boolean\"".to_owned());
        }
        let number = self.number(&seen.numbers, place);
        if let Some(texts) = &seen.texts {
            let ty = match (texts.ty(), &number) {
                // Their types are numbers too: a union cannot have both.
                (TextType::Date | TextType::Timestamp(_) | TextType::Decimal { .. }, Some(_)) => {
                    TextType::Plain
                }
                (ty, _) => ty,
            };
            branches.extend(number);
            branches.push(self.text(ty, texts, place));
        } else {
            branches.extend(number);
        }
        if let Some(items) = &seen.items {
            branches.push(self.array(items, place));
        }
        if let Some(objects) = &seen.objects {
            branches.push(self.object(objects, place));
        }
        if branches.is_empty() {
            self.note(place.path, "only null was seen; a string is a guess");
        }
        if branches.len() > 1 {
            let what = format!("{} kinds of value were seen; one is better", branches.len());
            self.note(place.path, &what);
        }
        branches
    }

    fn number(&mut self, numbers: &Numbers, place: Place<'_>) -> Option<String> {
        if numbers.fractions {
            if numbers.digits_beyond > 0 {
                let what = "some whole numbers are larger than a double holds exactly";
                self.note(place.path, what);
            }
            return Some("\"double\"".to_owned());
        }
        if numbers.digits_beyond > 0 {
            let digits = numbers.digits_beyond.max(DECIMAL_PRECISION_MIN);
            self.note(place.path, "whole numbers of more than 64 bits were seen");
            return Some(decimal(digits, 0));
        }
        let (smallest, largest) = numbers.range?;
        let is_int = i32::try_from(smallest).is_ok() && i32::try_from(largest).is_ok();
        Some(if is_int { "\"int\"" } else { "\"long\"" }.to_owned())
    }

    fn text(&mut self, ty: TextType, texts: &Texts, place: Place<'_>) -> String {
        match ty {
            TextType::Plain => "\"string\"".to_owned(),
            TextType::Uuid => logical("string", "uuid"),
            TextType::Date => logical("int", "date"),
            TextType::Timestamp(unit) => {
                if texts.has_offsets {
                    self.note(place.path, "the offset from UTC is not kept");
                }
                logical("long", unit)
            }
            TextType::Decimal { needed, scale } => {
                let precision = needed.max(DECIMAL_PRECISION_MIN);
                let what = format!("numbers in texts; {scale} digits after the point were seen");
                self.note(place.path, &what);
                decimal(precision, scale)
            }
            TextType::Enum(mut symbols) => {
                let what = format!("an enum of what was seen: {}", symbols.join(", "));
                symbols.retain(|symbol| symbol != UNKNOWN);
                symbols.insert(0, UNKNOWN.to_owned());
                self.note(place.path, &what);
                let name = self.type_name(place);
                let symbols: Vec<String> = symbols.iter().map(|it| format!("\"{it}\"")).collect();
                let symbols = symbols.join(",");
                format!(
                    "{{\"type\":\"enum\",\"name\":\"{name}\",\"symbols\":[{symbols}],\"default\":\"{UNKNOWN}\"}}"
                )
            }
        }
    }

    fn array(&mut self, items: &Seen, place: Place<'_>) -> String {
        let path = format!("{}[]", place.path);
        let inner = if items.count == 0 {
            self.note(
                &path,
                "only empty arrays were seen; items of string are a guess",
            );
            "\"string\"".to_owned()
        } else {
            let field = singular(place.field);
            let place = Place {
                field: &field,
                path: &path,
                ..place
            };
            let branches = self.branches(items, place);
            union(&branches, items.nulls > 0)
        };
        format!("{{\"type\":\"array\",\"items\":{inner}}}")
    }

    fn object(&mut self, objects: &Objects, place: Place<'_>) -> String {
        if !is_map(objects) {
            let name = self.type_name(place);
            if objects.keys.is_empty() {
                self.note(place.path, "only empty objects were seen");
            }
            return self.record(objects, &name, "", place.path);
        }
        let path = format!("{}{{}}", place.path);
        self.note(
            place.path,
            "a map, because its keys differ from sample to sample",
        );
        let values = objects.all_values();
        let field = singular(place.field);
        let place = Place {
            field: &field,
            path: &path,
            ..place
        };
        let branches = self.branches(&values, place);
        let inner = union(&branches, values.nulls > 0);
        format!("{{\"type\":\"map\",\"values\":{inner}}}")
    }

    /// A new type's name: the field's, else the record's and the field's.
    fn type_name(&mut self, place: Place<'_>) -> String {
        let short = type_name(place.field);
        if self.names.insert(short.clone()) {
            return short;
        }
        unique(&format!("{}{short}", place.record), &mut self.names)
    }
}

/// Where a type is needed.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// The field's name in the samples, of one item where it is a list.
    field: &'p str,
    /// The record around it.
    record: &'p str,
    path: &'p str,
}

fn is_map(objects: &Objects) -> bool {
    if objects.values.is_some() {
        return true;
    }
    let uses: u64 = objects.fields.values().map(|field| field.count).sum();
    let keys = objects.keys.len();
    keys >= MAP_KEYS_MIN && uses * MAP_OBJECTS_A_KEY <= objects.count * keys as u64
}

fn union(branches: &[String], has_null: bool) -> String {
    match branches {
        [] => "[\"null\",\"string\"]".to_owned(),
        [one] if !has_null => one.clone(),
        several => {
            let null = has_null.then(|| "\"null\"".to_owned());
            let all: Vec<String> = null.into_iter().chain(several.iter().cloned()).collect();
            format!("[{}]", all.join(","))
        }
    }
}

fn logical(ty: &str, logical: &str) -> String {
    format!("{{\"type\":\"{ty}\",\"logicalType\":\"{logical}\"}}")
}

fn decimal(precision: usize, scale: usize) -> String {
    format!(
        "{{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":{precision},\"scale\":{scale}}}"
    )
}
