//! What is wrong is one sentence on standard error, and exit code 1.

use std::net::TcpListener;
use std::path::Path;

use crate::process::{Broker, free_address, run_to_end};

#[track_caller]
fn check(address: &str, folder: &Path, expected: &str) {
    let output = run_to_end(address, folder);
    let stderr = String::from_utf8(output.stderr).expect("text");
    assert_eq!(stderr, format!("accordant-broker: {expected}\n"));
    assert!(output.stdout.is_empty());
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_port_in_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let expected = format!(
        "the address {address} is in use by another program; stop it or pass another --listen"
    );
    check(&address, folder.path(), &expected);
}

#[test]
fn a_data_folder_in_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let _holder = Broker::start(&free_address(), folder.path());
    let expected = format!(
        "the data folder {} is in use by another accordant-broker; stop it or pass another \
         --data-dir",
        folder.path().display()
    );
    check(&free_address(), folder.path(), &expected);
}

#[test]
fn a_data_folder_that_cannot_be_created() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let folder = file.path().join("data");
    let expected = format!(
        "the data folder {} cannot be created: Not a directory (os error 20)",
        folder.display()
    );
    check(&free_address(), &folder, &expected);
}

#[test]
fn a_port_that_is_not_fixed() {
    let folder = tempfile::tempdir().expect("a folder");
    check(
        "127.0.0.1:0",
        folder.path(),
        "--listen 127.0.0.1:0 has no fixed port: clients are told this address, so name one",
    );
}
