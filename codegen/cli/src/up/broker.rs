//! The embedded broker as a child process: found or built, started, watched,
//! stopped. It holds the read end of a pipe and exits when that closes, so it
//! never outlives this process, however this one dies.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, bail};
use tokio::{
    net::TcpStream,
    process::{Child, ChildStdin, Command},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::output;

const BINARY: &str = "accordant-broker";
const START_TIMEOUT_MS: u64 = 30_000;
const STOP_TIMEOUT_MS: u64 = 3_000;
const PROBE_INTERVAL_MS: u64 = 20;
const RESTART_PAUSE_MS: u64 = 200;
/// How often in a row a broker may die before it answered once.
const RESTARTS_MAX: u32 = 5;

/// A running broker.
#[derive(Debug)]
pub(crate) struct Broker {
    child: Child,
    /// Held apart from the child: waiting for its end would close it.
    lifeline: Option<ChildStdin>,
    binary: PathBuf,
    addr: SocketAddr,
    data_dir: PathBuf,
}

impl Broker {
    /// Starts the broker and waits until it accepts connections.
    ///
    /// # Errors
    /// The binary is missing and cannot be built, or the broker ends at once;
    /// it has then said why on standard error.
    pub(crate) async fn start(addr: SocketAddr, data_dir: &Path) -> anyhow::Result<Broker> {
        let binary = find_or_build().await?;
        let data_dir = data_dir.join("broker");
        std::fs::create_dir_all(&data_dir)
            .with_context(|| format!("data folder {} cannot be written", data_dir.display()))?;
        let mut child = spawn(&binary, addr, &data_dir)?;
        let lifeline = child.stdin.take();
        let mut broker = Broker {
            child,
            lifeline,
            binary,
            addr,
            data_dir,
        };
        // The broker of an `up` that was killed may still hold the data folder.
        if broker.wait_until_it_answers().await.is_err() {
            broker.restart().await?;
        }
        Ok(broker)
    }

    /// Watches the child until `shutdown`: one that dies is started again.
    /// Then closes its pipe and waits for its end, by force after a while.
    ///
    /// # Errors
    /// The broker died several times in a row without answering once.
    pub(crate) async fn watch(mut self, shutdown: CancellationToken) -> anyhow::Result<()> {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return self.stop().await,
                status = self.child.wait() => {
                    let status = status.context("the broker's end cannot be awaited")?;
                    output::talk(&format!("the broker ended ({status}); starting it again"));
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                restarted = self.restart() => restarted?,
            }
            output::talk("the broker is back");
        }
    }

    async fn restart(&mut self) -> anyhow::Result<()> {
        let mut last = None;
        for _ in 0..RESTARTS_MAX {
            self.child = spawn(&self.binary, self.addr, &self.data_dir)?;
            self.lifeline = self.child.stdin.take();
            match self.wait_until_it_answers().await {
                Ok(()) => return Ok(()),
                Err(error) => last = Some(error),
            }
            tokio::time::sleep(Duration::from_millis(RESTART_PAUSE_MS)).await;
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("no attempt was made")))
            .with_context(|| format!("the broker did not start in {RESTARTS_MAX} attempts"))
    }

    async fn stop(&mut self) -> anyhow::Result<()> {
        drop(self.lifeline.take());
        let patience = Duration::from_millis(STOP_TIMEOUT_MS);
        if tokio::time::timeout(patience, self.child.wait())
            .await
            .is_err()
        {
            self.child
                .kill()
                .await
                .context("the broker cannot be stopped")?;
        }
        Ok(())
    }

    async fn wait_until_it_answers(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + Duration::from_millis(START_TIMEOUT_MS);
        loop {
            if let Some(status) = self
                .child
                .try_wait()
                .context("the broker cannot be watched")?
            {
                bail!("the broker ended at once ({status})");
            }
            if TcpStream::connect(self.addr).await.is_ok() {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!(
                    "the broker on {} did not answer in {START_TIMEOUT_MS} ms",
                    self.addr
                );
            }
            tokio::time::sleep(Duration::from_millis(PROBE_INTERVAL_MS)).await;
        }
    }
}

fn spawn(binary: &Path, addr: SocketAddr, data_dir: &Path) -> anyhow::Result<Child> {
    Command::new(binary)
        .arg("--listen")
        .arg(addr.to_string())
        .arg("--data-dir")
        .arg(data_dir)
        .arg("--exit-with-stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        // Ctrl-C is for `up`: the broker goes last, when its pipe closes.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{} cannot be started", binary.display()))
}

/// The binary beside this one; in a checkout it is built where it is missing.
async fn find_or_build() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("the path of this program is unknown")?;
    let folder = own.parent().context("this program has no folder")?;
    let sibling = folder.join(format!("{BINARY}{}", std::env::consts::EXE_SUFFIX));
    if sibling.is_file() {
        return Ok(sibling);
    }
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    let target = folder.parent().filter(|_| manifest.is_file());
    let Some(target) = target else {
        bail!("{BINARY} is missing: it belongs beside {}", own.display());
    };
    output::talk("Building the embedded broker (once; it takes some minutes)");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--package", BINARY, "--manifest-path"])
        .arg(&manifest);
    cargo.arg("--target-dir").arg(target);
    // Ctrl-C ends the build too, also where it reaches this process alone.
    cargo.kill_on_drop(true);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo.status().await.context("cargo cannot be started")?;
    if !status.success() || !sibling.is_file() {
        bail!("the broker could not be built: `cargo build --package {BINARY}` says why");
    }
    Ok(sibling)
}
