//! A draft of a contract's schema from JSON samples of its event. A person
//! looks it over: samples show what was seen, not what is meant.

mod draft;
mod names;
mod seen;
mod text;

use crate::{
    FullName, Limits, Problem, ProblemCode,
    json::{self, Value, duplicate_keys},
};
use seen::Seen;

/// Levels of a sample's JSON; a draft has about four for each.
const DEPTH_MAX: usize = 15;
/// Different places of values in all samples.
const PLACES_MAX: usize = 20_000;

/// Collects samples; what it keeps grows with the number of different fields
/// and never with the number of samples.
///
/// ```
/// use accordant_schema::{FullName, Inference};
///
/// let mut inference = Inference::new(FullName::new("shop.Ordered").unwrap());
/// inference.sample(r#"{"id": "3f8a1c52-6b0e-4f0e-9d3c-0a4b1c9d7e21", "lines": 2}"#).unwrap();
/// inference.sample(r#"{"id": "0c7c2a53-6b57-4b1e-8a44-5d5a1a6f9e02", "note": "soon"}"#).unwrap();
/// let draft = inference.finish();
/// assert_eq!(draft.schema_text, r#"{
///   "type": "record",
///   "name": "Ordered",
///   "namespace": "shop",
///   "fields": [
///     { "name": "id", "type": { "type": "string", "logicalType": "uuid" } },
///     { "name": "lines", "type": ["null", "int"], "default": null },
///     { "name": "note", "type": ["null", "string"], "default": null }
///   ]
/// }
/// "#);
/// assert!(accordant_schema::parse(&draft.schema_text).is_ok());
/// ```
#[derive(Debug, Clone)]
pub struct Inference {
    name: FullName,
    root: Seen,
    samples: u64,
    places: usize,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inferred {
    /// The schema, laid out as [`format`](crate::format) does it.
    pub schema_text: String,
    /// What a person should look at: `path: what`, in the order of the fields.
    pub notes: Vec<String>,
}

/// Why a sample was not taken. The samples before it still count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InferError {
    /// It cannot be read.
    #[error("the sample cannot be read: {}", .problem.message)]
    NotJson {
        /// What is wrong, and where in the sample.
        problem: Box<Problem>,
    },
    /// An event is an object, and nothing else.
    #[error("a sample must be an object, not {found}")]
    NotAnObject {
        /// What it is.
        found: &'static str,
    },
    /// The samples have too little in common.
    #[error("the samples have more than {PLACES_MAX} different fields")]
    TooManyFields,
}

impl Inference {
    /// Begins without a sample; the draft's record has this name.
    pub fn new(name: FullName) -> Inference {
        Inference {
            name,
            root: Seen::default(),
            samples: 0,
            places: 0,
        }
    }

    /// Takes one JSON document, an event in plain JSON.
    ///
    /// # Errors
    /// It is no JSON object, too large, has a key twice, or the samples have
    /// too many different fields.
    pub fn sample(&mut self, text: &str) -> Result<(), InferError> {
        let bytes_max = Limits::default().schema_bytes_max;
        if text.len() > bytes_max {
            let message = format!("it has {} bytes, more than {bytes_max}", text.len());
            let problem = Problem::new(ProblemCode::TEXT_SIZE, message);
            return Err(InferError::NotJson {
                problem: Box::new(problem),
            });
        }
        let json = json::parse(text, DEPTH_MAX).map_err(|problem| InferError::NotJson {
            problem: Box::new(problem),
        })?;
        let Value::Object(_) = json.value else {
            return Err(InferError::NotAnObject { found: json.kind() });
        };
        let first = duplicate_keys(&json).into_iter().min_by_key(|it| it.span);
        if let Some(problem) = first {
            return Err(InferError::NotJson {
                problem: Box::new(problem),
            });
        }
        if self.places > PLACES_MAX {
            return Err(InferError::TooManyFields);
        }
        self.places += self.root.see(&json);
        self.samples += 1;
        Ok(())
    }

    /// The draft.
    ///
    /// - A field that is missing or null in a sample is `["null", T]` with the
    ///   default null.
    /// - Whole numbers are `int` if all fit into 32 bits, `long` if into 64,
    ///   else decimals; a number with a point or an exponent makes a `double`.
    /// - Texts that are all UUIDs, dates or RFC 3339 timestamps get the logical
    ///   type; the finest fraction of a second that was seen decides between
    ///   milliseconds, microseconds and nanoseconds.
    /// - Texts that are all numbers, one of them with a point, are decimals of
    ///   at least 18 digits: `"12.99"` today is `"1250.00"` tomorrow.
    /// - Where texts and numbers stand in one place, the texts stay plain.
    /// - Texts like `IN_STOCK`, at most 12 different ones in at least 10 of
    ///   them and each three times on average, are an enum. It gets the symbol
    ///   and default `UNKNOWN`, without which it could never gain a symbol.
    /// - Objects with 10 or more different keys, each in at most a quarter of
    ///   them on average, are maps; so is one with more than 200 keys.
    /// - Names that Avro does not have are made legal, the original is kept in
    ///   the field's attribute `json_name`.
    pub fn finish(self) -> Inferred {
        draft::draft(&self.name, &self.root, self.samples)
    }
}
