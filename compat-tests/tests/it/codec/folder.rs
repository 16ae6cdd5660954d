//! The contracts folder, as the generated types were made from it.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use accordant_schema::{
    Schema,
    contract::{Contract, Contracts, Version},
    java_text,
};

use crate::generated::generated;

/// The repository's contracts.
pub(super) fn contracts() -> Contracts {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts");
    let mut files = BTreeMap::new();
    read(&folder, "", &mut files);
    let (contracts, problems) = Contracts::load(&files, &accordant_schema::Limits::default());
    assert_eq!(problems, []);
    contracts
}

fn read(folder: &Path, name: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{name}{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true => read(&path, &format!("{name}/"), files),
            false => drop(files.insert(name, fs::read(&path).unwrap())),
        }
    }
}

/// The schema of a version, with the shared types that it is pinned to.
#[track_caller]
pub(super) fn schema(contract: &Contract, version: Version) -> Arc<Schema> {
    let found = contract.version(version);
    Arc::clone(
        &found
            .unwrap_or_else(|| panic!("{} has no {version}", contract.name))
            .schema,
    )
}

/// The schema in one text, as Java takes it.
pub(super) fn whole_text(schema: &Schema) -> String {
    java_text(schema, true)
}

#[test]
fn every_version_has_its_type() {
    let contracts = contracts();
    let known: Vec<(String, Version)> = generated()
        .iter()
        .map(|it| (it.contract.to_owned(), it.version))
        .collect();
    let wanted: Vec<(String, Version)> = contracts
        .contracts
        .values()
        .flat_map(|contract| {
            let name = contract.name.to_string();
            contract
                .versions
                .iter()
                .map(move |it| (name.clone(), it.version))
        })
        .collect();
    assert_eq!(
        known, wanted,
        "the list of `generated()` is not the contracts folder"
    );
}
