//! The gate as `ci/gate/` hands it to GitHub, GitLab and pre-commit: the same
//! commands, in a repository of their own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use yaml_rust2::{Yaml, YamlLoader};

use crate::repository::Repository;

const TITLE: &str = r#",
    { "name": "title", "type": "string" }"#;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn yaml(file: &str) -> Yaml {
    let text = fs::read_to_string(root().join(file)).expect("it can be read");
    let mut documents = YamlLoader::load_from_str(&text).expect("it is YAML");
    assert_eq!(documents.len(), 1, "{file}");
    documents.remove(0)
}

/// A repository with a finding, and one without.
fn refused_and_fine() -> [Repository; 2] {
    ["", TITLE].map(|second| {
        let repository = Repository::with_git(&[TITLE]);
        repository.run(&["release"], 0);
        repository.commit();
        repository.version(2, second);
        repository
    })
}

/// Runs a line of a shell in the repository, with the binary on the path.
fn shell(repository: &Repository, line: &str, variables: &[(&str, &str)]) -> Output {
    let binary = assert_cmd::cargo::cargo_bin("accordant");
    let folder = binary.parent().expect("it is in a folder").display();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    command
        .args(["-euo", "pipefail", "-c", line])
        .current_dir(repository.path())
        .env("PATH", path)
        .env("CI", "true");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ACCORDANT_")) {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output();
    output.expect("bash starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_github_action() {
    let action = yaml("ci/gate/action.yml");
    let step = &action["runs"]["steps"][0];
    assert_eq!(action["runs"]["using"].as_str(), Some("composite"));
    let script = step["run"].as_str().expect("it runs something");
    assert!(
        !script.contains("${{"),
        "an input in a script's text is a command"
    );
    let format = step["env"]["GATE_FORMAT"]
        .as_str()
        .expect("it has a format");
    for (repository, code) in refused_and_fine().iter().zip([1, 0]) {
        let summary = repository.path().join("summary.md");
        let gate = root().join("ci/gate");
        let variables = [
            ("GATE_CONTRACTS", "contracts"),
            ("GATE_AGAINST", "HEAD"),
            ("GATE_FORMAT", format),
            ("ACCORDANT_REGISTRY_TOKEN", ""),
            ("GITHUB_ACTION_PATH", gate.to_str().expect("a plain path")),
            (
                "GITHUB_STEP_SUMMARY",
                summary.to_str().expect("a plain path"),
            ),
        ];
        let output = shell(repository, script, &variables);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert_eq!(said.contains("\n::error file="), code == 1, "{said}");
        let summary = fs::read_to_string(summary).expect("there is a summary");
        assert!(summary.starts_with("<!-- accordant -->"), "{summary}");
    }
}

#[test]
fn the_gitlab_template() {
    let template = yaml("ci/gate/gitlab.yml");
    let job = &template[".accordant"];
    let script = job["script"][0].as_str().expect("it runs something");
    let script = script.replace("ci/gate", &root().join("ci/gate").display().to_string());
    let report = job["artifacts"]["reports"]["codequality"].as_str();
    let report = report.expect("it has a report");
    let variables: Vec<(&str, &str)> = job["variables"]
        .as_hash()
        .expect("it has variables")
        .iter()
        .filter_map(|(name, value)| Some((name.as_str()?, value.as_str()?)))
        .collect();
    for (repository, code) in refused_and_fine().iter().zip([1, 0]) {
        let output = shell(repository, &script, &variables);
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        let report = fs::read(repository.path().join(report)).expect("there is a report");
        let report: serde_json::Value = serde_json::from_slice(&report).expect("it is JSON");
        let findings = report.as_array().expect("it is a list");
        assert_eq!(findings.is_empty(), code == 0, "{report}");
    }
}

#[test]
fn the_pre_commit_hooks() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hooks = hooks.as_vec().expect("it is a list");
    assert_eq!(hooks.len(), 2);
    for hook in hooks {
        let entry = hook["entry"].as_str().expect("it runs something");
        let [refused, fine] = refused_and_fine();
        assert_eq!(shell(&fine, "accordant fmt", &[]).status.code(), Some(0));
        let output = shell(&fine, entry, &[]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
        assert_eq!(
            shell(&refused, entry, &[]).status.code(),
            Some(1),
            "{entry}"
        );
    }
}

#[test]
fn a_gate_that_cannot_be_done_is_no_finding() {
    let [repository, _] = refused_and_fine();
    let gate = root().join("ci/gate/gate.sh").display().to_string();
    let variables = [("GATE_CONTRACTS", "nowhere"), ("GATE_FORMAT", "github")];
    let output = shell(&repository, &gate, &variables);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}
