//! Settings from flags, environment and file.

use accordant_kit::config::{Config, Flags};

use crate::{args::ServiceArgs, output};

/// Loads the settings: flags over environment over file over default.
///
/// # Errors
/// A key is unknown or a value is not valid.
pub(crate) fn load(args: &ServiceArgs) -> anyhow::Result<Config> {
    let flags = Flags {
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
    };
    Ok(Config::load(args.config.as_deref(), &flags)?)
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

/// Prints every setting, its value and where it comes from.
///
/// # Errors
/// The settings cannot be loaded.
pub(crate) fn show(args: &ServiceArgs) -> anyhow::Result<()> {
    let config = load(args)?;
    let settings = config.origin_table();
    let width = |text: fn(&accordant_kit::config::Setting) -> &str| {
        settings.iter().map(|it| text(it).len()).max().unwrap_or(0)
    };
    let (keys, values) = (width(|it| &it.key), width(|it| &it.value));
    for it in settings {
        let line = format!("{:keys$}  {:values$}  {}", it.key, it.value, it.origin);
        output::result_line(line.trim_end())?;
    }
    Ok(())
}
