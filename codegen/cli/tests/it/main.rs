//! The binary as a user calls it: what it prints and how it ends.

mod gate;
mod refusals;
