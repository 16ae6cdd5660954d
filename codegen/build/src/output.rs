//! What a contracts folder becomes: the text of `contracts.rs`, and the file
//! that holds it. Where the folder was read from is not its business.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use accordant_compat::{
    gate,
    render::{self, FileMap, Style},
};
use accordant_schema::{Limits, contract::Contracts};

use crate::{Config, Error};

/// The name of the file, in whatever folder.
const FILE_NAME: &str = "contracts.rs";

/// The code of a contracts folder, and the file that holds it.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use accordant_build::{Output, OutputState};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let parent = tempfile::tempdir()?;
/// # let folder = parent.path().join("generated");
/// let files = BTreeMap::new();
/// let output = Output::new(&files, &Default::default(), &folder)?;
/// assert_eq!(output.state()?, OutputState::Missing);
/// output.write()?;
/// assert_eq!(output.state()?, OutputState::Fresh);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    path: PathBuf,
    code: String,
}

/// How a file and the code that it should hold agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputState {
    /// There is no such file.
    Missing,
    /// It holds something else.
    Stale,
    /// It holds the code, byte for byte.
    Fresh,
}

impl Output {
    /// The code for the files of a contracts folder (path relative to it, `/`
    /// between, to bytes), if the gate does not refuse them, for a
    /// `contracts.rs` in `folder`. Nothing is written yet.
    ///
    /// Equal files give equal code, on any day: the gate is asked without a
    /// date and without lint.
    ///
    /// # Errors
    /// Contracts that are refused, with the report as `style` wants it, or that
    /// have no Rust form.
    pub fn new(files: &FileMap, style: &Style, folder: &Path) -> Result<Output, Error> {
        Output::with(&Config::new(), files, style, folder)
    }

    /// As [`Output::new`], the code as the options have it.
    pub(crate) fn with(
        config: &Config,
        files: &FileMap,
        style: &Style,
        folder: &Path,
    ) -> Result<Output, Error> {
        let (contracts, problems) = Contracts::load(files, &Limits::default());
        let report = gate::check(&contracts, &problems);
        if report.failed() {
            return Err(Error::Refused {
                text: render::text_with(&report, files, style),
            });
        }
        Ok(Output {
            path: folder.join(FILE_NAME),
            code: config.code(&contracts)?,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Compares the file with the code.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn state(&self) -> Result<OutputState, Error> {
        match fs::read(&self.path) {
            Ok(bytes) if bytes == self.code.as_bytes() => Ok(OutputState::Fresh),
            Ok(_) => Ok(OutputState::Stale),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(OutputState::Missing),
            Err(source) => Err(Error::Read {
                path: self.path.clone(),
                source,
            }),
        }
    }

    /// Writes the file, whole or not at all, and its folder where there is
    /// none. A file that is fresh is left alone. Returns how it was before.
    ///
    /// # Errors
    /// The file or its folder cannot be written.
    pub fn write(&self) -> Result<OutputState, Error> {
        // What cannot be read may still be replaced.
        let before = self.state().unwrap_or(OutputState::Stale);
        if before != OutputState::Fresh {
            self.replace().map_err(|source| Error::Write {
                path: self.path.clone(),
                source,
            })?;
        }
        Ok(before)
    }

    fn replace(&self) -> io::Result<()> {
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        fs::create_dir_all(folder)?;
        let mut file = temporary().tempfile_in(folder)?;
        file.write_all(self.code.as_bytes())?;
        if let Ok(metadata) = fs::metadata(&self.path) {
            fs::set_permissions(file.path(), metadata.permissions())?;
        }
        file.persist(&self.path)?;
        Ok(())
    }
}

/// As open as a new file is, not private as a temporary one.
#[cfg(unix)]
fn temporary() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;

    /// Of which the process's mask takes its part.
    const READ_AND_WRITE: u32 = 0o666;
    let mut builder = tempfile::Builder::new();
    builder.permissions(fs::Permissions::from_mode(READ_AND_WRITE));
    builder
}

#[cfg(not(unix))]
fn temporary() -> tempfile::Builder<'static, 'static> {
    tempfile::Builder::new()
}
