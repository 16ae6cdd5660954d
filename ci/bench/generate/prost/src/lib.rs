//! The same types as prost has them.

include!(concat!(env!("BENCH_CODE"), "/prost.rs"));
