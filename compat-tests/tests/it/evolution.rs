//! A change of a contract, seen from a whole clone: an optional field takes one
//! file; a required one cannot go.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files of the repository in a folder of their own.
fn clone() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let copied = Command::new("bash")
        .args(["-euo", "pipefail", "-c"])
        .arg("git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t \"$0\"")
        .arg(folder.path())
        .current_dir(root())
        .status();
    assert!(copied.expect("bash starts").success());
    folder
}

/// Builds the applications with everything that they are made of; what cargo
/// says. Not the binary: other tests run the one that is there.
fn build(folder: &Path) -> (bool, String) {
    let own = std::env::current_exe().expect("a test knows its path");
    // Packages from elsewhere are there already, built for this test.
    let target = own.ancestors().nth(3).expect("target/debug/deps/it");
    let mut command = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_")) {
        if !matches!(&*name, "CARGO_HOME" | "CARGO_INCREMENTAL") {
            command.env_remove(name);
        }
    }
    let output = command
        .args([
            "build",
            "--locked",
            "--package",
            "accordant-shop",
            "--target-dir",
        ])
        .arg(target)
        .current_dir(folder)
        .output()
        .expect("cargo starts");
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// The next version of a contract beside the latest, changed.
fn next_version(folder: &Path, contract: &str, latest: u32, change: impl FnOnce(&mut Vec<Value>)) {
    let folder = folder.join("contracts").join(contract);
    let text = fs::read(folder.join(format!("v{latest}.avsc"))).expect("it can be read");
    let mut schema: Value = serde_json::from_slice(&text).expect("a schema is JSON");
    let fields = schema["fields"].as_array_mut();
    change(fields.expect("a record has fields"));
    let text = serde_json::to_string_pretty(&schema).expect("it is JSON");
    let path = folder.join(format!("v{}.avsc", latest + 1));
    #[expect(
        clippy::disallowed_methods,
        reason = "nobody else reads the folder yet"
    )]
    fs::write(path, text).expect("it can be written");
}

#[test]
fn an_optional_field_takes_one_file_and_a_required_one_cannot_go() {
    let folder = clone();
    let contract = "catalog.ArticleSubmitted";
    next_version(folder.path(), contract, 1, |fields| {
        fields.push(json!({
            "name": "subtitle", "type": ["null", "string"], "default": null,
            "doc": "What stands below the title."
        }));
    });
    let (is_built, talk) = build(folder.path());
    assert!(is_built, "{talk}");

    next_version(folder.path(), contract, 1, |fields| {
        fields.retain(|field| field["name"] != "sku");
    });
    let (is_built, talk) = build(folder.path());
    assert!(!is_built, "a required field went");
    assert!(talk.contains("\"sku\""), "{talk}");
    assert!(talk.contains("catalog.ArticleSubmitted/v1.avsc:"), "{talk}");
}
