//! The promise, end to end: frozen bytes, every writer with every reader, the whole pipeline under faults.
