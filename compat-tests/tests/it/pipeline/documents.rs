//! Every command that a document shows is run: here, against a running `up`, or
//! where [`ELSEWHERE`] says.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{
    harness::{Backend, Pipeline, binary, root},
    live::setting,
};

/// Commands (by how they begin) that another place runs: the file, and what it
/// says there.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    (
        "cargo run -- up",
        "compat-tests/tests/it/pipeline/harness.rs",
        "command(&[\"up\"])",
    ),
    (
        "cargo test --workspace",
        ".ci/run",
        "cargo test --workspace",
    ),
    (
        "cargo test -p compat-tests",
        ".ci/run",
        "cargo test --workspace",
    ),
    (
        "ACCORDANT_TEST_FREEZE=1 cargo test -p compat-tests",
        "compat-tests/tests/it/codec/frozen.rs",
        "ACCORDANT_TEST_FREEZE=1 cargo test -p compat-tests --test it codec::frozen",
    ),
    (
        "accordant-broker --listen",
        "services/broker/tests/it/process.rs",
        "--listen",
    ),
    (
        "ci/kafka.sh start --dir",
        ".ci/run",
        "ci/kafka.sh start --dir",
    ),
    (
        "ci/kafka.sh stop --dir",
        ".ci/run",
        "ci/kafka.sh stop --dir",
    ),
    (
        "ci/postgres.sh start --dir",
        ".ci/run",
        "ci/postgres.sh start --dir",
    ),
    (
        "ci/postgres.sh stop --dir",
        ".ci/run",
        "ci/postgres.sh stop --dir",
    ),
    ("python3 -m venv", ".ci/run", "python3 -m venv"),
    (
        "/tmp/python/bin/pip install -r",
        ".ci/run",
        "compat-tests/python/requirements.txt",
    ),
    (
        "/tmp/python/bin/python compat-tests/python/consume.py",
        "compat-tests/tests/it/pipeline/stock_client.rs",
        "compat-tests/python/consume.py",
    ),
    (
        "python3 ci/bench/run.py",
        ".ci/run",
        "python3 ci/bench/run.py",
    ),
    (
        "python3 ci/bench/gate.py",
        ".ci/run",
        "python3 ci/bench/gate.py",
    ),
    (
        "python3 ci/bench/generate.py",
        ".ci/run",
        "python3 ci/bench/generate.py",
    ),
    (
        "cargo run --release --manifest-path ci/bench/codec/Cargo.toml",
        ".ci/run",
        "--manifest-path ci/bench/codec/Cargo.toml",
    ),
];

/// Commands that need the network: run where a real Kafka was fetched too.
const NETWORK: &[&str] = &["curl -sSfL https://", "python3 ci/sample/convert.py"];

/// Sends invalid lines too, and so ends with 1.
const REFUSED: &[&str] = &["python3 ci/sample/generate.py --events 2000 --articles - |"];

/// Folders without documents of ours.
const PASSED_OVER: &[&str] = &["target", ".git", ".accordant"];

/// Every Markdown file below a folder, sorted, the nearest ones first.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let mut entries: Vec<PathBuf> = entries
        .map(|it| it.expect("the folder can be read").path())
        .collect();
    entries.sort();
    let (folders, files): (Vec<_>, Vec<_>) = entries.into_iter().partition(|it| it.is_dir());
    let mut found: Vec<PathBuf> = files
        .into_iter()
        .filter(|it| it.extension().is_some_and(|it| it == "md"))
        .collect();
    for folder in folders {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        if !PASSED_OVER.contains(&&*name) {
            found.extend(documents(&folder));
        }
    }
    found
}

/// The commands of a document: the lines of its `sh` blocks, and those after
/// `$ ` in its `console` blocks, each with the lines that a backslash joins.
fn commands(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut block: Option<&str> = None;
    let mut is_open = false;
    for line in text.lines().map(str::trim) {
        if let Some(language) = line.strip_prefix("```") {
            block = block.is_none().then_some(language);
            is_open = false;
            continue;
        }
        let command = match block {
            _ if is_open => Some(line),
            Some("sh") => Some(line),
            Some("console") => line.strip_prefix("$ "),
            _ => None,
        };
        let Some(command) = command.filter(|it| !it.is_empty()) else {
            continue;
        };
        let (part, goes_on) = match command.strip_suffix('\\') {
            Some(part) => (part, true),
            None => (command, false),
        };
        match found.last_mut().filter(|_| is_open) {
            Some(last) => last.push_str(part),
            None => found.push(part.to_owned()),
        }
        is_open = goes_on;
    }
    found
}

