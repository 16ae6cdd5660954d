//! Schemas as the run-time codecs take them.

use accordant_schema::Schema;
use anyhow::anyhow;

pub(crate) fn schema(text: &str) -> anyhow::Result<Schema> {
    accordant_schema::parse(text).map_err(|problems| anyhow!("a schema is refused: {problems:?}"))
}
