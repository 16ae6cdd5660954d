//! `accordant retire`: nobody writes a version any more.

use std::{fs, process::ExitCode};

use accordant_schema::contract::State;
use anyhow::{Context, bail};
use clap::Args;
use toml_edit::{Array, DocumentMut, value};

use super::{
    files,
    folder::{Folder, FolderArgs, no_contract, version_of},
};
use crate::output;

/// What `retire` takes.
#[derive(Debug, Args)]
pub(crate) struct RetireArgs {
    /// Which contract
    #[arg(value_name = "CONTRACT")]
    name: String,
    /// Which version, such as v1
    #[arg(value_name = "VERSION")]
    version: String,
    #[command(flatten)]
    folder: FolderArgs,
}

/// Adds the version to `retired` in the `contract.toml`, whose other lines stay
/// as they are. Its file and its line in the lock stay too.
///
/// # Errors
/// There is no such released version, or the file cannot be written.
pub(crate) fn retire(args: &RetireArgs) -> anyhow::Result<ExitCode> {
    let folder = Folder::open(&args.folder)?;
    let Some(contract) = folder.contracts.get(&args.name) else {
        bail!(no_contract(&folder.contracts, &args.name));
    };
    let version = version_of(contract, Some(&args.version))?;
    match version.state {
        State::Released => {}
        State::Draft => bail!(
            "{} {} is a draft: nobody can have written it\nfix: remove {}",
            contract.name,
            version.version,
            folder.path.join(&version.file).display()
        ),
        State::Retired => {
            let line = format!("{} {} is retired already", contract.name, version.version);
            output::result_line(&line)?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    let path = folder
        .path
        .join(contract.name.as_str())
        .join("contract.toml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut document: DocumentMut = text
        .parse()
        .with_context(|| format!("{} is not valid TOML", path.display()))?;
    let mut retired: Vec<i64> = contract
        .config
        .retired
        .iter()
        .map(|it| i64::from(*it))
        .collect();
    retired.push(i64::from(version.version.0));
    retired.sort_unstable();
    document["retired"] = value(retired.into_iter().collect::<Array>());
    files::replace(&path, document.to_string().as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))?;
    let head = output::bold(&format!("{:>12}", "Retired"));
    output::result_line(&format!("{head} {} {}", contract.name, version.version))?;
    output::talk("from now on nothing is compared with it; records that it wrote are still read");
    Ok(ExitCode::SUCCESS)
}
