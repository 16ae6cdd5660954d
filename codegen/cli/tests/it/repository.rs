//! A git repository with one contract, in a temporary folder.

use std::{fs, path::Path, process::Command as Process};

use assert_cmd::Command;
use tempfile::TempDir;

pub(crate) const TOML: &str = r#"kind = "event"
description = "An order."
owner = "shop"
topic = "orders.placed"
key = ["id"]
partitions = 6
"#;

/// A repository with the contract `shop.Order` and these fields a version.
pub(crate) struct Repository(TempDir);

impl Repository {
    pub(crate) fn new(versions: &[&str]) -> Repository {
        let repository = Repository(tempfile::tempdir().expect("a temporary folder"));
        repository.write("shop.Order/contract.toml", TOML);
        for (at, fields) in versions.iter().enumerate() {
            repository.version(at + 1, fields);
        }
        repository
    }

    pub(crate) fn with_git(versions: &[&str]) -> Repository {
        let repository = Repository::new(versions);
        repository.git(&["init", "-q"]);
        repository
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn version(&self, version: usize, fields: &str) {
        let text = format!(
            "{{\n  \"type\": \"record\", \"name\": \"shop.Order\", \"fields\": [\n    \
             {{ \"name\": \"id\", \"type\": \"string\" }}{fields}\n  ]\n}}\n"
        );
        self.write(&format!("shop.Order/v{version}.avsc"), &text);
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path().join("contracts").join(file);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("it can be made");
        #[expect(
            clippy::disallowed_methods,
            reason = "nobody else reads the folder yet"
        )]
        fs::write(path, text).expect("it can be written");
    }

    pub(crate) fn lock(&self) -> String {
        fs::read_to_string(self.path().join("contracts/contracts.lock")).expect("there is a lock")
    }

    pub(crate) fn git(&self, args: &[&str]) {
        let status = Process::new("git")
            .current_dir(self.path())
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(args)
            .status()
            .expect("git is installed");
        assert!(status.success(), "git {args:?}");
    }

    pub(crate) fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", "a change"]);
    }

    pub(crate) fn accordant(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("accordant").expect("the binary is built");
        command.current_dir(self.path()).args(args).env_remove("CI");
        // A temporary folder inside of another repository has no history.
        command.env(
            "GIT_CEILING_DIRECTORIES",
            self.path().parent().expect("it is in a folder"),
        );
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ACCORDANT_")) {
            command.env_remove(name);
        }
        command
    }

    /// Runs a command that ends with this code; its result.
    #[track_caller]
    pub(crate) fn run(&self, args: &[&str], code: i32) -> String {
        ends(self.accordant(args), code)
    }
}

#[track_caller]
pub(crate) fn ends(mut command: Command, code: i32) -> String {
    let output = command.output().expect("the binary starts");
    let result = String::from_utf8_lossy(&output.stdout).into_owned();
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{result}{talk}");
    result
}

/// What a command says: result, talk and exit code.
pub(crate) fn says(repository: &Repository, args: &[&str]) -> String {
    let output = repository
        .accordant(args)
        .output()
        .expect("the binary starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!(
        "{}--- talk\n{}--- exit code {}\n",
        text(&output.stdout),
        text(&output.stderr),
        output.status.code().expect("it ends by itself"),
    )
}
