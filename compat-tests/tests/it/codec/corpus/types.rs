//! The types that the build script generated from the corpus.

use std::collections::BTreeMap;

use accordant_schema::contract::Version;

use crate::generated::{Generated, Unread};

#[allow(
    missing_docs,
    unreachable_pub,
    unused_imports,
    reason = "nobody outside of this test sees it, and nobody uses all of it"
)]
mod code {
    use crate::generated::Generated;

    include!(concat!(env!("OUT_DIR"), "/corpus.rs"));
}

/// The key that each datum stands behind.
const KEY: [u8; 2] = [2, b'k'];

/// The types by the name of their schema or pair.
pub(super) struct Types(BTreeMap<&'static str, Generated>);

impl Types {
    pub(super) fn new() -> Types {
        Types(code::types().into_iter().collect())
    }

    /// Whether the type has a decoder for a version.
    pub(super) fn reads(&self, name: &str, writer: Version) -> bool {
        self.of(name).reads(writer)
    }

    fn of(&self, name: &str) -> &Generated {
        self.0.get(name).expect("every schema and pair has a type")
    }

    /// The datum of a version as the last version's type writes it.
    pub(super) fn read(
        &self,
        name: &str,
        writer: Version,
        datum: &[u8],
    ) -> Result<Vec<u8>, Unread> {
        let mut read = self.of(name).read(writer, &[&KEY, datum].concat())?;
        assert!(read.starts_with(&KEY));
        Ok(read.split_off(KEY.len()))
    }
}
