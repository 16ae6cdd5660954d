//! What accordant-build makes of this folder's contracts.
#![allow(
    dead_code,
    unused_imports,
    reason = "the events are measured, not used"
)]

include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
