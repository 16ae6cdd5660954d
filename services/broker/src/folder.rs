//! The data folder: one broker at a time, held by a lock that ends with the
//! process however it ends.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// The lock beside the data. Its content means nothing.
const LOCK_FILE: &str = "broker.lock";

/// A data folder that is ours alone for as long as this value lives.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Creates the folder if need be, and takes its lock.
    ///
    /// # Errors
    ///
    /// It cannot be created or written, or another broker holds it.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("the data folder {} cannot be created", path.display()))?;
        let lock = File::create(path.join(LOCK_FILE))
            .with_context(|| format!("the data folder {} cannot be written", path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!(
                "the data folder {} is in use by another accordant-broker; stop it or pass \
                 another --data-dir",
                path.display()
            ),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| {
                    format!("the data folder {} cannot be locked", path.display())
                });
            }
        }
        Ok(Self {
            path: path.to_path_buf(),
            _lock: lock,
        })
    }

    /// Makes it the working folder: the storage takes paths relative to that.
    ///
    /// # Errors
    ///
    /// It cannot be entered.
    pub(crate) fn enter(&self) -> anyhow::Result<()> {
        std::env::set_current_dir(&self.path)
            .with_context(|| format!("the data folder {} cannot be entered", self.path.display()))
    }
}
