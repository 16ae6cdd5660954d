//! Random schemas of troublesome names and shapes: the code parses, holds
//! nothing but what the generator puts there, and names nothing twice.
//!
//! `RANDOM_CODE=FILE RANDOM_CONTRACTS=300` keeps the code, to be compiled by hand.

use std::collections::BTreeSet;

use accordant_build::generate;

use crate::contracts::{FileMap, load};

const CONFIG: &str = r#"kind = "type"
description = "Random.\r*/ ``` \u202e"
owner = "codegen"
"#;

/// Names that are words, fall together, or look like what the generator adds.
const NAMES: [&str; 36] = [
    "a", "A", "_", "__", "_1", "a1", "a_1", "A_1", "fooBar", "foo_bar", "FooBar", "FOO_BAR",
    "Foo_Bar2", "self", "Self", "super", "crate", "gen", "type", "async", "dyn", "String",
    "Option", "Vec", "Box", "Result", "Some", "None", "Ok", "Err", "v1", "from_v1", "WRITER",
    "reader", "out", "u8",
];

const LEAVES: [&str; 16] = [
    r#""null""#,
    r#""boolean""#,
    r#""int""#,
    r#""long""#,
    r#""float""#,
    r#""double""#,
    r#""bytes""#,
    r#""string""#,
    r#"{"type": "string", "logicalType": "uuid"}"#,
    r#"{"type": "int", "logicalType": "date"}"#,
    r#"{"type": "int", "logicalType": "time-millis"}"#,
    r#"{"type": "long", "logicalType": "timestamp-micros"}"#,
    r#"{"type": "long", "logicalType": "local-timestamp-nanos"}"#,
    r#"{"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}"#,
    r#"{"type": "bytes", "logicalType": "decimal", "precision": 40, "scale": 2}"#,
    r#"{"type": "bytes", "logicalType": "no-such-type"}"#,
];

const DEPTH_MAX: usize = 4;

/// Schemas of one contract, in which no name is defined twice.
struct Generator {
    state: u64,
    defined: Vec<String>,
    count: usize,
}

impl Generator {
    /// Steps of a linear congruence; the upper bits are the random ones.
    fn below(&mut self, bound: usize) -> usize {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % bound
    }

