//! The types that the generator makes of the contracts.

include!(concat!(env!("BENCH_CODE"), "/contracts.rs"));
