//! serde_avro_fast.

use serde::{Deserialize, Serialize};
use serde_avro_fast::{Schema, ser::SerializerConfig};

pub(crate) fn schema(text: &str) -> anyhow::Result<Schema> {
    Ok(text.parse()?)
}

pub(crate) fn encode<T: Serialize>(
    value: &T,
    config: &mut SerializerConfig<'_>,
    out: &mut Vec<u8>,
) -> anyhow::Result<()> {
    out.clear();
    serde_avro_fast::to_datum(value, out, config)?;
    Ok(())
}

pub(crate) fn decode<'a, T: Deserialize<'a>>(
    bytes: &'a [u8],
    schema: &Schema,
) -> anyhow::Result<T> {
    Ok(serde_avro_fast::from_datum_slice(bytes, schema)?)
}
