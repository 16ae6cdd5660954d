//! `up` without a broker beside it builds one, and leaves nothing behind when it
//! is stopped meanwhile.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Longest wait for a process that was killed.
const GONE_TIMEOUT_S: u64 = 10;

#[test]
fn ctrl_c_ends_the_build_of_the_broker() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let binary = folder.path().join("debug/accordant");
    fs::create_dir(folder.path().join("debug")).expect("the folder is ours");
    let built = assert_cmd::cargo::cargo_bin("accordant");
    if fs::hard_link(&built, &binary).is_err() {
        fs::copy(&built, &binary).expect("the binary can be copied");
    }
    // A cargo that never ends, and says when it has begun.
    let cargo = folder.path().join("cargo");
    let mut script = fs::File::create(&cargo).expect("the folder is ours");
    writeln!(script, "#!/bin/sh\necho building $$\nexec sleep 1000").expect("it can be written");
    let mode = fs::Permissions::from_mode(0o755);
    script.set_permissions(mode).expect("it is ours");
    drop(script);

    let mut command = Command::new(&binary);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ACCORDANT_")) {
        command.env_remove(name);
    }
    let contracts = concat!(env!("CARGO_MANIFEST_DIR"), "/../../contracts");
    let mut up = command
        .args(["up", "--contracts", contracts, "--data-dir"])
        .arg(folder.path().join("data"))
        .args([
            "--registry-addr",
            "127.0.0.1:0",
            "--ingest-addr",
            "127.0.0.1:0",
        ])
        .args([
            "--admin-addr",
            "127.0.0.1:0",
            "--broker-addr",
            "127.0.0.1:0",
        ])
        .env("CARGO", &cargo)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let mut said = String::new();
    let mut stdout = BufReader::new(up.stdout.take().expect("it is piped"));
    stdout.read_line(&mut said).expect("it says something");
    let id = said.trim().strip_prefix("building ").map(str::to_owned);
    let id = id.unwrap_or_else(|| panic!("it says {said:?}"));

    let stopped = Command::new("kill")
        .args(["-INT", &up.id().to_string()])
        .status();
    assert!(stopped.expect("kill starts").success());
    assert!(up.wait().expect("it ends").success());
    // It was killed, and is gone as soon as the system has done so.
    let deadline = Instant::now() + Duration::from_secs(GONE_TIMEOUT_S);
    while is_running(&id) {
        assert!(Instant::now() < deadline, "the build runs on");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a process runs (a zombie does not).
fn is_running(id: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}
