//! Schemas and pairs of schemas of our own (`corpus/`), each named after what
//! it is about, with random data: what Java writes and reads, we do.
//!
//! `ACCORDANT_TEST_SEED` repeats the run that printed it.

mod inputs;
mod pairs;
mod range;
mod schemas;
mod types;
mod vary;

use std::{
    fs,
    path::{Path, PathBuf},
};

use accordant_schema::{Schema, format, parse};

use super::{Rng, datum, fresh_seed, hex, judge};
pub(crate) use inputs::{pair_inputs, schema_inputs};
pub(super) use range::in_range;
pub(super) use vary::vary;

/// The data that every run has.
const FIXED_SEED: u64 = 1;
const DATA_A_SEED: usize = 16;

/// A schema as its file has it.
struct Text {
    name: String,
    text: String,
    schema: Schema,
}

/// Whether values mean what their logical types say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    Any,
    Meant,
}

/// A datum in Avro's binary encoding.
#[derive(Debug, Clone)]
struct Datum {
    bytes: Vec<u8>,
    range: Range,
}

impl Text {
    #[track_caller]
    fn read(path: &Path, name: &str) -> Text {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let schema = parse(&text).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        assert_eq!(format(&text).as_ref(), Ok(&text), "{name}");
        Text {
            name: name.to_owned(),
            text,
            schema,
        }
    }

    /// Data of few and chosen values, which a reader can take in.
    fn plain_data(&self) -> impl Iterator<Item = Vec<u8>> {
        let mut rng = Rng::new(FIXED_SEED);
        let data = (0..DATA_A_SEED).filter_map(move |_| datum(&mut rng, &self.schema));
        data.map(|it| it.encode(&self.schema).unwrap())
    }

    /// Random data of a seed; none where the type has none. Every second one
    /// is in the range of its logical types.
    fn data(&self, seed: u64) -> Vec<Datum> {
        let mut rng = Rng::new(seed);
        let one = |at| {
            let mut value = datum(&mut rng, &self.schema)?;
            vary(&mut rng, &mut value);
            let range = match at % 2 {
                0 => Range::Any,
                _ => {
                    in_range(&mut rng, &self.schema, self.schema.root, &mut value);
                    Range::Meant
                }
            };
            let bytes = value.encode(&self.schema).unwrap();
            Some(Datum { bytes, range })
        };
        (0..DATA_A_SEED).filter_map(one).collect()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry.unwrap().file_name();
        name.into_string().unwrap()
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}