    fn name(&mut self) -> &'static str {
        NAMES[self.below(NAMES.len())]
    }

    fn names(&mut self) -> BTreeSet<&'static str> {
        (0..=self.below(6)).map(|_| self.name()).collect()
    }

    /// A full name that is new: one of the names in a namespace of its own or not.
    fn new_name(&mut self) -> String {
        self.count += 1;
        let simple = self.name();
        let name = match self.below(2) {
            0 => format!("random.{simple}"),
            _ => format!("random.n{}.{simple}", self.count),
        };
        match self.defined.contains(&name) {
            true => format!("random.m{}.{name}", self.count),
            false => name,
        }
    }

    fn schema(&mut self, depth: usize) -> String {
        match self.below(if depth < DEPTH_MAX { 10 } else { 5 }) {
            0..=3 => LEAVES[self.below(LEAVES.len())].to_owned(),
            4 if !self.defined.is_empty() => {
                let at = self.below(self.defined.len());
                format!("{:?}", self.defined[at])
            }
            4 => r#""int""#.to_owned(),
            5 => format!(
                r#"{{"type": "array", "items": {}}}"#,
                self.schema(depth + 1)
            ),
            6 => format!(r#"{{"type": "map", "values": {}}}"#, self.schema(depth + 1)),
            7 => self.union(depth),
            8 => {
                let name = self.new_name();
                self.record(&name, depth + 1)
            }
            _ => {
                let name = self.new_name();
                self.defined.push(name.clone());
                match self.below(3) {
                    0 => format!(r#"{{"type": "fixed", "name": {name:?}, "size": 3}}"#),
                    _ => {
                        let symbols = Vec::from_iter(self.names());
                        format!(r#"{{"type": "enum", "name": {name:?}, "symbols": {symbols:?}}}"#)
                    }
                }
            }
        }
    }

    /// Branches of different kinds; of those with a name, as many as there are.
    fn union(&mut self, depth: usize) -> String {
        let mut branches: Vec<String> = Vec::new();
        if self.below(2) == 0 {
            branches.push(r#""null""#.to_owned());
        }
        for leaf in [r#""string""#, r#""long""#, LEAVES[13]] {
            if self.below(3) == 0 {
                branches.push(leaf.to_owned());
            }
        }
        if self.below(2) == 0 {
            branches.push(format!(
                r#"{{"type": "array", "items": {}}}"#,
                self.schema(depth + 1)
            ));
        }
        for _ in 0..self.below(3) {
            let name = self.new_name();
            branches.push(self.record(&name, depth + 1));
        }
        let at = self.below(branches.len() + 1);
        branches.rotate_left(at);
        format!("[{}]", branches.join(", "))
    }

    fn record(&mut self, name: &str, depth: usize) -> String {
        self.defined.push(name.to_owned());
        let mut fields = Vec::new();
        for field in self.names() {
            let ty = self.schema(depth);
            fields.push(format!(
                r#"{{"name": {field:?}, "doc": "`{field}`\r\n```\ncode\n", "type": {ty}}}"#
            ));
        }
        let fields = fields.join(", ");
        format!(r#"{{"type": "record", "name": {name:?}, "fields": [{fields}]}}"#)
    }
}

fn random_contracts(count: u64) -> FileMap {
    let mut files = FileMap::new();
    for seed in 0..count {
        let mut generator = Generator {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            defined: Vec::new(),
            count: 0,
        };
        let simple = generator.name();
        let name = format!("random.of{seed}.{simple}");
        let schema = generator.record(&name, 0);
        files.insert(format!("{name}/contract.toml"), CONFIG.as_bytes().to_vec());
        files.insert(format!("{name}/v1.avsc"), schema.into_bytes());
    }
    files
}

/// Items by what they are called, a module's path before it; two of one name
/// in one name space are reported.
fn check_items(path: &str, items: &[syn::Item]) {
    let mut types = BTreeSet::new();
    let mut define = |name: String| assert!(types.insert(name.clone()), "{path}: {name} twice");
    for item in items {
        match item {
            syn::Item::Mod(module) => {
                define(module.ident.to_string());
                let inner = module.content.as_ref().map(|(_, items)| items.as_slice());
                check_items(
                    &format!("{path}::{}", module.ident),
                    inner.unwrap_or_default(),
                );
            }
            syn::Item::Struct(it) => {
                define(it.ident.to_string());
                let mut fields = BTreeSet::new();
                for field in &it.fields {
                    let name = field.ident.as_ref().unwrap();
                    assert!(
                        fields.insert(name.clone()),
                        "{path}::{}.{name} twice",
                        it.ident
                    );
                }
            }
            syn::Item::Enum(it) => {
                define(it.ident.to_string());
                let mut variants = BTreeSet::new();
                for variant in &it.variants {
                    let name = &variant.ident;
                    assert!(
                        variants.insert(name.clone()),
                        "{path}::{}::{name} twice",
                        it.ident
                    );
                }
            }
            syn::Item::Use(it) => check_use(path, &it.tree, &mut define),
            syn::Item::Type(it) => define(it.ident.to_string()),
            syn::Item::Const(it) => assert_eq!(it.ident, "WRITER", "{path}"),
            syn::Item::Impl(it) => assert!(it.unsafety.is_none(), "{path}"),
            other => panic!("{path}: `{}` does not belong there", text(other)),
        }
    }
}

/// Only what is beside is taken in, under one name.
fn check_use(path: &str, tree: &syn::UseTree, define: &mut impl FnMut(String)) {
    let syn::UseTree::Path(first) = tree else {
        panic!("{path}: use {}", text(tree))
    };
    assert_eq!(first.ident, "self", "{path}");
    let syn::UseTree::Path(module) = &*first.tree else {
        panic!("{path}: use {}", text(tree))
    };
    match &*module.tree {
        syn::UseTree::Name(name) => define(name.ident.to_string()),
        syn::UseTree::Rename(rename) => define(rename.rename.to_string()),
        syn::UseTree::Glob(_) => {}
        other => panic!("{path}: use {}", text(other)),
    }
}

fn text(tokens: &impl quote::ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

#[test]
fn random_schemas_give_code_that_holds_nothing_else() {
    let count = std::env::var("RANDOM_CONTRACTS").map_or(60, |text| text.parse().unwrap());
    let code = generate(&load(&random_contracts(count))).unwrap();
    check_items("", &syn::parse_file(&code).unwrap().items);
    if let Some(path) = std::env::var_os("RANDOM_CODE") {
        let mut file = std::fs::File::create(path).unwrap();
        std::io::Write::write_all(&mut file, code.as_bytes()).unwrap();
    }
}
