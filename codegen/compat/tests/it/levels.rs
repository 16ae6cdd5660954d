//! Confluent's seven levels.

use accordant_compat::{Direction, levels};
use accordant_schema::{Schema, contract::Compatibility, parse};

fn record(fields: &str) -> Schema {
    parse(&format!(
        r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#
    ))
    .unwrap()
}

/// The newest version lacks `a`, which v2 requires and v1 has with a default;
/// it requires `b`, which neither has. Expects `version direction`.
#[track_caller]
fn check(level: Compatibility, expected: &[(u32, Direction)]) {
    let v1 = record(r#"{"name": "a", "type": "int", "default": 0}"#);
    let v2 = record(r#"{"name": "a", "type": "int"}"#);
    let v3 = record(r#"{"name": "b", "type": "int"}"#);
    let failed: Vec<(u32, Direction)> = levels::check(&v3, &[(2, &v2), (1, &v1)], level)
        .into_iter()
        .map(|(label, direction, found)| {
            assert!(!found.is_empty());
            (label, direction)
        })
        .collect();
    assert_eq!(failed, expected);
}

use Direction::{Backward, Forward};

#[test]
fn a_level_goes_by_the_name_of_contract_toml() {
    for (level, name) in [
        (Compatibility::None, "none"),
        (Compatibility::Backward, "backward"),
        (Compatibility::BackwardTransitive, "backward-transitive"),
        (Compatibility::Forward, "forward"),
        (Compatibility::ForwardTransitive, "forward-transitive"),
        (Compatibility::Full, "full"),
        (Compatibility::FullTransitive, "full-transitive"),
    ] {
        assert_eq!(levels::level_name(level), name);
    }
}

#[test]
fn none_checks_nothing() {
    check(Compatibility::None, &[]);
}

#[test]
fn without_transitive_only_the_newest_counts() {
    check(Compatibility::Backward, &[(2, Backward)]);
    check(Compatibility::Forward, &[(2, Forward)]);
    check(Compatibility::Full, &[(2, Forward), (2, Backward)]);
}

#[test]
fn with_transitive_every_one_counts() {
    check(
        Compatibility::BackwardTransitive,
        &[(2, Backward), (1, Backward)],
    );
    // v1 has a default for what the new one lacks.
    check(Compatibility::ForwardTransitive, &[(2, Forward)]);
    check(
        Compatibility::FullTransitive,
        &[(2, Forward), (2, Backward), (1, Backward)],
    );
}

#[test]
fn without_a_predecessor_everything_goes() {
    let new = record("");
    assert!(levels::check::<u32>(&new, &[], Compatibility::FullTransitive).is_empty());
}
