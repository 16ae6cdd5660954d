//! A broker of our own: started on a free port, ended with the test.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};

/// How long anything may take that does not take long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A running broker.
pub(crate) struct Broker {
    pub(crate) child: Child,
    pub(crate) address: String,
}

/// An address on which nobody listens.
pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

fn command(address: &str, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_accordant-broker"));
    command
        .args(["--exit-with-stdin", "--listen", address, "--data-dir"])
        .arg(folder);
    command
}

/// Runs a broker that is expected to end by itself.
pub(crate) fn run_to_end(address: &str, folder: &Path) -> Output {
    let child = command(address, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the broker's binary");
    child.wait_with_output().expect("its output")
}

impl Broker {
    /// Starts one and waits until it answers.
    pub(crate) fn start(address: &str, folder: &Path) -> Self {
        let child = command(address, folder)
            .stdin(Stdio::piped())
            .spawn()
            .expect("the broker's binary");
        let broker = Self {
            child,
            address: address.to_owned(),
        };
        let client: BaseConsumer = broker.config().create().expect("a client");
        let metadata = client
            .fetch_metadata(None, PATIENCE)
            .expect("the broker's first answer");
        assert_eq!(metadata.brokers().len(), 1);
        broker
    }

    /// A client's settings, which reconnects without long pauses.
    pub(crate) fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.address)
            .set("reconnect.backoff.ms", "10")
            .set("reconnect.backoff.max.ms", "100")
            .set("retry.backoff.ms", "10")
            .set("log_level", "0");
        config
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a living broker");
        self.child.wait().expect("its end");
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // It may be gone already: that is what some tests are about.
        let _gone = self.child.kill();
        let _status = self.child.wait();
    }
}
