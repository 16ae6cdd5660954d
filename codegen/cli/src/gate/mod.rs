//! The gate's commands: `check`, `release`, `explain`. What is right or wrong is
//! decided in `accordant-compat`; here stand only files, git and the terminal.

mod base;
mod check;
mod explain;
mod files;
mod folder;
mod format;
mod git;
mod history;
mod lint;
mod list;
mod new;
mod release;
mod retire;
mod rules;

pub(crate) use check::{CheckArgs, check};
pub(crate) use explain::{ExplainArgs, explain};
pub(crate) use lint::{LintArgs, lint};
pub(crate) use list::{ListArgs, list};
pub(crate) use new::{NewArgs, new};
pub(crate) use release::{ReleaseArgs, release};
pub(crate) use retire::{RetireArgs, retire};
pub(crate) use rules::{RulesArgs, rules};
