//! The set `basic`: names, unions and attributes as everybody writes them.

pub(super) mod attributes;
pub(super) mod names;
pub(super) mod unions;
