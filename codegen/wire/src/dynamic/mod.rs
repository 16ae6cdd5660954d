//! Plain JSON to Avro and back, and keys, by a schema known at run time only.
//!
//! One mapping everywhere. A decimal is a string, or a number that fits
//! precision and scale exactly; instants, dates and times are RFC 3339 strings,
//! or the raw integer; a UUID is its text; bytes and fixed are base64; a
//! duration is ISO 8601; an enum is its symbol; a long is a number or a string
//! of digits. A union is the plain value where exactly one branch accepts it,
//! else `{"full.Name": value}`. An absent field takes its default.
//!
//! A branch accepts a value in the form that is written out before it accepts
//! one in another form: of `["long", "string"]` the text `"12"` is the string,
//! although it could be read as the long. Where a value can be read as
//! `{"full.Name": value}` it is.

mod avro_json;
mod decimal;
mod defaults;
mod errors;
mod fields;
mod fit;
mod json_codec;
mod json_text;
mod key_plan;
mod leaf;
mod one_pass;
mod plan;
mod program;
mod scan;
mod skip;
mod time;
mod to_json;

pub use avro_json::AvroJson;
pub use errors::FieldError;
pub use json_codec::JsonCodec;
pub use key_plan::{KeyError, KeyPlan};
pub use plan::{Plan, PlanError};
pub use to_json::to_json;
