//! Runs the real binary as a user would: `up` in a folder of its own, on ports
//! of its own, with the other commands against it.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use serde_json::Value;

/// Longest wait for "Ready", in seconds: these machines may be busy.
const READY_TIMEOUT_S: u64 = 120;
/// Longest wait for the end after SIGINT, in seconds: the promise is 10.
const STOP_TIMEOUT_S: u64 = 10;

/// Where Kafka and the rows live.
#[derive(Debug, Clone, Default)]
pub(crate) struct Backend {
    /// A real cluster; the embedded broker without.
    pub(crate) kafka: Option<String>,
    /// A PostgreSQL URL; SQLite without.
    pub(crate) database: Option<String>,
}

/// A folder, ports and settings that survive restarts of `up`.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) folder: tempfile::TempDir,
    ports: BTreeMap<&'static str, u16>,
    backend: Backend,
}

/// A running `up`.
#[derive(Debug)]
pub(crate) struct Up {
    child: Option<Child>,
    id: u32,
    printed: Vec<String>,
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The binary beside the test's own: `cargo test --workspace` builds both.
pub(crate) fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("a test knows its path");
    let folder = own
        .parent()
        .and_then(Path::parent)
        .expect("target/debug/deps has a parent");
    for package in ["accordant", "accordant-broker"] {
        if !folder.join(package).is_file() {
            let status = Command::new(env!("CARGO"))
                .args(["build", "--package", package, "--target-dir"])
                .arg(folder.parent().expect("target/debug has a parent"))
                .current_dir(root())
                .status()
                .expect("cargo starts");
            assert!(status.success(), "{package} does not build");
        }
    }
    folder.join("accordant")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}

impl Pipeline {
    pub(crate) fn new(backend: Backend) -> Pipeline {
        let names = ["registry", "ingest", "broker", "admin"];
        Pipeline {
            folder: tempfile::tempdir().expect("a temporary folder"),
            ports: names.into_iter().map(|name| (name, free_port())).collect(),
            backend,
        }
    }

    /// Whether its broker has transactions, and its applications use them.
    pub(crate) fn has_transactions(&self) -> bool {
        self.backend.kafka.is_some()
    }

