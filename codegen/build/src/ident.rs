//! Rust identifiers for Avro names. Every legal name has one, also where
//! names differ in nothing but case or are words of Rust.

use std::collections::BTreeSet;

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// The identifiers of one scope.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    taken: BTreeSet<String>,
}

impl Scope {
    /// With names that are taken from the beginning.
    pub(crate) fn with<const N: usize>(taken: [&str; N]) -> Scope {
        Scope {
            taken: taken.map(str::to_owned).into(),
        }
    }

    /// A type's or a variant's name, `UpperCamelCase`.
    pub(crate) fn upper(&mut self, name: &str) -> Ident {
        self.take(&upper(name))
    }

    /// A module's or a field's name, `snake_case`.
    pub(crate) fn snake(&mut self, name: &str) -> Ident {
        self.take(&snake(name))
    }

    fn take(&mut self, wanted: &str) -> Ident {
        let mut name = wanted.to_owned();
        let mut count = 1;
        while !self.taken.insert(name.clone()) {
            count += 1;
            let stem = wanted.trim_end_matches('_');
            name = match wanted.starts_with(|first: char| first.is_ascii_uppercase()) {
                true => format!("{stem}{count}"),
                false => format!("{stem}_{count}"),
            };
        }
        ident(&name)
    }
}

/// The identifier of a name that is known to be free and well-formed.
pub(crate) fn ident(name: &str) -> Ident {
    if KEYWORDS.contains(&name) {
        Ident::new_raw(name, Span::call_site())
    } else {
        Ident::new(name, Span::call_site())
    }
}

fn upper(name: &str) -> String {
    let camel = name.to_upper_camel_case();
    match camel.chars().next() {
        None => "Type".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("T{camel}"),
        Some(_) if camel == "Self" => "Self_".to_owned(),
        Some(_) => camel,
    }
}

fn snake(name: &str) -> String {
    let snake = name.to_snake_case();
    match snake.chars().next() {
        None => "field".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{snake}"),
        Some(_) if NOT_RAW.contains(&snake.as_str()) => format!("{snake}_"),
        Some(_) => snake,
    }
}

/// Words that cannot be identifiers, not even raw ones.
const NOT_RAW: [&str; 3] = ["crate", "self", "super"];

/// Words that must be raw identifiers, edition 2024, the reserved ones included.
const KEYWORDS: [&str; 49] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield", "union",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], fields: &[&str], types: &[&str]) {
        let (mut lower, mut upper) = (Scope::default(), Scope::default());
        let given: Vec<String> = names
            .iter()
            .map(|name| lower.snake(name).to_string())
            .collect();
        assert_eq!(given, fields);
        let given: Vec<String> = names
            .iter()
            .map(|name| upper.upper(name).to_string())
            .collect();
        assert_eq!(given, types);
    }

    #[test]
    fn plain_names_take_the_case_of_rust() {
        check(
            &["article_id", "runningMinutes"],
            &["article_id", "running_minutes"],
            &["ArticleId", "RunningMinutes"],
        );
    }

    #[test]
    fn names_that_differ_in_case_only_are_told_apart() {
        check(
            &["fooBar", "foo_bar", "FooBar2", "FOO_BAR"],
            &["foo_bar", "foo_bar_2", "foo_bar2", "foo_bar_3"],
            &["FooBar", "FooBar2", "FooBar22", "FooBar3"],
        );
    }

    #[test]
    fn words_of_rust_are_escaped() {
        check(
            &["type", "self", "Self", "gen", "crate"],
            &["r#type", "self_", "self_2", "r#gen", "crate_"],
            &["Type", "Self_", "Self2", "Gen", "Crate"],
        );
    }

    #[test]
    fn names_of_nothing_but_underscores_and_digits_have_one_too() {
        check(
            &["_", "__", "_1"],
            &["field", "field_2", "_1"],
            &["Type", "Type2", "T1"],
        );
    }

    /// Rust's own parser is the judge of the table of keywords.
    #[test]
    fn every_word_is_an_identifier_or_escaped() {
        for word in KEYWORDS
            .iter()
            .chain(&NOT_RAW)
            .chain(&["Self", "async", "macro_rules", "raw"])
        {
            let field = Scope::default().snake(word).to_string();
            let upper = Scope::default().upper(word).to_string();
            syn::parse_str::<syn::ItemStruct>(&format!("struct {upper} {{ {field}: u8 }}"))
                .unwrap_or_else(|error| panic!("{word}: {error}"));
        }
    }
}
