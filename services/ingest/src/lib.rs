//! HTTP to Kafka: events validated by their contract, encoded, and durable
//! before the answer, which tells the truth about each of them. Knows no
//! contract by name, registers nothing, creates no topic.

mod accept;
mod answer;
mod app;
mod batch;
mod body;
mod event_id;
mod intake;
mod lines;
mod metric;
mod problem;
mod run;
mod state;

pub use app::app;
pub use intake::{Intake, IntakeError};
pub use problem::Code;
pub use run::run;
pub use state::{Closed, Entry, Ingest};
