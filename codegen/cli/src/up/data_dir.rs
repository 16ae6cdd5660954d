//! The data folder: made, locked by one `up` at a time.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use uuid::Uuid;

/// Holds the folder until it is dropped; the operating system lets go of it
/// when the process dies, however it dies.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the folder if it is missing and takes it.
    ///
    /// # Errors
    /// It cannot be written, or another process holds it.
    pub(crate) fn take(path: &Path) -> anyhow::Result<DataDir> {
        let unwritable = || {
            format!(
                "data folder {} cannot be written; give another one with --data-dir",
                path.display()
            )
        };
        std::fs::create_dir_all(path).with_context(unwritable)?;
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path.join("lock"))
            .with_context(unwritable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                bail!(
                    "data folder {} is in use by another `accordant up` (process {}); \
                     stop that one or give another folder with --data-dir",
                    path.display(),
                    holder.trim()
                );
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(unwritable),
        }
        file.set_len(0).with_context(unwritable)?;
        write!(file, "{}", std::process::id()).with_context(unwritable)?;
        Ok(DataDir {
            path: path.to_owned(),
            _lock: file,
        })
    }

    /// The name of whatever runs on this folder, the same each time: a UUID made
    /// at the first start.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub(crate) fn instance(&self) -> anyhow::Result<String> {
        let path = self.path.join("instance");
        let name = match std::fs::read_to_string(&path) {
            Ok(text) => text.trim().to_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).context(path.display().to_string()),
        };
        if !name.is_empty() {
            return Ok(name);
        }
        let name = Uuid::new_v4().to_string();
        let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
        write!(file, "{name}")?;
        file.persist(&path).context(path.display().to_string())?;
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::DataDir;

    #[test]
    fn a_second_one_is_refused_until_the_first_lets_go() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let first = DataDir::take(folder.path()).expect("it is free");
        let refusal = DataDir::take(folder.path())
            .expect_err("it is taken")
            .to_string();
        assert!(
            refusal.contains("is in use by another `accordant up`"),
            "{refusal}"
        );
        drop(first);
        DataDir::take(folder.path()).expect("it is free again");
    }

    #[test]
    fn a_folder_keeps_its_name() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let name = |path| {
            let taken = DataDir::take(path).expect("it is free");
            taken.instance().expect("it can be written")
        };
        let first = name(folder.path());
        assert_eq!(name(folder.path()), first);
        let other = tempfile::tempdir().expect("a temporary folder");
        assert_ne!(name(other.path()), first);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let path = file.path().join("data");
        let refusal = DataDir::take(&path)
            .expect_err("a file is in the way")
            .to_string();
        assert!(refusal.contains(&path.display().to_string()), "{refusal}");
        assert!(refusal.contains("cannot be written"), "{refusal}");
    }
}
