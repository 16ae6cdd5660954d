//! Texts made from the model: Avro Java's `toString`, the parsing canonical
//! form, fingerprints. Nothing here recurses on the depth of a schema.

mod canonical;
mod fingerprint;
mod java;
mod number;

pub use canonical::canonical_form;
pub use fingerprint::{Fingerprint, md5, rabin};
pub use java::java_text;
