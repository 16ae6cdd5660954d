//! The corpus, read from its folder.

use std::{collections::BTreeMap, fs, path::Path};

use accordant_schema::{
    Limits,
    contract::{Contracts, LockLine, Version},
};

pub(crate) type FileMap = BTreeMap<String, Vec<u8>>;

pub(crate) fn corpus() -> FileMap {
    folder("corpus")
}

/// The contracts of a folder beside the corpus.
pub(crate) fn folder(name: &str) -> FileMap {
    let mut files = FileMap::new();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    read(&tests.join(name), "", &mut files);
    files
}

#[track_caller]
pub(crate) fn load(files: &FileMap) -> Contracts {
    let (contracts, problems) = Contracts::load(files, &Limits::default());
    assert_eq!(problems, []);
    contracts
}

/// Adds the lock line of a version, as `accordant release` does.
pub(crate) fn release(files: &mut FileMap, contract: &str, version: Version) {
    let (contracts, _) = Contracts::load(files, &Limits::default());
    let contract = contracts.get(contract).unwrap();
    let released = contract.version(version).unwrap();
    let mut lock = contracts.lock.clone();
    lock.insert(LockLine {
        name: contract.name.clone(),
        version,
        sha256: released.sha256.clone(),
        fingerprint: released.fingerprint.clone(),
        topic: contract.config.topic.clone(),
        key: contract.config.key.clone(),
        partition_by: contract.config.partition_by.clone(),
        partitions: contract.config.partitions,
        subject: contract.subject(),
        references: released.references.clone(),
    });
    files.insert("contracts.lock".to_owned(), lock.to_text().into_bytes());
}

/// Writes the files below a folder.
pub(crate) fn write(files: &FileMap, root: &Path) {
    for (name, content) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = fs::File::create(path).unwrap();
        std::io::Write::write_all(&mut file, content).unwrap();
    }
}

fn read(folder: &Path, name: &str, files: &mut FileMap) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{name}{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true => read(&path, &format!("{name}/"), files),
            false => drop(files.insert(name, fs::read(&path).unwrap())),
        }
    }
}
