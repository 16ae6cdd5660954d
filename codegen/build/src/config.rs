//! What a build script calls.

use std::{
    env,
    io::Write,
    path::{Path, PathBuf},
};

use accordant_schema::{Limits, contract::Contracts};

use crate::{Error, folder::Folder, generate};

/// How contracts become code.
#[derive(Debug, Clone, Default)]
pub struct Config {
    out_dir: Option<PathBuf>,
}

impl Config {
    /// As a build script wants it: into `OUT_DIR`.
    pub fn new() -> Config {
        Config::default()
    }

    /// Writes into this folder instead of `OUT_DIR`.
    #[must_use]
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Config {
        self.out_dir = Some(folder.into());
        self
    }

    /// Reads the folder, refuses it if the gate does, and writes
    /// `contracts.rs`. Tells cargo which files and folders were read.
    ///
    /// # Errors
    /// A folder that cannot be read, contracts that are refused or have no
    /// Rust form, or an output that cannot be written.
    pub fn compile(&self, contracts_folder: impl AsRef<Path>) -> Result<(), Error> {
        let out_dir = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => env::var_os("OUT_DIR")
                .ok_or(Error::NotABuildScript("OUT_DIR"))?
                .into(),
        };
        let root = contracts_folder.as_ref();
        let folder = Folder::read(root);
        // Also when the folder is refused: a changed file is a new try.
        tell_cargo(root, folder.as_ref().ok());
        let code = generate_checked(&folder?)?;
        write(&out_dir, "contracts.rs", &code)
    }
}

impl Error {
    /// Ends a build script: the message, as cargo shows errors, and exit code 1.
    pub fn exit(&self) -> ! {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            text.push_str(&format!(": {error}"));
            source = error.source();
        }
        let mut lines = String::new();
        for line in text.lines() {
            lines.push_str(&format!("cargo::error={line}\n"));
        }
        // Nobody is left to tell when standard output is gone.
        let _ = std::io::stdout().write_all(lines.as_bytes());
        std::process::exit(1)
    }
}

fn generate_checked(folder: &Folder) -> Result<String, Error> {
    let (contracts, problems) = Contracts::load(&folder.files, &Limits::default());
    if !problems.is_empty() {
        let lines = problems.iter().map(|problem| {
            format!(
                "{} {}: {}: {}",
                problem.code.0, problem.file, problem.path, problem.message
            )
        });
        return Err(Error::Refused {
            text: lines.collect::<Vec<_>>().join("\n"),
        });
    }
    generate(&contracts)
}

fn tell_cargo(root: &Path, folder: Option<&Folder>) {
    let paths = match folder {
        Some(folder) => folder.paths.clone(),
        None => vec![root.to_owned()],
    };
    let mut lines = String::new();
    for path in paths {
        lines.push_str(&format!("cargo::rerun-if-changed={}\n", path.display()));
    }
    // A build script without standard output is run by nobody who listens.
    let _ = std::io::stdout().write_all(lines.as_bytes());
}

/// Whole or not at all; left alone where it is the same already.
fn write(folder: &Path, name: &str, text: &str) -> Result<(), Error> {
    let path = folder.join(name);
    if std::fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    let error = |source| Error::Write {
        path: path.clone(),
        source,
    };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(error)?;
    file.write_all(text.as_bytes()).map_err(error)?;
    file.persist(&path).map_err(|failed| error(failed.error))?;
    Ok(())
}
