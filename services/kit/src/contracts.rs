//! Reading a contracts folder from disk. What it means is `accordant-schema`'s.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use accordant_schema::{Limits, Problem, contract::Contracts, position};

/// The files of a contracts folder: path relative to it (`/` between) and bytes.
pub type FileMap = BTreeMap<String, Vec<u8>>;

/// How deep folders are followed: `<contract>/examples/<file>`, and one spare.
const DEPTH_MAX: usize = 4;
/// Bytes of one file; a larger one is no contract.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Files in all.
const FILES_MAX: usize = 100_000;

/// Why a contracts folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContractsError {
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The folder is not there.
    #[error("there is no contracts folder {}\nfix: run it from the repository's root, or name the folder with --contracts DIR", path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// More or larger files than a contracts folder has.
    #[error("{} is too large for a contracts folder: {what}", path.display())]
    TooLarge {
        /// Which one.
        path: PathBuf,
        /// The limit that it breaks.
        what: String,
    },
    /// The contracts have problems.
    #[error("the contracts in {} have {count} problem(s):\n{text}", path.display())]
    Problems {
        /// The folder.
        path: PathBuf,
        /// How many.
        count: usize,
        /// All of them, each with file, line and column.
        text: String,
    },
}

/// Reads every file of a contracts folder; hidden ones are passed over.
///
/// # Errors
/// The folder is missing, cannot be read, or is too large.
pub fn read(folder: &Path) -> Result<FileMap, ContractsError> {
    if !folder.is_dir() {
        return Err(ContractsError::Missing {
            path: folder.to_owned(),
        });
    }
    let mut files = FileMap::new();
    let mut pending = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((path, prefix, depth)) = pending.pop() {
        let unreadable = |source| ContractsError::Read {
            path: path.clone(),
            source,
        };
        for entry in fs::read_dir(&path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            let relative = format!("{prefix}{name}");
            let metadata = fs::metadata(entry.path()).map_err(unreadable)?;
            if metadata.is_dir() && depth < DEPTH_MAX {
                pending.push((entry.path(), format!("{relative}/"), depth + 1));
            } else if metadata.is_file() {
                let bytes = read_file(&entry.path(), metadata.len())?;
                files.insert(relative, bytes);
            }
        }
        if files.len() > FILES_MAX {
            let what = format!("more than {FILES_MAX} files");
            return Err(ContractsError::TooLarge {
                path: folder.to_owned(),
                what,
            });
        }
    }
    Ok(files)
}

/// Reads and loads a contracts folder.
///
/// # Errors
/// As [`read`], or every problem of the contracts in one text.
pub fn load(folder: &Path) -> Result<Contracts, ContractsError> {
    let files = read(folder)?;
    let (contracts, problems) = Contracts::load(&files, &Limits::default());
    if problems.is_empty() {
        return Ok(contracts);
    }
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| line_of(problem, folder, &files))
        .collect();
    Err(ContractsError::Problems {
        path: folder.to_owned(),
        count: problems.len(),
        text: lines.join("\n"),
    })
}

fn read_file(path: &Path, length: u64) -> Result<Vec<u8>, ContractsError> {
    if length > FILE_BYTES_MAX {
        let what = format!("a file above {FILE_BYTES_MAX} bytes");
        return Err(ContractsError::TooLarge {
            path: path.to_owned(),
            what,
        });
    }
    fs::read(path).map_err(|source| ContractsError::Read {
        path: path.to_owned(),
        source,
    })
}

/// A problem as `file:line:column: message [code]`, and the fix on its own line.
fn line_of(problem: &Problem, folder: &Path, files: &FileMap) -> String {
    let file = folder.join(&problem.file).display().to_string();
    let text = files
        .get(&problem.file)
        .map(|bytes| String::from_utf8_lossy(bytes));
    let place = match (problem.span, text) {
        (Some(span), Some(text)) => {
            let at = position(&text, span.start);
            format!("{file}:{}:{}", at.line, at.column)
        }
        (Some(_), None) | (None, _) => file,
    };
    let path = match problem.path.is_empty() {
        true => String::new(),
        false => format!("{}: ", problem.path),
    };
    let fix = match problem.fix.is_empty() {
        true => String::new(),
        false => format!("\n  fix: {}", problem.fix),
    };
    format!(
        "  {place}: {path}{} [{}]{fix}",
        problem.message, problem.code.0
    )
}
