//! The dynamic codec over schemas and data that nobody chose, and over cases
//! that somebody did.

mod avro_json;
mod choices;
mod hostile;
mod json;
mod json_hostile;
mod json_text;
mod keys;
mod maps;
mod plan;
mod plan_hostile;
mod round_trip;
