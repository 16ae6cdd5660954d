//! Contracts in forms that other tools read: a schema without references, JSON
//! Schema, AsyncAPI, a page for people.

mod asyncapi;
mod json_schema;
mod markdown;
mod words;

pub use asyncapi::asyncapi;
pub use json_schema::json_schema;
pub use markdown::markdown;

use crate::{contract::ContractVersion, java_text};

/// A version's schema with every shared type written out at its first use:
/// an `.avsc` that stands alone, laid out as [`format`](crate::format) does it.
///
/// It is another text of the same schema: a number such as `1e3` is written as
/// Avro Java writes it, `1000.0`.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use accordant_schema::{Limits, contract::Contracts, export};
///
/// let config = "kind = \"type\"\ndescription = \"d\"\nowner = \"o\"";
/// let money = r#"{"type": "fixed", "name": "a.Hash", "size": 4}"#;
/// let price = r#"{"type": "record", "name": "a.File", "fields": [{"name": "hash", "type": "a.Hash"}]}"#;
/// let files = BTreeMap::from([
///     ("a.Hash/contract.toml".to_owned(), config.as_bytes().to_vec()),
///     ("a.Hash/v1.avsc".to_owned(), money.as_bytes().to_vec()),
///     ("a.File/contract.toml".to_owned(), config.as_bytes().to_vec()),
///     ("a.File/v1.avsc".to_owned(), price.as_bytes().to_vec()),
/// ]);
/// let (contracts, _) = Contracts::load(&files, &Limits::default());
/// let text = export::bundle(contracts.get("a.File").unwrap().latest());
/// assert!(accordant_schema::parse(&text).is_ok());
/// assert!(text.contains("\"size\": 4"));
/// ```
pub fn bundle(version: &ContractVersion) -> String {
    let text = java_text(&version.schema, true);
    // References may have more bytes together than one schema: then one line.
    crate::format(&text).unwrap_or_else(|_| text + "\n")
}
