//! The binary as a user calls it: what it prints and how it ends.

mod build;
mod ci_gate;
mod commands;
mod convert;
mod gate;
mod generate;
mod only;
mod refusals;
mod registry;
mod repository;
