//! The contracts folder that a command is about.

use std::{
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use accordant_compat::render::{Colour, Style};
use accordant_kit::{
    config::{Config, Flags},
    contracts::{self, ContractsError, FileMap},
};
use accordant_schema::{
    Limits, Problem,
    contract::{Contract, ContractVersion, Contracts, Version, part},
    position,
};
use anyhow::Context;
use clap::Args;

use super::only;

/// Where the contracts are.
#[derive(Debug, Clone, Args)]
pub(crate) struct FolderArgs {
    /// The contracts folder [default: contracts]
    #[arg(long, value_name = "DIR")]
    contracts: Option<PathBuf>,
    /// Settings file [default: accordant.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

impl FolderArgs {
    /// Those that were given, to be said again.
    pub(super) fn flags(&self) -> Vec<(&'static str, &Path)> {
        let flags = [
            ("--contracts", self.contracts.as_deref()),
            ("--config", self.config.as_deref()),
        ];
        let mut given = Vec::new();
        for (flag, path) in flags {
            given.extend(path.map(|it| (flag, it)));
        }
        given
    }
}

/// A contracts folder, read and loaded; its problems are data.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    pub(super) files: FileMap,
    pub(super) contracts: Contracts,
    pub(super) problems: Vec<Problem>,
    /// The bearer token for a registry, from the settings.
    pub(super) registry_token: Option<String>,
}

/// What a folder that is not there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// An error.
    Refused,
    /// A folder without contracts.
    Empty,
}

impl Folder {
    /// # Errors
    /// The settings or the folder cannot be read.
    pub(super) fn open(args: &FolderArgs) -> anyhow::Result<Folder> {
        Folder::open_or(args, Missing::Refused)
    }

    /// As [`Folder::open`], of the contracts that arguments name, with all that
    /// it takes to judge them; and whether that is a part of the folder.
    ///
    /// # Errors
    /// As [`Folder::open`]; an argument that names nothing.
    pub(super) fn open_part(
        args: &FolderArgs,
        arguments: &[String],
    ) -> anyhow::Result<(Folder, bool)> {
        let mut folder = Folder::read(args, Missing::Refused)?;
        let limits = Limits::default();
        let wanted = only::wanted(arguments, &folder.path, &folder.files)?;
        let part = wanted.as_ref().map(|it| part(&folder.files, it, &limits));
        folder.load(part.as_ref(), &limits);
        Ok((folder, part.is_some()))
    }

    /// As [`Folder::open`], and a folder that is not there is as `missing` says.
    pub(super) fn open_or(args: &FolderArgs, missing: Missing) -> anyhow::Result<Folder> {
        let mut folder = Folder::read(args, missing)?;
        folder.load(None, &Limits::default());
        Ok(folder)
    }

    /// Its files, and nothing loaded.
    ///
    /// # Errors
    /// As [`Folder::open`].
    pub(super) fn read(args: &FolderArgs, missing: Missing) -> anyhow::Result<Folder> {
        let flags = Flags {
            contracts: args.contracts.clone(),
            ..Flags::default()
        };
        let settings = Config::load(args.config.as_deref(), &flags)?;
        let path = settings.contracts;
        let files = match contracts::read(&path) {
            Err(ContractsError::Missing { .. }) if missing == Missing::Empty => FileMap::new(),
            other => other?,
        };
        Ok(Folder {
            path,
            files,
            contracts: Contracts::default(),
            problems: Vec::new(),
            registry_token: settings.registry_token,
        })
    }

    fn load(&mut self, part: Option<&FileMap>, limits: &Limits) {
        let files = part.unwrap_or(&self.files);
        (self.contracts, self.problems) = Contracts::load(files, limits);
    }

    /// How reports about it look; what is no terminal gets no colours.
    pub(super) fn style(&self) -> Style {
        Style {
            root: self.path.display().to_string(),
            colour: Colour::Ansi,
        }
    }
}

/// A version of a contract, such as `v1` or `1`; the latest when none is named.
pub(super) fn version_of<'c>(
    contract: &'c Contract,
    text: Option<&str>,
) -> anyhow::Result<&'c ContractVersion> {
    let Some(text) = text else {
        return Ok(contract.latest());
    };
    let wanted = Version::from_digits(text.strip_prefix('v').unwrap_or(text));
    let found = wanted.and_then(|it| contract.version(it));
    found.with_context(|| {
        let known: Vec<String> = contract
            .versions
            .iter()
            .map(|it| it.version.to_string())
            .collect();
        format!(
            "{} has no version {text:?}\nfix: name one of {}",
            contract.name,
            known.join(", ")
        )
    })
}

/// Problems of a text that stands in no folder, a line each, with its place.
pub(crate) fn problem_lines(path: &str, text: &str, problems: &[Problem]) -> String {
    let line = |it: &Problem| {
        let at = it.span.map_or_else(String::new, |span| {
            let at = position(text, span.start);
            format!(":{}:{}", at.line, at.column)
        });
        format!("{path}{at}: {}", it.message)
    };
    let lines: Vec<String> = problems.iter().map(line).collect();
    lines.join("\n")
}

/// What to say of a contract that is not there.
pub(super) fn no_contract(contracts: &Contracts, name: &str) -> String {
    let known: Vec<&str> = contracts.contracts.keys().map(|it| it.as_str()).collect();
    let nearest = known
        .iter()
        .min_by_key(|it| strsim::damerau_levenshtein(name, it));
    match nearest {
        Some(nearest) => format!(
            "there is no contract {name:?}; the nearest name is {nearest:?}\nfix: name one of {}",
            known.join(", ")
        ),
        None => format!(
            "there is no contract {name:?}, nor any other\nfix: make one with `accordant new {name}`"
        ),
    }
}

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

/// Today in UTC, `YYYY-MM-DD`; `None` where the clock stands before 1970.
pub(super) fn today() -> Option<String> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(date(since.as_secs() / SECONDS_A_DAY))
}

/// The date of a day counted from 1970-01-01, in the Gregorian calendar. Years
/// begin in March here, so that the leap day is the last one.
fn date(days: u64) -> String {
    const DAYS_BEFORE_1970: u64 = 719_468;
    const DAYS_OF_400_YEARS: u64 = 146_097;
    let day = days + DAYS_BEFORE_1970;
    let era = day / DAYS_OF_400_YEARS;
    let day_of_era = day % DAYS_OF_400_YEARS;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_become_dates() {
        for (days, expected) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_779, "2026-11-22"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(date(days), expected);
        }
    }
}
