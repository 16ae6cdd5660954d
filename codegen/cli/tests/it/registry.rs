//! `accordant registry`: alone and empty, and moved from place to place.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use crate::repository::{Repository, says};

const DUMP: &str = r#"{"keytype":"CONFIG","subject":null,"magic":0}	{"subject":null,"compatibilityLevel":"FULL"}
{"keytype":"SCHEMA","subject":"a","version":3,"magic":1}	{"subject":"a","version":3,"id":7,"guid":"ef524ea1-b91e-7317-3d93-8ade36c1db32","schemaType":"AVRO","schema":"\"int\"","deleted":true,"ts":1700000000000}
"#;

/// Kills the registry when the test ends, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _gone_already = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// The status line and the body of an answer.
fn get(address: &str, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    )
    .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("there is a body");
    let status = head.lines().next().unwrap_or_default();
    (status.to_owned(), body.to_owned())
}

#[test]
fn an_empty_registry_starts_on_a_free_port_and_leaves_nothing() {
    let repository = Repository::new(&[]);
    let args = ["registry", "--in-memory", "--registry-addr", "127.0.0.1:0"];
    let more = ["--compatibility", "full-transitive"];
    let args: Vec<&str> = args.into_iter().chain(more).collect();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("accordant"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ACCORDANT_")) {
        command.env_remove(name);
    }
    let command = command.current_dir(repository.path()).args(args);
    let mut child = command
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let stderr = child.stderr.take().expect("it is piped");
    let _running = Running(child);
    let mut line = String::new();
    BufReader::new(stderr)
        .read_line(&mut line)
        .expect("it says where it is");
    let address = line
        .trim()
        .rsplit_once("http://")
        .expect("a URL")
        .1
        .to_owned();
    let config = get(&address, "/config");
    assert_eq!(config.0, "HTTP/1.1 200 OK");
    assert_eq!(config.1, r#"{"compatibilityLevel":"FULL_TRANSITIVE"}"#);
    assert_eq!(get(&address, "/subjects").1, "[]");
    assert_eq!(get(&address, "/readyz").0, "HTTP/1.1 200 OK");
    let kept = repository.path().join(".accordant");
    assert!(!kept.exists(), "{}", kept.display());
}

#[test]
fn what_is_imported_is_exported_and_a_second_time_changes_nothing() {
    let repository = Repository::new(&[]);
    repository.write("../dump.txt", DUMP);
    let said = |more: &[&str]| {
        let args = [&["registry"][..], more].concat();
        says(&repository, &args)
    };
    insta::assert_snapshot!(said(&["import", "dump.txt", "--dry-run"]), @"
    1 versions would be added, 0 here already, 0 deleted or restored, 1 settings, 0 left out
    --- talk
    --- exit code 0
    ");
    insta::assert_snapshot!(said(&["import", "dump.txt"]), @"
    1 versions added, 0 here already, 0 deleted or restored, 1 settings, 0 left out
    --- talk
    --- exit code 0
    ");
    insta::assert_snapshot!(said(&["import", "dump.txt"]), @"
    0 versions added, 1 here already, 0 deleted or restored, 0 settings, 0 left out
    --- talk
    --- exit code 0
    ");
    assert_eq!(repository.run(&["registry", "export"], 0), DUMP);
    repository.run(&["registry", "export", "again.txt"], 0);
    let again = std::fs::read_to_string(repository.path().join("again.txt"));
    assert_eq!(again.expect("it was written"), DUMP);
}

#[test]
fn what_cannot_be_imported_is_named_and_nothing_is() {
    let repository = Repository::new(&[]);
    let said = |dump: &str| {
        repository.write("../dump.txt", dump);
        says(&repository, &["registry", "import", "dump.txt"])
    };
    let broken = DUMP.replace(r#""\"int\"""#, r#""\"nope\"""#);
    insta::assert_snapshot!("import_unusable", said(&broken));
    insta::assert_snapshot!("import_no_record", said("what is this\n"));
    said(DUMP);
    let other = DUMP.replace(r#""id":7"#, r#""id":8"#);
    insta::assert_snapshot!("import_conflict", said(&other));
    assert_eq!(repository.run(&["registry", "export"], 0), DUMP);
    let nowhere = ["registry", "import", "nowhere.txt"];
    insta::assert_snapshot!("import_no_file", says(&repository, &nowhere));
    let args = [
        "registry",
        "--in-memory",
        "--compatibility",
        "half",
        "--registry-addr",
        "127.0.0.1:0",
    ];
    let said = says(&repository, &args);
    let expected = "error: registry.compatibility: \"half\" is no level\n\
                    fix: backward, forward or full, each with -transitive, or none\n\
                    --- exit code 2\n";
    assert!(said.ends_with(expected), "{said}");
}
