//! The generated types, as what reads any version of their contracts, and the
//! contracts folder that they were generated from.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use accordant_events::{catalog, common, pricing, shop};
use accordant_schema::{
    Schema,
    contract::{Contract, Contracts, Version},
    java_text,
};
use accordant_wire::{Decode, DecodeError, Encode, Event, Limits, Reader};

/// A version of a contract, read by the type that was generated for it.
pub(super) struct Generated {
    pub(super) contract: &'static str,
    pub(super) version: Version,
    /// The writer's versions that it reads.
    pub(super) writers: Vec<Version>,
    read: fn(Version, &[u8]) -> Result<Vec<u8>, DecodeError>,
}

impl Generated {
    fn of<E: Event>() -> Generated {
        Generated {
            contract: E::CONTRACT,
            version: Version(E::VERSION),
            writers: E::VERSIONS.iter().map(|it| Version(it.version)).collect(),
            read: |writer, bytes| {
                let event = E::from_avro(writer.0, bytes, Limits::default())?;
                Ok(encoded(&event))
            },
        }
    }

    /// A shared type is read within the events that refer to it, and alone at
    /// its own version only.
    fn of_type<T: Decode + Encode>(contract: &'static str, version: u32) -> Generated {
        Generated {
            contract,
            version: Version(version),
            writers: vec![Version(version)],
            read: |_own, bytes| {
                let mut reader = Reader::new(bytes, Limits::default());
                let value = T::decode(&mut reader)?;
                reader.finish()?;
                Ok(encoded(&value))
            },
        }
    }

    /// The datum of the writer as one of this version, in Avro again.
    pub(super) fn read(&self, writer: Version, bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
        (self.read)(writer, bytes)
    }
}

fn encoded(value: &impl Encode) -> Vec<u8> {
    let mut out = Vec::new();
    value
        .encode(&mut out)
        .expect("what was read can be written");
    out
}

/// Every version of every contract.
pub(super) fn generated() -> Vec<Generated> {
    vec![
        Generated::of::<catalog::article_changed::v1::ArticleChanged>(),
        Generated::of::<catalog::article_changed::v2::ArticleChanged>(),
        Generated::of::<catalog::article_submitted::v1::ArticleSubmitted>(),
        Generated::of_type::<common::money::v1::Money>("common.Money", 1),
        Generated::of::<pricing::price_changed::v1::PriceChanged>(),
        Generated::of::<pricing::price_submitted::v1::PriceSubmitted>(),
        Generated::of::<shop::offer_changed::v1::OfferChanged>(),
        // The next version of a contract goes here.
    ]
}

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
    assert_eq!(known, wanted, "the list above is not the contracts folder");
}
