//! The gate's commands: `check`, `release`, `explain`. What is right or wrong is
//! decided in `accordant-compat`; here stand only files, git and the terminal.

mod check;
mod explain;
mod folder;
mod history;
mod release;

pub(crate) use check::{CheckArgs, check};
pub(crate) use explain::{ExplainArgs, explain};
pub(crate) use release::{ReleaseArgs, release};
