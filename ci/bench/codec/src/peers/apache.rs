//! apache-avro: its direct path by serde, and its way through `Value`, which is
//! also its way from and to JSON.

use apache_avro::{
    Schema, from_value, reader::datum::GenericDatumReader, to_value, types::Value,
    writer::datum::GenericDatumWriter,
};
use serde::{Serialize, de::DeserializeOwned};

pub(crate) fn schema(text: &str) -> anyhow::Result<Schema> {
    Ok(Schema::parse_str(text)?)
}

pub(crate) struct Writer<'s> {
    schema: &'s Schema,
    writer: GenericDatumWriter<'s>,
}

pub(crate) struct Reader<'s> {
    reader: GenericDatumReader<'s>,
}

impl<'s> Writer<'s> {
    pub(crate) fn new(schema: &'s Schema) -> anyhow::Result<Writer<'s>> {
        let writer = GenericDatumWriter::builder(schema).build()?;
        Ok(Writer { schema, writer })
    }

    pub(crate) fn direct<T: Serialize>(&self, value: &T, out: &mut Vec<u8>) -> anyhow::Result<()> {
        out.clear();
        self.writer.write_ser(out, value)?;
        Ok(())
    }

    pub(crate) fn by_value<T: Serialize>(
        &self,
        value: &T,
        out: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        out.clear();
        let value = to_value(value)?.resolve(self.schema)?;
        self.writer.write_value_ref(out, &value)?;
        Ok(())
    }

    pub(crate) fn json(&self, text: &[u8], out: &mut Vec<u8>) -> anyhow::Result<()> {
        out.clear();
        let tree: serde_json::Value = serde_json::from_slice(text)?;
        let value = Value::try_from(tree)?.resolve(self.schema)?;
        self.writer.write_value_ref(out, &value)?;
        Ok(())
    }
}

impl<'s> Reader<'s> {
    pub(crate) fn new(writer: &'s Schema) -> anyhow::Result<Reader<'s>> {
        let reader = GenericDatumReader::builder(writer).build()?;
        Ok(Reader { reader })
    }

    pub(crate) fn resolving(writer: &'s Schema, reader: &'s Schema) -> anyhow::Result<Reader<'s>> {
        let reader = GenericDatumReader::builder(writer)
            .reader_schema(reader)
            .build()?;
        Ok(Reader { reader })
    }

    pub(crate) fn direct<T: DeserializeOwned>(&self, mut bytes: &[u8]) -> anyhow::Result<T> {
        Ok(self.reader.read_deser(&mut bytes)?)
    }

    pub(crate) fn by_value<T: DeserializeOwned>(&self, mut bytes: &[u8]) -> anyhow::Result<T> {
        Ok(from_value(&self.reader.read_value(&mut bytes)?)?)
    }

    pub(crate) fn json(&self, mut bytes: &[u8]) -> anyhow::Result<String> {
        let tree = serde_json::Value::try_from(self.reader.read_value(&mut bytes)?)?;
        Ok(serde_json::to_string(&tree)?)
    }
}
