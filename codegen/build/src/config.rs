//! What a build script calls.

use std::{
    env,
    io::Write,
    path::{Path, PathBuf},
};

use accordant_compat::render::Style;

use crate::{Error, Output, folder::Folder};

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

    /// Writes into this folder instead of `OUT_DIR`; it is made where there is
    /// none.
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
        let folder = Folder::read(contracts_folder.as_ref())?;
        Output::new(&folder.files, &Style::default(), &out_dir)?.write()?;
        // Only now: cargo runs a build script that failed again in any case.
        tell_cargo(&folder);
        Ok(())
    }
}

impl Error {
    /// Ends a build script with exit code 1: what is wrong in one line, as
    /// cargo shows errors, and the whole of it on standard error.
    pub fn exit(&self) -> ! {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            text.push_str(&format!(": {error}"));
            source = error.source();
        }
        let (first, rest) = text.split_once('\n').unwrap_or((text.as_str(), ""));
        // Nobody is left to tell when standard output or error is gone.
        let _ = writeln!(std::io::stdout(), "cargo::error={first}");
        let _ = writeln!(std::io::stderr(), "{rest}");
        std::process::exit(1)
    }
}

fn tell_cargo(folder: &Folder) {
    let mut lines = String::new();
    for path in &folder.paths {
        lines.push_str(&format!("cargo::rerun-if-changed={}\n", path.display()));
    }
    // A build script without standard output is run by nobody who listens.
    let _ = std::io::stdout().write_all(lines.as_bytes());
}
