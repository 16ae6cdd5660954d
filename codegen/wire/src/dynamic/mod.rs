//! Plain JSON to Avro and back, and keys, by a schema known at run time only.

mod json_codec;
mod key_plan;
mod to_json;

pub use json_codec::{FieldError, JsonCodec};
pub use key_plan::{KeyError, KeyPlan};
pub use to_json::to_json;
