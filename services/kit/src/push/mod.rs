//! Registering contracts and making topics: the one place that may. Services
//! look up what this has made.

mod plan;
mod run;

pub use plan::{AppTopics, ClusterKind, Drafts, topics_of};
pub use run::{PushError, PushReport, PushedVersion, plan, push};
