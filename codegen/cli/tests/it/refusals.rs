//! One clear sentence for everything that keeps a command from starting.

use std::{net::TcpListener, path::Path};

use assert_cmd::Command;

fn accordant(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("accordant").expect("the binary is built");
    command.current_dir(folder);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ACCORDANT_")) {
        command.env_remove(name);
    }
    command
}

/// Runs a command that must fail with 2 and these words on standard error,
/// and print nothing else.
#[track_caller]
fn refused(mut command: Command, words: &[&str]) {
    let output = command.output().expect("the binary starts");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{talk}");
    assert!(
        output.stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    for word in words {
        assert!(talk.contains(word), "no {word:?} in: {talk}");
    }
    assert!(!talk.contains("panicked"), "{talk}");
}

/// `up` on ports that are free, but for those that a test sets again.
fn up(folder: &Path) -> Command {
    let mut command = accordant(folder);
    let contracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts");
    command.arg("up").env("ACCORDANT_CONTRACTS", contracts);
    for name in ["registry", "ingest", "broker", "admin"] {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = free.local_addr().expect("it has an address").to_string();
        command.env(format!("ACCORDANT_{}_ADDR", name.to_uppercase()), address);
    }
    command
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn a_port_in_use_is_named_with_its_flag() {
    for name in ["registry", "ingest", "broker", "admin"] {
        let folder = folder();
        let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = taken.local_addr().expect("it has an address").to_string();
        let flag = format!("--{name}-addr");
        let mut command = up(folder.path());
        command.args([&flag, &address]);
        refused(command, &[&address, &flag, "in use"]);
    }
}

#[test]
fn a_data_folder_in_use_is_named() {
    let folder = folder();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("the folder is ours");
    let lock = std::fs::File::create(data.join("lock")).expect("the folder is ours");
    lock.lock().expect("nobody else has it");
    let mut command = up(folder.path());
    command.arg("--data-dir").arg(&data);
    refused(command, &["in use by another `accordant up`", "--data-dir"]);
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let folder = folder();
    let file = folder.path().join("file");
    std::fs::File::create(&file).expect("the folder is ours");
    let mut command = up(folder.path());
    command.arg("--data-dir").arg(file.join("data"));
    refused(command, &["cannot be written", "--data-dir", "data"]);
}

#[test]
fn an_unknown_key_names_the_nearest_one() {
    let folder = folder();
    let settings = folder.path().join("accordant.toml");
    std::io::Write::write_all(
        &mut std::fs::File::create(settings).expect("the folder is ours"),
        b"ingest_adr = \"127.0.0.1:1\"\n",
    )
    .expect("the folder is ours");
    let mut command = accordant(folder.path());
    command.args(["config", "show"]);
    refused(command, &["ingest_adr", "ingest_addr", "accordant.toml"]);
}

#[test]
fn an_unknown_variable_names_the_nearest_one() {
    let folder = folder();
    let mut command = accordant(folder.path());
    command
        .args(["config", "show"])
        .env("ACCORDANT_INGEST_ADR", "127.0.0.1:1");
    refused(command, &["ACCORDANT_INGEST_ADR", "ACCORDANT_INGEST_ADDR"]);
}

#[test]
fn a_contracts_folder_that_is_not_there_is_named() {
    let folder = folder();
    let mut command = up(folder.path());
    command.args(["--contracts", "nowhere"]);
    refused(command, &["nowhere"]);
}

#[test]
fn commands_without_a_pipeline_say_how_to_start_one() {
    let folder = folder();
    let mut command = accordant(folder.path());
    command.args(["send", "catalog.ArticleSubmitted", "-", "--patience", "0"]);
    command
        .args(["--ingest-addr", "127.0.0.1:9"])
        .write_stdin("{}\n");
    refused_with_result(command, &["127.0.0.1:9", "is `accordant up` running?"]);
}

/// As [`refused`], for a command that has a result to print all the same.
#[track_caller]
fn refused_with_result(mut command: Command, words: &[&str]) {
    let output = command.output().expect("the binary starts");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{talk}");
    for word in words {
        assert!(talk.contains(word), "no {word:?} in: {talk}");
    }
}

#[test]
fn a_mistyped_command_names_the_nearest_one() {
    let folder = folder();
    let mut command = accordant(folder.path());
    command.arg("chekc");
    refused(command, &["chekc", "check"]);
}
