//! The embedded broker for development: a Kafka-compatible listener whose data
//! lies in one SQLite file, in a process of its own because that SQLite and
//! the one of the other services cannot be linked into one binary.
//!
//! It prints nothing but warnings and errors, and does nothing but serve: no
//! topic is created here, and no contract is known. Not for production.

mod folder;
mod prepare;
mod serve;
mod stop;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::folder::DataFolder;
use crate::stop::OnParentGone;

/// What tasks that block may still take before the process ends without them.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// The embedded Kafka-compatible broker for development.
#[derive(Debug, Parser)]
#[command(name = "accordant-broker", version)]
struct Args {
    /// The address to listen on, which is also what clients are told.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9092")]
    listen: SocketAddr,
    /// The folder that holds the data; created if it is not there.
    #[arg(long, value_name = "FOLDER")]
    data_dir: PathBuf,
    /// End when standard input reaches its end: the parent is gone.
    #[arg(long)]
    exit_with_stdin: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    init_logs();
    end_on_panic();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("accordant-broker: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What Rust programs end with after a panic.
const EXIT_PANIC: i32 = 101;
/// What is logged unless `ACCORDANT_BROKER_LOG` says otherwise. The storage logs
/// as an error whatever it answers with a Kafka error code, such as the creation
/// of a topic that exists; what really fails is logged by its caller again.
const LOG_FILTER: &str = "warn,tansu_storage=off";

/// Logs on standard error, in the syntax of `tracing_subscriber::EnvFilter`.
fn init_logs() {
    let filter = EnvFilter::try_from_env("ACCORDANT_BROKER_LOG")
        .unwrap_or_else(|_unset_or_invalid| EnvFilter::new(LOG_FILTER));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// A panic anywhere ends the process: the broker crate's storage is one task, and
/// without it nothing is answered any more. What was acknowledged is on disk, and
/// whoever watches starts the broker again.
fn end_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        eprintln!("accordant-broker: {panic}");
        std::process::exit(EXIT_PANIC);
    }));
}

fn run(args: &Args) -> anyhow::Result<()> {
    let on_parent_gone = if args.exit_with_stdin {
        OnParentGone::End
    } else {
        OnParentGone::GoOn
    };
    let folder = DataFolder::open(&args.data_dir)?;
    folder.enter()?;
    serve::check_address(args.listen)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the worker threads could not be started")?;
    let result = runtime.block_on(async {
        let stopped = stop::stopped(on_parent_gone)?;
        tokio::select! {
            result = serve::serve(args.listen) => result,
            reason = stopped => {
                tracing::info!(?reason, "stopping");
                Ok(())
            }
        }
    });
    runtime.shutdown_timeout(SHUTDOWN_TIMEOUT);
    result
}
