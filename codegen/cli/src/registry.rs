//! `accordant registry import` and `export`: a whole registry into the database
//! of ours, and out of it.

use std::{
    fs::File,
    io::{self, BufReader},
    path::Path,
};

use accordant_kit::config::Config;
use accordant_registry::{Registry, Settings, Snapshot, Store, Unusable};
use anyhow::Context;

use crate::{
    args::{ExportRegistryArgs, ImportArgs},
    gate, output,
};

/// Takes another registry over, or a dump of one.
///
/// # Errors
/// The source cannot be read, the database cannot be opened, or a version is
/// here already and another: then nothing was taken over.
pub(crate) async fn import(args: &ImportArgs, config: &Config) -> anyhow::Result<()> {
    let from = args.from.as_str();
    let is_url = from.starts_with("http://") || from.starts_with("https://");
    let snapshot = if is_url {
        Snapshot::of_registry(from, config.registry_token.as_deref()).await?
    } else if from == "-" {
        Snapshot::of_dump(io::stdin().lock())?
    } else {
        let file = File::open(from).with_context(|| format!("cannot open {from:?}"))?;
        Snapshot::of_dump(BufReader::new(file)).with_context(|| format!("in {from:?}"))?
    };
    let unusable = match args.skip_unusable {
        true => Unusable::LeftOut,
        false => Unusable::Refused,
    };
    let registry = open(config).await?;
    let imported = match args.dry_run {
        true => registry.import_dry(&snapshot, unusable).await,
        false => registry.import(&snapshot, unusable).await,
    };
    registry.close().await;
    let imported = imported.context("nothing was imported")?;
    for line in &imported.left_out {
        output::talk(&format!("left out: {line}"));
    }
    let verb = if args.dry_run {
        "would be added"
    } else {
        "added"
    };
    output::result_line(&format!(
        "{} versions {verb}, {} here already, {} deleted or restored, {} settings, {} left out",
        imported.added,
        imported.same,
        imported.changed,
        imported.settings,
        imported.left_out.len()
    ))?;
    Ok(())
}

/// Writes everything as a dump.
///
/// # Errors
/// The database cannot be opened, or the file cannot be written.
pub(crate) async fn export(args: &ExportRegistryArgs, config: &Config) -> anyhow::Result<()> {
    let registry = open(config).await?;
    let mut dump = Vec::new();
    let exported = registry.export(&mut dump).await;
    registry.close().await;
    let count = exported.context("the registry cannot be exported")?;
    match args.file.as_deref().filter(|it| *it != Path::new("-")) {
        None => output::result_bytes(&dump)?,
        Some(path) => gate::replace(path, &dump)
            .with_context(|| format!("cannot write {}", path.display()))?,
    }
    output::talk(&format!("{count} versions exported"));
    Ok(())
}

async fn open(config: &Config) -> anyhow::Result<Registry> {
    let store = Store::open(&config.database_url("registry")).await?;
    Ok(Registry::new(store, Settings::of(config)?))
}
