//! The verdict of Avro Java 1.12.1's `SchemaCompatibility`, which is what
//! Confluent's registry answers with: same error types, messages, JSON
//! pointers, order and memoisation, also where Java is wrong.
//!
//! What we know better stands in `rules`; nothing here is corrected.

mod engine;
mod materialise;
mod parts;
mod report;

pub use report::{Incompatibility, Kind};

pub(crate) use accordant_schema::resolution::{promotes, same_type};
pub(crate) use engine::Engine;
pub(crate) use parts::{Lookup, lookup_field, missing_symbols};

use accordant_schema::Schema;

/// Whether everything that `writer` writes can be read with `reader`: empty
/// when it can, else every incompatibility in Java's order.
///
/// Where Java throws (an ambiguous alias), the answer is exactly one
/// incompatibility whose [`Kind::is_exception`] holds.
///
/// ```
/// let reader = accordant_schema::parse(r#""int""#).unwrap();
/// let writer = accordant_schema::parse(r#""long""#).unwrap();
/// let found = accordant_compat::java::check(&reader, &writer);
/// assert_eq!(found[0].kind.as_str(), "TYPE_MISMATCH");
/// assert_eq!(found[0].location, "/");
/// assert!(accordant_compat::java::check(&writer, &reader).is_empty());
/// ```
pub fn check(reader: &Schema, writer: &Schema) -> Vec<Incompatibility> {
    let mut engine = Engine::new(reader, writer);
    match engine.run(reader.root, writer.root) {
        Ok(found) => engine.materialise(found),
        Err(stop) => vec![engine.exception(stop)],
    }
}