    /// A command with the flags that find this pipeline.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.folder.path());
        // The tests' own settings are none of the binary's.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ACCORDANT_")) {
            command.env_remove(name);
        }
        command
            .arg("--data-dir")
            .arg(self.folder.path().join("data"));
        command.arg("--contracts").arg(root().join("contracts"));
        for (name, port) in &self.ports {
            command
                .arg(format!("--{name}-addr"))
                .arg(format!("127.0.0.1:{port}"));
        }
        if let Some(kafka) = &self.backend.kafka {
            command.args(["--kafka", kafka]);
        }
        if let Some(database) = &self.backend.database {
            command.args(["--database", database]);
        }
        command
    }

    /// Another program, or a command that takes no flags of services: it finds
    /// this pipeline by its environment.
    pub(crate) fn tell(&self, command: &mut Command) {
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ACCORDANT_")) {
            command.env_remove(name);
        }
        command.env("ACCORDANT_DATA_DIR", self.folder.path().join("data"));
        for (name, port) in &self.ports {
            let variable = format!("ACCORDANT_{}_ADDR", name.to_uppercase());
            command.env(variable, format!("127.0.0.1:{port}"));
        }
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary starts")
    }

    /// Starts `up` and waits until it says that it is ready.
    #[track_caller]
    pub(crate) fn up(&self) -> Up {
        let log = self.folder.path().join("up.log");
        let log = File::options()
            .create(true)
            .append(true)
            .open(log)
            .expect("a log");
        let mut child = self
            .command(&["up"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        let stdout = child.stdout.take().expect("it is piped");
        let mut up = Up {
            id: child.id(),
            child: Some(child),
            printed: Vec::new(),
        };
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Nobody listens after "Ready"; the pipe must be read all the same.
                let _ = sender.send(line);
            }
        });
        let deadline = Instant::now() + Duration::from_secs(READY_TIMEOUT_S);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match lines.recv_timeout(left) {
                Ok(line) => {
                    let is_ready = line.starts_with("Ready");
                    up.printed.push(line);
                    if is_ready {
                        return up;
                    }
                }
                Err(_) => panic!("`up` did not become ready:\n{}", self.log()),
            }
        }
    }

    /// What `up` said on standard error, all starts together.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("up.log")).unwrap_or_default()
    }

    /// Sends a file; the summary.
    #[track_caller]
    pub(crate) fn send(&self, contract: &str, file: &Path) -> Value {
        let time = self.times_sent(file);
        let accepted = self.sent_file(file, time, "accepted");
        let rejected = self.sent_file(file, time, "rejected");
        let file = file.to_str().expect("a plain path");
        let output = self.run(&[
            "send",
            contract,
            file,
            "--json",
            "--patience",
            "300",
            "--accepted",
            accepted.to_str().expect("a plain path"),
            "--rejected",
            rejected.to_str().expect("a plain path"),
        ]);
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&text).unwrap_or_else(|_| {
            panic!(
                "send says:\n{text}{}\n{}",
                String::from_utf8_lossy(&output.stderr),
                self.log()
            )
        })
    }

    /// What was accepted or rejected of a file, all the times that it was sent.
    pub(crate) fn sent(&self, file: &Path, what: &str) -> Vec<Value> {
        (0..self.times_sent(file))
            .flat_map(|time| json_lines(&self.sent_file(file, time, what)))
            .collect()
    }

    /// How often a file was sent: `send` writes one of the two at least.
    fn times_sent(&self, file: &Path) -> u32 {
        (0..)
            .take_while(|time| {
                ["accepted", "rejected"]
                    .iter()
                    .any(|what| self.sent_file(file, *time, what).exists())
            })
            .count() as u32
    }

    /// Where `send` writes it.
    fn sent_file(&self, file: &Path, time: u32, what: &str) -> PathBuf {
        let name = file.file_name().expect("a file has a name");
        let name = format!("{}.{time}.{what}", name.to_string_lossy());
        self.folder.path().join(name)
    }

    /// Every event of a contract up to now.
    #[track_caller]
    pub(crate) fn tail(&self, contract: &str) -> Vec<Value> {
        let output = self.run(&["tail", contract, "--from-beginning", "--until-end"]);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "tail {contract} says: {talk}");
        assert!(talk.is_empty(), "tail {contract} says: {talk}");
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines()
            .map(|line| serde_json::from_str(line).expect("a line is JSON"))
            .collect()
    }

    /// Waits until nothing is left to process and demands that rows and logs agree.
    #[track_caller]
    pub(crate) fn verify(&self) -> Value {
        let output = self.run(&["verify", "--json", "--timeout", "300"]);
        let text = String::from_utf8_lossy(&output.stdout);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "verify says: {text}{talk}\n{}",
            self.log()
        );
        serde_json::from_str(&text).expect("the report is JSON")
    }

    /// Status and body of a GET.
    pub(crate) fn get(&self, service: &str, path: &str) -> (u16, String) {
        let address = ("127.0.0.1", self.ports[service]);
        let mut stream = TcpStream::connect(address).expect("it listens");
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let status = answer.split(' ').nth(1).and_then(|code| code.parse().ok());
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status.expect("a status"), body.to_owned())
    }

    /// The address of a service.
    pub(crate) fn address(&self, service: &str) -> String {
        match (service, &self.backend.kafka) {
            ("broker", Some(kafka)) => kafka.clone(),
            _ => format!("127.0.0.1:{}", self.ports[service]),
        }
    }
}

impl Up {
    /// What it printed, up to "Ready".
    pub(crate) fn printed(&self) -> &[String] {
        &self.printed
    }

    /// The process ids of its children.
    pub(crate) fn children(&self) -> Vec<u32> {
        let id = self.id;
        // A child stands under the thread that started it.
        let tasks = std::fs::read_dir(format!("/proc/{id}/task"))
            .into_iter()
            .flatten()
            .flatten();
        let mut all = Vec::new();
        for task in tasks {
            let text = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
            all.extend(
                text.split_whitespace()
                    .filter_map(|it| it.parse::<u32>().ok()),
            );
        }
        all
    }

    /// kill -9, as a power cut would.
    pub(crate) fn kill(mut self) {
        let mut child = self.child.take().expect("it runs until it is dropped");
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }

    /// Ctrl-C; demands a clean end in time that leaves no process behind.
    #[track_caller]
    pub(crate) fn stop(mut self) {
        let children = self.children();
        let id = self.id;
        let mut child = self.child.take().expect("it runs until it is dropped");
        signal("-INT", id);
        let (sender, end) = mpsc::channel();
        std::thread::spawn(move || {
            let _ = sender.send(child.wait());
        });
        let status = end
            .recv_timeout(Duration::from_secs(STOP_TIMEOUT_S))
            .unwrap_or_else(|_| {
                signal("-KILL", id);
                panic!("it runs on after {STOP_TIMEOUT_S} s");
            });
        let status = status.expect("its end can be awaited");
        assert!(status.success(), "it ended with {status}");
        for child in children {
            assert!(!alive(child), "process {child} is left behind");
        }
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Sends a signal.
pub(crate) fn signal(name: &str, process: u32) {
    let status = Command::new("kill")
        .args([name, &process.to_string()])
        .status();
    assert!(
        status.expect("kill starts").success(),
        "process {process} is gone"
    );
}

/// Whether a process runs (a zombie does not).
pub(crate) fn alive(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

/// A file with one JSON a line; one that is not there has none.
fn json_lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect()
}
