//! Moving a whole registry: from another one or from a dump into the database,
//! and out again. Ids, versions, contexts, deletions and settings stay as they
//! are. Everything is taken over in one transaction or nothing is.

mod dump;
mod export;
mod import;
mod live;
mod snapshot;

pub use import::{ImportError, Imported, Unusable};
pub use live::LiveError;
pub use snapshot::{DumpError, Snapshot};
