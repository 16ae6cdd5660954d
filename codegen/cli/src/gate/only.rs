//! The contracts that a command is told to look at, instead of all.

use std::{collections::BTreeSet, path::Path};

use accordant_kit::contracts::FileMap;
use accordant_schema::nearest;

/// The folders of the contracts that arguments name: contracts by name, or
/// files and folders of theirs. `None` where one of them stands for the whole
/// folder, as the lock does, or where there is none.
///
/// # Errors
/// An argument names nothing in the folder.
pub(super) fn wanted(
    arguments: &[String],
    path: &Path,
    files: &FileMap,
) -> anyhow::Result<Option<BTreeSet<String>>> {
    let known: BTreeSet<&str> = files
        .keys()
        .filter_map(|path| path.split_once('/'))
        .map(|(folder, _)| folder)
        .collect();
    let mut wanted = BTreeSet::new();
    for argument in arguments {
        if known.contains(argument.as_str()) {
            wanted.insert(argument.clone());
            continue;
        }
        match inside(argument, path) {
            Some(first) if known.contains(first.as_str()) => _ = wanted.insert(first),
            // The folder itself, its lock, its README.
            Some(first) if first.is_empty() || path.join(&first).is_file() => return Ok(None),
            Some(_) | None => return Err(unknown(argument, path, &known)),
        }
    }
    Ok(Some(wanted).filter(|it| !it.is_empty()))
}

/// The first step of a path from the contracts folder on; `None` for one that
/// is not there, or elsewhere.
fn inside(argument: &str, folder: &Path) -> Option<String> {
    let path = Path::new(argument).canonicalize().ok()?;
    let rest = path.strip_prefix(folder.canonicalize().ok()?).ok()?;
    let first = rest.components().next();
    first.map_or(Some(String::new()), |it| {
        it.as_os_str().to_str().map(str::to_owned)
    })
}

fn unknown(argument: &str, folder: &Path, known: &BTreeSet<&str>) -> anyhow::Error {
    let folder = folder.display();
    let hint = nearest(argument, known.iter().copied())
        .map_or_else(String::new, |it| format!("; the nearest name is {it:?}"));
    anyhow::anyhow!(
        "{argument:?} is neither a contract nor a file in {folder}{hint}\nfix: name a contract, or a file of one"
    )
}
