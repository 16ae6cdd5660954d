//! What ends a broker, and with which code.

use std::process::Command;

use crate::process::{Broker, free_address};

#[test]
fn the_end_of_standard_input_ends_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut broker = Broker::start(&free_address(), folder.path());
    drop(broker.child.stdin.take());
    let status = broker.child.wait().expect("its end");
    assert_eq!(status.code(), Some(0));
}

#[track_caller]
fn check_signal(signal: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut broker = Broker::start(&free_address(), folder.path());
    let pid = broker.child.id().to_string();
    let sent = Command::new("kill")
        .args([signal, &pid])
        .status()
        .expect("kill");
    assert!(sent.success());
    let status = broker.child.wait().expect("its end");
    assert_eq!(status.code(), Some(0), "after {signal}");
}

#[test]
fn signals_end_it() {
    check_signal("-TERM");
    check_signal("-INT");
}
