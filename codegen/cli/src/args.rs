//! What the command line takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{convert::ConvertArgs, gate, send::SendArgs, tail::TailArgs, verify::VerifyArgs};

/// Event contracts for Kafka pipelines: one folder of Avro schemas, a gate, a
/// registry, ingest and processing.
#[derive(Debug, Parser)]
#[command(name = "accordant", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything on this machine: broker, registry, ingest and the example applications.
    Up(ServiceArgs),
    /// Check the contracts: their files, compatibility with every released version, history.
    Check(gate::CheckArgs),
    /// Lint the contracts: names, documentation, what keeps an event usable.
    Lint(gate::LintArgs),
    /// Show what changed between two versions, and whom it hurts.
    Diff(gate::DiffArgs),
    /// Lay out the schemas of drafts in one way.
    Fmt(gate::FmtArgs),
    /// Draft a schema from JSON samples.
    Infer(gate::InferArgs),
    /// Write contracts for other tools: bundle, json-schema, asyncapi, markdown.
    Export(gate::ExportArgs),
    /// Write the Rust types of the contracts into a file that is checked in.
    Generate(gate::GenerateArgs),
    /// Freeze draft versions: append them to contracts.lock after the gate has passed.
    Release(gate::ReleaseArgs),
    /// Explain a finding's code: what, why, example, the safe way.
    Explain(gate::ExplainArgs),
    /// List every rule that the gate knows, a line each.
    Rules(gate::RulesArgs),
    /// List the contracts, their versions and states.
    List(gate::ListArgs),
    /// Begin a contract, or the next version of one.
    New(gate::NewArgs),
    /// Mark a released version as one that nobody writes any more.
    Retire(gate::RetireArgs),
    /// Register every released version in the registry and create the topics.
    Push(ServiceArgs),
    /// Show what push would do: 0 where that is nothing, else 1.
    Plan(ServiceArgs),
    /// Fetch a subject's versions from the registry as a contract.
    Pull(gate::PullArgs),
    /// Stream a file of events, one JSON a line, to ingest.
    Send(SendArgs),
    /// Print a contract's events as JSON, one a line.
    Tail(TailArgs),
    /// Convert data between JSON and Avro's forms, from standard input to standard output.
    Convert(ConvertArgs),
    /// Compare the rows of every application with the fold of its outbound topic.
    Verify(VerifyArgs),
    /// Run the schema registry alone, or move what is in it.
    Registry(RegistryArgs),
    /// Run ingest alone.
    Ingest(ServiceArgs),
    /// Run the example applications alone.
    Shop(ServiceArgs),
    /// Settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a completion script for a shell.
    Completions(CompletionsArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every setting as a line of accordant.toml.
    Show(ShowArgs),
}

/// What `registry` takes.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct RegistryArgs {
    #[command(subcommand)]
    pub(crate) command: Option<RegistryCommand>,
    /// Begin empty, and keep nothing: for tests
    #[arg(long)]
    pub(crate) in_memory: bool,
    /// The level of every subject until a client sets another [default: backward]
    #[arg(long, value_name = "LEVEL")]
    pub(crate) compatibility: Option<String>,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RegistryCommand {
    /// Take everything over from another registry, ids and versions as they are.
    Import(ImportArgs),
    /// Write everything as a dump of a `_schemas` topic, a record a line.
    Export(ExportRegistryArgs),
}

/// What `registry import` takes.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// A registry's URL, or a dump of its `_schemas` topic with keys (- is standard input)
    #[arg(value_name = "URL|FILE")]
    pub(crate) from: String,
    /// Leave out what this registry cannot hold (other types than Avro, broken schemas)
    #[arg(long)]
    pub(crate) skip_unusable: bool,
    /// Say what would come, and leave everything as it is
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

/// What `registry export` takes.
#[derive(Debug, Args)]
pub(crate) struct ExportRegistryArgs {
    /// The file to write (- is standard output) [default: standard output]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

/// What `config show` takes.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Say where each comes from: a flag, the environment, the file, the default
    #[arg(long)]
    pub(crate) origin: bool,
    #[command(flatten)]
    pub(crate) service: ServiceArgs,
}

/// What `completions` takes.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Which shell
    pub(crate) shell: clap_complete::Shell,
}

/// The settings that every command shares. Each is also an environment variable
/// (`ACCORDANT_REGISTRY_ADDR` and so on) and a key of `accordant.toml`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ServiceArgs {
    /// Settings file [default: accordant.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder for everything that is kept [default: .accordant]
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The contracts folder [default: contracts]
    #[arg(long, value_name = "DIR")]
    pub(crate) contracts: Option<PathBuf>,
    /// Where the registry listens [default: 127.0.0.1:8081]
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) registry_addr: Option<String>,
    /// Where ingest listens [default: 127.0.0.1:8080]
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) ingest_addr: Option<String>,
    /// Where the embedded broker listens [default: 127.0.0.1:9092]
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) broker_addr: Option<String>,
    /// Where status, health and metrics are served [default: 127.0.0.1:8090]
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) admin_addr: Option<String>,
    /// A Kafka cluster to use instead of the embedded broker
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) kafka: Option<String>,
    /// A PostgreSQL database to use instead of SQLite
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// A registry that runs elsewhere [default: the one at --registry-addr]
    #[arg(long, value_name = "URL")]
    pub(crate) registry_url: Option<String>,
    /// What is logged, such as info or warn,accordant_ingest=debug
    #[arg(long, value_name = "FILTER")]
    pub(crate) log: Option<String>,
}
