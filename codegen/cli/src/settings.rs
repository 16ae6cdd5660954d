//! Settings from flags, environment and file.

use accordant_kit::config::{Config, Flags, Setting};

use crate::{
    args::{RegistryArgs, ServiceArgs, ShowArgs},
    output,
};

/// Loads the settings: flags over environment over file over default.
///
/// # Errors
/// A key is unknown or a value is not valid.
pub(crate) fn load(args: &ServiceArgs) -> anyhow::Result<Config> {
    Ok(Config::load(args.config.as_deref(), &flags_of(args))?)
}

/// The same, with the registry's own flags.
///
/// # Errors
/// As [`load`].
pub(crate) fn load_registry(args: &RegistryArgs) -> anyhow::Result<Config> {
    let flags = Flags {
        registry_compatibility: args.compatibility.clone(),
        registry_in_memory: args.in_memory.then_some(true),
        ..flags_of(&args.service)
    };
    Ok(Config::load(args.service.config.as_deref(), &flags)?)
}

fn flags_of(args: &ServiceArgs) -> Flags {
    Flags {
        data_dir: args.data_dir.clone(),
        contracts: args.contracts.clone(),
        registry_addr: args.registry_addr.clone(),
        ingest_addr: args.ingest_addr.clone(),
        broker_addr: args.broker_addr.clone(),
        admin_addr: args.admin_addr.clone(),
        kafka: args.kafka.clone(),
        database: args.database.clone(),
        registry_url: args.registry_url.clone(),
        log: args.log.clone(),
        ..Flags::default()
    }
}

/// The log filter that the user chose, or one for a command that is watched by a
/// person: what needs attention, not what goes well.
pub(crate) fn log_of(config: &Config) -> &str {
    let chosen = config
        .origin_table()
        .iter()
        .any(|it| it.key == "log" && it.origin != "default");
    if chosen {
        &config.log
    } else {
        "warn,rdkafka=error"
    }
}

/// Prints every setting as a line of `accordant.toml`, one without a value as a
/// comment; with its origin where that is asked for.
///
/// # Errors
/// The settings cannot be loaded.
pub(crate) fn show(args: &ShowArgs) -> anyhow::Result<()> {
    let config = load(&args.service)?;
    let settings = config.origin_table();
    let lines: Vec<String> = settings.iter().map(line_of).collect();
    let width = lines.iter().map(|it| it.chars().count()).max().unwrap_or(0);
    for (line, it) in lines.iter().zip(settings) {
        match args.origin {
            true => output::result_line(&format!("{line:width$}  # {}", it.origin))?,
            false => output::result_line(line)?,
        }
    }
    Ok(())
}

fn line_of(it: &Setting) -> String {
    let Setting { key, value, .. } = it;
    match (value.is_empty(), it.is_text) {
        (true, _) => format!("# {key} ="),
        // A text is written as JSON writes it.
        (false, true) => format!("{key} = {}", serde_json::Value::from(value.as_str())),
        (false, false) => format!("{key} = {value}"),
    }
}
