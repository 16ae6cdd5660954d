//! The contracts folder, read into memory.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::Error;

/// Bytes of one file; anything larger is no contract.
const FILE_BYTES_MAX: u64 = 4_000_000;

/// Folders inside each other: `contracts/<name>/examples` is two deep.
const DEPTH_MAX: usize = 4;

/// What was read, and from where: a build depends on exactly that.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// Relative path (`/` between) to content.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Every folder and file, for `rerun-if-changed`.
    pub(crate) paths: Vec<PathBuf>,
}

impl Folder {
    /// Reads what belongs to contracts; dotted names are passed over.
    pub(crate) fn read(root: &Path) -> Result<Folder, Error> {
        let mut folder = Folder::default();
        folder.read_level(root, "", 0)?;
        folder.paths.sort();
        Ok(folder)
    }

    fn read_level(&mut self, path: &Path, name: &str, depth: usize) -> Result<(), Error> {
        self.paths.push(path.to_owned());
        let entries = fs::read_dir(path).map_err(read_error(path))?;
        for entry in entries {
            let entry = entry.map_err(read_error(path))?;
            let file_name = entry.file_name();
            let Some(file_name) = file_name.to_str().filter(|name| !name.starts_with('.')) else {
                continue;
            };
            let inner = if name.is_empty() {
                file_name.to_owned()
            } else {
                format!("{name}/{file_name}")
            };
            let inner_path = entry.path();
            let metadata = fs::metadata(&inner_path).map_err(read_error(&inner_path))?;
            if metadata.is_dir() {
                if depth < DEPTH_MAX {
                    self.read_level(&inner_path, &inner, depth + 1)?;
                }
            } else if is_contract_file(file_name) {
                self.read_file(inner_path, inner, metadata.len())?;
            }
        }
        Ok(())
    }

    fn read_file(&mut self, path: PathBuf, name: String, length: u64) -> Result<(), Error> {
        if length > FILE_BYTES_MAX {
            let message = format!("{length} bytes; a contract's file has at most {FILE_BYTES_MAX}");
            let source = io::Error::new(io::ErrorKind::FileTooLarge, message);
            return Err(Error::Read { path, source });
        }
        let content = fs::read(&path).map_err(read_error(&path))?;
        self.files.insert(name, content);
        self.paths.push(path);
        Ok(())
    }
}

fn is_contract_file(name: &str) -> bool {
    [".avsc", ".toml", ".json", ".lock"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

fn read_error(path: &Path) -> impl FnOnce(io::Error) -> Error + use<'_> {
    move |source| Error::Read {
        path: path.to_owned(),
        source,
    }
}
