//! The data folder: made, locked by one `up` at a time.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Write},
    path::Path,
};

use anyhow::{Context, bail};

/// Holds the folder until it is dropped; the operating system lets go of it
/// when the process dies, however it dies.
#[derive(Debug)]
pub(crate) struct DataDir {
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
        Ok(DataDir { _lock: file })
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
