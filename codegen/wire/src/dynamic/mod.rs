//! Dynamic
