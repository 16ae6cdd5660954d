//! `accordant send`: a file of events, one JSON a line, to ingest.

mod chunk;
mod client;
mod sink;

use std::path::PathBuf;

use accordant_kit::config::Config;
use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tokio::{
    fs::File,
    io::{AsyncRead, BufReader},
    time::Instant,
};

use crate::{args::ServiceArgs, output};
use chunk::Chunks;
use client::{Answer, Client};
use sink::Sinks;

/// What `send` takes.
#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    /// The contract's name, such as catalog.ArticleSubmitted
    pub(crate) contract: String,
    /// A file with one JSON event a line; `-` is standard input
    pub(crate) file: PathBuf,
    /// Where rejected lines go, with their reasons [default: FILE.rejected.ndjson]
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Also write a line of JSON for every accepted event
    #[arg(long, value_name = "FILE")]
    accepted: Option<PathBuf>,
    /// Start of every event id; the same one makes sending a file again safe
    /// [default: new every time]
    #[arg(long, value_name = "TEXT")]
    id_prefix: Option<String>,
    /// How long to go on trying while ingest is away, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

/// What became of the lines.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Summary {
    lines: u64,
    accepted: u64,
    rejected: u64,
    unknown: u64,
    seconds: f64,
    id_prefix: String,
}

/// Sends the file; `true` if every line was accepted.
///
/// # Errors
/// The file cannot be read, ingest refuses the contract or stays away.
pub(crate) async fn send(args: &SendArgs, config: &Config) -> anyhow::Result<bool> {
    let started = Instant::now();
    let mut sinks = Sinks::new(rejected_path(args), args.accepted.clone());
    let mut summary = Summary {
        id_prefix: args.id_prefix.clone().unwrap_or_else(new_prefix),
        ..Summary::default()
    };
    let bar = progress(args)?;
    let client = Client::new(&config.ingest_url(), &args.contract, args.patience)?;
    let input = open(&args.file).await?;
    let result = stream(input, &client, &mut sinks, &mut summary, &bar).await;
    bar.finish_and_clear();
    summary.seconds = started.elapsed().as_secs_f64();
    sinks.finish()?;
    report(args, &summary, &sinks)?;
    result?;
    Ok(summary.accepted == summary.lines)
}

async fn stream(
    input: Box<dyn AsyncRead + Unpin + Send>,
    client: &Client,
    sinks: &mut Sinks,
    summary: &mut Summary,
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    let mut chunks = Chunks::new(BufReader::with_capacity(1 << 18, input));
    while let Some(chunk) = chunks.next().await? {
        let prefix = format!("{}-{}", summary.id_prefix, chunk.first_line);
        let answer = client.post(&chunk, &prefix, bar).await;
        summary.lines += chunk.len();
        match answer {
            Ok(Answer { items }) => {
                for item in &items {
                    match item.status.as_str() {
                        "accepted" => summary.accepted += 1,
                        "rejected" => summary.rejected += 1,
                        _ => summary.unknown += 1,
                    }
                    sinks.put(&chunk, item)?;
                }
            }
            Err(error) => {
                summary.unknown += chunk.len();
                return Err(error.context(format!(
                    "lines {} to {} may or may not have been accepted; to send the file again \
                     safely use --id-prefix {}",
                    chunk.first_line,
                    chunk.last_line(),
                    summary.id_prefix
                )));
            }
        }
        bar.inc(chunk.bytes());
        bar.set_message(format!(
            "{} accepted, {} rejected",
            summary.accepted, summary.rejected
        ));
    }
    Ok(())
}

async fn open(path: &std::path::Path) -> anyhow::Result<Box<dyn AsyncRead + Unpin + Send>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(tokio::io::stdin()));
    }
    let file = File::open(path)
        .await
        .with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(Box::new(file))
}

fn rejected_path(args: &SendArgs) -> PathBuf {
    args.rejected.clone().unwrap_or_else(|| {
        if args.file.as_os_str() == "-" {
            PathBuf::from("stdin.rejected.ndjson")
        } else {
            let mut name = args.file.clone().into_os_string();
            name.push(".rejected.ndjson");
            PathBuf::from(name)
        }
    })
}

fn new_prefix() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// A bar over the file's bytes, or a spinner where the size is unknown;
/// nothing where standard error is no terminal.
fn progress(args: &SendArgs) -> anyhow::Result<ProgressBar> {
    let bytes = std::fs::metadata(&args.file)
        .ok()
        .filter(|it| it.is_file())
        .map(|it| it.len());
    let template = match bytes {
        Some(_) => "{bar:30} {percent:>3} %  {elapsed} elapsed, {eta} left  {msg}",
        None => "{spinner} {elapsed} elapsed  {msg}",
    };
    let bar = bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    bar.set_style(ProgressStyle::with_template(template).context("the bar's template is wrong")?);
    Ok(bar)
}

fn report(args: &SendArgs, summary: &Summary, sinks: &Sinks) -> anyhow::Result<()> {
    if args.json {
        output::result_line(&serde_json::to_string(summary)?)?;
    } else {
        let rate = summary.lines as f64 / summary.seconds.max(0.001);
        output::result_line(&format!(
            "sent {} lines in {:.1} s ({rate:.0} a second): {} accepted, {} rejected, {} unknown",
            summary.lines, summary.seconds, summary.accepted, summary.rejected, summary.unknown
        ))?;
    }
    if let Some(path) = sinks.rejected_file() {
        output::talk(&format!(
            "rejected lines and their reasons: {}",
            path.display()
        ));
    }
    Ok(())
}
