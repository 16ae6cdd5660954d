//! Schemas that are out to hurt, through everything that is said of a pair:
//! each is answered on a small stack, and no answer grows without an end.

use accordant_compat::{
    diff::{self, diff},
    java,
    lint::Config,
    render::{self, Format, Style},
    witness::{decode, witness},
};
use accordant_schema::{Limits, Schema, export, parse};

use crate::{folder::Folder, lint::lint};

/// Bytes of stack that every case runs on.
const STACK_BYTES: usize = 1 << 20;

fn schema(text: &str) -> Schema {
    parse(text).expect("a hostile schema is a valid one")
}

/// Runs a case on a small stack.
#[track_caller]
fn on_a_small_stack<T: Send + 'static>(case: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(case);
    thread
        .expect("a thread starts")
        .join()
        .expect("no panic, no overflow")
}

/// What may be said of a pair, and of a contract that goes from the one to the
/// other. Gives the codes of the findings.
fn say_everything(old: &str, new: &str) -> Vec<&'static str> {
    let (older, newer) = (schema(old), schema(new));
    for (reader, writer) in [(&newer, &older), (&older, &newer)] {
        let found = java::check(reader, writer);
        assert!(found.iter().all(|it| it.message.len() < 1_000_000));
        if let Some(witness) = witness(reader, writer) {
            assert!(witness.json.len() < 1_000_000, "{}", witness.json.len());
            assert!(decode(reader, writer, &witness.bytes).is_err());
        }
    }
    assert!(diff::text(&diff(&older, &newer)).len() < 20_000_000);

    let folder = Folder::default()
        .with("shop.Order/contract.toml", crate::folder::EVENT)
        .with("shop.Order/v1.avsc", old)
        .with("shop.Order/v2.avsc", new)
        .released(1);
    let (contracts, _) = folder.load();
    let report = lint(&folder, &Config::default());
    for format in Format::ALL {
        let text = render::render(&report, &folder.files, &Style::default(), format);
        assert!(text.len() < 20_000_000, "{format}: {}", text.len());
    }
    for contract in contracts.contracts.values() {
        assert!(export::markdown(contract).len() < 20_000_000);
        assert!(export::bundle(contract.latest()).len() < 20_000_000);
        export::json_schema(contract, contract.latest());
    }
    export::asyncapi(&contracts);
    report.findings.iter().map(|it| it.code).collect()
}

fn order(fields: &str) -> String {
    let id = r#"{"name":"id","type":"string"}"#;
    format!(r#"{{"type":"record","name":"shop.Order","fields":[{id},{fields}]}}"#)
}

fn field(ty: &str) -> String {
    format!(r#"{{"name":"f","type":{ty}}}"#)
}

#[test]
fn the_deepest_schema_that_is_allowed() {
    let nested = |open: &str, close: &str, leaf: &str| {
        let levels = Limits::default().depth_max / 2 - 4;
        field(&format!(
            "{}{leaf}{}",
            open.repeat(levels),
            close.repeat(levels)
        ))
    };
    for (open, close) in [
        (r#"{"type":"array","items":"#, "}"),
        (r#"{"type":"map","values":"#, "}"),
        (r#"["null",{"type":"array","items":"#, "}]"),
    ] {
        let old = order(&nested(open, close, "\"int\""));
        let new = order(&nested(open, close, "\"string\""));
        let codes = on_a_small_stack(move || say_everything(&old, &new));
        assert!(codes.contains(&"C101"), "{codes:?}");
    }
}

#[test]
fn records_that_double_at_every_level() {
    // The smallest datum holds 2 to the power of 30 values.
    let doubling = |leaf: &str| {
        let mut inner = leaf.to_owned();
        let types = (0..30).map(|n| {
            let ty = format!(
                r#"{{"name":"f{n}","type":{{"type":"record","name":"T{n}","fields":[{{"name":"a","type":{inner}}},{{"name":"b","type":{inner}}}]}}}}"#
            );
            inner = format!("\"T{n}\"");
            ty
        });
        order(&types.collect::<Vec<_>>().join(","))
    };
    let (old, new) = (doubling("\"int\""), doubling("\"string\""));
    let codes = on_a_small_stack(move || say_everything(&old, &new));
    assert!(codes.contains(&"C101"), "{codes:?}");
}

#[test]
fn hundreds_of_types_that_all_hold_each_other() {
    let all = |count: usize, leaf: &str| {
        let types = (0..count).map(|n| {
            let next = (n + 1) % count;
            format!(
                r#"{{"name":"f{n}","type":["null",{{"type":"record","name":"T{n}","fields":[{{"name":"next","type":["null","T{next}"]}},{{"name":"x","type":{leaf}}}]}}]}}"#
            )
        });
        order(&types.collect::<Vec<_>>().join(","))
    };
    let (old, new) = (all(300, "\"int\""), all(300, "\"boolean\""));
    let codes = on_a_small_stack(move || say_everything(&old, &new));
    assert!(codes.contains(&"C101"), "{codes:?}");
}

#[test]
fn too_many_pairs_of_branches() {
    let union = |many: usize, prefix: &str| {
        let branches: Vec<String> = (0..many)
            .map(|n| format!(r#"{{"type":"fixed","name":"{prefix}{n}","size":1}}"#))
            .collect();
        format!("[{}]", branches.join(","))
    };
    let (old, new) = (union(501, "A"), union(501, "B"));
    let (found, codes) = on_a_small_stack(move || {
        let found = java::check(&schema(&new), &schema(&old));
        let kinds: Vec<&str> = found.iter().map(|it| it.kind.as_str()).collect();
        let codes = say_everything(&order(&field(&old)), &order(&field(&new)));
        (kinds.join(" "), codes)
    });
    assert_eq!(found, "TOO_LARGE");
    assert!(codes.iter().any(|it| it.starts_with("C1")), "{codes:?}");
}

#[test]
fn what_is_too_large_to_be_compared_is_no_yes() {
    // The same branches the other way round: Java would say yes, in the end.
    let union = |numbers: &mut dyn Iterator<Item = usize>| {
        let branches: Vec<String> = numbers
            .map(|n| format!(r#"{{"type":"fixed","name":"A{n}","size":1}}"#))
            .collect();
        order(&field(&format!("[{}]", branches.join(","))))
    };
    let (old, new) = (union(&mut (0..720)), union(&mut (0..720).rev()));
    let found = on_a_small_stack(move || {
        let folder = Folder::default()
            .with("shop.Order/contract.toml", crate::folder::EVENT)
            .with("shop.Order/v1.avsc", &old)
            .with("shop.Order/v2.avsc", &new)
            .released(1);
        let report = folder.check();
        let lines = report.findings.iter();
        lines
            .map(|it| format!("{} {}", it.code, it.message))
            .collect::<Vec<_>>()
    });
    assert_eq!(
        found,
        [
            "C111 not backward or forward compatible with v1: more than 250000 pairs of types meet, \
             too many to compare: are there unions of hundreds of branches?"
        ]
    );
}
