//! The log-first processing runtime: a processor turns source events into
//! changes, and the runtime gives it order per partition, effects that happen
//! once, recovery, outcomes and dead letters.
//!
//! The application's own logs (outbound and outcomes) are the record of its
//! decisions; the store is their projection. Absent on purpose: locks, queue
//! tables, and any transaction that spans Kafka and the database.

mod admin;
mod adoption;
mod api;
mod append;
mod batch;
mod error;
mod fold;
pub(crate) mod item;
mod membership;
mod names;
mod outgoing;
mod probe;
mod reader;
mod record;
mod recover;
mod run;
mod schemas;
mod status;
mod tail;
#[cfg(test)]
mod tests;
mod trial;
mod view;
mod worker;
mod writers;

pub use admin::admin_routes;
pub use api::{Context, Decision, Failure, Input, Processor, Read, Reason, Source};
pub use error::ProcessorError;
pub use names::topics_of;
pub use record::Position;
pub use run::{Runtime, run};
pub use status::{ApplicationStatus, PartitionState, PartitionStatus, Status};
pub use trial::Trial;
pub use view::View;

pub(crate) use names::Names;
pub(crate) use record::Record;
pub(crate) use tail::{Ends, Range, read_range, reader_config, watermarks};
