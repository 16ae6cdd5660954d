//! The gate's commands: `check`, `release`, `explain`. What is right or wrong is
//! decided in `accordant-compat`; here stand only files, git and the terminal.

mod base;
mod check;
mod diff;
mod explain;
mod export;
mod files;
mod fmt;
mod folder;
mod format;
mod generate;
mod git;
mod history;
mod infer;
mod lint;
mod list;
mod new;
mod only;
mod pull;
mod release;
mod retire;
mod rules;

pub(crate) use check::{CheckArgs, check};
pub(crate) use diff::{DiffArgs, diff};
pub(crate) use explain::{ExplainArgs, explain};
pub(crate) use export::{ExportArgs, export};
pub(crate) use files::replace;
pub(crate) use fmt::{FmtArgs, fmt};
pub(crate) use folder::problem_lines;
pub(crate) use generate::{GenerateArgs, generate};
pub(crate) use infer::{InferArgs, infer};
pub(crate) use lint::{LintArgs, lint};
pub(crate) use list::{ListArgs, list};
pub(crate) use new::{NewArgs, new};
pub(crate) use pull::{PullArgs, pull};
pub(crate) use release::{ReleaseArgs, release};
pub(crate) use retire::{RetireArgs, retire};
pub(crate) use rules::{RulesArgs, rules};
