//! The repository's own contracts, in memory.

use std::{collections::BTreeMap, fs, path::Path};

use accordant_schema::{Limits, contract::Contracts};

/// The contracts folder of this repository, loaded without a problem.
pub(crate) fn contracts() -> Contracts {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts");
    let mut files = BTreeMap::new();
    read(&root, "", &mut files);
    let (contracts, problems) = Contracts::load(&files, &Limits::default());
    assert_eq!(problems, []);
    contracts
}

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the contracts folder is there") {
        let path = entry.expect("the folder can be listed").path();
        let name = path
            .file_name()
            .expect("an entry has a name")
            .to_string_lossy();
        let inner = format!("{prefix}{name}");
        if path.is_dir() {
            read(&path, &format!("{inner}/"), files);
        } else {
            files.insert(inner, fs::read(&path).expect("the file can be read"));
        }
    }
}
