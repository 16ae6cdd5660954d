//! Compatibility rules over two schemas, the frozen facts of the lock, and lint.
//!
//! Everything here is total and pure: bad news is data. Nothing reads a file,
//! prints or knows of tokio.
