//! The one binary: it composes what the libraries do, and prints.

mod args;
mod convert;
mod gate;
mod output;
mod push;
mod registry;
mod send;
mod service;
mod settings;
mod tail;
mod up;
mod verify;

use std::process::ExitCode;

use accordant_kit::telemetry;
use clap::{CommandFactory, Parser};

use args::{Cli, Command, ConfigCommand, RegistryCommand};

/// Findings, rejected events or a difference: the command worked, the answer is no.
const EXIT_NO: u8 = 1;
/// The command itself failed.
const EXIT_FAILED: u8 = 2;
/// Commands that ask a running pipeline say what is wrong themselves.
const CLIENT_LOG: &str = "off";

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            output::talk(&format!("error: {error:#}"));
            ExitCode::from(EXIT_FAILED)
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check(args) => gate::check(&args),
        Command::Lint(args) => gate::lint(&args),
        Command::Release(args) => gate::release(&args),
        Command::Explain(args) => gate::explain(&args),
        Command::Rules(args) => gate::rules(&args),
        Command::List(args) => gate::list(&args),
        Command::New(args) => gate::new(&args),
        Command::Retire(args) => gate::retire(&args),
        Command::Completions(args) => {
            let mut script = Vec::new();
            let mut command = Cli::command();
            clap_complete::generate(args.shell, &mut command, "accordant", &mut script);
            output::result_line(String::from_utf8_lossy(&script).trim_end())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Config(ConfigCommand::Show(args)) => {
            settings::show(&args)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Up(args) => {
            let config = settings::load(&args)?;
            telemetry::init(settings::log_of(&config))?;
            done(block_on(up::up(config)))
        }
        Command::Push(args) => {
            telemetry::init(CLIENT_LOG)?;
            let config = settings::load(&args)?;
            done(block_on(push::push(&config)))
        }
        Command::Plan(args) => {
            telemetry::init(CLIENT_LOG)?;
            let config = settings::load(&args)?;
            answer(block_on(push::plan(&config)))
        }
        Command::Pull(args) => {
            telemetry::init(CLIENT_LOG)?;
            let config = settings::load(&args.service)?;
            block_on(gate::pull(&args, &config))
        }
        Command::Convert(args) => block_on(convert::convert(&args)),
        Command::Diff(args) => gate::diff(&args),
        Command::Fmt(args) => gate::fmt(&args),
        Command::Infer(args) => gate::infer(&args),
        Command::Export(args) => gate::export(&args),
        Command::Generate(args) => gate::generate(&args),
        Command::Send(args) => {
            telemetry::init(CLIENT_LOG)?;
            let config = settings::load(&args.service)?;
            answer(block_on(send::send(&args, &config)))
        }
        Command::Tail(args) => {
            telemetry::init(CLIENT_LOG)?;
            let config = settings::load(&args.service)?;
            done(block_on(tail::tail(&args, &config)))
        }
        Command::Verify(args) => {
            telemetry::init(CLIENT_LOG)?;
            let config = settings::load(&args.service)?;
            answer(block_on(verify::verify(&args, &config)))
        }
        Command::Registry(args) => match &args.command {
            Some(RegistryCommand::Import(args)) => {
                telemetry::init(CLIENT_LOG)?;
                let config = settings::load(&args.service)?;
                done(block_on(registry::import(args, &config)))
            }
            Some(RegistryCommand::Export(args)) => {
                telemetry::init(CLIENT_LOG)?;
                let config = settings::load(&args.service)?;
                done(block_on(registry::export(args, &config)))
            }
            None => {
                let config = settings::load_registry(&args)?;
                telemetry::init(&config.log)?;
                done(block_on(service::registry(config)))
            }
        },
        Command::Ingest(args) => {
            let config = settings::load(&args)?;
            telemetry::init(&config.log)?;
            done(block_on(service::ingest(config)))
        }
        Command::Shop(args) => {
            let config = settings::load(&args)?;
            telemetry::init(&config.log)?;
            done(block_on(service::shop(config)))
        }
    }
}

fn block_on<T>(future: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(future);
    // What still runs has had its time to stop: nothing here may hold the exit up.
    runtime.shutdown_background();
    result
}

fn done(result: anyhow::Result<()>) -> anyhow::Result<ExitCode> {
    result.map(|()| ExitCode::SUCCESS)
}

fn answer(result: anyhow::Result<bool>) -> anyhow::Result<ExitCode> {
    result.map(|yes| {
        if yes {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(EXIT_NO)
        }
    })
}
