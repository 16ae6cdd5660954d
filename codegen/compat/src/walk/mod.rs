//! Our own walk over a reader and a writer: every change with its real place,
//! also inside union branches, and also those that Java does not see.

mod change;
mod pairs;
pub(crate) mod path;
mod proof;
mod value;

pub(crate) use change::{Change, Route, Site, Value, What, Wire, logical_name};
pub(crate) use pairs::describe;
pub(crate) use proof::changes;
