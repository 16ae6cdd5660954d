//! Dependencies point one way: schema <- compat <- build, cli, registry;
//! wire <- events <- shop; services never depend on each other.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// What each package may depend on inside the workspace (tests may use more).
const ALLOWED: &[(&str, &[&str])] = &[
    ("accordant-schema", &[]),
    ("accordant-compat", &["accordant-schema"]),
    ("accordant-wire", &["accordant-schema"]),
    ("accordant-build", &["accordant-schema", "accordant-compat"]),
    ("accordant-events", &["accordant-wire", "accordant-build"]),
    (
        "accordant-kit",
        &["accordant-schema", "accordant-wire", "accordant-build"],
    ),
    (
        "accordant-registry",
        &["accordant-schema", "accordant-compat", "accordant-kit"],
    ),
    (
        "accordant-ingest",
        &["accordant-schema", "accordant-wire", "accordant-kit"],
    ),
    (
        "accordant-shop",
        &["accordant-wire", "accordant-events", "accordant-kit"],
    ),
    ("accordant-broker", &[]),
    (
        "accordant",
        &[
            "accordant-schema",
            "accordant-compat",
            "accordant-wire",
            "accordant-build",
            "accordant-kit",
            "accordant-registry",
            "accordant-ingest",
            "accordant-shop",
        ],
    ),
    ("compat-tests", &["accordant-schema", "accordant-build"]),
    // The next package goes here.
];

/// What a package must never depend on, directly.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("accordant-schema", &["tokio", "anstream", "tracing"]),
    ("accordant-compat", &["tokio", "anstream", "tracing"]),
    ("accordant-wire", &["tokio", "serde_json", "apache-avro"]),
    ("accordant-build", &["tokio", "reqwest"]),
    ("accordant-registry", &["rdkafka"]),
];

fn packages() -> Vec<Package> {
    let metadata = MetadataCommand::new()
        .no_deps()
        .exec()
        .expect("cargo metadata runs");
    metadata.packages
}

fn direct(package: &Package) -> BTreeSet<String> {
    package
        .dependencies
        .iter()
        .filter(|it| it.kind != DependencyKind::Development)
        .map(|it| it.name.clone())
        .collect()
}

#[test]
fn dependencies_inside_the_workspace_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let packages = packages();
    let own: BTreeSet<String> = packages.iter().map(|it| it.name.to_string()).collect();
    for package in &packages {
        let name = package.name.as_str();
        let allowed = allowed
            .get(name)
            .unwrap_or_else(|| panic!("{name} has no row in ALLOWED"));
        for dependency in direct(package).intersection(&own) {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{name} depends on {dependency}"
            );
        }
    }
    assert_eq!(
        packages.len(),
        ALLOWED.len(),
        "ALLOWED names a package that is gone"
    );
}

#[test]
fn pure_packages_stay_pure() {
    let packages = packages();
    for (name, forbidden) in FORBIDDEN {
        let package = packages.iter().find(|it| it.name.as_str() == *name);
        let package = package.unwrap_or_else(|| panic!("{name} is gone"));
        for dependency in direct(package) {
            assert!(
                !forbidden.contains(&dependency.as_str()),
                "{name} depends on {dependency}"
            );
        }
    }
}

#[test]
fn the_generator_is_linked_only_at_build_time() {
    for package in packages() {
        let linked = package
            .dependencies
            .iter()
            .any(|it| it.kind == DependencyKind::Normal && it.name == "accordant-build");
        assert!(
            !linked || package.name.as_str() == "accordant",
            "{} links it",
            package.name
        );
    }
}
