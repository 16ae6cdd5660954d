//! The event types generated from `contracts/` by the build script; nothing is
//! written by hand here.

include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
