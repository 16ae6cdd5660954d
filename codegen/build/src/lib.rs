//! Generates Rust types with their own Avro codec from a contracts folder, for
//! build scripts.
//!
//! ```no_run
//! // build.rs
//! accordant_build::Config::new().compile("../../contracts").unwrap_or_else(|error| error.exit());
//! ```
//!
//! A record is made by hand through `Default`, where each of its fields has a
//! default, and otherwise through a builder. What has no default and is not set
//! is an error that names it:
//!
//! ```text
//! let changed = ArticleChanged::builder()
//!     .article_id("A-1")
//!     .price(money)
//!     .build()?;
//! ```
//!
//! The latest version of a contract is made of each older one through `From`,
//! where every value of the older one has a place in it: it gives what a decoder
//! of the older bytes does. Where there is none, the documentation of the
//! version's module says why.
//!
//! Nothing here opens a connection, and nothing of a schema's text becomes
//! code: tokens are built one by one, the result is parsed again before it is
//! written.

mod builder;
mod change;
mod choices;
mod config;
mod decode;
mod defaults;
mod docs;
mod emit;
mod encode;
mod error;
mod event;
mod folder;
mod ident;
mod layout;
mod leaf;
mod options;
mod output;
mod paths;
mod root;
mod same;
mod shape;
mod skip;
mod slot;
mod types;
mod upgrade;
mod view;

pub use config::{Config, generate};
pub use error::Error;
pub use options::{DateLibrary, DecimalType};
pub use output::{Output, OutputState};
