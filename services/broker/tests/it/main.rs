//! The broker as a process: what it keeps, what ends it, what it says.

mod ends;
mod keeps;
mod process;
mod refuses;