/// A folder like a fresh clone's root, as far as commands need it.
struct Desk<'a> {
    pipeline: &'a Pipeline,
    folder: PathBuf,
}

impl Desk<'_> {
    fn new(pipeline: &Pipeline) -> Desk<'_> {
        let folder = pipeline.folder.path().join("desk");
        fs::create_dir(&folder).expect("the folder is ours");
        for name in ["ci", "contracts"] {
            let copied = Command::new("cp")
                .arg("-r")
                .args([root().join(name), folder.join(name)])
                .status();
            assert!(copied.expect("cp starts").success());
        }
        Desk { pipeline, folder }
    }

    /// Runs a command as a reader would, but for the addresses.
    fn run(&self, command: &str) {
        let binary = binary();
        let ingest = self.pipeline.address("ingest");
        let text = command
            .replace("cargo run --", &binary.display().to_string())
            .replace("127.0.0.1:8080", &ingest);
        let mut shell = Command::new("bash");
        shell
            .args(["-euo", "pipefail", "-c", &text])
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        self.pipeline.tell(&mut shell);
        // The history of the copied contracts is not there to be read.
        shell.env_remove("CI");
        let output = shell.output().expect("bash starts");
        let expected = REFUSED.iter().any(|begin| command.starts_with(begin));
        assert_eq!(
            output.status.code(),
            Some(i32::from(expected)),
            "{command}\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn every_command_that_a_document_shows_works() {
    let pipeline = Pipeline::new(Backend::default());
    let up = pipeline.up();
    let desk = Desk::new(&pipeline);
    let mut unused: Vec<&str> = ELSEWHERE.iter().map(|(command, ..)| *command).collect();
    let mut count = 0;
    for path in documents(&root()) {
        let text = fs::read_to_string(&path).expect("a document can be read");
        for command in commands(&text) {
            let elsewhere = ELSEWHERE.iter().find(|it| command.starts_with(it.0));
            if let Some((begin, file, says)) = elsewhere {
                let text = fs::read_to_string(root().join(file)).expect("it can be read");
                assert!(text.contains(says), "{file} no longer runs: {command}");
                unused.retain(|it| it != begin);
            } else if NETWORK.iter().any(|begin| command.starts_with(begin))
                && setting("ACCORDANT_TEST_KAFKA").is_none()
            {
                continue;
            } else {
                desk.run(&command);
                count += 1;
            }
        }
    }
    assert!(count > 8, "only {count} commands were found");
    assert!(unused.is_empty(), "no document shows {unused:?}");
    for file in ["articles.ndjson", "prices.ndjson"] {
        let file = Path::new("ci/sample").join(file);
        let (made, kept) = (
            fs::read(desk.folder.join(&file)),
            fs::read(root().join(&file)),
        );
        assert!(
            made.expect("it is there") == kept.expect("it is there"),
            "{} is not what its source gives",
            file.display()
        );
    }
    up.stop();
}

/// What `up` prints, with a letter for every number and the data folder's name.
fn shape(text: &str, data: &str) -> String {
    let mut shape = String::new();
    for letter in text.trim().replace(data, ".accordant").chars() {
        match letter {
            '0'..='9' if shape.ends_with('9') => {}
            '0'..='9' => shape.push('9'),
            ' ' if shape.ends_with(' ') => {}
            letter => shape.push(letter),
        }
    }
    shape
}

#[test]
fn the_readme_shows_what_up_prints() {
    let readme = fs::read_to_string(root().join("README.md")).expect("it can be read");
    let block = readme.split_once("<!-- up -->\n```console\n");
    let (_, block) = block.expect("the README shows it");
    let (shown, _) = block.split_once("```").expect("the block ends");
    let pipeline = Pipeline::new(Backend::default());
    let up = pipeline.up();
    let data = pipeline.folder.path().join("data");
    let printed = up.printed().join("\n");
    let data = data.to_str().expect("a plain path");
    assert_eq!(shape(shown, data), shape(&printed, data));
    up.stop();
}
